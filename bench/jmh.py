"""Builds the benchmarks of bench/jmh, runs them with JMH, and prints time and allocation of each. Started by jmh.sh."""

import atexit
import json
import os
import re
import signal
import subprocess

import measure
from measure import Bench

BENCHMARKS = "bench/jmh/target/jmh.jar"
BUILD = ["./mvnw", "-q", "-B", "-ntp", "-Pjmh", "-pl", "bench/jmh", "-am", "package", "-DskipTests"]


def start(command, **streams):
    """A program and all that it starts: a JMH that is ended alone leaves its fork behind."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, text=True, **streams)
    atexit.register(stop, process)
    return process


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def build():
    if start(BUILD).wait():
        raise Bench("cannot build the benchmarks")


def command(options, folder, found):
    return [options.java, f"-Djava.io.tmpdir={folder}", "-jar", BENCHMARKS, options.filter,
            "-jvmArgs", f"-Djava.io.tmpdir={folder} {options.java_options}",
            "-f", str(options.forks), "-w", "1", "-wi", str(options.warm), "-r", str(options.seconds), "-i", str(options.rounds),
            "-foe", "true", "-prof", "gc", "-rf", "json", "-rff", found]


def measured(options, folder):
    """What JMH has written, and meanwhile how far it is."""
    found = os.path.join(folder, "jmh.json")
    told = []
    jmh = start(command(options, folder, found), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in jmh.stdout:
        told.append(line)
        if line.startswith("# Run progress"):
            print(line.rstrip(), flush=True)
    if jmh.wait():
        raise Bench(f"JMH has ended with {jmh.returncode}: " + "".join(told[-20:]).strip())
    with open(found) as file:
        return json.load(file)


def name_of(benchmark):
    """dev.fnwatchdog.core.log.AccessLineBenchmark.text is "AccessLine.text"."""
    return re.search(r"(\w+)Benchmark\.(\w+)$", benchmark).expand(r"\1.\2")


def figures(one):
    """Time and allocation of each round."""
    times, bytes_of = one["primaryMetric"], one["secondaryMetrics"]["gc.alloc.rate.norm"]
    rounds = zip(sum(times["rawData"], []), sum(bytes_of["rawData"], []))
    # JMH writes "NaN" where there are too few rounds to tell.
    error = 0.0 if times["scoreError"] == "NaN" else times["scoreError"]
    return error, [{"ns": time, "bytes": allocated} for time, allocated in rounds]


def run(options, folder, results):
    build()
    everything = measured(options, folder)
    if not everything:
        raise Bench(f"no benchmark is named {options.filter}")
    print(f"{options.forks} x {options.rounds} rounds of {options.seconds} s, warm-up {options.warm} s, {measure.PROCESSORS} processors, "
          f"{options.java} {options.java_options or '(no options)'}")
    print(f"{'':28} {'input':10} {'ns/op':>10} {'error':>8} {'B/op':>8}")
    for one in everything:
        labels = {"name": name_of(one["benchmark"]), "input": " ".join(one.get("params", {}).values()).lower().replace("_", " ")}
        error, rounds = figures(one)
        each = results.add({**labels, "error": error}, rounds)
        print(f"{labels['name']:28} {labels['input']:10} {each['ns']:10.1f} {error:8.1f} {each['bytes']:8.0f}")


def main():
    parser = measure.arguments("jmh", "Measures in nanoseconds what each call passes.", rounds=5, seconds=1)
    parser.add_argument("filter", nargs="?", default="", help="a regular expression that the names of the benchmarks have to match")
    parser.add_argument("--warm", type=int, default=4, help="seconds before each benchmark's rounds, not counted")
    parser.add_argument("--forks", type=int, default=1, help="JVMs, one after the other, for each benchmark")
    measure.run(run, parser.parse_args())


main()
