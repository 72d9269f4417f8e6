"""Loads the watchdog and nginx in turn with wrk, and prints medians side by side. Started by http.sh."""

import argparse
import os
import re
import sys

import measure
import nginx
from measure import Server, await_answer, await_port, compare, numbers, post_script, size_name, start_watchdog, warm_up

# Bytes of responses, and of uploads.
SIZES = {"http": ["32", "10240", "1048576", "1048576up"], "static": ["1024", "1048576"]}


def start_upstream(folder):
    """The function for uploads."""
    path = os.path.join(folder, "upstream.log")
    with open(path, "w") as log:
        server = Server("upstream", [sys.executable, os.path.join(os.path.dirname(__file__), "upstream.py")], output=log)
    return server, await_port(path, server)


def start_http(options, folder, name, port, settings=None, jar="watchdog"):
    """The watchdog in front of that port, or the baseline."""
    at = os.path.join(folder, name)
    os.makedirs(at)
    watchdog, watchdog_port, log = start_watchdog(options, at, {
        "mode": "http", "fprocess": "sleep 86400", "http_upstream_url": f"http://127.0.0.1:{port}", **(settings or {})},
        name=jar)
    return (watchdog, f"http://127.0.0.1:{watchdog_port}/"), log


def start_static(options, folder):
    """The watchdog, nginx, and the baseline if there is one, with the same files."""
    settings = {"mode": "static", "static_path": os.path.join(folder, "files")}
    watchdog, port, log = start_watchdog(options, folder, settings)
    beside, beside_port = nginx.files(folder)
    servers = [(watchdog, f"http://127.0.0.1:{port}/"), (beside, f"http://127.0.0.1:{beside_port}/")]
    if options.baseline:
        at = os.path.join(folder, "baseline")
        os.makedirs(at)
        baseline, baseline_port, _ = start_watchdog(options, at, settings, name="baseline")
        servers.append((baseline, f"http://127.0.0.1:{baseline_port}/"))
    return servers, log


def start_servers(options, folder, name, port):
    """The watchdog, nginx, and the baseline if there is one, in front of that port."""
    ours, log = start_http(options, folder, name, port)
    beside, beside_port = nginx.proxy("nginx", os.path.join(folder, name), port, not options.nginx_defaults)
    servers = [ours, (beside, f"http://127.0.0.1:{beside_port}/")]
    if options.baseline:
        servers.append(start_http(options, folder, name + "-baseline", port, jar="baseline")[0])
    return servers, log


class Comparison:
    """Collects the rounds of each size and number of connections over all starts, and prints and keeps a row of medians with the last."""

    def __init__(self, options, results):
        self.options = options
        self.results = results
        self.starts_left = options.starts
        self.runs = {}
        beside = ", nginx with its default buffers" if options.mode == "http" and options.nginx_defaults else ""
        starts = f"{options.starts} starts with " if options.starts > 1 else ""
        print(f"{starts}{options.rounds} rounds of {options.seconds} s, warm-up {options.warm} s, {measure.PROCESSORS} processors, "
              f"java {options.java_options or '(no options)'}{beside}")
        print(f"{'body':10} {'conn.':>5}  {'':8} {'req/s':>9} {'p99 ms':>8} {'CPU us/req':>10}  {'least':>6} {'most':>6}  "
              f"{'req/s':>6} {'CPU':>6}  others' CPU")

    def of(self, label, servers, function, path, script=None):
        servers = [(server, base + path) for server, base in servers]
        for connections in self.options.connections:
            collected = self.runs.setdefault((label, connections), {server.name: [] for server, _ in servers})
            for name, rounds in compare(self.options, servers, function, connections, script).items():
                collected[name] += rounds
            if self.starts_left == 1:
                self.tell(label, connections, collected)

    def tell(self, label, connections, runs):
        medians = {name: self.results.add({"body": label, "connections": connections, "server": name}, rounds)
                   for name, rounds in runs.items()}
        for name, each in medians.items():
            rate, cpu = (each[key] / medians["nginx"][key] for key in ("rate", "cpu"))
            costs = [one["cpu"] for one in runs[name]]
            print(f"{label:10} {connections:5}  {name:8} {each['rate']:9.0f} {each['p99']:8.2f} {each['cpu']:10.1f}  "
                  f"{min(costs):6.1f} {max(costs):6.1f}  x{rate:5.2f} x{cpu:5.2f}  {100 * each['foreign']:3.0f} %", flush=True)


