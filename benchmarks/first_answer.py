"""What a fresh process waits for until it has the answer of README.md's first lines: imports, building, running.

Each case is run in processes of its own, in turns with the others, and figures are medians: without anything kept from
earlier, and with a folder in which `attractorbind.cache` has kept what was compiled.

    python benchmarks/first_answer.py --repeats 5
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from recording import record
from tqdm import tqdm

README = Path(__file__).parent.parent / "README.md"
# With these set, less is compiled than usually, or modules of Python are anew in every process.
UNUSUAL = ("JAX_COMPILATION_CACHE_DIR", "PYTHONDONTWRITEBYTECODE")
# What the process does around the lines: it tells seconds, and how often JAX went for something compiled.
BEFORE = """
import time
moments = [time.perf_counter()]
import jax
counted = []
def count(event, *_, **__):
    counted.append(event == "/jax/core/compile/backend_compile_duration")
jax.monitoring.register_event_duration_secs_listener(count)
import attractorbind as ab
if {folder!r}:
    ab.cache({folder!r})
moments.append(time.perf_counter())
"""
BETWEEN = "moments.append(time.perf_counter()); built = sum(counted)\n"
AFTER = """
moments.append(time.perf_counter())
import json
print(json.dumps([*[after - before for before, after in zip(moments, moments[1:])], built, sum(counted) - built]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    cases: dict[str, list[list[float]]] = {"nothing kept": [], "compiled before": []}
    with tempfile.TemporaryDirectory() as folder:
        answer(folder)
        for _ in tqdm(range(options.repeats), leave=False):
            for case, folder_of_case in zip(cases, ("", folder), strict=True):
                cases[case].append(answer(folder_of_case))
    record("first_answer", [row(case, figures) for case, figures in cases.items()])


def answer(folder: str) -> list[float]:
    """Seconds to import, build and run in a new process, and how many programs were compiled for the last two."""
    (lines,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)[:1]
    build, run = lines.split("program = ", 1)
    code = f"{BEFORE.format(folder=folder)}{build}{BETWEEN}program = {run}{AFTER}"
    usual = {name: value for name, value in os.environ.items() if name not in UNUSUAL}
    done = subprocess.run([sys.executable, "-c", code], env=usual, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def row(case: str, figures: list[list[float]]) -> dict[str, Any]:
    imported, built, ran, of_build, of_run = (statistics.median(column) for column in zip(*figures, strict=True))
    return {
        "case": case,
        "import s": imported,
        "build s": built,
        "run s": ran,
        "all s": statistics.median(sum(figure[:3]) for figure in figures),
        "programs of build": int(of_build),
        "programs of run": int(of_run),
    }


if __name__ == "__main__":
    main()
