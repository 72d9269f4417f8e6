"""Loads a gRPC function directly, through the watchdog and through nginx in turn, with h2load. Started by grpc.sh."""

import argparse
import os
import re
import subprocess
import sys
import time

import measure
import nginx
from measure import Bench, Server, await_port, in_turn, measured, start_watchdog, until_steady

METHOD = "/bench.Echo/Echo"


def start_function(folder):
    program = os.path.join(folder, "grpc")
    source = os.path.join(os.path.dirname(__file__), "functions", "grpc.go")
    built = subprocess.run(["go", "build", "-o", program, source], capture_output=True, text=True)
    if built.returncode:
        raise Bench("cannot compile; Go 1.24 or later is needed: " + built.stderr)
    path = os.path.join(folder, "function.log")
    with open(path, "w") as log:
        server = Server("direct", [program], output=log, errors=log)
    return server, await_port(path, server)


def write_message(folder, size):
    """One message as gRPC frames it: not compressed, its length, its bytes."""
    path = os.path.join(folder, "message")
    with open(path, "wb") as file:
        file.write(b"\0" + size.to_bytes(4, "big") + b"x" * size)
    return path


def h2load(url, message, *options):
    return ["h2load", "--data", message, "--header", "content-type: application/grpc", "--header", "te: trailers", *options, url]


def counts(output, server, size):
    """What h2load has counted; a failed call is one that lacks its message, since its HTTP status is 200 all the same."""
    requests = re.search(r"requests: .* (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", output)
    data = re.search(r"traffic: .* \((\d+)\) data", output)
    rate = re.search(r"finished in \S+, ([\d.]+) req/s", output)
    if not (requests and data and rate):
        raise Bench("h2load printed something else than expected: " + output)
    done, succeeded, failed, errored, timeout = map(int, requests.groups())
    if not succeeded:
        raise Bench(f"{server.name} answered nothing; try more seconds")
    if failed or errored or timeout or int(data.group(1)) < succeeded * (size + 5):
        raise Bench(f"{server.name} failed calls: {requests.group()}, {data.group(1)} bytes of {succeeded * (size + 5)}")
    return succeeded, float(rate.group(1))


def load(server, others, url, seconds, options, message, connections, streams):
    """One run of h2load against one server."""
    command = h2load(url, message, "--threads", "1", "--clients", str(connections), "--max-concurrent-streams", str(streams),
                     "--duration", str(seconds))
    output, costs = measured(server, others, command)
    calls, rate = counts(output, server, options.size)
    mean = re.search(r"(?m)^time for request:\s+\S+\s+\S+\s+(\S+)", output)
    return {
        "rate": rate,
        "mean": measure.milliseconds(mean.group(1)),
        "cpu": 1e6 * costs["cpu"] / calls,
        "foreign": costs["foreign"],
        "requests": calls,
        "resident": server.resident_megabytes(),
    }


def await_call(server, url, options, message):
    deadline = time.monotonic() + 30
    while True:
        output = subprocess.run(h2load(url, message, "--requests", "1"), capture_output=True, text=True).stdout
        try:
            counts(output, server, options.size)
            return
        except Bench:
            if time.monotonic() > deadline or server.process.poll() is not None:
                raise
            time.sleep(0.05)


def start_servers(options, folder):
    """The function itself, the watchdog and nginx, each with the URL of the method."""
    function, port = start_function(folder)
    at = os.path.join(folder, "watchdog")
    os.makedirs(at)
    watchdog, watchdog_port, _ = start_watchdog(options, at, {
        "mode": "http", "fprocess": "sleep 86400", "http_upstream_url": f"h2c://127.0.0.1:{port}"})
    beside, beside_port = nginx.grpc(folder, port)
    return [(server, f"http://127.0.0.1:{at_port}{METHOD}")
            for server, at_port in ((function, port), (watchdog, watchdog_port), (beside, beside_port))]


def run(options, folder, results):
    message = write_message(folder, options.size)
    servers = start_servers(options, folder)
    print(f"messages of {options.size} B, {options.rounds} rounds of {options.seconds} s, warm-up {options.warm} s, "
          f"{measure.PROCESSORS} processors, java {options.java_options or '(no options)'}")
    print(f"{'conn.':>5} {'streams':>7}  {'':8} {'calls/s':>9} {'mean ms':>8} {'CPU us/call':>11}  {'calls/s':>7} {'CPU':>6}  others' CPU")
    for server, url in servers:
        await_call(server, url, options, message)
    for server, url in servers:
        if server.name == "watchdog":
            until_steady(lambda: load(server, [], url, options.warm, options, message, 1, 32)["cpu"])
    for connections, streams in options.loads:
        runs = in_turn(options, servers, [], lambda server, idle, url, seconds: load(
            server, idle, url, seconds, options, message, connections, streams))
        medians = {name: results.add({"connections": connections, "streams": streams, "server": name}, rounds)
                   for name, rounds in runs.items()}
        for name, each in medians.items():
            rate, cpu = (each[key] / medians["nginx"][key] for key in ("rate", "cpu"))
            print(f"{connections:5} {streams:7}  {name:8} {each['rate']:9.0f} {each['mean']:8.2f} {each['cpu']:11.1f}  "
                  f" x{rate:5.2f} x{cpu:5.2f}  {100 * each['foreign']:3.0f} %", flush=True)


def loads(text):
    if not re.fullmatch(r"\d+x\d+(,\d+x\d+)*", text):
        raise argparse.ArgumentTypeError("as 1x1,1x32,8x32")
    return [tuple(map(int, each.split("x"))) for each in text.split(",")]


def main():
    parser = measure.arguments("grpc", "Compares unary gRPC calls through the watchdog with nginx and with none in between.")
    parser.add_argument("--warm", type=int, default=5, help="seconds of load before each comparison, not counted")
    parser.add_argument("--loads", type=loads, default=[(1, 1), (1, 32), (8, 32)],
                        help="connections, and calls at once on each: 1x1,1x32,8x32")
    parser.add_argument("--size", type=int, default=32, help="bytes of a message, in both directions")
    measure.run(run, parser.parse_args())


if __name__ == "__main__":
    main()
