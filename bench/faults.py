"""What chaos.py does to a watchdog beside its honest clients: disconnects, slow and malformed clients, crashes, stops, floods."""

import contextlib
import os
import random
import resource
import signal
import socket
import struct
import threading
import time

import http2

MIB = 1 << 20
# Paths on which the function of a mode fails; what happens to the request is its own affair.
CRASHES = {
    "http": ["/close", "/half", "/garbage"],
    "streaming": ["/exit", "/half", "/killed", "/terminated", "/deaf"],
    "serializing": ["/exit", "/half", "/killed", "/terminated", "/deaf"],
    "inproc": ["/throw", "/throw-blocking", "/error", "/half"],
    "static": ["/missing", "/../etc/passwd", "/%00"],
}
MALFORMED = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST /32 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
    b"POST /32 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /32 HTTP/9.9\r\nHost: a\r\n\r\n",
    b"GET /32 HTTP/1.1\r\nHost: a\r\nx-a: 1\x00\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 30,
    b"GET /32 HTTP/1.1\r\nHost: a\r\nx-a: " + b"x" * 200_000,
]


def get(path, *more):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: chaos", *more, "", ""]).encode()


def upload(length):
    return b"POST /32 HTTP/1.1\r\nHost: chaos\r\nContent-Length: %d\r\n\r\n" % length


