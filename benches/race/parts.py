"""What is not an echo over TCP: targets 3 to 7, streams and datagrams."""
import os, re, statistics, subprocess

from measuring import Lane, Load, Ratio, compare, median, ratio, settings, start
from programs import root
from report import Target, costs

APART = ("0", "1")


def calls(programs, out, options):
    """send and recv against the C library's, TransmitFile against sendfile: programs of their own, which take turns too."""
    lines, targets = [], []
    plans = [(3, "send_recv", "recv and send of {} B against the C library's", 1.03, "ns", "3 10000" if options.quick else "9 30000"),
             (6, "transmit_file", "TransmitFile, {}, against sendfile: time for a GiB", 1 / 0.97, "ms", "3 2" if options.quick else "7 8")]
    for number, folder, what, limit, unit, numbers in plans:
        output = subprocess.run([f"{root}/benches/{folder}/run", *numbers.split()], check=True, capture_output=True, text=True).stdout
        lines += ["", f"### benches/{folder}", "", "```", output.rstrip(), "```"]
        for name, peer, ours, middle, low, high in re.findall(
                r"^ *(\S.*?)  +([\d.]+) +([\d.]+) +([\d.]+) \(([\d.]+) to ([\d.]+)\)$", output, re.M):
            targets.append(Target(number, what.format(name), f"{ours} {unit}", f"{peer} {unit}",
                                  Ratio(float(middle), float(low), float(high)), limit))
    return lines, targets, []


def pairs(programs, out, options):
    """PostQueuedCompletionStatus and GetQueuedCompletionStatus in turns, against a channel."""
    lines = ["", "### Pairs of a second: put in, take out", "", "| threads | channel | " +
             " | ".join("port, " + engine for engine in programs.engines) + " |", "|---|---|" + "---|" * len(programs.engines)]
    targets = []
    for threads in 1, 2, 4:
        rates = {name: [] for name in ["channel"] + programs.engines}
        for number in range(settings.rounds):
            for name, own in rates.items():
                kind = "channel" if name == "channel" else "port"
                process = start([programs.peer("pairs"), kind, threads, settings.milliseconds], "0,1", stdout=subprocess.PIPE,
                                env=dict(os.environ, WINSOCK_ENGINE=name if kind == "port" else "auto"))
                own.append({"rate": float(process.communicate()[0])})
                settings.record({"what": "pairs", "lane": name, "threads": threads, "round": number, **own[-1]})
        millions = {name: f"{median(own, 'rate') / 1e6:.2f} M/s" for name, own in rates.items()}
        lines.append(f"| {threads} | " + " | ".join(millions.values()) + " |")
        targets += [Target(4, f"pairs of Post and Get, {threads} thread{'s' * (threads > 1)}, {engine}, against a crossbeam channel",
                           millions[engine], millions["channel"], ratio(rates[engine], rates["channel"], "rate"), 1.00, True)
                    for engine in programs.engines]
    return lines, targets, []


def accepts(programs, out, options):
    """A connection for each message: AcceptEx, 64 of which are posted, against a loop of accept4."""
    lanes = [Lane(server, "accept", 16, 64, APART) for server in [programs.epoll("echo")] + programs.ours("acceptex", 64)]
    runs = compare("accepts", lanes)
    targets = []
    for engine in programs.engines:
        ours, peer = runs[f"C++, {engine}"], runs["C epoll"]
        targets.append(Target(5, f"connections a second, {engine}, against accept4", f"{median(ours, 'rate'):,.0f}/s",
                              f"{median(peer, 'rate'):,.0f}/s", ratio(ours, peer, "rate"), 1.00, True))
    return list(costs("A connection, one echo, the end: 16 at once", runs, "C epoll", "CPU µs per connection")), targets, []


def memory(programs, out, options):
    """What a process grows by for each connection that it has a receive posted on."""
    count = 1000 if options.quick else 10000
    lines = ["", f"### Memory: {count:,} idle connections, a receive posted on each", "", "| engine | bytes for each |", "|---|---|"]
    targets = []
    for server in programs.ours("idle", count):
        each = []
        for _ in range(3):
            process = start(server.command, "0", stdout=subprocess.PIPE, env=dict(os.environ, **server.environment))
            port, before = int(re.findall(r"\d+", process.stdout.readline())[-1]), resident(process.pid)
            load = Load("stream", port, count, 64, [], "1")
            assert process.stdout.readline() == "all\n"
            each.append((resident(process.pid) - before) / count)
            load.close()
            process.kill()
            process.wait()
        engine = server.environment["WINSOCK_ENGINE"]
        bytes_each = statistics.median(each)
        lines.append(f"| {engine} | {bytes_each:.0f} ({min(each):.0f} to {max(each):.0f}) |")
        settings.record({"what": "memory", "lane": engine, "bytes": each})
        targets.append(Target(7, f"memory of an idle connection, {engine}", f"{bytes_each:.0f} B", "1,024 B",
                              Ratio(bytes_each / 1024, min(each) / 1024, max(each) / 1024), 1.00))
    return lines, targets, []


def resident(pid):
    """Bytes of memory that are the process's own share, when its threads have come to rest."""
    return int(re.search(r"^Pss: +(\d+) kB", open(f"/proc/{pid}/smaps_rollup").read(), re.M).group(1)) * 1024


def streams(programs, out, options):
    """Messages of 64 KiB one way, and small datagrams both ways."""
    lines = []
    sinks = [programs.epoll("sink", 65536)] + programs.ours("iocp", 1, 65536, "sink")
    runs = compare("stream", [Lane(server, "stream", 8, 65536, APART) for server in sinks])
    lines += costs("One way: 8 connections, messages of 64 KiB", runs, "C epoll", "CPU µs per 64 KiB")
    datagrams = [programs.epoll("udp")] + programs.ours("udp", 64)
    runs = compare("datagrams", [Lane(server, "udp", 50, 64, APART) for server in datagrams])
    lines += costs("Datagrams: 50 sockets x 64 B, echo over UDP", runs, "C epoll")
    return lines, [], []
