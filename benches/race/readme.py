"""The section of the README that tells what a run has found: the targets, but for those that repeat others."""
import re

from programs import root

LEFT_OUT = [r"four workers", r"50 busy of", r"of (1|4096) B"]
INTRODUCTION = """## Performance

What a completion-port server costs that is compiled unchanged, beside servers that are written for Linux: processor time of the server, as a
ratio to the peer's, measured in turns ([{run}](benches/runs/{run}/table.md); `benches/race/run` measures it again,
[benches/race](benches/race/README.md) says how, [RESULTS.md](benches/race/RESULTS.md) where the time goes). With `a processor each` the server has one and the load the other; with
`one processor` they share it.

| | ours | peer | ratio (spread) | wanted | |
|---|---|---|---|---|---|
"""


def write(targets, run):
    """Puts the section before the one that says where to read on."""
    rows = []
    for one in targets:
        if not any(re.search(pattern, one.what) for pattern in LEFT_OUT):
            wanted, met = one.verdict()
            rows.append(f"| {one.what} | {one.ours} | {one.peer} | {one.measured()} | {wanted} | {met} |")
    section = INTRODUCTION.format(run=run) + "\n".join(rows) + "\n\n"
    with open(root + "/README.md") as file:
        text = re.sub(r"^## Performance\n.*?(?=^## )", "", file.read(), flags=re.M | re.S)
    with open(root + "/README.md", "w") as file:
        file.write(text.replace("## Where to read on\n", section + "## Where to read on\n"))
