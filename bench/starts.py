"""From exec to the first 200 of /_/health, beside the least that a server on the JVM takes. Started by start.sh."""

import os
import shlex
import socket
import time

import measure
from measure import Bench, Server, free_port

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "functions", "BareServer.java")
# Long enough that a start is over, and its threads are idle.
IDLE_SECONDS = 1


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as client:
            client.sendall(b"GET /_/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return client.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def start(options, folder, name, java_options, arguments, settings, port):
    """One start; ended before the next."""
    path = os.path.join(folder, "log")
    command = [options.java, *java_options, *arguments]
    with open(path, "w") as log:
        begin = time.monotonic()
        server = Server(name, command, {"PATH": os.environ["PATH"], **settings}, log)
    while not answers(port):
        if server.process.poll() is not None or time.monotonic() > begin + 30:
            with open(path) as log:
                raise Bench(f"{name} does not start: " + log.read().strip())
        time.sleep(0.001)
    taken = {"milliseconds": 1000 * (time.monotonic() - begin), "cpu": 1000 * server.cpu_seconds()}
    time.sleep(IDLE_SECONDS)
    taken["resident"] = server.resident_megabytes()
    # Whoever makes an archive does so when he ends.
    server.stop(patience=60)
    return taken


def watchdog(options, folder, more=()):
    port = free_port()
    return start(options, folder, "watchdog", [*shlex.split(options.java_options), *more], ["-jar", options.jar], {
        "TMPDIR": folder, "LANG": "C.UTF-8", "mode": "http", "fprocess": "sleep 86400", "port": str(port), "metrics_port": "0",
        "healthcheck_interval": "0", "http_upstream_url": f"http://127.0.0.1:{free_port()}"}, port)


def bare(options, folder):
    port = free_port()
    return start(options, folder, "bare server", shlex.split(measure.JAVA_OPTIONS), ["-cp", folder, "BareServer", str(port)], {}, port)


def archive(options, folder):
    """Makes an archive of the classes that a start loads, as watchdog:image does it; returns the options that use it."""
    path = os.path.join(folder, "archive")
    if measure.java_version(options.java) < 25:
        making, using = ["-XX:ArchiveClassesAtExit=" + path], ["-XX:SharedArchiveFile=" + path]
    else:
        making = ["-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining", "-XX:AOTCacheOutput=" + path]
        using = ["-XX:AOTCache=" + path]
    watchdog(options, folder, making)
    if not os.path.exists(path):
        raise Bench("this JVM has made no archive")
    return using


def run(options, folder, results):
    measure.compile_java(options, folder, [SOURCE])
    using = archive(options, folder) if options.archive else []
    print(f"{options.rounds} starts, {measure.PROCESSORS} processors, {options.java} {options.java_options or '(no options)'}"
          + (", with an archive" if using else ""))
    print(f"{'':12} {'ms':>6} {'range':>11} {'CPU ms':>7} {'RSS MB':>7}")
    rounds = {"watchdog": [], "bare server": []}
    # The first start reads everything from the disk.
    for number in range(options.rounds + 1):
        for name, taken in (("watchdog", watchdog(options, folder, using)), ("bare server", bare(options, folder))):
            if number > 0:
                rounds[name].append(taken)
    for name, taken in rounds.items():
        each = results.add({"server": name}, taken)
        times = sorted(one["milliseconds"] for one in taken)
        print(f"{name:12} {each['milliseconds']:6.0f} {times[0]:5.0f}-{times[-1]:<5.0f} {each['cpu']:7.0f} {each['resident']:7.0f}")


def main():
    parser = measure.arguments("start", "Measures how long the watchdog takes to start.", rounds=9, seconds=None)
    parser.add_argument("--archive", action="store_true", help="with an archive of classes, as watchdog:image makes one")
    measure.run(run, parser.parse_args())


main()
