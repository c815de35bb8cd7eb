"""Runs servers under a load, in turns, and compares what they cost.

All servers of a comparison are up and connected at once; one at a time is loaded, for a slice of a second, and the turns go
round. So what disturbs the machine for a while disturbs all of them, and neither starting nor connecting is in what is
measured. The processor time is the kernel's account of the processes, in nanoseconds, read by the load (load.c) when
it begins and when all is back.
"""
import contextlib, json, os, re, statistics, subprocess, sys, time
from dataclasses import dataclass, field

REALTIME = ["chrt", "--rr", "1"]


@dataclass
class Settings:
    rounds: int = 11
    milliseconds: int = 250
    realtime: bool = False
    load: str = ""
    record: object = lambda run: None  # takes a dictionary for each run


settings = Settings()


@dataclass
class Server:
    name: str
    command: list
    environment: dict = field(default_factory=dict)
    others: object = lambda: []  # gives more processes that work for it, once it runs
    stop: object = lambda: None  # ends these

    @contextlib.contextmanager
    def running(self, processors):
        """Its port, and its processes."""
        process = start(self.command, processors, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                        env=dict(os.environ, **self.environment))
        try:
            line = process.stdout.readline()
            numbers = re.findall(r"\d+", line) or sys.exit(f"{self.name} does not start: {' '.join(self.command)}")
            yield int(numbers[-1]), [process.pid] + self.others()
        finally:
            process.kill()
            process.wait()
            self.stop()


def start(command, processors, **more):
    pinned = ["taskset", "-c", processors] + (REALTIME if settings.realtime else [])
    return subprocess.Popen(pinned + [str(word) for word in command], text=True, **more)


class Load:
    def __init__(self, kind, port, connections, size, processes, processors):
        command = [settings.load, kind, port, connections, size] + processes
        self.process = start(command, processors, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answer()

    def slice(self, milliseconds):
        self.process.stdin.write(f"{milliseconds}\n")
        self.process.stdin.flush()
        return json.loads(self.answer())

    def answer(self):
        return self.process.stdout.readline() or sys.exit("the load generator failed: " + " ".join(self.process.args))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@dataclass
class Lane:
    """A server with its load: the server is on the first of the processors, the load on the second."""
    server: Server
    kind: str
    connections: int
    size: int
    on: tuple = ("0", "1")
    name: str = ""

    def __post_init__(self):
        self.name = self.name or self.server.name


def compare(what, lanes, rounds=None, milliseconds=None):
    """A list of runs for each lane, by its name; runs of the same number were one after the other."""
    rounds, milliseconds = rounds or settings.rounds, milliseconds or settings.milliseconds
    runs = {lane.name: [] for lane in lanes}
    with contextlib.ExitStack() as stack:
        loads = []
        for lane in lanes:
            port, processes = stack.enter_context(lane.server.running(lane.on[0]))
            load = Load(lane.kind, port, lane.connections, lane.size, processes, lane.on[1])
            stack.callback(load.close)
            loads.append((lane, load))
            load.slice(min(milliseconds, 100))
        for number in range(rounds):
            first = number % len(loads)
            for lane, load in loads[first:] + loads[:first]:
                run = load.slice(milliseconds)
                if settings.realtime:
                    # The kernel stops what has had 95 % of a second, in the middle of a slice.
                    time.sleep(milliseconds / 8000)
                run["rate"] = run["messages"] / run["seconds"]
                runs[lane.name].append(run)
                settings.record({"what": what, "lane": lane.name, "connections": lane.connections, "bytes": lane.size,
                                 "on": lane.on, "round": number, **run})
    return runs


@dataclass
class Ratio:
    """The median of the ratios of each round, and the range without the fifth that is lowest and the fifth that is highest."""
    median: float
    low: float
    high: float

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def ratio(ours, peer, what="cpu_us"):
    each = sorted(a[what] / b[what] for a, b in zip(ours, peer))
    cut = len(each) // 5
    return Ratio(statistics.median(each), each[cut], each[-1 - cut])


def median(runs, what="cpu_us"):
    return statistics.median(run[what] for run in runs)
