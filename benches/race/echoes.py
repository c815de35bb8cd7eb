"""Echo over TCP: targets 1 and 2."""
import re, sys

from measuring import Lane, compare, median, ratio
from report import Target, costs, curve

APART, TOGETHER = ("0", "1"), ("0", "0")
POINTS = [(1, 64, APART), (50, 64, APART), (1000, 64, APART), (10000, 64, APART), (50, 4096, APART), (50, 65536, APART),
          (1, 64, TOGETHER), (50, 64, TOGETHER), (1000, 64, TOGETHER), (50, 4096, TOGETHER)]
QUICK = [(50, 64, APART), (1000, 64, APART), (50, 64, TOGETHER)]
STRICT = {"io_uring": 0.92, "epoll": 1.03}
MANY = 5000  # connections: a slice has to be longer, and there are fewer of them


def chosen(options):
    if not options.points:
        return QUICK if options.quick else POINTS
    words = (re.fullmatch(r"(\d+)x(\d+)(/1)?", word) or sys.exit(f"no point: {word}") for word in options.points.split(","))
    return [(int(word[1]), int(word[2]), TOGETHER if word[3] else APART) for word in words]


def name_of(point):
    connections, size, on = point
    return f"{connections:,} x {size:,} B, {'a processor each' if on == APART else 'one processor'}"


def echo(programs, out, options):
    """All servers, with few and many connections and with short and long messages."""
    lines, strict, others = [], [], {"tokio": [], "by hand": []}
    for point in chosen(options):
        connections, size, on = point
        room = max(size, 4096)
        rust = programs.rust() if room == 4096 else []  # its buffer has that size
        servers = programs.by_hand(room) + programs.runtimes(room) + programs.ours("iocp", 1, room) + rust
        many = connections >= MANY
        runs = compare("echo", [Lane(server, programs.echo_load, connections, size, on) for server in servers],
                       rounds=5 if many else None, milliseconds=500 if many else None)
        lines += costs(name_of(point), runs, "C epoll")
        better = min((server.name for server in programs.by_hand()), key=lambda name: median(runs[name]))
        for engine in programs.engines:
            judge = lambda peer, limit: Target(
                1, f"C++ server against {peer}, {engine}, {name_of(point)}", f"{median(runs['C++, ' + engine]):.2f} µs",
                f"{median(runs[peer]):.2f} µs", ratio(runs["C++, " + engine], runs[peer]), limit)
            if size == 64 and connections in (50, 1000):
                strict.append(judge("C epoll", STRICT[engine]))
            others["tokio"].append(judge("tokio", 1.00))
            others["by hand"].append(judge(better, 1.05))
    # Of the targets that hold at every point the table of all targets has the point that comes out worst.
    worst = [max((one for one in each if f", {engine}," in one.what), key=lambda one: one.ratio.median)
             for each in others.values() for engine in programs.engines]
    return lines, strict + worst, [one for each in others.values() for one in each if one not in worst]


def growth(programs, out, options):
    """The same servers with ten connections to ten thousand, all of which are busy; and fifty busy ones among many idle ones."""
    counts = [10, 50, 1000] if options.quick else [10, 50, 100, 1000, 10000]
    most, few = counts[-1], "50 of many"
    servers = programs.by_hand() + programs.runtimes()[:1] + programs.ours("iocp", 1)
    loads = {count: count for count in counts} | {few: f"{most}:50"}
    lanes = [Lane(server, programs.echo_load, load, 64, APART, f"{server.name} / {name}") for name, load in loads.items() for server in servers]
    runs = compare("growth", lanes, rounds=2 if options.quick else 5, milliseconds=250 if options.quick else 400)
    points = {server.name: {count: median(runs[f"{server.name} / {count}"]) for count in counts} for server in servers}
    with open(out + "/growth.svg", "w") as file:
        file.write(curve("Server's CPU µs per round trip of 64 bytes", "connections", points))
    lines = ["", "### Growth: CPU µs per round trip by connections", "", "![growth](growth.svg)", "",
             "| server | " + " | ".join(f"{count:,}" for count in counts) + f" | 50 busy of {most:,} | {most:,} to 50 (spread) | 50 busy to 50 |",
             "|---|" + "---|" * (len(counts) + 3)]
    targets = []
    for server in servers:
        standard = runs[f"{server.name} / 50"]
        grown, idle = (ratio(runs[f"{server.name} / {name}"], standard) for name in (most, few))
        cost = [median(runs[f"{server.name} / {name}"]) for name in loads]
        lines.append(f"| {server.name} | " + " | ".join(f"{one:.2f}" for one in cost) + f" | {grown} | {idle} |")
        # What the kernel's own part grows by is told by the server on bare epoll: no target, a comparison.
        if server.name.startswith("C"):
            limit = 1.15 if server.name.startswith("C++") else None
            targets.append(Target(2, f"{server.name}: {most:,} busy connections against 50", f"{cost[-2]:.2f} µs", f"{median(standard):.2f} µs", grown, limit))
            targets.append(Target(2, f"{server.name}: 50 busy of {most:,} against 50", f"{cost[-1]:.2f} µs", f"{median(standard):.2f} µs", idle, limit))
    return lines, targets, []


def workers(programs, out, options):
    """One, two and four threads on the port, and two processors for them and the load."""
    both = ("0,1", "0,1")
    lanes = [Lane(server, programs.echo_load, 50, 64, both) for count in (1, 2, 4)
             for server in programs.ours("iocp", count, name=f"C++, {count} worker{'s' * (count > 1)}")]
    runs = compare("workers", lanes)
    targets = []
    for engine in programs.engines:
        one, two, four = (runs[f"C++, {count}, {engine}"] for count in ("1 worker", "2 workers", "4 workers"))
        targets.append(Target(1, f"two workers on two processors against one, {engine}", f"{median(two):.2f} µs",
                              f"{median(one):.2f} µs", ratio(two, one), 1.10))
        targets.append(Target(1, f"four workers on two processors against two: round trips, {engine}",
                              f"{median(four, 'rate'):,.0f}/s", f"{median(two, 'rate'):,.0f}/s", ratio(four, two, "rate"), 0.90, True))
    return list(costs("Workers: 50 x 64 B, both processors for server and load", runs, lanes[0].name)), targets, []


def wine(programs, out, options):
    """The very same source as a Windows program under Wine, with what wineserver does for it."""
    if programs.wine is None:
        return [], [], []
    servers = [programs.epoll("echo")] + programs.ours("iocp", 1) + [programs.wine.server()]
    runs = compare("wine", [Lane(server, programs.echo_load, 50, 64, APART) for server in servers], rounds=3, milliseconds=500)
    return list(costs("The same source under Wine, with wineserver: " + name_of(QUICK[0]), runs, "C epoll")), [], []
