"""Compares functions in the watchdog's JVM with OpenFaaS' entrypoint, alone and behind http mode. Started by inproc.sh."""

import glob
import os
import shlex

import measure
import nginx
from measure import Server, await_answer, await_port, load, numbers, start_watchdog, warm_up

SIZE = 32
HERE = os.path.dirname(os.path.abspath(__file__))
ANY_PORT = os.path.join(HERE, "..", "watchdog-undertow/src/test/functions/openfaas/AnyPort.java")


def compiled(options, folder):
    classes = os.path.join(folder, "classes")
    path = f"{options.jar}:{options.openfaas}/model.jar"
    sources = [*glob.glob(os.path.join(HERE, "functions", "*.java")), ANY_PORT]
    measure.compile_java(options, classes, sources, path)
    return classes


def entrypoint_command(options, classes):
    """OpenFaaS' entrypoint, which listens on 8082 unless another provider of servers has it take any port."""
    path = ":".join([f"{options.openfaas}/entrypoint.jar", f"{options.openfaas}/model.jar", classes])
    return [options.java, *shlex.split(options.java_options),
            # Without it the JDK's server answers after 40 ms where a client's acknowledgement is delayed.
            "-Dsun.net.httpserver.nodelay=true",
            "--add-exports", "jdk.httpserver/sun.net.httpserver=ALL-UNNAMED",
            "-Dcom.sun.net.httpserver.HttpServerProvider=AnyPort", "-cp", path, "com.openfaas.entrypoint.App"]


def start_entrypoint(options, folder, classes):
    path = os.path.join(folder, "entrypoint.log")
    with open(path, "w") as log:
        server = Server("entrypoint", entrypoint_command(options, classes), {"PATH": os.environ["PATH"]}, output=log)
    return server, await_port(path, server)


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


def start_files(folder):
    nginx.write_files(folder, [1024])
    return nginx.files(folder)


def start_jdk(options, folder, classes):
    """The least that the JDK's own server does for a call."""
    path = os.path.join(folder, "jdk.log")
    command = [options.java, *shlex.split(options.java_options), "-Dsun.net.httpserver.nodelay=true", "-cp", classes, "JdkServer"]
    with open(path, "w") as log:
        server = Server("JDK", command, {"PATH": os.environ["PATH"]}, output=log)
    return server, await_port(path, server)


class Row:
    """What is measured: a server's port, and the processes that do the work."""

    def __init__(self, name, port, *servers, size=SIZE):
        self.name = name
        self.size = size
        self.url = f"http://127.0.0.1:{port}/" + (str(size) if size != SIZE else "")
        self.servers = servers
        self.runs = []

    def load(self, everybody, connections, seconds):
        first, *more = self.servers
        others = [server for server in everybody if server not in self.servers]
        before = sum(server.cpu_seconds() for server in more)
        run = load(first, [*others, *more], self.url, connections, seconds)
        run["cpu"] += 1e6 * (sum(server.cpu_seconds() for server in more) - before) / run["requests"]
        run["resident"] = sum(server.resident_megabytes() for server in self.servers)
        self.runs.append(run)


def run(options, folder, results):
    classes = compiled(options, folder)
    entrypoint, entrypoint_port = start_entrypoint(options, folder, classes)
    front, front_port = behind_http(options, folder, entrypoint_port)
    files, files_port = start_files(folder)
    jdk, jdk_port = start_jdk(options, folder, classes)
    rows = [
        Row("HttpHandler in the watchdog", *reversed(inproc(options, folder, classes, "Greeting"))),
        Row("servlet in the watchdog", *reversed(inproc(options, folder, classes, "GreetingServlet"))),
        Row("OpenFaaS function in the watchdog", *reversed(inproc(options, folder, classes, "com.openfaas.function.Handler"))),
        Row("the same, OpenFaaS' entrypoint", entrypoint_port, entrypoint),
        Row("the same, that behind http mode", front_port, front, entrypoint),
        Row("for scale: the JDK's HttpServer", jdk_port, jdk),
        Row("for scale: nginx, a file of 1 KiB", files_port, files, size=1024),
    ]
    everybody = {server for row in rows for server in row.servers}
    for row in rows:
        await_answer(row.url, row.servers[0], row.size)
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
            each = results.add({"connections": connections, "server": row.name}, row.runs)
            print(f"{connections:5}  {row.name:34} {each['rate']:8.0f} {each['p99']:7.2f} {each['cpu']:7.1f} "
                  f"{each['resident']:7.0f}  {100 * each['foreign']:3.0f} %", flush=True)


def main():
    parser = measure.arguments("inproc", "Compares functions in the watchdog's JVM with OpenFaaS' entrypoint.")
    parser.add_argument("--openfaas", required=True, help=measure.argparse.SUPPRESS)
    parser.add_argument("--warm", type=int, default=5, help="seconds of each round of load before the measuring")
    parser.add_argument("--connections", type=numbers, default=[1, 32])
    measure.run(run, parser.parse_args())


if __name__ == "__main__":
    main()
