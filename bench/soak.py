"""Loads http and streaming mode with well-behaved and bad clients, and watches what they hold. Started by soak.sh."""

import contextlib
import http.client
import os
import socket
import threading
import time
from statistics import median

import measure
from measure import Bench, await_answer, start_watchdog
from proxies import start_http, start_upstream

MIB = 1 << 20
EVENTS = b"".join(b"data: %d\n\n" % number for number in range(10))
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "functions", "soak.sh")
# What is held may grow by so much after the first fifth of the time: the heap is filled up to its limit only slowly, and
# 13 clients whose calls happen to overlap hold up to four descriptors and three threads each. There are thousands of calls
# in ten minutes: where one in fifty leaves something behind, it is more.
ALLOWANCES = {"resident MB": 32, "descriptors": 60, "threads": 40}


class Clients:
    """Threads that call until they are told to end; what a well-behaved one meets is kept in failures."""

    EXPECTED = (Bench,)

    def __init__(self, port):
        self.port = port
        self.over = threading.Event()
        self.failures = []
        self.calls = {}
        self.threads = [threading.Thread(target=self.repeat, args=(kind,), daemon=True) for kind in self.kinds()]

    def kinds(self):
        return [self.small] * 3 + [self.down, self.up] + [self.slow_down, self.slow_up, self.events, self.leave] * 2

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def repeat(self, kind):
        name = kind.__name__
        while not self.over.is_set():
            begin = time.monotonic()
            try:
                count = kind() or 1
                # Another thread may do the same at once: the count is for reading, not for checking.
                self.calls[name] = self.calls.get(name, 0) + count
            except (OSError, http.client.HTTPException, *self.EXPECTED) as problem:
                self.failed(name, problem, begin)
                # A watchdog that is gone would be told a thousand times.
                self.over.wait(1)

    def failed(self, name, problem, _begin):
        self.failures.append(f"{name}: {problem!r}")

    def small(self):
        """Many calls on one connection; returns how many."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            for number in range(50):
                self.checked(client, "GET", "/32", b"x" * 32)
                if self.over.wait(0.005):
                    break
            return number + 1
        finally:
            client.close()

    def down(self):
        self.call("GET", f"/{MIB}", b"x" * MIB)

    def up(self):
        self.call("POST", "/32", b"%32d" % MIB, b"x" * MIB)

    def events(self):
        self.call("GET", "/events", EVENTS)

    def call(self, method, path, expected, body=None):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self.checked(client, method, path, expected, body)
        finally:
            client.close()
        self.over.wait(0.05)

    def checked(self, client, method, path, expected, body=None):
        answer = self.response(client, method, path, body, {})
        check(answer, answer.read(), expected)

    @staticmethod
    def response(client, *request):
        # A server that refuses a request may close before the upload's end: its response says why.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.request(*request)
        return client.getresponse()

    def slow_down(self):
        """Takes its answer in small pieces, with pauses."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            client.request("GET", f"/{MIB}")
            answer = client.getresponse()
            received = b""
            while piece := answer.read(64 * 1024):
                received += piece
                time.sleep(0.1)
            check(answer, received, b"x" * MIB)
        finally:
            client.close()

    def slow_up(self):
        def pieces():
            for _ in range(16):
                time.sleep(0.1)
                yield b"x" * 1024

        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            answer = self.response(client, "POST", "/32", pieces(), {"Content-Length": str(16 * 1024)})
            check(answer, answer.read(), b"%32d" % (16 * 1024))
        finally:
            client.close()

    def leave(self):
        """Leaves in the middle of an answer, of an upload, and of events."""
        for request in (b"GET /1048576 HTTP/1.1\r\nHost: soak\r\n\r\n",
                        b"POST /32 HTTP/1.1\r\nHost: soak\r\nContent-Length: 1048576\r\n\r\n" + b"x" * 1000,
                        b"GET /events HTTP/1.1\r\nHost: soak\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.port), 60) as client:
                client.sendall(request)
                if request.startswith(b"GET"):
                    client.recv(100)
            self.over.wait(0.1)


def check(answer, received, expected):
    if answer.status != 200:
        raise Bench(f"status {answer.status}")
    if received != expected:
        raise Bench(f"{len(received)} bytes that are not the {len(expected)} expected")


def held(server):
    pid = server.process.pid
    with open(f"/proc/{pid}/status") as file:
        threads = next(int(line.split()[1]) for line in file if line.startswith("Threads:"))
    return {"resident MB": server.resident_megabytes(), "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "threads": threads}


def samples(server, seconds):
    """What it holds, every 5 s, or 20 times in a short run."""
    pause = min(5, seconds / 20)
    begin = time.monotonic()
    taken = []
    while time.monotonic() < begin + seconds:
        time.sleep(pause)
        if server.process.poll() is not None:
            raise Bench(f"the watchdog has ended with {server.process.returncode}")
        taken.append({"seconds": round(time.monotonic() - begin, 1), **held(server)})
    return taken


def growths(taken):
    """For each measure: the most in the first fifth of the time, what is usual in the last, and the most of all."""
    fifth = max(1, len(taken) // 5)
    for name, allowance in ALLOWANCES.items():
        values = [sample[name] for sample in taken]
        yield {"measure": name, "first": max(values[:fifth]), "last": median(values[-fifth:]), "most": max(values),
               "allowance": allowance}


def started(options, folder, mode):
    if mode == "http":
        (watchdog, base), _ = start_http(options, folder, mode, start_upstream(folder)[1])
        return watchdog, base
    at = os.path.join(folder, mode)
    os.makedirs(at)
    watchdog, port, _ = start_watchdog(options, at, {"mode": mode, "fprocess": f"sh '{SCRIPT}'"})
    return watchdog, f"http://127.0.0.1:{port}/"


def soak(options, folder, mode, results):
    """Returns what is wrong."""
    watchdog, base = started(options, folder, mode)
    await_answer(base + "32", watchdog, 32)
    with Clients(int(base.rstrip("/").rpartition(":")[2])) as clients:
        taken = samples(watchdog, options.minutes * 60)
    watchdog.stop()
    print(f"{mode}: " + ", ".join(f"{count} {name}" for name, count in sorted(clients.calls.items())))
    wrong = [f"{mode}: {failure}" for failure in clients.failures]
    for row in growths(taken):
        grown = row["last"] - row["first"]
        print(f"{mode:10} {row['measure']:12} {row['first']:11.0f} {row['last']:10.0f} {row['most']:6.0f} {grown:+6.0f} "
              f"{row['allowance']:8}", flush=True)
        if grown > row["allowance"]:
            wrong.append(f"{mode}: {row['measure']} has grown by {grown:.0f}, {row['allowance']} are allowed")
        results.rows.append({"mode": mode, **row})
    results.rows.append({"mode": mode, "calls": clients.calls, "failures": len(clients.failures), "samples": taken})
    return wrong


def run(options, folder, results):
    print(f"{options.minutes:g} minutes each, {measure.PROCESSORS} processors, java {options.java_options or '(no options)'}")
    print(f"{'mode':10} {'':12} {'first fifth':>11} {'last fifth':>10} {'most':>6} {'grown':>6} {'allowed':>8}")
    wrong = [problem for mode in options.modes.split(",") for problem in soak(options, folder, mode, results)]
    if wrong:
        # What was saved shows where it grew.
        results.save()
        more = f"\n... and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise Bench("\n".join(wrong[:10]) + more)


def main():
    parser = measure.arguments("soak", "Loads the watchdog for minutes, and fails where it grows.", rounds=None, seconds=None)
    parser.add_argument("--minutes", type=float, default=10, help="of each mode")
    parser.add_argument("--modes", default="http,streaming")
    measure.run(run, parser.parse_args())


if __name__ == "__main__":
    main()
