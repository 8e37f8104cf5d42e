"""Writes the tables of benchmarks/README.md and docs/devices.md from the figures in results/.

python benchmarks/tables.py
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from recording import RESULTS

PAGES = (Path(__file__).parent / "README.md", Path(__file__).parents[1] / "docs" / "devices.md")
Row = dict[str, Any]


def main() -> None:
    for page in PAGES:
        text = page.read_text()
        for name, table in TABLES.items():
            text = with_table(text, name, table)
        page.write_text(text)


def with_table(text: str, name: str, table: Callable[[list[Row]], str]) -> str:
    """The text with a table anew, if it has a place for it and there are figures."""
    file = RESULTS / f"{name}.json"
    if not file.exists():
        return text
    recorded = json.loads(file.read_text())
    runs = ", then\n".join(map(command_and_machine, recorded["runs"]))
    written = f"<!-- {name} -->\n{runs}:\n\n{table(recorded['rows'])}\n<!-- end -->"
    # A function, since in a replacement that is a string a backslash would have a meaning.
    return re.sub(rf"<!-- {name} -->.*?<!-- end -->", lambda _: written, text, flags=re.DOTALL)


def command_and_machine(run: dict[str, Any]) -> str:
    """How and where the figures of a run were measured."""
    machine = run["machine"]
    device = f", {machine['device']}" if machine["device"] != "cpu" else ""
    where = f"{machine['processor']}, {machine['cores']} cores{device}, jax {machine['jax']}"
    return f"`{' '.join(run['command'])}` on {where}"


def throughput(rows: list[Row]) -> str:
    """Ticks under gates that stay, with their ratio to bare products; and ticks of copies, in which they change."""
    batches = sorted({row["batch"] for row in rows})
    measured = {(row["units"], row["buffers"], row["program"], row["batch"]): row for row in rows}
    sizes = sorted({(row["units"], row["buffers"], row["S/N"], row["weights"]) for row in rows})

    def lines(programs: Sequence[str], cell: Callable[[Row], str]) -> list[list[object]]:
        return [
            [*size, *[cell(measured[*size[:2], program, batch]) for program in programs for batch in batches]]
            for size in sizes
        ]

    def head(kinds: Sequence[str]) -> list[str]:
        return [
            "units",
            "buffers",
            "S/N",
            "weights",
            *[f"{kind}, batch {batch}" for kind in kinds for batch in batches],
        ]

    steady = lines(
        ["straight, others hold", "branching, others hold"],
        lambda row: f"{micro(row['us a tick'])} us, {row['ratio']:.2f}",
    )
    copies = lines(["copies in a straight line", "copies in a loop"], lambda row: f"{micro(row['us a tick'])} us")
    return "\n\n".join(
        [
            markdown(head(["straight", "branching"]), steady),
            "A tick of copies, in a straight line and in a loop, the ticks of the loop itself included:",
            markdown(head(["straight", "loop"]), copies),
        ]
    )


def critical(rows: list[Row]) -> str:
    noises = sorted({row["noise"] for row in rows})
    cases = list(dict.fromkeys((row["f"], row["units"], row["rule"]) for row in rows))
    lines = []
    for case in cases:
        of_case = {row["noise"]: row for row in rows if (row["f"], row["units"], row["rule"]) == case}
        clean = of_case[noises[0]]
        cells = [found(of_case[noise]) for noise in noises]
        lines.append([*case, clean["most for all"], *cells, f"{clean['Gardner']:.2f}"])
    head = ["f", "units", "rule", "all exact to", *[f"critical, noise {noise:g}" for noise in noises], "Gardner"]
    return markdown(head, lines)


def found(row: Row) -> str:
    if row["critical"] is None:
        return f"above {row['from']:g}" if row["from"] else f"below {row['to']:g}"
    upper = "..." if row["to"] is None else f"{row['to']:g}"
    return f"{row['critical']:.2f} ({row['from']:g} to {upper})"


def training(rows: list[Row]) -> str:
    rules = list(dict.fromkeys(row["rule"] for row in rows))
    lines = []
    for case in dict.fromkeys((row["units"], row["S/N"], row["limit"]) for row in rows):
        of_rule = {row["rule"]: row for row in rows if (row["units"], row["S/N"]) == case[:2]}
        cells = [f"{of_rule[rule]['seconds']:.2g} s, {of_rule[rule]['median']:.2f}" for rule in rules]
        lines.append([*case[:2], *cells, "none" if case[2] is None else f"{case[2]:.2f}"])
    return markdown(["units", "S/N", *rules, "Gardner"], lines)


def weights(rows: list[Row]) -> str:
    kinds = [kind for kind in dict.fromkeys(row["weights"] for row in rows) if kind != "dense"]
    lines = []
    for case in dict.fromkeys((row["units"], row["S/N"], row["batch"]) for row in rows):
        of_case = {row["weights"]: row for row in rows if (row["units"], row["S/N"], row["batch"]) == case}
        speeds = [f"{of_case[kind]['speed to dense']:.2f}" for kind in kinds]
        matrix, margin = micro(of_case["dense"]["us a product"]), f"{of_case['factors']['margin left']:.3f}"
        lines.append([*case, matrix, *speeds, margin])
    head = ["units", "S/N", "batch", "matrix, us", *[f"speed of {kind}" for kind in kinds], "margin left by factors"]
    return markdown(head, lines)


def devices(rows: list[Row]) -> str:
    return as_they_are([*rows[0]])(rows)


def as_they_are(columns: Sequence[str]) -> Callable[[list[Row]], str]:
    return lambda rows: markdown(columns, [[shown(row[column]) for column in columns] for row in rows])


def micro(microseconds: float) -> str:
    """Microseconds, with three digits at least."""
    return f"{microseconds:,.0f}" if microseconds >= 100 else f"{microseconds:.3g}"


def shown(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else "" if value is None else str(value)


def markdown(head: Iterable[object], lines: Iterable[Iterable[object]]) -> str:
    rows = [list(map(str, head)), ["---"] * len(list(head)), *[list(map(str, line)) for line in lines]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


TABLES: dict[str, Callable[[list[Row]], str]] = {
    "view": as_they_are(
        [
            "ticks",
            "buffers",
            "noise",
            "file, MB",
            "saved, s",
            "opened, s",
            "frames a second",
            "slowest of 20 frames, ms",
            "drawing a frame, ms",
            "frames a second, far",
            "drawing a frame, far, ms",
        ]
    ),
    "first_answer": as_they_are(
        ["case", "import s", "build s", "run s", "all s", "programs of build", "programs of run"]
    ),
    "throughput": throughput,
    "throughput_few_symbols": throughput,
    "throughput_gpu": throughput,
    "rows": as_they_are(["units", "batch", "us a product", "bare us", "ratio"]),
    "snapshot_speed": as_they_are(["trials", "snapshots", "ms a store", "ms a recall", "ms 5 ticks at rest"]),
    "loop": as_they_are(
        [
            "symbols",
            "weights",
            "batch",
            "NumPy's threads",
            "run ms",
            "NumPy loop ms",
            "loop to run",
            "bare products ms",
            "decode to run",
        ]
    ),
    "many_buffers": as_they_are(
        [
            "buffers",
            "units",
            "projections",
            "build s",
            "first straight s",
            "first branching s",
            "again ms",
            "tick us",
            "tick to that of the first",
            "weights MB",
            "peak to weights",
        ]
    ),
    "capacity_critical": critical,
    "credit": as_they_are(
        [
            "rule",
            "batch",
            "products",
            "million operations",
            "ms an update",
            "ms bare products",
            "ratio",
            "ms optimiser",
        ]
    ),
    "peers": as_they_are(
        [
            "library",
            "symbols",
            "batch",
            "trials run",
            "right",
            "build s",
            "run s",
            "copies/s",
            "run to nengo-spa's run",
            "run to its build and run",
            "both to both",
        ]
    ),
    "ensembles": as_they_are(
        ["units", "spare", "noise", "from 0.25", "from 0.35", "from 0.5", "from 1.0", "old"],
    ),
    "gating": as_they_are(["units", "trials", "control", "ticks", "ms", "of the written program's"]),
    "devices": devices,
    "devices_large": devices,
    "training": training,
    "weights": weights,
}


if __name__ == "__main__":
    main()
