"""The project's habits, one session each: `nox` runs them all, `nox -s tests` one of them, `nox -l` lists them.

A session that fails does not keep the others from running; the last lines tell how each of them ended.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

# The command in README.md has installed all that the sessions need beside this Python: none makes an environment anew.
nox.options.default_venv_backend = "none"

# Those that the library is for.
PYTHONS = ["3.11", "3.12", "3.13"]


def run_module(session: nox.Session, *arguments: str) -> None:
    """Run a module of the Python that runs nox, so that its environment need not be on the PATH."""
    session.run(sys.executable, "-m", *arguments)


@nox.session(name="format")
def check_format(session: nox.Session) -> None:
    """The layout of the code, and what ruff's rules find in it."""
    run_module(session, "ruff", "format", "--check", ".")
    run_module(session, "ruff", "check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """The annotations, by pyright."""
    run_module(session, "pyright", "--pythonpath", sys.executable, *session.posargs)


@nox.session
def layers(session: nox.Session) -> None:
    """Which room of the library may import which: the contracts in pyproject.toml."""
    # import-linter cannot be run as a module.
    session.run(str(Path(sys.executable).with_name("lint-imports")), "--no-logo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """The tests and the examples in docstrings, or those that are named: nox -s tests -- tests/program."""
    run_module(session, "pytest", *session.posargs)


@nox.session
def notebooks(session: nox.Session) -> None:
    """Every notebook runs, or those that are named."""
    # The options of the tests are for tests: a notebook has no doctests.
    run_module(
        session, "pytest", "-o", "addopts=", "--nbmake", "--numprocesses=auto", *(session.posargs or ["notebooks"])
    )


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, built into site/."""
    run_module(session, "mkdocs", "build", "--strict", *session.posargs)


@nox.session
def package(session: nox.Session) -> None:
    """The sdist and the wheel, built into dist/, and tried as users have them: installed, far from the sources."""
    shutil.rmtree("dist", ignore_errors=True)
    run_module(session, "build", *session.posargs)
    built = sorted(str(path) for path in Path("dist").iterdir())
    run_module(session, "twine", "check", "--strict", *built)
    session.run(sys.executable, "tests/package/try_package.py", *built)


@nox.session(default=False)
def slow(session: nox.Session) -> None:
    """The endurance tests: minutes each, with their progress; they write benchmarks/results.

    Those of tests/faults plant faults, and tell which test finds each: nox -s slow -- tests/faults.
    """
    # In a single process, as progress could not be seen from several, and with the marker by itself: tests/conftest.py
    # leaves out the checks of annotations when it is.
    run_module(session, "pytest", "-o", "addopts=", "-m", "slow", "-s", *session.posargs)


@nox.session(default=False)
@nox.parametrize("version", PYTHONS, ids=PYTHONS)
def pythons(session: nox.Session, version: str) -> None:
    """The tests under each Python that the library is for, in an environment of its own; skipped where there is none.

    nox -s pythons -- tests/test_run.py runs some of them, and nox -s "pythons(3.13)" one Python's.
    """
    found = interpreter(version)
    if found is None:
        session.skip(f"this machine has no Python {version}")
    folder = Path(".nox", f"python{version}").absolute()
    session.run(found, "-m", "venv", str(folder), external=True)
    own = str(folder / "bin" / "python")
    session.run(own, "-m", "pip", "install", "--quiet", "--editable", ".[dev]", external=True)
    session.run(own, "-m", "pytest", *session.posargs, external=True)


def interpreter(version: str) -> str | None:
    """A Python of this version: on the PATH, or one of pyenv's, whose shims need not work."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    candidates = [shutil.which(f"python{version}"), *kept.glob(f"{version}.*/bin/python")]
    for candidate in filter(None, candidates):
        told = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
        if told.returncode == 0 and told.stdout.startswith(f"Python {version}."):
            return str(candidate)
    return None


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Small changes of the modules that compile programs, each of which a test of programs must notice.

    About half an hour; nox -s mutation -- control.py takes the mutants of some modules.
    """
    session.run(sys.executable, "tests/mutation/mutate.py", *session.posargs)
