"""Builds the programs of the race, and knows how each server is started."""
import os, shutil, subprocess

from measuring import Server

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
target = os.environ.get("CARGO_TARGET_DIR", root + "/target")
winsock = target + "/release/winsock"
example = target + "/release/examples/echo_iocp"


def run(command, **more):
    return subprocess.run([str(word) for word in command], check=True, **more)


class Programs:
    """What was built, in a folder; `engines` are those that the kernel allows."""

    def __init__(self, folder, wine):
        self.folder = folder
        cargo = ["cargo", "build", "--release", "--locked", "-q"]
        run(cargo + ["-p", "winsock-cli", "-p", "winsock-c", "--bins", "--lib"], cwd=root)
        run(cargo + ["-p", "winsock", "--example", "echo_iocp"], cwd=root)
        run(cargo, cwd=here + "/peers", env=dict(os.environ, CARGO_TARGET_DIR=target + "/peers"))
        for name in "load", "epoll":
            run(["gcc", "-O2", f"{here}/{name}.c", "-o", f"{folder}/{name}", "-lm"])
        for name in "iocp", "acceptex", "udp", "idle":
            run([winsock, "c++", "-O2", f"{here}/{name}.cpp", "-o", f"{folder}/{name}"])
        allowed = subprocess.run([winsock, "doctor", "--engine", "io_uring"], capture_output=True).returncode == 0
        self.engines = ["epoll", "io_uring"] if allowed else ["epoll"]
        if not allowed:
            print("The kernel refuses io_uring: its servers are left out, and the load is made by epoll.")
        self.echo_load = "ring" if allowed else "echo"
        self.wine = Wine(folder) if wine and Wine.missing() is None else None
        if wine and not self.wine:
            print(f"Nothing is compared with Wine: {Wine.missing()} is missing.")

    def peer(self, name):
        return f"{target}/peers/release/{name}"

    def by_hand(self, room=4096):
        """The servers that are written by hand, the standard first."""
        servers = [self.epoll("echo", room)]
        if "io_uring" in self.engines:
            servers.append(Server("io_uring by hand", [self.peer("io_uring"), room]))
        return servers

    def runtimes(self, room=4096):
        names = ["tokio", "monoio"] if "io_uring" in self.engines else ["tokio"]
        return [Server(name, [self.peer(name), room]) for name in names]

    def epoll(self, kind, room=4096):
        return Server("C epoll", [self.folder + "/epoll", 0, kind, room])

    def ours(self, program, *arguments, name="C++"):
        """One of our servers in C++, on each engine."""
        return [Server(f"{name}, {engine}", [f"{self.folder}/{program}", *arguments], {"WINSOCK_ENGINE": engine})
                for engine in self.engines]

    def rust(self):
        return [Server(f"Rust, {engine}", [example, "127.0.0.1:0", "1"], {"WINSOCK_ENGINE": engine})
                for engine in self.engines]


class Wine:
    """The very same source, built for Windows."""

    COMPILER = "x86_64-w64-mingw32-g++"

    @classmethod
    def missing(cls):
        return next((tool for tool in ("wine", cls.COMPILER) if shutil.which(tool) is None), None)

    def __init__(self, folder):
        self.prefix = target + "/wine"
        self.environment = dict(os.environ, WINEPREFIX=self.prefix, WINEDEBUG="-all", DISPLAY="", WINEDLLOVERRIDES="mscoree,mshtml=")
        self.program = folder + "/iocp.exe"
        run([self.COMPILER, "-O2", here + "/iocp.cpp", "-o", self.program, "-static", "-lws2_32"])
        subprocess.run(["wine", "wineboot", "--init"], env=self.environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True, timeout=300)
        self.stop()

    def stop(self):
        subprocess.run(["wineserver", "-k"], env=self.environment, stderr=subprocess.DEVNULL)
        subprocess.run(["wineserver", "-w"], env=self.environment, stderr=subprocess.DEVNULL, timeout=60)

    def server(self, room=4096):
        more = {key: self.environment[key] for key in ("WINEPREFIX", "WINEDEBUG", "DISPLAY", "WINEDLLOVERRIDES")}
        return Server("C++ under Wine", ["wine", self.program, 1, room], more, self.wineserver, self.stop)

    def wineserver(self):
        """The processes of this prefix that are called wineserver."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                environment = open(f"/proc/{pid}/environ").read().split("\0")
                if "wineserver" in open(f"/proc/{pid}/comm").read() and f"WINEPREFIX={self.prefix}" in environment:
                    found.append(int(pid))
            except OSError:
                pass  # it has ended, or is another user's
        return found
