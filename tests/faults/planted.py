"""A copy of the library in which one fault at a time is planted, and the tests that find it, in a process of their own.

A copy rather than a hook on imports: the annotations of the library are checked by hooks of their own, and programs
that tests start import the library, too. The copy stands first on PYTHONPATH, where all of them find it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from conftest import UNCHECKED
from fault import Fault

REPOSITORY = Path(__file__).parents[2]
PACKAGE = "attractorbind"


class Planted:
    """A copy of the library in a folder.

    **Arguments:**

    - `folder`: where the copy is put.
    - `programs`: a folder for what JAX has compiled, which later runs find again.
    """

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / PACKAGE, folder / PACKAGE, ignore=ignored)
        # Safe: Python does not look for the library where pytest is started, which is the repository.
        self.environment = {"JAX_COMPILATION_CACHE_DIR": str(programs), **os.environ, "PYTHONSAFEPATH": "1"}
        # A fault is to be found by what it does.
        self.environment[UNCHECKED] = "1"
        given = os.environ.get("PYTHONPATH")
        self.environment["PYTHONPATH"] = os.pathsep.join([str(folder), *([given] if given else [])])
        told = self._told("-c", f"import {PACKAGE}; print({PACKAGE}.__file__)").stdout
        if Path(told.strip()).parent != folder / PACKAGE:
            raise ImportError(f"the copy in {folder} is not what is imported, but {told}")

    def finding(self, fault: Fault) -> str:
        """The first of the fault's tests that fails if it is planted; nothing if all of them pass."""
        try:
            with self._with(fault):
                done = self._told("-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *fault.tests)
        except subprocess.TimeoutExpired:
            # A loop without an end is noticed, too.
            return f"one of {fault.tests}, which did not end"
        failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, re.MULTILINE)
        if done.returncode == 0:
            return ""
        if done.returncode == 1 and failed:
            return failed[1]
        raise RuntimeError(f"fault {fault.name!r}: {fault.tests} could not be run\n{done.stdout}{done.stderr}")

    @contextmanager
    def _with(self, fault: Fault) -> Iterator[None]:
        path = self.folder.joinpath(*fault.module.split(".")).with_suffix(".py")
        sound = path.read_text()
        path.write_text(fault.source())
        try:
            yield
        finally:
            path.write_text(sound)

    def _told(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command: Sequence[str] = (sys.executable, *arguments)
        return subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=600
        )
