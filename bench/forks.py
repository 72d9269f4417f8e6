"""Compares the watchdog in streaming mode with programs that do the least: spawn, pipe, wait, in C and with the JDK. Started by fork.sh."""

import os
import subprocess
import time

import measure
from measure import Bench, Server, await_answer, free_port, load, numbers, post_script, start_watchdog, warm_up

COMMANDS = ["cat", "true"]


class Floor:
    """The C program, as if it were a server under load."""

    def __init__(self, folder):
        self.program = os.path.join(folder, "floor")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "floor.c")
        built = subprocess.run(["cc", "-O2", "-o", self.program, source, "-lpthread"], capture_output=True, text=True)
        if built.returncode:
            raise Bench("cannot compile floor.c: " + built.stderr)

    def calls(self, command, connections, seconds):
        rate, p99, own, children = map(float, self.output("calls", str(connections), str(seconds), command).split())
        return {"rate": rate, "p99": p99, "cpu": own, "children": children}

    def stream(self, direction, size, command):
        return float(self.output(direction, str(size), *command))

    def output(self, *words):
        return subprocess.run([self.program, *words], capture_output=True, text=True, check=True).stdout


class Jdk:
    """A program that uses the JDK's own Process, as if it were a server under load."""

    def __init__(self, options):
        self.command = [options.java, *options.java_options.split(), "-Djdk.lang.Process.launchMechanism=VFORK",
                        os.path.join(os.path.dirname(os.path.abspath(__file__)), "Processes.java")]

    def calls(self, command, connections, seconds):
        words = [*self.command, str(connections), str(seconds), str(3 * seconds), command]
        output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        rate, p99, own, children = map(float, output.split())
        return {"rate": rate, "p99": p99, "cpu": own, "children": children}


class Loaded:
    """A server under load."""

    def __init__(self, server, url, script):
        self.server, self.url, self.script = server, url, script

    def warm_up(self, seconds):
        await_answer(self.url, self.server)
        warm_up(self.server, self.url, seconds, 8, self.script)

    def calls(self, command, connections, seconds):
        return load(self.server, [], self.url, connections, seconds, self.script)


def started(options, folder, command):
    watchdog, port, _ = start_watchdog(options, folder, {"fprocess": command, "exec_timeout": "10m"})
    return watchdog, f"http://127.0.0.1:{port}/"


def started_of_watchdog(options, command):
    port = free_port()
    server = Server("of-watchdog", [options.of_watchdog], {
        **os.environ, "mode": "streaming", "fprocess": command, "port": str(port), "exec_timeout": "10m"})
    return server, f"http://127.0.0.1:{port}/"


def calls(options, folder, floor, results):
    script = post_script(folder, 32)
    print(f"{'child':6} {'conn.':>5}  {'':11} {'calls/s':>8} {'p99 ms':>8} {'own us':>8} {'child us':>8}  {'calls/s':>7} {'CPU':>6}")
    for command in COMMANDS:
        servers = [started(options, folder, command)]
        if options.of_watchdog:
            servers.append(started_of_watchdog(options, command))
        loaded = {server.name: Loaded(server, url, script) for server, url in servers}
        for each in loaded.values():
            each.warm_up(options.seconds)
        callers = {**loaded, "floor": floor, "jdk": Jdk(options)}
        for connections in options.connections:
            rounds = {name: [] for name in callers}
            for _ in range(options.rounds):
                for name, caller in callers.items():
                    rounds[name].append(caller.calls(command, connections, options.seconds))
            rows = {name: results.add({"child": command, "connections": connections, "server": name}, each)
                    for name, each in rounds.items()}
            least = rows["floor"]
            for name, row in rows.items():
                whole, floor_whole = row["cpu"] + row["children"], least["cpu"] + least["children"]
                print(f"{command:6} {connections:5}  {name:11} {row['rate']:8.0f} {row['p99']:8.2f} {row['cpu']:8.0f} "
                      f"{row['children']:8.0f}  x{row['rate'] / least['rate']:6.2f} x{whole / floor_whole:5.2f}", flush=True)
        for server, _ in servers:
            server.stop()


def streams(options, folder, floor, results):
    size = options.megabytes << 20
    body = os.path.join(folder, "body")
    with open(body, "wb") as file:
        file.truncate(size)
    kinds = {
        "both": "cat",
        "down": f"head -c {size} /dev/zero",
        "up": "wc -c",
    }
    print(f"{'stream':6} {'':8} {'MB/s':>8} {'grown MB':>9}")
    for direction, command in kinds.items():
        watchdog, url = started(options, folder, command)
        ours, floors = [], []
        for number in range(options.rounds + 1):
            before = watchdog.resident_megabytes()
            rate = transfer(url, body, direction, size)
            if number > 0:
                # The first warms up.
                ours.append({"rate": rate, "grown": watchdog.resident_megabytes() - before})
                floors.append({"rate": floor.stream(direction, size, command.split())})
        watchdog.stop()
        rate = results.add({"stream": direction, "server": "watchdog"}, ours)["rate"]
        print(f"{direction:6} {'watchdog':8} {rate:8.0f} {max(each['grown'] for each in ours):9.1f}")
        rate = results.add({"stream": direction, "server": "floor"}, floors)["rate"]
        print(f"{direction:6} {'floor':8} {rate:8.0f}", flush=True)


def transfer(url, body, direction, size):
    upload = [] if direction == "down" else ["-T", body, "-X", "POST"]
    begin = time.monotonic()
    curl = subprocess.run(
        ["curl", "-sS", "--fail", "-o", "/dev/null", "-w", "%{size_download}", *upload, url], stdout=subprocess.PIPE, text=True)
    if curl.returncode or (direction != "up" and int(curl.stdout) != size):
        raise Bench(f"curl ended with {curl.returncode} after {curl.stdout} bytes of {size}")
    return size / (time.monotonic() - begin) / 1e6


def run(options, folder, results):
    floor = Floor(folder)
    print(f"{options.rounds} rounds of {options.seconds} s, {measure.PROCESSORS} processors, {options.java} {options.java_options}")
    calls(options, folder, floor, results)
    streams(options, folder, floor, results)


def main():
    parser = measure.arguments("fork", "Compares streaming mode with the least that one process a call can cost.")
    parser.add_argument("--connections", type=numbers, default=[1, 8, 64])
    parser.add_argument("--of-watchdog", metavar="PROGRAM", help="of-watchdog, measured in the same run")
    parser.add_argument("--megabytes", type=int, default=1024, help="of each stream")
    measure.run(run, parser.parse_args())


main()
