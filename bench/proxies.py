"""Loads the watchdog and nginx in turn with wrk, and prints medians side by side. Started by http.sh."""

import argparse
import os
import re
from statistics import median

import measure
from measure import Server, await_answer, free_port, load, start_watchdog, warm_up

SIZES = {"32 B": 32, "10 KiB": 10 * 1024, "1 MiB": 1024 * 1024}

# One worker each. The proxy writes a line for each request, keeps its connections to the function, and holds a response of
# 1 MiB in memory; with its own defaults it would write a part of it to a file first.
FUNCTION_CONF = """
worker_processes 1;
daemon off;
pid {folder}/function.pid;
error_log {folder}/function.err;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/function-tmp;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    sendfile on;
    tcp_nopush on;
    server {{
        listen 127.0.0.1:{function} backlog=1024;
        root {folder}/files;
        location = /32 {{ default_type text/plain; return 200 "{text}"; }}
    }}
}}
"""
NGINX_CONF = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.err;
events {{ worker_connections 4096; }}
http {{
    access_log {folder}/nginx.log;
    client_body_temp_path {folder}/nginx-tmp;
    proxy_temp_path {folder}/nginx-tmp-proxy;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    upstream function {{
        server 127.0.0.1:{function};
        keepalive 512;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{nginx} backlog=1024;
        location / {{
            proxy_pass http://function;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_buffers 16 64k;
            proxy_busy_buffers_size 128k;
            proxy_max_temp_file_size 0;
        }}
    }}
}}
"""


def start_nginx(name, folder, configuration):
    path = os.path.join(folder, name + ".conf")
    with open(path, "w") as file:
        file.write(configuration)
    return Server(name, ["nginx", "-e", os.path.join(folder, name + ".err"), "-c", path, "-p", folder])


def compare(options, servers, function, path, connections):
    """Rounds in the order A B, B A, so that neither always has the quieter time."""
    runs = {server.name: [] for server, _ in servers}
    for server, base in servers:
        load(server, [], base + path, connections, options.warm)
    for number in range(options.rounds):
        for server, base in servers if number % 2 == 0 else reversed(servers):
            others = [function, *(other for other, _ in servers if other is not server)]
            runs[server.name].append(load(server, others, base + path, connections, options.seconds))
    return {name: {key: median(run[key] for run in each) for key in each[0]} for name, each in runs.items()}


def run(options, folder):
    os.makedirs(os.path.join(folder, "files"))
    # nginx gives up root's rights in its worker, which must be able to read the files.
    os.chmod(folder, 0o755)
    for size in SIZES.values():
        with open(os.path.join(folder, "files", str(size)), "wb") as file:
            file.write(b"x" * size)
    ports = {"folder": folder, "function": free_port(), "nginx": free_port(), "text": "x" * 32}
    function = start_nginx("function", folder, FUNCTION_CONF.format(**ports))
    nginx = start_nginx("nginx", folder, NGINX_CONF.format(**ports))
    watchdog, watchdog_port, log_path = start_watchdog(options, folder, {
        "mode": "http", "fprocess": "sleep 86400", "http_upstream_url": f"http://127.0.0.1:{ports['function']}"})
    servers = [(watchdog, f"http://127.0.0.1:{watchdog_port}/"), (nginx, f"http://127.0.0.1:{ports['nginx']}/")]
    for server, base in [(function, f"http://127.0.0.1:{ports['function']}/"), *servers]:
        for size in SIZES.values():
            await_answer(base + str(size), server, size)

    warm_up(watchdog, servers[0][1] + "32", options.warm)

    print(f"{options.rounds} rounds of {options.seconds} s, warm-up {options.warm} s, {measure.PROCESSORS} processors, "
          f"java {options.java_options or '(no options)'}")
    print(f"{'response':9} {'conn.':>5}  {'':8} {'req/s':>9} {'p99 ms':>8} {'CPU us/req':>10}  "
          f"{'req/s':>6} {'CPU':>6}  others' CPU")
    for label in options.sizes:
        for connections in options.connections:
            result = compare(options, servers, function, str(SIZES[label]), connections)
            for name, each in result.items():
                rate, cpu = (each[key] / result["nginx"][key] for key in ("rate", "cpu"))
                print(f"{label:9} {connections:5}  {name:8} {each['rate']:9.0f} {each['p99']:8.2f} {each['cpu']:10.1f}  "
                      f"x{rate:5.2f} x{cpu:5.2f}  {100 * each['foreign']:3.0f} %", flush=True)
    report_log(log_path)


def report_log(path):
    """The comparison is only fair if both have written their lines."""
    with open(path) as log:
        lines = dropped = 0
        for line in log:
            lines += " - 200 OK - " in line
            dropped += sum(int(number) for number in re.findall(r"(\d+) log lines dropped", line))
    print(f"the watchdog logged {lines} calls; {dropped} lines dropped")


def sizes(text):
    chosen = [label for label in SIZES if str(SIZES[label]) in text.split(",")]
    if not chosen:
        raise argparse.ArgumentTypeError("of " + ", ".join(str(size) for size in SIZES.values()))
    return chosen


def main():
    parser = measure.arguments("bench/http.sh", "Compares the watchdog with nginx.")
    parser.add_argument("--warm", type=int, default=5, help="seconds of load before each comparison, not counted")
    parser.add_argument("--connections", type=lambda text: [int(number) for number in text.split(",")], default=[1, 32, 256])
    parser.add_argument("--sizes", type=sizes, default=list(SIZES), help="of responses in bytes, from 32,10240,1048576")
    measure.run(run, parser.parse_args())


main()
