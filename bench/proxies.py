"""Loads the watchdog and nginx in turn with wrk, and prints medians side by side. Started by http.sh."""

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
from statistics import median

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count()
MOST_WARM_UPS = 12
SIZES = {"32 B": 32, "10 KiB": 10 * 1024, "1 MiB": 1024 * 1024}

# One worker each. The proxy writes a line for each request, keeps its connections to the function, and holds a response of
# 1 MiB in memory; with its own defaults it would write a part of it to a file first.
FUNCTION_CONF = """
worker_processes 1;
daemon off;
pid {folder}/function.pid;
error_log {folder}/function.err;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/function-tmp;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    sendfile on;
    tcp_nopush on;
    server {{
        listen 127.0.0.1:{function} backlog=1024;
        root {folder}/files;
        location = /32 {{ default_type text/plain; return 200 "{text}"; }}
    }}
}}
"""
NGINX_CONF = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.err;
events {{ worker_connections 4096; }}
http {{
    access_log {folder}/nginx.log;
    client_body_temp_path {folder}/nginx-tmp;
    proxy_temp_path {folder}/nginx-tmp-proxy;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    upstream function {{
        server 127.0.0.1:{function};
        keepalive 512;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{nginx} backlog=1024;
        location / {{
            proxy_pass http://function;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_buffers 16 64k;
            proxy_busy_buffers_size 128k;
            proxy_max_temp_file_size 0;
        }}
    }}
}}
"""


class Bench(Exception):
    """Something that the person who runs the benchmark has to know, in one line."""


class Server:
    """A started program, and the CPU time of it and of its children."""

    def __init__(self, name, command, environment=None, errors=None):
        self.name = name
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
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

    def children(self):
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                return [int(pid) for pid in file.read().split()]
        except FileNotFoundError:
            return []


def cpu_seconds(pid):
    """User and system time, as /proc/PID/stat tells it behind the name in parentheses."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


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


def start_watchdog(options, folder, function_port):
    log_path = os.path.join(folder, "watchdog.log")
    environment = {
        "PATH": os.environ["PATH"],
        "TMPDIR": folder,
        "mode": "http",
        "fprocess": "sleep 86400",
        "http_upstream_url": f"http://127.0.0.1:{function_port}",
        "port": "0",
        "metrics_port": "0",
        "healthcheck_interval": "0",
        "prefix_logs": "true",
    }
    with open(log_path, "w") as log:
        command = ["java", *shlex.split(options.java_options), "-jar", options.jar]
        watchdog = Server("watchdog", command, environment, log)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and watchdog.process.poll() is None:
        with open(log_path) as log:
            port = re.search(r" Listening on port: (\d+)\n", log.read())
        if port:
            return watchdog, int(port.group(1)), log_path
        time.sleep(0.05)
    raise Bench("the watchdog does not start: " + open(log_path).read().strip())


def start_nginx(name, folder, configuration):
    path = os.path.join(folder, name + ".conf")
    with open(path, "w") as file:
        file.write(configuration)
    return Server(name, ["nginx", "-e", os.path.join(folder, name + ".err"), "-c", path, "-p", folder])


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def load(server, others, url, connections, seconds):
    """One run of wrk against one server."""
    before = server.cpu_seconds(), sum(other.cpu_seconds() for other in others), machine_seconds(), time.monotonic()
    own = os.times()
    wrk = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    spent = os.times()
    elapsed = time.monotonic() - before[3]
    cpu = server.cpu_seconds() - before[0]
    wrk_cpu = spent.children_user - own.children_user + spent.children_system - own.children_system
    known = cpu + sum(other.cpu_seconds() for other in others) - before[1] + wrk_cpu
    errors = re.search(r"Socket errors.*|Non-2xx.*", wrk)
    if errors:
        raise Bench(f"{server.name} failed requests with {connections} connections on {url}: {errors.group()}")
    requests = int(re.search(r"(\d+) requests in", wrk).group(1))
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", wrk).group(1)),
        "p99": milliseconds(re.search(r"(?m)^\s+99%\s+(\S+)", wrk).group(1)),
        "cpu": 1e6 * cpu / max(1, requests),
        "foreign": max(0.0, machine_seconds() - before[2] - known) / (elapsed * PROCESSORS),
        "requests": requests,
    }


