"""What the results look like: tables, the targets, and a curve."""
import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

from measuring import Ratio, median, ratio


@dataclass
class Target:
    number: int
    what: str
    ours: str
    peer: str
    ratio: Ratio
    limit: float | None
    least: bool = False  # the limit is the least that is wanted, not the most
    contest: str = ""

    def verdict(self):
        if self.limit is None:
            return "–", "to compare"
        met = self.ratio.median >= self.limit if self.least else self.ratio.median <= self.limit
        return f"at {'least' if self.least else 'most'} {self.limit:.2f}", "met" if met else "**missed**"

    def row(self):
        wanted, met = self.verdict()
        return f"| {self.number} | {self.what} | {self.ours} | {self.peer} | {self.measured()} | {wanted} | {met} | `--only {self.contest}` |"

    def measured(self):
        """To three places, since limits are near."""
        return f"{self.ratio.median:.3f} ({self.ratio.low:.2f} to {self.ratio.high:.2f})"


HEAD = ["| target | what | ours | peer | ratio (spread) | wanted | | command |", "|---|---|---|---|---|---|---|---|"]


def costs(title, runs, standard, unit="CPU µs per round trip"):
    """A table of lanes: what each costs, and the ratio to one of them."""
    yield from ["", f"### {title}", ""]
    latency = lambda own, part: f"{median(own, part):,.0f}" if median(own, part) else "–"
    yield f"| server | {unit} | to {standard} (spread) | per second | p50 µs | p99 µs | p99.9 µs | busy: server, load |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, own in runs.items():
        busy = [100 * median(own, "rate") * median(own, cost) / 1e6 for cost in ("cpu_us", "load_us")]
        yield (f"| {name} | {median(own):.2f} | {ratio(own, runs[standard])} | {median(own, 'rate'):,.0f} | {latency(own, 'p50')} "
               f"| {latency(own, 'p99')} | {latency(own, 'p99.9')} | {busy[0]:.0f} %, {busy[1]:.0f} % |")


COLOURS = ["#7a7a7a", "#b3502b", "#2f6f9f", "#3f8f4f", "#8a5fa8", "#c2952d"]


def curve(title, across, lines):
    """An SVG of lines, name to {x: y}, with a logarithmic x axis and y from 0."""
    width, height, left, right, top, bottom = 720, 400, 60, 190, 40, 50
    numbers = sorted({x for points in lines.values() for x in points})
    highest = math.ceil(max(y for points in lines.values() for y in points.values()))
    low, span = math.log(numbers[0]), math.log(numbers[-1]) - math.log(numbers[0])
    at_x = lambda x: left + (math.log(x) - low) / span * (width - left - right)
    at_y = lambda y: height - bottom - y / highest * (height - top - bottom)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="#fff"/><text x="{left}" y="22" font-size="15">{escape(title)}</text>']
    for y in range(0, highest + 1, max(1, highest // 6)):
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{at_y(y):.1f}" y2="{at_y(y):.1f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{at_y(y) + 4:.1f}" text-anchor="end">{y}</text>')
    for x in numbers:
        out.append(f'<text x="{at_x(x):.1f}" y="{height - bottom + 18}" text-anchor="middle">{x:,}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 10}" text-anchor="middle">{escape(across)}</text>')
    ends = sorted((points[max(points)], name) for name, points in lines.items())
    label = height
    for place, (_, name) in reversed(list(enumerate(ends))):
        points, colour = lines[name], COLOURS[list(lines).index(name) % len(COLOURS)]
        label = min(label - 15, at_y(points[max(points)]) + 4)
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
                   + " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in sorted(points.items())) + '"/>'
                   f'<text x="{width - right + 8}" y="{label:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join(out + ["</svg>\n"])