class Faults:
    """Threads of random faults, and one of large ones, until they are told to end; all choices come from the seed."""

    def __init__(self, mode, watchdog, port, function, limits, seed):
        self.mode = mode
        self.watchdog = watchdog
        self.port = port
        # The process that http mode forwards to, and None in the other modes.
        self.function = function
        self.descriptors, self.pause = limits
        self.over = threading.Event()
        self.counts = {}
        self.problems = []
        # Times in which the limit of requests or of descriptors may be met, each with its name.
        self.windows = []
        self.accepted_after = []
        # Large faults, each with its name and times, to say beside what something happened.
        self.ran = []
        self.threads = [threading.Thread(target=self.repeat, args=(random.Random(f"{seed} {mode} {number}"), self.small_faults()), daemon=True)
                        for number in range(6)]
        self.threads.append(threading.Thread(target=self.large, args=(random.Random(f"{seed} {mode} large"),), daemon=True))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def small_faults(self):
        faults = [self.abort_download, self.half_close, self.slow_head, self.slow_reader, self.crash, self.malformed, self.http2_disconnect,
                  self.connect_and_reset]
        if self.mode != "static":
            faults += [self.abort_upload, self.slow_upload, self.hang]
        return faults

    def large_faults(self):
        faults = [self.http2_resets, self.http2_pings, self.http2_no_window, self.connections]
        if self.mode in ("http", "streaming", "serializing"):
            faults.append(self.stop_function)
        return faults

    def repeat(self, chosen, faults):
        while not self.over.is_set():
            self.run(chosen.choice(faults), chosen)
            self.over.wait(chosen.uniform(0, 0.1))

    def large(self, chosen):
        """Large faults with pauses, each kind in turn, and the descriptors' exhaustion after each turn."""
        while not self.over.is_set():
            faults = self.large_faults()
            chosen.shuffle(faults)
            for fault in [*faults, self.exhaust_descriptors]:
                if self.over.wait(self.pause):
                    return
                begin = time.monotonic()
                self.run(fault, chosen)
                self.ran.append((fault.__name__, begin, time.monotonic()))

    def run(self, fault, chosen):
        name = fault.__name__
        try:
            fault(chosen)
        except OSError:
            # The other side has closed, or refuses: as it may.
            pass
        except Exception as problem:  # A mistake of this program must not pass for calm.
            self.problems.append(f"{name}: {problem!r}")
        # Another thread may do the same at once: the count is for reading, not for checking.
        self.counts[name] = self.counts.get(name, 0) + 1

    @contextlib.contextmanager
    def window(self, name, after):
        """A time in which honest requests may be touched, and so long after it."""
        begin = time.monotonic()
        window = [name, begin, float("inf")]
        self.windows.append(window)
        try:
            yield
        finally:
            window[2] = time.monotonic() + after

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), 20)

    def end(self, client, chosen):
        """Closes with FIN, or with RST."""
        if chosen.random() < 0.5:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    def abort_download(self, chosen):
        client = self.connect()
        client.sendall(get(chosen.choice(["/1048576", "/10240", "/events"] if self.mode != "static" else ["/1048576", "/10240"])))
        left = chosen.randrange(200_000)
        while left > 0 and (piece := client.recv(min(left, 65536))):
            left -= len(piece)
        self.end(client, chosen)

    def abort_upload(self, chosen):
        client = self.connect()
        client.sendall(upload(MIB) + b"x" * chosen.randrange(MIB // 2))
        self.end(client, chosen)

    def half_close(self, chosen):
        with self.connect() as client:
            if self.mode != "static" and chosen.random() < 0.5:
                client.sendall(upload(MIB) + b"x" * 1000)
            else:
                client.sendall(get("/1048576"))
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass

    def slow_head(self, chosen):
        with self.connect() as client:
            head = get("/32")
            for octet in head[:chosen.randrange(1, len(head))]:
                client.sendall(bytes([octet]))
                if self.over.wait(0.02):
                    break

    def slow_upload(self, chosen):
        client = self.connect()
        client.sendall(upload(16 * 1024))
        for _ in range(chosen.randrange(1, 15)):
            client.sendall(b"x" * 1024)
            self.over.wait(0.1)
        self.end(client, chosen)

    def slow_reader(self, chosen):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        client.connect(("127.0.0.1", self.port))
        client.sendall(get("/1048576"))
        for _ in range(chosen.randrange(1, 20)):
            client.recv(1024)
            self.over.wait(0.1)
        self.end(client, chosen)

    def crash(self, chosen):
        with self.connect() as client:
            client.sendall(get(chosen.choice(CRASHES[self.mode]), "Connection: close"))
            while client.recv(65536):
                pass

    def hang(self, chosen):
        """A function that never responds: its client disconnects, or has asked for a deadline."""
        with self.connect() as client:
            if chosen.random() < 0.5:
                client.sendall(get("/hang"))
                self.over.wait(chosen.uniform(0, 1))
            else:
                client.sendall(get("/hang", "X-Timeout: 500ms", "Connection: close"))
                while client.recv(65536):
                    pass

    def malformed(self, chosen):
        with self.connect() as client:
            client.settimeout(1)
            client.sendall(chosen.choice(MALFORMED))
            with contextlib.suppress(TimeoutError):
                while client.recv(65536):
                    pass

    def connect_and_reset(self, _chosen):
        client = self.connect()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    def http2_disconnect(self, chosen):
        """A connection with two requests under way ends."""
        client = http2.connect(self.port)
        client.sendall(http2.get(1, "/1048576") + http2.get(3, "/1048576"))
        client.recv(chosen.randrange(1, 65536))
        self.end(client, chosen)

    def http2_resets(self, _chosen):
        """5,000 requests, each reset at once; the server may end the connection."""
        with self.window("requests", 3), http2.connect(self.port) as client:
            for stream in range(1, 10_000, 2):
                client.sendall(http2.get(stream, "/32") + http2.reset(stream))
            client.settimeout(1)
            with contextlib.suppress(TimeoutError):
                while client.recv(65536):
                    pass

    def http2_pings(self, _chosen):
        """Frames that want a response, of a client that does not read."""
        with http2.connect(self.port) as client:
            client.settimeout(1)
            ping = http2.frame(http2.PING, 0, 0, b"chaos123") + http2.frame(http2.SETTINGS, 0, 0)
            with contextlib.suppress(TimeoutError):
                for _ in range(1000):
                    client.sendall(ping * 100)

    def http2_no_window(self, _chosen):
        """30 responses that may not be sent, held for two seconds."""
        with self.window("requests", 3), http2.connect(self.port, window=0) as client:
            for stream in range(1, 60, 2):
                client.sendall(http2.get(stream, "/10240"))
            self.over.wait(2)

    def connections(self, chosen):
        """300 connections at once, without a request, half of them reset."""
        clients = [self.connect() for _ in range(300)]
        self.over.wait(1)
        for client in clients:
            self.end(client, chosen)

    def stop_function(self, chosen):
        """The function's processes stop for a second, and go on: requests are late, none is lost."""
        pids = [self.function.process.pid] if self.function else self.watchdog.children()[-5:]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        self.over.wait(chosen.uniform(0.5, 1.5))
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def exhaust_descriptors(self, _chosen):
        """More connections than the watchdog has descriptors, for 3 s; then the time until one more is served."""
        with self.window("descriptors", 0):
            clients = []
            with contextlib.suppress(OSError):
                while len(clients) < self.descriptors:
                    clients.append(socket.create_connection(("127.0.0.1", self.port), 1))
            self.over.wait(3)
            for client in clients:
                client.close()
        begin = time.monotonic()
        with self.window("descriptors", 1), socket.create_connection(("127.0.0.1", self.port), 60) as client:
            client.sendall(get("/32", "Connection: close"))
            while client.recv(65536):
                pass
        self.accepted_after.append(round(time.monotonic() - begin, 2))


def raise_own_limit():
    """This process holds as many sockets as it takes from the watchdog, and more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