def run(options, folder, results):
    sizes = options.sizes or SIZES[options.mode]
    downs = [int(size) for size in sizes if not size.endswith("up")]
    ups = [int(size[:-2]) for size in sizes if size.endswith("up")]
    comparison = Comparison(options, results)
    # nginx gives up root's rights in its worker, which must be able to reach the files of each start.
    os.chmod(folder, 0o755)
    for number in range(options.starts):
        at = os.path.join(folder, f"start-{number}")
        os.makedirs(at)
        comparison.starts_left = options.starts - number
        if downs:
            nginx.write_files(at, downs)
            compare_downloads(options, at, downs, comparison)
        if ups:
            compare_uploads(options, at, ups, comparison)


def compare_downloads(options, folder, sizes, comparison):
    function = []
    if options.mode == "static":
        servers, log = start_static(options, folder)
    else:
        server, port = nginx.function(folder)
        function.append(server)
        servers, log = start_servers(options, folder, "downloads", port)
    for server, base in servers:
        for size in sizes:
            await_answer(base + str(size), server, size)
        if server.name != "nginx":
            warm_up(server, base + str(sizes[0]), options.warm)
    for size in sizes:
        comparison.of(size_name(size), servers, function, str(size))
    report_log(log)
    stop([*function, *(server for server, _ in servers)])


def compare_uploads(options, folder, sizes, comparison):
    if options.mode == "static":
        raise measure.Bench("static mode takes no uploads")
    function, port = start_upstream(folder)
    servers, log = start_servers(options, folder, "uploads", port)
    for server, base in servers:
        await_answer(base + "32", server, 32)
    for size in sizes:
        script = post_script(folder, size)
        for server, base in servers:
            if server.name != "nginx":
                warm_up(server, base, options.warm, script=script)
        comparison.of(size_name(size) + " up", servers, [function], "", script)
    report_log(log)
    stop([function, *(server for server, _ in servers)])


def stop(servers):
    for server in servers:
        server.stop()


def report_log(path):
    """The comparison is only fair if both have written their lines."""
    with open(path) as log:
        lines = dropped = 0
        for line in log:
            # Static mode leaves out the words for a status.
            lines += re.search(r" - 200 (OK )?- ", line) is not None
            dropped += sum(int(number) for number in re.findall(r"(\d+) log lines dropped", line))
    print(f"the watchdog logged {lines} requests; {dropped} lines dropped")


def sizes(text):
    if not re.fullmatch(r"\d+(up)?(,\d+(up)?)*", text):
        raise argparse.ArgumentTypeError("as 32,1048576,1048576up")
    return text.split(",")


def main():
    parser = measure.arguments("http", "Compares the watchdog with nginx.")
    parser.add_argument("--mode", choices=list(SIZES), default="http", help="compare reverse proxies, or servers of files")
    parser.add_argument("--nginx-defaults", action="store_true",
                        help="let nginx use its default buffers, with which it writes large responses to files")
    parser.add_argument("--baseline", metavar="JAR", help="another build of the watchdog, measured in the same run")
    parser.add_argument("--starts", type=int, default=1,
                        help="how often all servers are started again, because the cost of a request differs from one start of a JVM to the next")
    parser.add_argument("--warm", type=int, default=5, help="seconds of load before each comparison, not counted")
    parser.add_argument("--connections", type=numbers, default=[1, 32, 256])
    parser.add_argument("--sizes", type=sizes, help="of responses in bytes, and with \"up\" of uploads: 32,10240,1048576,1048576up")
    options = parser.parse_args()
    if options.mode == "static":
        options.benchmark = "static"
    measure.run(run, options)


if __name__ == "__main__":
    main()
