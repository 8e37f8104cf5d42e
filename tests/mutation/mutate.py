"""How many small changes of the modules that compile programs the tests of programs notice.

    nox -s mutation

Cosmic Ray makes the mutants, one change each, in a copy of the repository, and the tests of `cosmic-ray.toml` are run
on each. Those that survive are compared with `survivors.toml`, where each stands with the reason why it may. It takes
about half an hour; names pick modules, as in `nox -s mutation -- control.py`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
# The least share of mutants that is noticed.
LEAST = 0.9


class Mutant(NamedTuple):
    """A change: where, of what kind, and how the line reads before and after it."""

    module: str
    operator: str
    before: str
    after: str

    @property
    def line(self) -> tuple[str, str, str]:
        """What tells it from others, wherever the line stands."""
        return self.module, self.before, self.after

    def __str__(self) -> str:
        return f"{self.module}: {self.before!r} becomes {self.after!r}"


def command(*words: str | Path, folder: Path) -> None:
    """Run a command of this Python's environment."""
    scripts = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([scripts / words[0], *words[1:]], cwd=folder, check=True, env=environment)


@contextmanager
def server(folder: Path) -> Iterator[None]:
    """Pytest that is quick to start, for all mutants; see `quick.py`."""
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    # Checks of annotations at run time notice what a user would not.
    environment["ATTRACTORBIND_TESTS_UNCHECKED"] = "1"
    # The networks that programs are compiled for are built once, by what is sound.
    environment["ATTRACTORBIND_TESTS_NETWORKS"] = str(folder / "networks")
    write = (
        "import listings, pathlib, pickle, sys; pathlib.Path(sys.argv[1]).write_bytes(pickle.dumps(listings.built()))"
    )
    subprocess.run(
        [sys.executable, "-c", write, folder / "networks"], cwd=folder / "tests/helpers", check=True, env=environment
    )
    started = [sys.executable, str(HERE / "quick.py"), "serve", str(folder / "socket")]
    with subprocess.Popen(started, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def mutants(session: Path, outcome: TestOutcome) -> list[Mutant]:
    """The mutants that came to an outcome."""
    with use_db(session, WorkDB.Mode.open) as database:
        # Of those that a filter left out nothing is known.
        pairs = [(item, result) for item, result in database.completed_work_items if result.test_outcome == outcome]
    made = [(change, str(result.diff)) for item, result in pairs for change in item.mutations]
    return sorted(
        Mutant(change.module_path.name, change.operator_name.removeprefix("core/"), *_lines(difference))
        for change, difference in made
    )


def _lines(difference: str) -> tuple[str, str]:
    """The changed lines, before and after."""
    lines = [line for line in difference.splitlines() if not line.startswith(("---", "+++"))]
    return tuple(
        " ".join(line[1:].strip() for line in lines if line.startswith(sign) and line[1:].strip()) for sign in "-+"
    )


def listed() -> dict[tuple[str, str, str], str]:
    """From module and line, before and after, to the reason why a mutant may survive."""
    entries = tomllib.loads((HERE / "survivors.toml").read_text())["survivor"]
    return {(entry["module"], entry["before"], entry["after"]): entry["reason"] for entry in entries}


def main(modules: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, check=True, capture_output=True, text=True)
        for file in files.stdout.splitlines():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / file, folder / file, follow_symlinks=False)
        settings, session = folder / "tests/mutation/cosmic-ray.toml", folder / "session.sqlite"
        if modules:
            paths = [f"attractorbind/_program/{module}" for module in modules]
            settings.write_text(settings.read_text().replace('"attractorbind/_program"', json.dumps(paths)))
        command("cosmic-ray", "init", settings, session, folder=folder)
        command("cr-filter-operators", session, settings, folder=folder)
        with server(folder):
            command("cosmic-ray", "exec", settings, session, folder=folder)
        killed, survived = mutants(session, TestOutcome.KILLED), mutants(session, TestOutcome.SURVIVED)
    reasons = listed()
    unexplained = [mutant for mutant in survived if mutant.line not in reasons]
    for mutant in survived:
        print(f"{mutant}\n    {reasons.get(mutant.line, 'no reason is given')}")
    score = len(killed) / (len(killed) + len(survived))
    print(f"\n{len(killed)} of {len(killed) + len(survived)} mutants are noticed, {score:.1%}; {len(unexplained)} of")
    print("those that are not stand in no list")
    return int(score < LEAST or bool(unexplained))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
