"""Charts as plain SVG: bars in panels, and lines. Readable on a light page and on a dark one."""

import math
from html import escape

STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 14px; font-weight: 600 }
.grid { stroke: #888; stroke-opacity: 0.3 }
.axis { stroke: #888 }
.c0 { fill: #2f6fd0 } .c1 { fill: #d9822b } .c2 { fill: #5a9e58 } .c3 { fill: #a06bc4 }
.l0 { stroke: #2f6fd0 } .l1 { stroke: #d9822b } .l2 { stroke: #5a9e58 } .l3 { stroke: #a06bc4 }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } }
</style>"""
LEFT, TOP, BOTTOM, GAP = 64, 58, 44, 24
PLOT_HEIGHT = 200


def short(value):
    """12000 is "12k"; no more digits than an axis needs."""
    for power, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= power:
            return f"{value / power:.3g}{letter}"
    return f"{value:.3g}"


def ticks(most):
    """Round steps from 0 to at least the most."""
    rough = (most or 1) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    return [step * number for number in range(math.ceil((most or 1) / step - 1e-9) + 1)]


def decades(least, most):
    """Powers of ten around both; never only one."""
    first = math.floor(math.log10(least))
    return [10.0 ** power for power in range(first, max(math.ceil(math.log10(most)), first + 1) + 1)]


def text(x, y, words, anchor="middle", kind=""):
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(str(words))}</text>'


def picture(width, title, series, parts, height=TOP + PLOT_HEIGHT + BOTTOM):
    keys, x = [], LEFT
    for number, name in enumerate(series):
        keys.append(f'<rect class="c{number}" x="{x}" y="30" width="10" height="10"/>' + text(x + 15, 39, name, "start"))
        x += 35 + 7 * len(name)
    width = max(width, x, LEFT + 9 * len(title))
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>", STYLE, text(LEFT, 18, title, "start", "title"), *keys, *parts, "</svg>", ""])


def scale(left, width, marks, place):
    """Horizontal lines with their values."""
    parts = []
    for mark in marks:
        y = place(mark)
        parts.append(f'<line class="grid" x1="{left}" x2="{left + width:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(text(left - 6, y + 4, short(mark), "end"))
    return parts


def bars(title, series, panels):
    """Each panel, (label, [(group, {series: value})]), has an axis of its own: what it shows may be far from the others."""
    parts, left = [], LEFT
    bottom = TOP + PLOT_HEIGHT
    for label, groups in panels:
        group_width = 16 * len(series) + 18
        width = group_width * len(groups)
        marks = ticks(max((value for _, values in groups for value in values.values()), default=1))
        parts += scale(left, width, marks, lambda value: bottom - PLOT_HEIGHT * value / marks[-1])
        for number, (group, values) in enumerate(groups):
            x = left + group_width * number + 9
            for place, name in enumerate(series):
                if name in values:
                    high = PLOT_HEIGHT * values[name] / marks[-1]
                    parts.append(f'<rect class="c{place}" x="{x + 16 * place:.1f}" y="{bottom - high:.1f}" width="14" height="{high:.1f}">'
                                 f"<title>{escape(f'{label} {group} {name}: {short(values[name])}')}</title></rect>")
            parts.append(text(x + 8 * len(series), bottom + 16, group))
        parts.append(f'<line class="axis" x1="{left}" x2="{left + width}" y1="{bottom}" y2="{bottom}"/>')
        parts.append(text(left + width / 2, bottom + 34, label))
        left += width + GAP + LEFT
    return picture(left - LEFT, title, series, parts)


def rows(title, series, groups):
    """Bars from left to right, [(group, {series: value})], for groups with long names."""
    names, length, thick = 250, 360, 12
    marks = ticks(max(value for _, values in groups for value in values.values()))
    high = (thick + 2) * len(series) + 10
    bottom = TOP + high * len(groups)
    parts = []
    for mark in marks:
        x = names + length * mark / marks[-1]
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
        parts.append(text(x, bottom + 16, short(mark)))
    for number, (group, values) in enumerate(groups):
        y = TOP + high * number + 5
        parts.append(text(names - 8, y + high / 2 - 1, group, "end"))
        for place, name in enumerate(series):
            if name in values:
                width = length * values[name] / marks[-1]
                top = y + (thick + 2) * place
                parts.append(f'<rect class="c{place}" x="{names}" y="{top}" width="{width:.1f}" height="{thick}"/>')
                parts.append(text(names + width + 4, top + 10, short(values[name]), "start"))
    parts.append(f'<line class="axis" x1="{names}" x2="{names}" y1="{TOP}" y2="{bottom}"/>')
    return picture(names + length + 50, title, series, parts, bottom + 26)


def lines(title, axis, series, logarithmic=True, names=short):
    """Lines, {name: [(x, y)]}; where logarithmic, both axes are."""
    points = [point for each in series.values() for point in each]
    width, bottom = 520, TOP + PLOT_HEIGHT
    across, up = [x for x, _ in points], [y for _, y in points]
    marks = decades(min(up), max(up)) if logarithmic else ticks(max(up))
    measure = math.log10 if logarithmic else float
    low, high = measure(marks[0]), measure(marks[-1])
    known = sorted(set(across)) if logarithmic else ticks(max(across))
    first, last = measure(known[0]), measure(known[-1])

    def place(y):
        return bottom - PLOT_HEIGHT * (measure(y) - low) / (high - low)

    def along(x):
        return LEFT + 10 + (width - 20) * (measure(x) - first) / ((last - first) or 1)

    parts = scale(LEFT, width, marks, place)
    for number, each in enumerate(series.values()):
        path = " ".join(f"{along(x):.1f},{place(y):.1f}" for x, y in each)
        parts.append(f'<polyline class="line l{number}" points="{path}"/>')
        parts += [f'<circle class="c{number}" cx="{along(x):.1f}" cy="{place(y):.1f}" r="3"/>' for x, y in each if len(each) < 20]
    for x in known:
        parts.append(text(along(x), bottom + 16, names(x)))
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{LEFT + width}" y1="{bottom}" y2="{bottom}"/>')
    parts.append(text(LEFT + width / 2, bottom + 34, axis))
    return picture(LEFT + width + 20, title, list(series), parts)
