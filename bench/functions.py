"""Compares functions in the watchdog's JVM with OpenFaaS' entrypoint, alone and behind http mode. Started by inproc.sh."""

import glob
import os
import re
import shlex
import subprocess
import time
from statistics import median

import measure
from measure import Bench, Server, await_answer, free_port, load, start_watchdog, warm_up

SIZE = 32
HERE = os.path.dirname(os.path.abspath(__file__))
ANY_PORT = os.path.join(HERE, "..", "watchdog-undertow/src/test/functions/openfaas/AnyPort.java")
NGINX_CONF = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.err;
events {{ worker_connections 4096; }}
http {{
    access_log {folder}/nginx.log;
    client_body_temp_path {folder}/nginx-tmp;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    sendfile on;
    tcp_nopush on;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {folder}/files;
    }}
}}
"""


def compiled(options, folder):
    classes = os.path.join(folder, "classes")
    path = f"{options.jar}:{options.openfaas}/model.jar"
    sources = [*glob.glob(os.path.join(HERE, "functions", "*.java")), ANY_PORT]
    built = subprocess.run(
        [os.path.join(os.path.dirname(options.java), "javac") if "/" in options.java else "javac",
         "-proc:none", "-nowarn", "--release", "17", "-cp", path, "-d", classes, *sources],
        capture_output=True, text=True)
    if built.returncode:
        raise Bench("cannot compile the functions: " + built.stderr)
    return classes


def entrypoint_command(options, classes):
    """OpenFaaS' entrypoint, which listens on 8082 unless another provider of servers has it take any port."""
    path = ":".join([f"{options.openfaas}/entrypoint.jar", f"{options.openfaas}/model.jar", classes])
    return [options.java, *shlex.split(options.java_options),
            # Without it the JDK's server answers after 40 ms where a client's acknowledgement is delayed.
            "-Dsun.net.httpserver.nodelay=true",
            "--add-exports", "jdk.httpserver/sun.net.httpserver=ALL-UNNAMED",
            "-Dcom.sun.net.httpserver.HttpServerProvider=AnyPort", "-cp", path, "com.openfaas.entrypoint.App"]


def port_told(path, server):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.process.poll() is None:
        with open(path) as file:
            port = re.search(r"Listening on port: (\d+)\n", file.read())
        if port:
            return int(port.group(1))
        time.sleep(0.05)
    raise Bench(f"{server.name} does not start")


def start_entrypoint(options, folder, classes):
    path = os.path.join(folder, "entrypoint.log")
    with open(path, "w") as log:
        server = Server("entrypoint", entrypoint_command(options, classes), {"PATH": os.environ["PATH"]}, output=log)
    return server, port_told(path, server)


def inproc(options, folder, classes, handler):
    at = os.path.join(folder, handler)
    os.makedirs(at)
    server, port, _ = start_watchdog(options, at, {
        "mode": "inproc", "handler": handler, "function_path": f"{classes}:{options.openfaas}/model.jar"})
    return server, port


def behind_http(options, folder, upstream):
    """The processes of this row are the watchdog and the entrypoint, as they are in a container of OpenFaaS."""
    at = os.path.join(folder, "http")
    os.makedirs(at)
    server, port, _ = start_watchdog(options, at, {
        "mode": "http", "fprocess": "sleep 86400", "http_upstream_url": f"http://127.0.0.1:{upstream}"})
    return server, port


def start_static(folder):
    os.makedirs(os.path.join(folder, "files"))
    os.chmod(folder, 0o755)
    with open(os.path.join(folder, "files", "index.html"), "wb") as file:
        file.write(b"x" * 1024)
    port = free_port()
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as file:
        file.write(NGINX_CONF.format(folder=folder, port=port))
    return Server("nginx", ["nginx", "-e", os.path.join(folder, "nginx.err"), "-c", path, "-p", folder]), port


class Row:
    """What is measured: a server's port, and the processes that do the work."""

    def __init__(self, name, port, *servers):
        self.name = name
        self.url = f"http://127.0.0.1:{port}/"
        self.servers = servers
        self.runs = []

    def load(self, everybody, connections, seconds):
        first, *more = self.servers
        others = [server for server in everybody if server not in self.servers]
        before = sum(server.cpu_seconds() for server in more)
        run = load(first, [*others, *more], self.url, connections, seconds)
        run["cpu"] += 1e6 * (sum(server.cpu_seconds() for server in more) - before) / max(1, run["requests"])
        run["resident"] = sum(server.resident_megabytes() for server in self.servers)
        self.runs.append(run)

    def median(self):
        return {key: median(run[key] for run in self.runs) for key in self.runs[0]}


def run(options, folder):
    classes = compiled(options, folder)
    entrypoint, entrypoint_port = start_entrypoint(options, folder, classes)
    front, front_port = behind_http(options, folder, entrypoint_port)
    static, static_port = start_static(folder)
    rows = [
        Row("HttpHandler in the watchdog", *reversed(inproc(options, folder, classes, "Greeting"))),
        Row("servlet in the watchdog", *reversed(inproc(options, folder, classes, "GreetingServlet"))),
        Row("OpenFaaS function in the watchdog", *reversed(inproc(options, folder, classes, "com.openfaas.function.Handler"))),
        Row("the same, OpenFaaS' entrypoint", entrypoint_port, entrypoint),
        Row("the same, that behind http mode", front_port, front, entrypoint),
        Row("nginx, a file of 1 KiB", static_port, static),
    ]
    everybody = {server for row in rows for server in row.servers}
    for row in rows:
        await_answer(row.url, row.servers[0], 1024 if row.servers[0] is static else SIZE)
        warm_up(row.servers[0], row.url, options.warm)
    print(f"{options.rounds} rounds of {options.seconds} s, {measure.PROCESSORS} processors, "
          f"{options.java} {options.java_options or '(no options)'}")
    print(f"{'conn.':>5}  {'':34} {'calls/s':>8} {'p99 ms':>7} {'CPU us':>7} {'RSS MB':>7}  others' CPU")
    for connections in options.connections:
        for row in rows:
            row.runs.clear()
        for number in range(options.rounds):
            for row in rows if number % 2 == 0 else reversed(rows):
                row.load(everybody, connections, options.seconds)
        for row in rows:
            each = row.median()
            print(f"{connections:5}  {row.name:34} {each['rate']:8.0f} {each['p99']:7.2f} {each['cpu']:7.1f} "
                  f"{each['resident']:7.0f}  {100 * each['foreign']:3.0f} %", flush=True)


def main():
    parser = measure.arguments("bench/inproc.sh", "Compares functions in the watchdog's JVM with OpenFaaS' entrypoint.")
    parser.add_argument("--openfaas", required=True, help=measure.argparse.SUPPRESS)
    parser.add_argument("--warm", type=int, default=5, help="seconds of each round of load before the measuring")
    parser.add_argument("--connections", type=lambda text: [int(number) for number in text.split(",")], default=[1, 32])
    measure.run(run, parser.parse_args())


main()
