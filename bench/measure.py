"""What the benchmarks share: programs that are started and always ended, their CPU time, and one run of wrk."""

import argparse
import atexit
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count()
MOST_WARM_UPS = 12


class Bench(Exception):
    """Something that the person who runs the benchmark has to know, in one line."""


class Server:
    """A started program, and the CPU time of it and of its children."""

    def __init__(self, name, command, environment=None, errors=None, output=None):
        self.name = name
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=errors or subprocess.DEVNULL,
            # A Ctrl-C is for us; we end the others.
            start_new_session=True,
        )
        atexit.register(self.stop)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def cpu_seconds(self):
        return sum(cpu_seconds(pid) for pid in [self.process.pid, *self.children()])

    def reaped_seconds(self):
        """CPU time of its children that have ended and were waited for."""
        return stat_seconds(self.process.pid, 13, 14)

    def resident_megabytes(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024

    def children(self):
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                return [int(pid) for pid in file.read().split()]
        except FileNotFoundError:
            return []


def stat_seconds(pid, *columns):
    """Times that /proc/PID/stat tells behind the name in parentheses."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(fields[column]) for column in columns) / TICKS_A_SECOND


def cpu_seconds(pid):
    """User and system time of one process."""
    return stat_seconds(pid, 11, 12)


def machine_seconds():
    """CPU time that anybody has used or taken: user, nice, system, interrupts, and what other machines on the same host stole."""
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:8])) / TICKS_A_SECOND


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def await_answer(url, server, size=None):
    """Waits until the server answers, and checks the length of what it answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
                body = answer.read()
            if size is not None and len(body) != size:
                raise Bench(f"{server.name} answers {url} with {len(body)} bytes, not {size}")
            return
        except OSError as problem:
            if server.process.poll() is not None:
                raise Bench(f"{server.name} has ended with {server.process.returncode}") from problem
            if time.monotonic() > deadline:
                raise Bench(f"{server.name} does not answer {url}: {problem}") from problem
            time.sleep(0.05)


def start_watchdog(options, folder, settings):
    """Starts the jar on a free port; returns it with that port and the path of its log."""
    log_path = os.path.join(folder, "watchdog.log")
    environment = {"PATH": os.environ["PATH"], "TMPDIR": folder, "LANG": "C.UTF-8", "port": "0", "metrics_port": "0",
                   "healthcheck_interval": "0", **settings}
    with open(log_path, "w") as log:
        command = [options.java, *shlex.split(options.java_options), "-jar", options.jar]
        watchdog = Server("watchdog", command, environment, log)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and watchdog.process.poll() is None:
        with open(log_path) as log:
            port = re.search(r" Listening on port: (\d+)\n", log.read())
        if port:
            return watchdog, int(port.group(1)), log_path
        time.sleep(0.05)
    with open(log_path) as log:
        raise Bench("the watchdog does not start: " + log.read().strip())


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def load(server, others, url, connections, seconds, script=None):
    """One run of wrk against one server; a script may change its requests."""
    before = server.cpu_seconds(), sum(other.cpu_seconds() for other in others), machine_seconds(), time.monotonic()
    reaped_before = server.reaped_seconds()
    own = os.times()
    wrk = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency",
         *(["-s", script] if script else []), url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    spent = os.times()
    elapsed = time.monotonic() - before[3]
    cpu = server.cpu_seconds() - before[0]
    wrk_cpu = spent.children_user - own.children_user + spent.children_system - own.children_system
    reaped = server.reaped_seconds() - reaped_before
    known = cpu + reaped + sum(other.cpu_seconds() for other in others) - before[1] + wrk_cpu
    errors = re.search(r"Socket errors.*|Non-2xx.*", wrk)
    if errors:
        raise Bench(f"{server.name} failed requests with {connections} connections on {url}: {errors.group()}")
    requests = int(re.search(r"(\d+) requests in", wrk).group(1))
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", wrk).group(1)),
        "p99": milliseconds(re.search(r"(?m)^\s+99%\s+(\S+)", wrk).group(1)),
        "cpu": 1e6 * cpu / max(1, requests),
        "children": 1e6 * reaped / max(1, requests),
        "foreign": max(0.0, machine_seconds() - before[2] - known) / (elapsed * PROCESSORS),
        "requests": requests,
    }


def warm_up(server, url, seconds, connections=32, script=None):
    """A JVM compiles what it runs often, beside the requests: loads it until they get cheaper no more."""
    before = load(server, [], url, connections, seconds, script)["cpu"]
    for _ in range(MOST_WARM_UPS):
        now = load(server, [], url, connections, seconds, script)["cpu"]
        if now > 0.95 * before:
            return
        before = now


def arguments(program, description):
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--jar", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--java", default="java", help="the JVM's command")
    parser.add_argument("--java-options", default="-Xmx64m -XX:+UseSerialGC", help="of the watchdog's JVM")
    return parser


def run(benchmark, options):
    """Runs it with a temporary folder, and leaves nothing behind, whatever happens."""
    # As Ctrl-C: so that everything that runs is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="watchdog-bench")
    # First in, last out: after the servers have ended.
    atexit.register(shutil.rmtree, folder, True)
    try:
        benchmark(options, folder)
    except Bench as problem:
        sys.exit(f"bench: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
