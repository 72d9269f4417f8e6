"""What the benchmarks share: programs that are started and always ended, their CPU time, and one run of wrk."""

import argparse
import atexit
import json
import os
import platform
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
from statistics import median

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count()
MOST_WARM_UPS = 12
JAVA_OPTIONS = "-Xmx64m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError"
# As in StartArguments, of which a test sees to it; the heap is a share of the container's memory there.
IMAGE_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions -XX:+UseSerialGC -XX:ReservedCodeCacheSize=48m -XX:CompileThresholdScaling=3 "
    "-XX:TrimNativeHeapInterval=5000 -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData -XX:MaxNewSize=12m -XX:SurvivorRatio=4 "
    "-Djdk.reflect.useNativeAccessorOnly=true -Xmx64m")


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

    def stop(self, patience=10):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def cpu_seconds(self):
        return sum(cpu_seconds(pid) for pid in [self.process.pid, *self.children()])

    def reaped_seconds(self):
        """CPU time of its children that have ended and were waited for."""
        return stat_seconds(self.process.pid, 13, 14)

    def resident_megabytes(self):
        return memory_megabytes(self.process.pid, "VmRSS")

    def peak_megabytes(self):
        """The most resident memory since the start, or since forget_peak."""
        return memory_megabytes(self.process.pid, "VmHWM")

    def forget_peak(self):
        forget_peak(self.process.pid)

    def children(self):
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                return [int(pid) for pid in file.read().split()]
        except FileNotFoundError:
            return []


class Nginx(Server):
    """Its master does nothing: what counts is its worker."""

    def resident_megabytes(self):
        return sum(memory_megabytes(pid, "VmRSS") for pid in self.children())

    def peak_megabytes(self):
        return sum(memory_megabytes(pid, "VmHWM") for pid in self.children())

    def forget_peak(self):
        for pid in self.children():
            forget_peak(pid)


class Results:
    """The figures of one benchmark, each round and its medians, for report.sh."""

    def __init__(self, options):
        self.options = options
        self.rows = []
        # Told before anything is measured: a missing folder would cost all that was.
        if options.save and not os.path.isdir(os.path.dirname(os.path.abspath(options.save))):
            raise Bench(f"no folder for {options.save}")

    def add(self, labels, rounds):
        """Keeps a row, and returns its medians."""
        medians = {key: median(each[key] for each in rounds) for key in rounds[0]}
        self.rows.append({**labels, "medians": medians, "rounds": list(rounds)})
        return medians

    def save(self):
        if not self.options.save:
            return
        hidden = {"benchmark", "jar", "baseline", "java", "java_options", "openfaas", "of_watchdog", "save", "chaos", "keep_log"}
        whole = {
            "benchmark": self.options.benchmark,
            "machine": machine(self.options),
            "options": {name: value for name, value in vars(self.options).items() if name not in hidden},
            "rows": self.rows,
        }
        with open(self.options.save, "w") as file:
            json.dump(whole, file, indent=1)
            file.write("\n")


def machine(options):
    """What figures depend on; no names of machines or folders, since the file is meant to be shown."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"(?m)^model name\s*: (.*)$", file.read())
    with open("/proc/meminfo") as file:
        memory = int(re.search(r"MemTotal:\s+(\d+)", file.read()).group(1)) // 1024
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processors": PROCESSORS,
        "processor": model.group(1) if model else platform.machine(),
        "memory_megabytes": memory,
        "kernel": platform.release(),
        "jdk": first_line([options.java, "-version"], "Runtime Environment"),
        "java_options": options.java_options,
        "watchdog": first_line([options.java, "-jar", options.jar, "--version"]),
        "nginx": first_line(["nginx", "-v"], "nginx/"),
    }


def first_line(command, marked=""):
    """The first line with that mark which a program tells of itself; nothing where there is no such program."""
    try:
        told = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    lines = [line for line in (told.stdout + told.stderr).splitlines() if marked in line]
    return lines[0].strip() if lines else None


def java_version(java):
    return int(re.search(r'version "(\d+)', first_line([java, "-version"], "version")).group(1))


def memory_megabytes(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(name + r":\s+(\d+)", file.read()).group(1)) / 1024


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")


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


def compile_java(options, classes, sources, path=""):
    compiler = os.path.join(os.path.dirname(options.java), "javac") if "/" in options.java else "javac"
    command = [compiler, "-proc:none", "-nowarn", "--release", "17", "-cp", path, "-d", classes, *sources]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        raise Bench("cannot compile: " + built.stderr)


def await_port(path, server, words="Listening on port"):
    """The port that a program tells in its log, after those words."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.process.poll() is None:
        with open(path) as log:
            port = re.search(rf"(?m)^(?:.* )?{words}: (\d+)$", log.read())
        if port:
            return int(port.group(1))
        time.sleep(0.05)
    with open(path) as log:
        raise Bench(f"{server.name} does not start: " + log.read().strip())