def warm_up(server, url, seconds):
    """A JVM compiles what it runs often, beside the requests: loads it until they get cheaper no more."""
    before = load(server, [], url, 32, seconds)["cpu"]
    for _ in range(MOST_WARM_UPS):
        now = load(server, [], url, 32, seconds)["cpu"]
        if now > 0.95 * before:
            return
        before = now


def compare(options, servers, function, path, connections):
    """Rounds in the order A B, B A, so that neither always has the quieter time."""
    runs = {server.name: [] for server, _ in servers}
    for server, base in servers:
        load(server, [], base + path, connections, options.warm)
    for number in range(options.rounds):
        for server, base in servers if number % 2 == 0 else reversed(servers):
            others = [function, *(other for other, _ in servers if other is not server)]
            runs[server.name].append(load(server, others, base + path, connections, options.seconds))
    return {name: {key: median(run[key] for run in each) for key in each[0]} for name, each in runs.items()}


def run(options, folder):
    os.makedirs(os.path.join(folder, "files"))
    # nginx gives up root's rights in its worker, which must be able to read the files.
    os.chmod(folder, 0o755)
    for size in SIZES.values():
        with open(os.path.join(folder, "files", str(size)), "wb") as file:
            file.write(b"x" * size)
    ports = {"folder": folder, "function": free_port(), "nginx": free_port(), "text": "x" * 32}
    function = start_nginx("function", folder, FUNCTION_CONF.format(**ports))
    nginx = start_nginx("nginx", folder, NGINX_CONF.format(**ports))
    watchdog, watchdog_port, log_path = start_watchdog(options, folder, ports["function"])
    servers = [(watchdog, f"http://127.0.0.1:{watchdog_port}/"), (nginx, f"http://127.0.0.1:{ports['nginx']}/")]
    for server, base in [(function, f"http://127.0.0.1:{ports['function']}/"), *servers]:
        for size in SIZES.values():
            await_answer(base + str(size), server, size)

    warm_up(watchdog, servers[0][1] + "32", options.warm)

    print(f"{options.rounds} rounds of {options.seconds} s, warm-up {options.warm} s, {PROCESSORS} processors, "
          f"java {options.java_options or '(no options)'}")
    print(f"{'response':9} {'conn.':>5}  {'':8} {'req/s':>9} {'p99 ms':>8} {'CPU us/req':>10}  "
          f"{'req/s':>6} {'CPU':>6}  others' CPU")
    for label in options.sizes:
        for connections in options.connections:
            result = compare(options, servers, function, str(SIZES[label]), connections)
            for name, each in result.items():
                rate, cpu = (each[key] / result["nginx"][key] for key in ("rate", "cpu"))
                print(f"{label:9} {connections:5}  {name:8} {each['rate']:9.0f} {each['p99']:8.2f} {each['cpu']:10.1f}  "
                      f"x{rate:5.2f} x{cpu:5.2f}  {100 * each['foreign']:3.0f} %", flush=True)
    report_log(log_path)


def report_log(path):
    """The comparison is only fair if both have written their lines."""
    with open(path) as log:
        lines = dropped = 0
        for line in log:
            lines += " - 200 OK - " in line
            dropped += sum(int(number) for number in re.findall(r"(\d+) log lines dropped", line))
    print(f"the watchdog logged {lines} calls; {dropped} lines dropped")


def sizes(text):
    chosen = [label for label in SIZES if str(SIZES[label]) in text.split(",")]
    if not chosen:
        raise argparse.ArgumentTypeError("of " + ", ".join(str(size) for size in SIZES.values()))
    return chosen


def main():
    parser = argparse.ArgumentParser(prog="bench/http.sh", description="Compares the watchdog with nginx.")
    parser.add_argument("--jar", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--warm", type=int, default=5, help="seconds of load before each comparison, not counted")
    parser.add_argument("--connections", type=lambda text: [int(number) for number in text.split(",")], default=[1, 32, 256])
    parser.add_argument("--sizes", type=sizes, default=list(SIZES), help="of responses in bytes, from 32,10240,1048576")
    parser.add_argument("--java-options", default="-Xmx64m -XX:+UseSerialGC", help="of the watchdog's JVM")
    options = parser.parse_args()
    # As Ctrl-C: so that everything that runs is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="watchdog-bench")
    # First in, last out: after the servers have ended.
    atexit.register(shutil.rmtree, folder, True)
    try:
        run(options, folder)
    except Bench as problem:
        sys.exit(f"bench: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


main()
