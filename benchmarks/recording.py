"""What every benchmark does with its figures: print them as a table and write them as JSON, with the machine's name."""

import json
import platform
import sys
from pathlib import Path
from typing import Any

import jax
import numpy as np

RESULTS = Path(__file__).parent / "results"


def machine() -> dict[str, Any]:
    """Processor, accelerator and versions."""
    models = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": len(models) or None,
        "device": jax.devices()[0].device_kind,
        "python": platform.python_version(),
        "jax": jax.__version__,
        "numpy": np.__version__,
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def record(
    name: str,
    rows: list[dict[str, Any]],
    part: str = "",
    command: list[str] | None = None,
    earlier: dict[str, Any] | None = None,
) -> None:
    """Print the rows as a table and write them to results/NAME.json, with the machine and the command.

    **Arguments:**

    - `name`: of the benchmark, the script's name without its ending.
    - `rows`: column to figure, the same columns in all rows.
    - `part`: if given, the figures are written to results/NAME_PART.json instead.
    - `command`: how the benchmark is run, if not as a script of this folder.
    - `earlier`: the record from which some of the rows are; its machines and commands are kept.
    """
    cells = [list(rows[0]), *[[f"{v:.4g}" if isinstance(v, float) else str(v) for v in row.values()] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
    RESULTS.mkdir(exist_ok=True)
    command = command or ["python", f"benchmarks/{name}.py", *sys.argv[1:]]
    runs = [*(earlier["runs"] if earlier else []), {"machine": machine(), "command": command}]
    recorded = {"runs": runs, "rows": rows}
    (RESULTS / f"{name}{'_' * bool(part)}{part}.json").write_text(json.dumps(recorded, indent=2) + "\n")
