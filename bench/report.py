"""Makes README.md with tables, and charts, from the saved files of a folder. Started by report.sh."""

import glob
import json
import os
import sys

import charts
from measure import size_name

MIB = 1 << 20


def table(heads, rows):
    """Of Markdown; columns of figures are flush right."""
    marks = ["--:" if all(str(row[column])[:1] in "-0123456789" for row in rows) else "---" for column in range(len(heads))]
    return ["| " + " | ".join(heads) + " |", "|" + "|".join(marks) + "|",
            *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]


def number(value, digits=0):
    return f"{value:,.{digits}f}"


def figure(row, key, digits=0):
    """A median, and the least and most of the rounds where there are several."""
    values = [each[key] for each in row["rounds"]]
    median = number(row["medians"][key], digits)
    return median if len(values) < 2 else f"{median} ({number(min(values), digits)}-{number(max(values), digits)})"


def times(row, other, key):
    return f"{row['medians'][key] / other['medians'][key]:.2f}" if other["medians"][key] else ""


def others(row):
    return number(100 * row["medians"]["foreign"]) + " %"


def groups(rows, *keys):
    """Rows of the same keys, in their order."""
    found = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), {})[row["server"]] = row
    return found


class Section:
    """What one saved file becomes: lines of Markdown and charts beside them."""

    def __init__(self, folder, name):
        self.folder = folder
        self.name = name
        self.lines = []

    def add(self, lines):
        self.lines += lines

    def chart(self, name, picture):
        file_name = f"{self.name}-{name}.svg"
        with open(os.path.join(self.folder, file_name), "w") as file:
            file.write(picture)
        self.lines += [f"![{self.name}, {name}]({file_name})", ""]

    def bars(self, name, title, rows, panel, group, key):
        """One panel for each value of a key, and in it a group for each value of another."""
        series = list(dict.fromkeys(row["server"] for row in rows))
        panels = {}
        for row in rows:
            panels.setdefault(str(row[panel]), {}).setdefault(str(row[group]), {})[row["server"]] = row["medians"][key]
        self.chart(name, charts.bars(title, series, [(label, list(each.items())) for label, each in panels.items()]))


def machine(saved):
    """Figures mean nothing without it."""
    about = saved["machine"]
    options = ", ".join(name.replace("_", " ") + ("" if value is True else f" {value}")
                        for name, value in saved["options"].items() if value and not isinstance(value, list))
    told = [f"{about['processors']} x {about['processor']}", f"{number(about['memory_megabytes'])} MB", f"Linux {about['kernel']}",
            about["jdk"], about["java_options"] and f"`{about['java_options']}`", about["nginx"],
            about["watchdog"] and f"watchdog {about['watchdog']}"]
    return [f"{about['date']}: " + "; ".join(part for part in told if part) + f". {options[:1].upper()}{options[1:]}.", ""]


def proxies(section, rows):
    lines = []
    for (body, connections), pair in groups(rows, "body", "connections").items():
        for server, row in pair.items():
            beside = pair["nginx"]
            lines.append([body, connections, server, figure(row, "rate"), figure(row, "p99", 2), figure(row, "cpu", 1),
                          times(row, beside, "rate"), times(row, beside, "cpu"), others(row)])
    section.add(table(
        ["body", "connections", "server", "req/s", "p99 ms", "CPU us/req", "req/s x nginx", "CPU x nginx", "others' CPU"], lines))
    section.bars("rate", "Requests per second, by connections", rows, "body", "connections", "rate")
    section.bars("p99", "99th percentile of the duration, ms, by connections", rows, "body", "connections", "p99")
    section.bars("cpu", "The server's CPU time per request, us, by connections", rows, "body", "connections", "cpu")


def calls(section, rows):
    lines = []
    for (connections, streams), three in groups(rows, "connections", "streams").items():
        for server, row in three.items():
            lines.append([connections, streams, server, figure(row, "rate"), figure(row, "mean", 2), figure(row, "cpu", 1),
                          times(row, three["nginx"], "rate"), times(row, three["nginx"], "cpu"), others(row)])
    section.add(table(["connections", "concurrent calls on each", "server", "calls/s", "mean ms", "CPU us/call", "calls/s x nginx",
                       "CPU x nginx", "others' CPU"], lines))
    section.bars("rate", "Calls per second, by concurrent calls on each connection", rows, "connections", "streams", "rate")
    section.bars("cpu", "The server's CPU time per call, us, by concurrent calls on each connection", rows, "connections", "streams", "cpu")


