"""Compares max_inflight with and without max_waiting, under more clients than permits. Started by queue.sh."""

import os
import re

import measure
from measure import Bench, await_answer, in_turn, measured, milliseconds, numbers, post_script, start_watchdog

REFUSED = "max_inflight alone"
QUEUED = "with max_waiting"


def load(server, others, url, clients, seconds, script):
    """One run of wrk, whose clients send their next request as soon as they have a response, a refusal too."""
    wrk, costs = measured(server, others, [
        "wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", script, url])
    broken = re.search(r"Socket errors.*", wrk)
    if broken:
        raise Bench(f"{server.name} broke connections: {broken.group()}")
    requests = int(re.search(r"(\d+) requests in", wrk).group(1))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", wrk)
    refusals = int(refused.group(1)) if refused else 0
    return {
        "rate": (requests - refusals) / seconds,
        "refused": refusals / seconds,
        "p99": milliseconds(re.search(r"(?m)^\s+99%\s+(\S+)", wrk).group(1)),
        "cpu": 1e6 * (costs["cpu"] + costs["reaped"]) / max(1, requests - refusals),
        "foreign": costs["foreign"],
    }


def start(options, folder, name, settings):
    own = os.path.join(folder, name.replace(" ", "-"))
    os.mkdir(own)
    watchdog, port, _ = start_watchdog(
        options, own, {"fprocess": "cat", "max_inflight": str(options.permits), **settings}, name=name)
    url = f"http://127.0.0.1:{port}/"
    await_answer(url, watchdog)
    return watchdog, url


def run(options, folder, results):
    script = post_script(folder, 32)
    print(f"{options.rounds} rounds of {options.seconds} s, {measure.PROCESSORS} processors, {options.java} {options.java_options}")
    print(f"{'clients':>7}  {'':18} {'served/s':>8} {'refused/s':>9} {'p99 ms':>8} {'CPU us':>8}")
    # Twice as many: those of a run that has ended leave the queue when their disconnect is seen, up to 0.4 s later.
    servers = [start(options, folder, REFUSED, {}),
               start(options, folder, QUEUED, {"max_waiting": str(2 * max(options.clients))})]
    for clients in options.clients:
        runs = in_turn(options, servers, [],
                       lambda server, idle, url, seconds: load(server, idle, url, clients, seconds, script))
        for name, rounds in runs.items():
            row = results.add({"clients": clients, "server": name}, rounds)
            print(f"{clients:7}  {name:18} {row['rate']:8.0f} {row['refused']:9.0f} {row['p99']:8.1f} {row['cpu']:8.0f}", flush=True)
    for watchdog, _ in servers:
        watchdog.stop()


def main():
    parser = measure.arguments("queue", "Compares a limit of requests at once with and without a queue behind it.")
    parser.add_argument("--clients", type=numbers, default=[4, 32, 256])
    parser.add_argument("--permits", type=int, default=4, help="max_inflight")
    parser.add_argument("--warm", type=int, default=3, help="seconds of load before the rounds")
    measure.run(run, parser.parse_args())


main()
