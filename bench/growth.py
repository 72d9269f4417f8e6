"""How the cost of http mode grows with connections and with bodies, beside nginx with two kinds of buffers. Started by growth.sh."""

import http.client
import os
import resource
import time
import urllib.parse

import measure
import nginx
from measure import Bench, await_answer, compare, numbers, post_script, size_name, warm_up
from proxies import start_http, start_upstream

SMALL = 32
MIB = 1 << 20
# Larger bodies are counted one by one: what is under way when wrk ends would be too great a part.
LARGEST_FOR_WRK = MIB
NOBODY_WAITS = {"exec_timeout": "1h", "read_timeout": "1h", "write_timeout": "1h"}
# Descriptors that the function needs for one connection to each of three proxies, and some to spare.
DESCRIPTORS = 4
HEAD = f"{'':11} {'body':>8} {'conn.':>5}  {'':14} {'req/s':>8} {'p99 ms':>8} {'CPU us/req':>11} {'us/MiB':>8} {'peak MB':>8}  others' CPU"


def raise_descriptors(connections):
    """Leaves out the numbers of connections that the limit of open files does not allow."""
    need = DESCRIPTORS * max(connections) + 500
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (need, max(need, hard)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    allowed = [number for number in connections if DESCRIPTORS * number + 500 <= limit]
    for number in sorted(set(connections) - set(allowed)):
        print(f"omitted: {number} connections need `ulimit -n` {DESCRIPTORS * number + 500}, and the limit is {limit}")
    return allowed


def start_proxies(options, folder, name, port, most):
    """The watchdog and both kinds of nginx in front of that port."""
    ours, _ = start_http(options, folder, name, port, NOBODY_WAITS)
    at = os.path.join(folder, name)
    servers = [ours]
    for kind, buffers in (("nginx", True), ("nginx defaults", False)):
        server, server_port = nginx.proxy(kind, at, port, buffers, most)
        servers.append((server, f"http://127.0.0.1:{server_port}/"))
    for server, base in servers:
        await_answer(base + str(SMALL), server, SMALL)
    warm_up(ours[0], ours[1] + str(SMALL), options.warm)
    return servers


class Body:
    """A body of zeros that http.client reads in large pieces, and that is nowhere."""

    PIECE = memoryview(bytes(MIB))

    def __init__(self, size):
        self.left = size

    def read(self, _wanted):
        piece = self.PIECE[:min(self.left, MIB)]
        self.left -= len(piece)
        return piece


def transfer(url, size, upload):
    """One body, to its end, on a connection of its own."""
    parts = urllib.parse.urlsplit(url)
    client = http.client.HTTPConnection(parts.hostname, parts.port, timeout=600)
    try:
        if upload:
            client.request("POST", parts.path, Body(size), {"Content-Length": str(size)})
        else:
            client.request("GET", parts.path)
        answer = client.getresponse()
        buffer = bytearray(MIB)
        received = 0
        while count := answer.readinto(buffer):
            received += count
    finally:
        client.close()
    arrived = int(buffer[:received]) if upload and received == 32 else received
    if answer.status != 200 or arrived != size:
        raise Bench(f"{url} answers {answer.status}, and {arrived} bytes of {size} have arrived")


def transfers(server, url, size, upload, count):
    """So many bodies one after the other; the same figures as a run of wrk."""
    cpu, own, machine, begin = server.cpu_seconds(), time.process_time(), measure.machine_seconds(), time.monotonic()
    times = []
    for _ in range(count):
        started = time.monotonic()
        transfer(url, size, upload)
        times.append(time.monotonic() - started)
    elapsed = time.monotonic() - begin
    spent = server.cpu_seconds() - cpu
    known = spent + time.process_time() - own
    return {
        "rate": count / elapsed,
        "p99": 1000 * max(times),
        "cpu": 1e6 * spent / count,
        "foreign": max(0.0, measure.machine_seconds() - machine - known) / (elapsed * measure.PROCESSORS),
        "requests": count,
        "resident": server.resident_megabytes(),
    }


class Growth:
    """Prints and keeps a row for each of the three servers."""

    def __init__(self, options, results):
        self.options = options
        self.results = results

    def rows(self, sweep, size, connections, runs, peaks):
        for name, rounds in runs.items():
            for each in rounds:
                each["peak"] = peaks[name]
                if size:
                    each["cpu_mib"] = each["cpu"] * MIB / size
            each = self.results.add({"sweep": sweep, "size": size, "connections": connections, "server": name}, rounds)
            per_mib = f"{each['cpu_mib']:8.0f}" if size >= 1024 else " " * 8
            print(f"{sweep:11} {size_name(size):>8} {connections:5}  {name:14} {each['rate']:8.1f} {each['p99']:8.1f} "
                  f"{each['cpu']:11.1f} {per_mib} {each['peak']:8.0f}  {100 * each['foreign']:3.0f} %", flush=True)

    def measured(self, sweep, size, connections, servers, measuring):
        for server, _ in servers:
            server.forget_peak()
        runs = measuring()
        self.rows(sweep, size, connections, runs, {server.name: server.peak_megabytes() for server, _ in servers})

    def by_connections(self, servers, function, connections):
        small = [(server, base + str(SMALL)) for server, base in servers]
        for number in connections:
            self.measured("connections", SMALL, number, servers, lambda: compare(self.options, small, [function], number))

    def by_size(self, sweep, servers, function, sizes, folder):
        upload = sweep == "up"
        for size in sizes:
            urls = [(server, base + ("" if upload else str(size))) for server, base in servers]
            if size > LARGEST_FOR_WRK:
                self.measured(sweep, size, 1, servers, lambda: self.one_by_one(urls, [function], size, upload))
            else:
                script = post_script(folder, size) if upload else None
                number = self.options.parallel
                self.measured(sweep, size, number, servers, lambda: compare(self.options, urls, [function], number, script))

    def one_by_one(self, servers, others, size, upload):
        count = max(1, self.options.total * MIB // size)
        runs = {server.name: [] for server, _ in servers}
        for _, url in servers:
            # Not counted: warms up.
            transfer(url, size, upload)
        for number in range(self.options.rounds):
            for server, url in servers if number % 2 == 0 else reversed(servers):
                before = sum(other.cpu_seconds() for other in others), time.monotonic()
                each = transfers(server, url, size, upload, count)
                helped = sum(other.cpu_seconds() for other in others) - before[0]
                elapsed = time.monotonic() - before[1]
                each["foreign"] = max(0.0, each["foreign"] - helped / (elapsed * measure.PROCESSORS))
                runs[server.name].append(each)
        return runs


def run(options, folder, results):
    connections = raise_descriptors(options.connections)
    most = DESCRIPTORS * max([*connections, 512])
    nginx.write_files(folder, options.down)
    growth = Growth(options, results)
    print(f"{options.rounds} rounds of {options.seconds} s, warm-up {options.warm} s, {measure.PROCESSORS} processors, "
          f"java {options.java_options or '(no options)'}")
    print(HEAD)
    function, port = nginx.function(folder, most)
    servers = start_proxies(options, folder, "down", port, most)
    growth.by_connections(servers, function, connections)
    growth.by_size("down", servers, function, options.down, folder)
    for server, _ in servers:
        server.stop()
    function, port = start_upstream(folder)
    servers = start_proxies(options, folder, "up", port, most)
    growth.by_size("up", servers, function, options.up, folder)


def main():
    sizes = [0, 1024, 32 * 1024, MIB, 32 * MIB, 1024 * MIB]
    parser = measure.arguments("growth", "Shows how the cost of http mode grows.")
    parser.add_argument("--warm", type=int, default=3, help="seconds of load before each comparison, not counted")
    parser.add_argument("--connections", type=numbers, default=[1, 4, 16, 64, 256, 1024, 4096], help="each with responses of 32 bytes")
    parser.add_argument("--down", type=numbers, default=sizes, help="bytes of responses")
    parser.add_argument("--up", type=numbers, default=sizes, help="bytes of uploads")
    parser.add_argument("--parallel", type=int, default=8, help="connections for bodies of up to 1 MiB; larger ones are sent one by one")
    parser.add_argument("--total", type=int, default=1024, help="MiB of larger bodies in each round, at least one body")
    measure.run(run, parser.parse_args())


main()