def forks(section, rows):
    calls = [row for row in rows if "child" in row]
    lines = []
    for (child, connections), pair in groups(calls, "child", "connections").items():
        floor = pair["floor"]["medians"]
        for server, row in pair.items():
            whole = (row["medians"]["cpu"] + row["medians"]["children"]) / (floor["cpu"] + floor["children"])
            lines.append([child, connections, server, figure(row, "rate"), figure(row, "p99", 2), figure(row, "cpu"),
                          figure(row, "children"), times(row, pair["floor"], "rate"), f"{whole:.2f}"])
    section.add(table(
        ["child", "connections", "server", "calls/s", "p99 ms", "own us", "child us", "calls/s x floor", "CPU x floor"], lines))
    section.bars("rate", "Requests per second, by connections", calls, "child", "connections", "rate")
    section.bars("cpu", "CPU time per request without the child's, us, by connections", calls, "child", "connections", "cpu")
    streams = [row for row in rows if "stream" in row]
    section.add(table(["stream", "server", "MB/s", "grown MB"], [
        [row["stream"], row["server"], figure(row, "rate"), figure(row, "grown", 1) if "grown" in row["medians"] else ""]
        for row in streams]))


def waiting(section, rows):
    lines = []
    for (clients,), pair in groups(rows, "clients").items():
        for server, row in pair.items():
            lines.append([clients, server, figure(row, "rate"), figure(row, "refused"), figure(row, "p99", 1), figure(row, "cpu"),
                          others(row)])
    section.add(table(["clients", "server", "served/s", "refused/s", "p99 ms", "CPU us/served", "others' CPU"], lines))


def functions(section, rows):
    section.add(table(["server", "connections", "calls/s", "p99 ms", "CPU us/call", "resident MB", "others' CPU"], [
        [row["server"], row["connections"], figure(row, "rate"), figure(row, "p99", 2), figure(row, "cpu", 1),
         figure(row, "resident"), others(row)] for row in rows]))
    # Their names are too long to stand under an axis.
    series = [f"{count} connections" for count in dict.fromkeys(row["connections"] for row in rows)]
    for key, title in (("rate", "Requests per second"), ("cpu", "CPU time per request, us")):
        named = {}
        for row in rows:
            named.setdefault(row["server"], {})[f"{row['connections']} connections"] = row["medians"][key]
        section.chart(key, charts.rows(title, series, list(named.items())))


GROWTH_CHARTS = {
    "cpu": "CPU time per request, us",
    "cpu_mib": "CPU time per MiB, us",
    "peak": "Maximum resident memory, MB",
}


def growth(section, rows):
    for sweep in dict.fromkeys(row["sweep"] for row in rows):
        growth_of(section, sweep, [row for row in rows if row["sweep"] == sweep])


def growth_of(section, sweep, rows):
    lines = []
    for (size, connections), three in groups(rows, "size", "connections").items():
        for server, row in three.items():
            per_mib = figure(row, "cpu_mib") if size >= 1024 else ""
            lines.append([size_name(size), connections, server, figure(row, "rate", 1), figure(row, "p99", 1), figure(row, "cpu", 1),
                          per_mib, figure(row, "peak"), times(row, three["nginx"], "cpu"), times(row, three["nginx defaults"], "cpu"),
                          others(row)])
    titles = {"connections": "By number of connections", "down": "By size of responses", "up": "By size of uploads"}
    section.add([f"### {titles[sweep]}", "", *table(
        ["body", "connections", "server", "req/s", "p99 ms", "CPU us/req", "CPU us/MiB", "peak MB", "CPU x nginx",
         "CPU x nginx defaults", "others' CPU"], lines)])
    across, axis, names = ("connections", "connections", str) if sweep == "connections" else ("size", "bytes of a body", size_name)
    for key, title in GROWTH_CHARTS.items():
        # Small bodies say nothing of what a MiB costs, and zero has no logarithm.
        some = [row for row in rows if row[across] > 0 and row["medians"].get(key) and (key != "cpu_mib" or row["size"] >= 1024)]
        if some:
            series = {}
            for row in some:
                series.setdefault(row["server"], []).append((row[across], row["medians"][key]))
            section.chart(f"{sweep}-{key.replace('_', '-')}", charts.lines(title, axis, series, names=names))


