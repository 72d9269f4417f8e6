"""Serves honest clients beside faults of all kinds, and looks at what is left afterwards. Started by soak.sh --chaos."""

import base64
import http.client
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import faults
import http2
import measure
import soak
from faults import Faults, get
from measure import Bench, Server, await_answer, await_port, start_watchdog
from soak import ALLOWANCES, MIB, check, held

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_IN_FLIGHT = 64
DESCRIPTORS = 1024
# Access lines, stack traces below their first line, and what functions that fail are meant to leave.
USUAL = re.compile(r" - \d{3} |^(at |Version|Mode|Timeouts|Listening|Metrics listening|Writing lock|Waiting for the function|The function accepts|\.\.\. )|exit status 3|signal: (KILL|TERM|killed|terminated)|Killed"
                   r"|on (the I/O|a worker) thread|in the middle of a body|no exception")
# When all clients have gone, it may hold so much more than after its warm-up.
LEFT = {"descriptors": 30, "threads": 40, "children": 0}


class Honest(soak.Clients):
    """Clients that do nothing wrong, and read what comes to its end."""

    # Whatever goes wrong counts, a mistake of this program too.
    EXPECTED = (Exception,)

    def __init__(self, mode, port):
        self.mode = mode
        self.refused = []
        super().__init__(port)

    def kinds(self):
        kinds = [self.small] * 3 + [self.down, self.slow_down, self.reconnecting, self.reconnecting, self.http10]
        if self.mode != "static":
            kinds += [self.up, self.slow_up, self.events, self.events]
        if self.mode == "http":
            kinds += [self.web_socket] * 2
        return kinds + [self.multiplexed, self.stopped]

    def failed(self, name, problem, begin):
        failure = (name, begin, time.monotonic(), f"{str(problem) or repr(problem)} at {time.strftime('%H:%M:%S')}")
        (self.refused if str(problem) == "status 429" else self.failures).append(failure)

    def reconnecting(self):
        for _ in range(20):
            self.call("GET", "/32", b"x" * 32)
        return 20

    def http10(self):
        with socket.create_connection(("127.0.0.1", self.port), 60) as client:
            client.sendall(b"GET /10240 HTTP/1.0\r\nHost: chaos\r\n\r\n")
            received = b""
            while piece := client.recv(65536):
                received += piece
        status, _, body = received.partition(b"\r\n\r\n")
        if not received:
            raise Bench("closed without a response")
        if b" 200 " not in status[:13]:
            raise Bench(f"status {status[9:12].decode()}")
        if body != b"x" * 10240:
            raise Bench(f"{len(body)} bytes that are not the 10240 expected")
        self.over.wait(0.05)

    def web_socket(self):
        key = base64.b64encode(os.urandom(16)).decode()
        with socket.create_connection(("127.0.0.1", self.port), 60) as client:
            client.sendall(get("/echo", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"))
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                octet = client.recv(1)
                if not octet:
                    raise Bench("closed in the handshake")
                head += octet
            if not head.startswith(b"HTTP/1.1 101"):
                raise Bench(f"status {head[9:12].decode()}")
            for number in range(20):
                text = b"message %d " % number * 50
                client.sendall(text)
                received = b""
                while len(received) < len(text):
                    piece = client.recv(65536)
                    if not piece:
                        raise Bench("closed in the midst of a WebSocket")
                    received += piece
                if received != text:
                    raise Bench("another message than was sent")
                self.over.wait(0.05)
        return 20

    def multiplexed(self):
        """Requests on one HTTP/2 connection, ten at once; what was refused may be sent again."""
        with http2.Client(self.port) as client:
            responses = []
            for number in range(100):
                upload = self.mode != "static" and number % 5 == 0
                body = b"x" * 10240 if upload else None
                responses.append((client.request("/32" if upload else "/10240", body), b"%32d" % 10240 if upload else b"x" * 10240))
                client.await_room(10)
                if self.over.wait(0.005):
                    break
            client.await_room(1)
        for response, expected in responses:
            if response.error == http2.REFUSED_STREAM:
                raise Bench("status 429")
            if response.error is not None:
                raise Bench(f"HTTP/2: reset, error {response.error}")
            check(response, response.body, expected)
        return len(responses)

    def stopped(self):
        """A client that is stopped for a second in the midst of its download."""
        curl = self.started("--limit-rate", "2M", f"http://127.0.0.1:{self.port}/{MIB}")
        time.sleep(0.1)
        curl.send_signal(signal.SIGSTOP)
        time.sleep(1)
        curl.send_signal(signal.SIGCONT)
        lines = curl.communicate()[0].split("\n")[:-1]
        if lines and lines[0].startswith("429 "):
            raise Bench("status 429")
        if lines != [f"200 {MIB} 0"]:
            raise Bench(f"stopped client: {lines}")

    def started(self, *arguments):
        return subprocess.Popen(["curl", "--silent", "--max-time", "60", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code} %{size_download} %{exitcode}\n",
                                 *arguments], stdout=subprocess.PIPE, text=True)


class Chaos:
    """One mode's run: a watchdog, its function, and what is asked of it."""

    def __init__(self, options, folder, mode):
        self.options = options
        self.mode = mode
        self.folder = os.path.join(folder, mode)
        os.makedirs(self.folder)
        self.function = None
        settings = {"mode": mode, "max_inflight": str(MOST_IN_FLIGHT), **self.settings()}
        # The JVM raises its own limit as far as it may.
        prefix = ["sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$@"', "sh"]
        self.watchdog, self.port, self.log = start_watchdog(options, self.folder, settings, prefix)
        self.base = f"http://127.0.0.1:{self.port}/"
        self.metrics = await_port(self.log, self.watchdog, "Metrics listening on port")
        await_answer(self.base + "32", self.watchdog, 32)

    def settings(self):
        if self.mode == "http":
            path = os.path.join(self.folder, "function.log")
            with open(path, "w") as log:
                self.function = Server("function", [sys.executable, os.path.join(HERE, "chaosupstream.py")], output=log)
            return {"fprocess": "sleep 86400", "http_upstream_url": f"http://127.0.0.1:{await_port(path, self.function)}"}
        if self.mode == "static":
            for size in (32, 10240, MIB, 16 * MIB):
                with open(os.path.join(self.folder, str(size)), "wb") as file:
                    file.write(b"x" * size)
            return {"static_path": self.folder}
        if self.mode == "inproc":
            classes = os.path.join(self.folder, "classes")
            measure.compile_java(self.options, classes, [os.path.join(HERE, "functions", "ChaosHandler.java")], self.options.jar)
            return {"handler": "ChaosHandler", "function_path": classes}
        return {"fprocess": f"sh '{os.path.join(HERE, 'functions', 'chaos.sh')}'"}

    def stop(self):
        self.watchdog.stop()
        if self.function:
            self.function.stop()

    def in_flight(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.metrics}/metrics", timeout=10) as page:
            return int(float(re.search(rb"(?m)^http_requests_in_flight (\S+)", page.read()).group(1)))

    def held(self):
        return {**held(self.watchdog), "children": len(self.watchdog.children()), "connections": self.connections()}

    def connections(self):
        """Sockets of the port that are neither listening nor closed (TIME_WAIT is the kernel's)."""
        count = 0
        for path in ("/proc/net/tcp", "/proc/net/tcp6"):
            with open(path) as file:
                for line in list(file)[1:]:
                    fields = line.split()
                    count += int(fields[1].rpartition(":")[2], 16) == self.port and fields[3] not in ("0A", "06")
        return count

    def idle(self, baseline=None):
        """What it holds without clients; with a baseline, once that is met or a minute is over."""
        deadline = time.monotonic() + 60
        while True:
            self.alive()
            now = self.held()
            settled = now["connections"] == 0 and self.in_flight() == 0
            if baseline:
                settled = settled and all(now[name] <= baseline[name] + allowance for name, allowance in LEFT.items())
            if settled or time.monotonic() > deadline:
                return now
            time.sleep(0.2)

    def alive(self):
        if self.watchdog.process.poll() is not None:
            with open(self.log, errors="replace") as log:
                raise Bench(f"{self.mode}: the watchdog has ended with {self.watchdog.process.returncode}: " + "".join(list(log)[-5:]))

    def burst(self):
        """Exactly as many requests as there are permits, all at once, and one more; returns what is wrong."""
        path = f"/{16 * MIB}" if self.mode == "static" else "/wait"
        clients = []
        try:
            for _ in range(MOST_IN_FLIGHT):
                client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                clients.append(client)
                client.connect()
                # Of a large file the permit is held until it is read.
                client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
                client.request("GET", path)
            self.await_in_flight(MOST_IN_FLIGHT)
            more = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            more.request("GET", "/32")
            refused = more.getresponse().status
            more.close()
            statuses = []
            for client in clients:
                response = client.getresponse()
                response.read()
                statuses.append(response.status)
        except (OSError, http.client.HTTPException) as problem:
            return [f"{self.mode}: a burst of {MOST_IN_FLIGHT} requests failed: {problem!r}"]
        finally:
            for client in clients:
                client.close()
        wrong = [f"{self.mode}: one request more than max_inflight got {refused}"] if refused != 429 else []
        if statuses != [200] * MOST_IN_FLIGHT:
            wrong.append(f"{self.mode}: of a burst of {MOST_IN_FLIGHT} requests {statuses.count(200)} were served, others: {set(statuses) - {200}}")
        return wrong

    def await_in_flight(self, count):
        deadline = time.monotonic() + 1.5
        while self.in_flight() < count and time.monotonic() < deadline:
            time.sleep(0.02)

    def odd_lines(self):
        """Kinds of lines in the log, and how often, but for those that requests, a start and a stop have."""
        kinds = {}
        with open(self.log, errors="replace") as log:
            for line in log:
                text = re.sub(r"^\d{4}/\d\d/\d\d [\d:]{8} ", "", line.strip())
                if text and not USUAL.search(text):
                    kind = re.sub(r"\d+", "N", text)
                    kinds[kind] = kinds.get(kind, 0) + 1
        return kinds


def sampled(chaos, seconds):
    taken = []
    begin = time.monotonic()
    while time.monotonic() < begin + seconds:
        time.sleep(min(5, seconds / 20))
        chaos.alive()
        taken.append({"seconds": round(time.monotonic() - begin, 1), **held(chaos.watchdog)})
    return taken


def overlaps(failure, windows, name):
    _, begin, end, _ = failure
    return any(window[0] == name and begin <= window[2] and end >= window[1] for window in windows)


def beside(begin, end, ran):
    """The large faults that ran then, or ended at most 3 s before."""
    names = [name for name, began, over in ran if began <= end and over + 3 >= begin]
    return f", beside {', '.join(names)}" if names else ""


def judged(chaos, honest, bad, baseline, end, taken):
    """Returns the row, and what is wrong."""
    touched = [failure for failure in honest.failures if overlaps(failure, bad.windows, "descriptors")]
    lost = [failure for failure in honest.failures if failure not in touched]
    unexplained = [failure for failure in honest.refused
                   if not overlaps(failure, bad.windows, "requests") and not overlaps(failure, bad.windows, "descriptors")]
    wrong = [f"{chaos.mode}: lost: {name} after {finish - begin:.2f} s: {problem}{beside(begin, finish, bad.ran)}" for name, begin, finish, problem in lost]
    wrong += [f"{chaos.mode}: 429 below the limit: {name}" for name, *_ in unexplained]
    wrong += [f"{chaos.mode}: {problem}" for problem in bad.problems]
    wrong += [f"{chaos.mode}: {seconds} s until a connection was served after descriptors were free again" for seconds in bad.accepted_after if seconds > 1]
    wrong += [f"{chaos.mode}: {name}: {baseline[name]} before, {end[name]} afterwards" for name, allowance in LEFT.items()
              if end[name] > baseline[name] + allowance]
    first = max(sample["resident MB"] for sample in taken[:max(1, len(taken) // 5)])
    # A shorter run ends while the JVM still fills its heap and its code cache.
    if taken[-1]["seconds"] >= 240 and end["resident MB"] > first + ALLOWANCES["resident MB"]:
        wrong.append(f"{chaos.mode}: {first:.0f} MB resident in the first fifth, {end['resident MB']:.0f} afterwards")
    if end["connections"]:
        wrong.append(f"{chaos.mode}: {end['connections']} connections are left without a client")
    row = {"mode": chaos.mode, "honest": honest.calls, "faults": bad.counts, "lost": len(lost), "touched": len(touched),
           "refused": len(honest.refused), "unexplained": len(unexplained), "accepted after": bad.accepted_after,
           "baseline": baseline, "end": end, "samples": taken}
    return row, wrong


def chaos(options, folder, mode, results):
    run = Chaos(options, folder, mode)
    try:
        with Honest(mode, run.port):
            sampled(run, options.warm)
        baseline = run.idle()
        with Honest(mode, run.port) as honest:
            with Faults(mode, run.watchdog, run.port, run.function, (DESCRIPTORS + 100, options.pause), options.seed) as bad:
                taken = sampled(run, options.minutes * 60)
            # What the last faults have begun ends beside the honest.
            sampled(run, 2)
        end = run.idle(baseline)
        row, wrong = judged(run, honest, bad, baseline, end, taken)
        gauge = run.in_flight()
        if gauge:
            wrong.append(f"{mode}: {gauge} requests in flight without a client")
        wrong += run.burst()
        row.update({"in flight": gauge, "wrong": wrong, "log": run.odd_lines()})
    finally:
        run.stop()
        if options.keep_log:
            shutil.copy(run.log, os.path.join(options.keep_log, f"{mode}.log"))
    results.rows.append(row)
    report(row)
    return wrong


def report(row):
    print(f"{row['mode']}: honest: " + ", ".join(f"{count} {name}" for name, count in sorted(row["honest"].items())))
    print(f"{row['mode']}: faults: " + ", ".join(f"{count} {name}" for name, count in sorted(row["faults"].items())))
    print(f"{row['mode']}: {row['lost']} lost, {row['touched']} touched by missing descriptors, {row['refused']} refused with 429, "
          f"{row['unexplained']} of these below the limit; served again after {row['accepted after']} s; {row['in flight']} in flight at the end")
    for name in ("resident MB", "descriptors", "threads", "children", "connections"):
        print(f"{row['mode']:12} {name:12} {row['baseline'][name]:8.0f} before {row['end'][name]:8.0f} afterwards")
    for line, count in sorted(row["log"].items(), key=lambda each: -each[1])[:8]:
        print(f"{row['mode']}: log, {count} times: {line[:160]}")
    for problem in row["wrong"][:10]:
        print(f"{row['mode']}: WRONG: {problem}")
    sys.stdout.flush()


def run(options, folder, results):
    faults.raise_own_limit()
    print(f"{options.minutes:g} minutes each, seed {options.seed}, max_inflight {MOST_IN_FLIGHT}, {DESCRIPTORS} descriptors, "
          f"{measure.PROCESSORS} processors, java {options.java_options or '(no options)'}")
    wrong = [problem for mode in options.modes.split(",") for problem in chaos(options, folder, mode, results)]
    if wrong:
        # What was saved shows when it happened.
        results.save()
        more = f"\n... and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise Bench(f"seed {options.seed}:\n" + "\n".join(wrong[:10]) + more)


def main():
    parser = measure.arguments("soak", "Serves honest clients beside faults, and fails where one is lost or something is left.", rounds=None, seconds=None)
    parser.set_defaults(benchmark="chaos")
    parser.add_argument("--chaos", action="store_true", required=True, help="with faults during the load")
    parser.add_argument("--minutes", type=float, default=10, help="of each mode")
    parser.add_argument("--modes", default="http,streaming,serializing,static,inproc")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of the random choices of faults")
    parser.add_argument("--warm", type=float, default=10, help="seconds of load without faults before the baseline is taken")
    parser.add_argument("--pause", type=float, default=3, help="seconds between large faults")
    parser.add_argument("--keep-log", metavar="FOLDER", help="copy the watchdogs' logs there")
    measure.run(run, parser.parse_args())


main()
