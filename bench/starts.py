"""From exec to the first 200, beside of-watchdog with OpenFaaS' entrypoint, a short server on Undertow and the least that a server on the JVM takes. Started by start.sh."""

import os
import shlex
import socket
import time
import zipfile

import functions
import measure
from measure import Bench, Server, free_port

FUNCTIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "functions")
SOURCES = [os.path.join(FUNCTIONS, name) for name in ("BareServer.java", "BareUndertow.java")]
HEALTH = "/_/health"
# OpenFaaS' entrypoint listens nowhere else.
ENTRYPOINT_PORT = 8082
# Long enough that a start is over, and its threads are idle.
IDLE_SECONDS = 1


def answers(port, path):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return client.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def start(folder, name, command, settings, port, path=HEALTH):
    """One start; ended before the next."""
    log_path = os.path.join(folder, "log")
    with open(log_path, "w") as log:
        begin = time.monotonic()
        server = Server(name, command, {"PATH": os.environ["PATH"], **settings}, log)
    while not answers(port, path):
        if server.process.poll() is not None or time.monotonic() > begin + 30:
            with open(log_path) as log:
                raise Bench(f"{name} does not start: " + log.read().strip())
        time.sleep(0.001)
    taken = {"milliseconds": 1000 * (time.monotonic() - begin), "cpu": 1000 * server.cpu_seconds()}
    time.sleep(IDLE_SECONDS)
    taken["resident"] = server.resident_megabytes() + sum(
        measure.memory_megabytes(pid, "VmRSS") for pid in server.children() if not waits_only(pid))
    # Whoever makes an archive does so when he ends.
    server.stop(patience=60)
    return taken


def waits_only(pid):
    """Whether this is the process that stands in for a function."""
    with open(f"/proc/{pid}/comm") as file:
        return file.read().strip() == "sleep"


class Row:
    """A server that is started over and over, with options of its JVM and what follows them."""

    def __init__(self, options, folder, name, arguments, settings, path=HEALTH, java_options=None):
        self.folder = folder
        self.name = name
        self.java = [options.java, *shlex.split(options.java_options if java_options is None else java_options)]
        self.arguments = arguments
        self.settings = settings
        self.path = path
        self.archive = []
        self.taken = []

    def start(self, more=()):
        port = free_port()
        settings = {name: value.format(port=port) for name, value in self.settings.items()}
        command = [*self.java, *more, *(argument.format(port=port) for argument in self.arguments)]
        return start(self.folder, self.name, command, settings, port, self.path)

    def make_archive(self, java):
        """Makes an archive of the classes that a start loads, as watchdog:image does it, and uses it from now on."""
        path = os.path.join(self.folder, f"archive of {self.name}".replace(" ", "-"))
        if measure.java_version(java) < 25:
            making, self.archive = ["-XX:ArchiveClassesAtExit=" + path], ["-XX:SharedArchiveFile=" + path]
        else:
            making = ["-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining", "-XX:AOTCacheOutput=" + path]
            self.archive = ["-XX:AOTCache=" + path]
        self.start(making)
        if not os.path.exists(path):
            raise Bench("this JVM has made no archive")

    def run(self):
        return self.start(self.archive)


class OfWatchdog(Row):
    """of-watchdog in http mode, whose function is OpenFaaS' entrypoint in a JVM of its own."""

    def __init__(self, options, folder, classes):
        path = ":".join([f"{options.openfaas}/entrypoint.jar", f"{options.openfaas}/model.jar", classes])
        entrypoint = shlex.join([options.java, *shlex.split(options.java_options), "-cp", path, "com.openfaas.entrypoint.App"])
        super().__init__(options, folder, "of-watchdog", [], {
            "mode": "http", "fprocess": entrypoint, "http_upstream_url": f"http://127.0.0.1:{ENTRYPOINT_PORT}", "port": "{port}"}, "/")
        self.java = [options.of_watchdog]

    def start(self, more=()):
        if answers(ENTRYPOINT_PORT, "/"):
            raise Bench(f"another program serves port {ENTRYPOINT_PORT}")
        return super().start(more)


def packed(folder):
    """The compiled servers as a jar: an archive takes no classes from folders."""
    path = os.path.join(folder, "servers.jar")
    with zipfile.ZipFile(path, "w") as jar:
        for name in os.listdir(folder):
            if name.endswith(".class"):
                jar.write(os.path.join(folder, name), name)
    return path


def rows(options, folder):
    """Those that get an archive if there are any, and the others."""
    common = {"TMPDIR": folder, "LANG": "C.UTF-8", "port": "{port}", "metrics_port": "0", "healthcheck_interval": "0"}
    ours = ["-jar", options.jar]
    http = Row(options, folder, "http", ours, {
        **common, "mode": "http", "fprocess": "sleep 86400", "http_upstream_url": f"http://127.0.0.1:{free_port()}"})
    bare = Row(options, folder, "bare server", ["-cp", folder, "BareServer", "{port}"], {}, java_options=measure.JAVA_OPTIONS)
    undertow = Row(options, folder, "undertow", ["-cp", f"{options.jar}:{packed(folder)}", "BareUndertow", "{port}"], {})
    if not os.path.exists(os.path.join(options.openfaas, "entrypoint.jar")):
        print("without inproc mode: OpenFaaS' entrypoint is not there; ./mvnw -q -pl watchdog-undertow -am pre-integration-test -DskipTests gets it")
        return [http, undertow], [bare]
    classes = functions.compiled(options, folder)
    inproc = Row(options, folder, "inproc", ours, {
        **common, "mode": "inproc", "handler": "com.openfaas.function.Handler",
        "function_path": f"{classes}:{options.openfaas}/model.jar"}, "/")
    return [http, inproc, undertow], [bare, *([OfWatchdog(options, folder, classes)] if options.of_watchdog else [])]


def run(options, folder, results):
    measure.compile_java(options, folder, SOURCES, options.jar)
    archived, others = rows(options, folder)
    if options.archive:
        for row in archived:
            row.make_archive(options.java)
    print(f"{options.rounds} starts, {measure.PROCESSORS} processors, {options.java} {options.java_options or '(no options)'}"
          + (", with an archive" if options.archive else ""))
    print(f"{'':12} {'ms':>6} {'range':>11} {'CPU ms':>7} {'RSS MB':>7}")
    everybody = [*archived, *others]
    # The first start reads everything from the disk.
    for number in range(options.rounds + 1):
        for row in everybody if number % 2 else reversed(everybody):
            taken = row.run()
            if number > 0:
                row.taken.append(taken)
    for row in everybody:
        each = results.add({"server": row.name}, row.taken)
        times = sorted(one["milliseconds"] for one in row.taken)
        print(f"{row.name:12} {each['milliseconds']:6.0f} {times[0]:5.0f}-{times[-1]:<5.0f} {each['cpu']:7.0f} {each['resident']:7.0f}")


def main():
    parser = measure.arguments("start", "Measures how long the watchdog takes to start.", rounds=9, seconds=None)
    parser.add_argument("--openfaas", required=True, help=measure.argparse.SUPPRESS)
    parser.add_argument("--of-watchdog", metavar="PROGRAM", help="of-watchdog, measured with OpenFaaS' entrypoint in a JVM")
    parser.add_argument("--archive", action="store_true", help="with a class archive, as watchdog:image makes one")
    measure.run(run, parser.parse_args())


main()
