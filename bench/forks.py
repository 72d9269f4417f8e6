"""Compares the watchdog in streaming mode with a C program that does the least: spawns, pipes, waits. Started by fork.sh."""

import os
import subprocess
import time

import measure
from measure import Bench, await_answer, load, numbers, post_script, start_watchdog, warm_up

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


def started(options, folder, command):
    watchdog, port, _ = start_watchdog(options, folder, {"fprocess": command, "exec_timeout": "10m"})
    return watchdog, f"http://127.0.0.1:{port}/"


def calls(options, folder, floor, results):
    script = post_script(folder, 32)
    print(f"{'child':6} {'conn.':>5}  {'':8} {'calls/s':>8} {'p99 ms':>8} {'own us':>8} {'child us':>8}  {'calls/s':>7} {'CPU':>6}")
    for command in COMMANDS:
        watchdog, url = started(options, folder, command)
        await_answer(url, watchdog)
        warm_up(watchdog, url, options.seconds, 8, script)
        for connections in options.connections:
            ours, floors = [], []
            for _ in range(options.rounds):
                ours.append(load(watchdog, [], url, connections, options.seconds, script))
                floors.append(floor.calls(command, connections, options.seconds))
            labels = {"child": command, "connections": connections}
            rows = {name: results.add({**labels, "server": name}, rounds)
                    for name, rounds in (("watchdog", ours), ("floor", floors))}
            least = rows["floor"]
            for name, row in rows.items():
                whole, floor_whole = row["cpu"] + row["children"], least["cpu"] + least["children"]
                print(f"{command:6} {connections:5}  {name:8} {row['rate']:8.0f} {row['p99']:8.2f} {row['cpu']:8.0f} "
                      f"{row['children']:8.0f}  x{row['rate'] / least['rate']:6.2f} x{whole / floor_whole:5.2f}", flush=True)
        watchdog.stop()


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
    parser.add_argument("--megabytes", type=int, default=1024, help="of each stream")
    measure.run(run, parser.parse_args())


main()
