"""A function on Python's own server: ThreadingHTTPServer, one thread a connection."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHUNK = 64 * 1024
next_event = threading.Semaphore(0)


def stop(number, _frame):
    print("function got " + signal.Signals(number).name, flush=True)
    os._exit(0)


def hard_end(text):
    """/exit/3 ends with status 3, /kill/9 by signal 9."""
    _, how, number = text.split("/")
    print("function ends", flush=True)
    if how == "exit":
        os._exit(int(number))
    os.kill(os.getpid(), int(number))
    time.sleep(60)


class Function(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are written apart: the second would wait 40 ms for the first to be acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("/exit/") or path.startswith("/kill/"):
            hard_end(path)
        elif path == "/events":
            self.events()
        elif path.startswith("/bytes/"):
            self.bytes(int(path.split("/")[2]))
        elif path.startswith("/slow/"):
            print("function works", flush=True)
            time.sleep(float(path.split("/")[2]))
            print("function is done", flush=True)
            self.answer("slow\n")
        elif path.startswith("/print/"):
            print(path.split("/")[2], flush=True)
            self.answer("printed\n")
        else:
            self.answer("hello from python\n")

    def do_POST(self):
        digest = hashlib.sha256()
        left = int(self.headers["Content-Length"])
        while left > 0:
            piece = self.rfile.read(min(left, CHUNK))
            digest.update(piece)
            left -= len(piece)
        if self.path == "/next":
            next_event.release()
        self.answer(digest.hexdigest())

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def events(self):
        """Three events; each but the first waits for a POST to /next. The end of the connection is the body's end."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in (1, 2, 3):
            if number > 1:
                next_event.acquire()
            self.wfile.write(f"data: {number}\n\n".encode())

    def bytes(self, count):
        self.send_response(200)
        self.send_header("Content-Length", str(count))
        self.end_headers()
        piece = bytes(CHUNK)
        for start in range(0, count, CHUNK):
            self.wfile.write(piece[: min(CHUNK, count - start)])

    def log_message(self, *_):
        pass


signal.signal(signal.SIGTERM, stop)
if "with-child" in sys.argv:
    # One that outlives its parent, if nobody sees to it.
    subprocess.Popen(["sleep", "600"], start_new_session=True)
ThreadingHTTPServer.request_queue_size = 256
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Function).serve_forever()