def starts(section, rows):
    section.add(table(["server", "ms to the first 200", "CPU ms", "resident MB, idle"], [
        [row["server"], figure(row, "milliseconds"), figure(row, "cpu"), figure(row, "resident")] for row in rows]))


def soak(section, rows):
    section.add(table(["mode", "measure", "first fifth", "last fifth", "most", "grown", "allowed"], [
        [row["mode"], row["measure"], *map(number, (row["first"], row["last"], row["most"], row["last"] - row["first"], row["allowance"]))]
        for row in rows if "measure" in row]))
    runs = [row for row in rows if "samples" in row]
    section.add(table(["mode", "calls", "failed"], [
        [row["mode"], ", ".join(f"{number(count)} {name.replace('_', ' ')}" for name, count in sorted(row["calls"].items())),
         row["failures"]] for row in runs]))
    for key, title in (("resident MB", "Resident memory, MB"), ("descriptors", "Open descriptors"), ("threads", "Threads")):
        series = {row["mode"]: [(sample["seconds"], sample[key]) for sample in row["samples"]] for row in runs}
        section.chart(key.split()[0], charts.lines(title, "seconds", series, logarithmic=False))


def chaos(section, rows):
    section.add(table(["mode", "requests of well-behaved clients", "lost", "touched by missing descriptors", "429", "429 below the limit", "s until served after EMFILE, most", "wrong"], [
        [row["mode"], number(sum(row["honest"].values())), row["lost"], row["touched"], row["refused"], row["unexplained"],
         max(row["accepted after"], default=""), len(row["wrong"])] for row in rows]))
    section.add(table(["mode", "faults"], [
        [row["mode"], ", ".join(f"{number(count)} {name.replace('_', ' ')}" for name, count in sorted(row["faults"].items()))] for row in rows]))
    held = ["resident MB", "descriptors", "threads", "children", "connections"]
    section.add(table(["mode", *(f"{name}, before and after" for name in held), "in flight"], [
        [row["mode"], *(f"{number(row['baseline'][name])}, {number(row['end'][name])}" for name in held), row["in flight"]] for row in rows]))
    series = {row["mode"]: [(sample["seconds"], sample["resident MB"]) for sample in row["samples"]] for row in rows}
    section.chart("resident", charts.lines("Resident memory, MB", "seconds", series, logarithmic=False))


def nanoseconds(section, rows):
    section.add(table(["what", "input", "ns/op", "error", "B/op"], [
        [row["name"], row["input"], figure(row, "ns", 1), number(row["error"], 1) if row["error"] else "", number(row["medians"]["bytes"])]
        for row in rows]))


SECTIONS = {
    "http": ("http mode compared with nginx", proxies),
    "grpc": ("gRPC calls compared with nginx", calls),
    "static": ("static mode compared with nginx", proxies),
    "fork": ("One process for each request, compared with the minimum cost", forks),
    "queue": ("A concurrency limit, with and without a queue", waiting),
    "inproc": ("Functions in the watchdog's JVM", functions),
    "growth": ("How the cost of http mode grows", growth),
    "start": ("Start", starts),
    "soak": ("Minutes under load", soak),
    "chaos": ("Well-behaved clients and faults", chaos),
    "jmh": ("What each call passes, in nanoseconds", nanoseconds),
}


def main():
    folder = sys.argv[1]
    lines = ["# Results", "",
             "Made by `bench/report.sh`; [how to read them](../README.md). Medians of the rounds, and in parentheses their range.", ""]
    paths = sorted(glob.glob(os.path.join(folder, "*.json")))
    if not paths:
        sys.exit(f"bench: no saved files in {folder}; make one: bench/http.sh --save {os.path.join(folder, 'http.json')}")
    for path in paths:
        with open(path) as file:
            saved = json.load(file)
        title, write = SECTIONS[saved["benchmark"]]
        section = Section(folder, os.path.splitext(os.path.basename(path))[0])
        # Several files of one benchmark are of several JVMs or options, and are named after them.
        title += "" if section.name == saved["benchmark"] else f": {section.name}"
        section.add([f"## {title}", "", *machine(saved)])
        write(section, saved["rows"])
        lines += section.lines
    with open(os.path.join(folder, "README.md"), "w") as file:
        file.write("\n".join(lines).rstrip() + "\n")
    print(os.path.join(folder, "README.md"))


main()
