"""Writes the tables of benchmarks/README.md from the figures in results/.

python benchmarks/tables.py
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from recording import RESULTS

README = Path(__file__).parent / "README.md"
Row = dict[str, Any]


def main() -> None:
    text = README.read_text()
    for name, table in TABLES.items():
        file = RESULTS / f"{name}.json"
        if file.exists():
            told = json.loads(file.read_text())
            machine = f"{told['machine']['processor']}, {told['machine']['cores']} cores, jax {told['machine']['jax']}"
            command = f"`{' '.join(told['command'])}`"
            written = f"<!-- {name} -->\n{command} on {machine}:\n\n{table(told['rows'])}\n<!-- end -->"
            text = re.sub(rf"<!-- {name} -->.*?<!-- end -->", lambda _, written=written: written, text, flags=re.DOTALL)
    README.write_text(text)


def throughput(rows: list[Row]) -> str:
    batches = sorted({row["batch"] for row in rows})
    sizes = sorted({(row["S/N"], row["weights"], row["buffers"], row["units"]) for row in rows})
    head = ["S/N", "weights", "buffers", "units"]
    head += [f"{program}, batch {batch}" for program in ("straight", "branching") for batch in batches]
    lines = []
    for load, weights, buffers, units in sizes:
        cells: list[object] = [f"{load:g}", weights, buffers, units]
        for program in ("straight, others hold", "branching, others hold"):
            for batch in batches:
                (row,) = [
                    row
                    for row in rows
                    if (row["program"], row["batch"], row["S/N"], row["buffers"], row["units"])
                    == (program, batch, load, buffers, units)
                ]
                cells.append(f"{row['us a tick']:,.3g} us, {row['ratio']:.2f}")
        lines.append(cells)
    return markdown(head, lines)


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


def as_they_are(columns: Sequence[str]) -> Callable[[list[Row]], str]:
    return lambda rows: markdown(columns, [[shown(row[column]) for column in columns] for row in rows])


def shown(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def markdown(head: Iterable[object], lines: Iterable[Iterable[object]]) -> str:
    rows = [list(map(str, head)), ["---"] * len(list(head)), *[list(map(str, line)) for line in lines]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


TABLES: dict[str, Callable[[list[Row]], str]] = {
    "throughput": throughput,
    "throughput_few_symbols": throughput,
    "capacity_critical": critical,
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
    "weights": as_they_are(["units", "S/N", "batch", "weights", "us a product", "speed to dense", "margin left"]),
}


if __name__ == "__main__":
    main()