def start_watchdog(options, folder, settings, prefix=(), name="watchdog"):
    """Starts the jar, or the baseline's where that is the name, on a free port, by a command that may have a prefix; returns it with that port and the path of its log."""
    log_path = os.path.join(folder, "watchdog.log")
    environment = {"PATH": os.environ["PATH"], "TMPDIR": folder, "LANG": "C.UTF-8", "port": "0", "metrics_port": "0",
                   "healthcheck_interval": "0", **settings}
    with open(log_path, "w") as log:
        command = [*prefix, options.java, *shlex.split(options.java_options), "-jar",
                   options.baseline if name == "baseline" else options.jar]
        watchdog = Server(name, command, environment, log)
    return watchdog, await_port(log_path, watchdog), log_path


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def measured(server, others, command):
    """Runs a program that loads the server; returns what it prints, and what that has cost the server and somebody else."""
    before = server.cpu_seconds(), sum(other.cpu_seconds() for other in others), machine_seconds(), time.monotonic()
    reaped_before = server.reaped_seconds()
    own = os.times()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = os.times()
    elapsed = time.monotonic() - before[3]
    cpu = server.cpu_seconds() - before[0]
    loader_cpu = spent.children_user - own.children_user + spent.children_system - own.children_system
    reaped = server.reaped_seconds() - reaped_before
    known = cpu + reaped + sum(other.cpu_seconds() for other in others) - before[1] + loader_cpu
    foreign = max(0.0, machine_seconds() - before[2] - known) / (elapsed * PROCESSORS)
    return output, {"cpu": cpu, "reaped": reaped, "foreign": foreign}


def load(server, others, url, connections, seconds, script=None):
    """One run of wrk against one server; a script may change its requests."""
    wrk, costs = measured(server, others, [
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency",
        *(["-s", script] if script else []), url])
    errors = re.search(r"Socket errors.*|Non-2xx.*", wrk)
    if errors:
        raise Bench(f"{server.name} failed requests with {connections} connections on {url}: {errors.group()}")
    requests = int(re.search(r"(\d+) requests in", wrk).group(1))
    if not requests:
        raise Bench(f"{server.name} answered nothing in {seconds} s with {connections} connections on {url}; try more seconds")
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", wrk).group(1)),
        "p99": milliseconds(re.search(r"(?m)^\s+99%\s+(\S+)", wrk).group(1)),
        "cpu": 1e6 * costs["cpu"] / requests,
        "children": 1e6 * costs["reaped"] / requests,
        "foreign": costs["foreign"],
        "requests": requests,
        "resident": server.resident_megabytes(),
    }


def in_turn(options, servers, others, run):
    """Loads servers, each with its URL, in turn, by a function of server, the idle ones, URL and seconds; returns the runs by name.

    In the order A B, B A, so that none always has the quieter time.
    """
    runs = {server.name: [] for server, _ in servers}
    for server, url in servers:
        run(server, [], url, options.warm)
    for number in range(options.rounds):
        for server, url in servers if number % 2 == 0 else reversed(servers):
            idle = [*others, *(other for other, _ in servers if other is not server)]
            runs[server.name].append(run(server, idle, url, options.seconds))
    return runs


def compare(options, servers, others, connections, script=None):
    """Loads servers in turn with wrk."""
    return in_turn(options, servers, others,
                   lambda server, idle, url, seconds: load(server, idle, url, connections, seconds, script))


def post_script(folder, size):
    """A script for wrk that posts that many bytes."""
    path = os.path.join(folder, f"post-{size}.lua")
    with open(path, "w") as file:
        file.write(f'wrk.method = "POST"\nwrk.body = string.rep("x", {size})\n')
    return path


def warm_up(server, url, seconds, connections=32, script=None):
    """Loads a JVM with wrk until its requests get cheaper no more."""
    until_steady(lambda: load(server, [], url, connections, seconds, script)["cpu"])


def until_steady(cost):
    """A JVM compiles what it runs often, beside the requests: repeats a run until it gets cheaper no more, twice in a row."""
    least = cost()
    calm = 0
    for _ in range(MOST_WARM_UPS):
        now = cost()
        calm = calm + 1 if now > 0.95 * least else 0
        if calm == 2:
            return
        least = min(least, now)


def numbers(text):
    return [int(number) for number in text.split(",")]


def size_name(size):
    """1048576 is "1 MiB"."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >= 1 << power:
            return f"{size / (1 << power):g} {unit}"
    return f"{size} B"


def arguments(benchmark, description, rounds=5, seconds=3):
    """What every benchmark can be told; without seconds, rounds are not of a time."""
    parser = argparse.ArgumentParser(prog=f"bench/{benchmark}.sh", description=description)
    parser.set_defaults(benchmark=benchmark)
    parser.add_argument("--jar", required=True, help=argparse.SUPPRESS)
    if rounds:
        parser.add_argument("--rounds", type=int, default=rounds)
    if seconds:
        parser.add_argument("--seconds", type=int, default=seconds, help="of each run")
    parser.add_argument("--java", default="java", help="the JVM's command")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--java-options", default=JAVA_OPTIONS, help="of the watchdog's JVM")
    chosen.add_argument("--image", dest="java_options", action="store_const", const=IMAGE_OPTIONS,
                        help="those of the images that watchdog:image makes, with 64 MB of heap")
    parser.add_argument("--save", metavar="FILE", help="write all figures there as JSON, for report.sh; a path from the project's folder")
    return parser


def run(benchmark, options):
    """Runs it with a temporary folder, and leaves nothing behind, whatever happens."""
    # As Ctrl-C: so that everything that runs is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="watchdog-bench")
    # First in, last out: after the servers have ended.
    atexit.register(shutil.rmtree, folder, True)
    try:
        results = Results(options)
        benchmark(options, folder, results)
        results.save()
    except Bench as problem:
        sys.exit(f"bench: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
