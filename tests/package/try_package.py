"""Tries a built sdist and wheel as users have them: `nox -s package`, or

python tests/package/try_package.py dist/attractorbind-0.2.0-py3-none-any.whl dist/attractorbind-0.2.0.tar.gz
"""

import os
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("attractorbind", "pytest_attractorbind")
# What the sdist has beside the packages, so that its tests and pages can be made from it.
BESIDE = (
    *("README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "noxfile.py", "mkdocs.yml"),
    *(
        "tests/conftest.py",
        "docs/index.md",
        "docs/benchmarks.md",
        "benchmarks/README.md",
        "demos/story.txt",
        "paper/paper.bib",
    ),
    *("notebooks/00_quick_tour.ipynb", "docs/notebooks/00_quick_tour.ipynb"),
)
# Seconds of processors; by the clock it is 3 s where nothing else runs.
LONGEST_CHECK = 10.0


def main(built: list[str]) -> int:
    """Look into both, install the wheel into a fresh environment, and run there what the README promises."""
    (wheel,) = (Path(path).resolve() for path in built if path.endswith(".whl"))
    (sdist,) = (Path(path).resolve() for path in built if path.endswith(".tar.gz"))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    sources = {path for package in PACKAGES for path in files_of(ROOT / package)}
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
    assert names == sources, f"the wheel and the sources differ by {sorted(names ^ sources)}"
    assert "attractorbind/py.typed" in names
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert names >= sources | {*BESIDE}, f"the sdist lacks {sorted((sources | {*BESIDE}) - names)}"
    with tempfile.TemporaryDirectory() as folder:
        python = installed(wheel, Path(folder))
        try_installed(python, Path(folder), version)
    print(f"{wheel.name} and {sdist.name}: all is there, and the wheel runs where it is installed")
    return 0


def files_of(package: Path) -> set[str]:
    """All files of a package, as the wheel names them."""
    found = (path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(package.parent).as_posix() for path in found}


def installed(wheel: Path, folder: Path) -> str:
    """The Python of a fresh environment that has the wheel and what it needs, and no more."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "environment")], check=True)
    python = folder / "environment" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", str(wheel)], check=True, env=clean())
    return str(python)


def clean() -> dict[str, str]:
    """The environment's variables, without those that would have Python find the sources."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def try_installed(python: str, folder: Path, version: str) -> None:
    """Run the README's twelve lines and the self-check from a folder that is none of the project's."""

    def printed(*arguments: str) -> str:
        command = [python, "-W", "error", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=clean()).stdout

    where = printed("-c", "import attractorbind as ab; print(ab.__version__, ab.__file__)").split()
    assert where[0] == version, f"it calls itself {where[0]}, not {version}"
    assert Path(where[1]).is_relative_to(folder.resolve()), f"the sources were imported, not the wheel: {where[1]}"
    blocks = re.findall(r"^```python\n(.*?)^```.*?^```text\n(.*?)^```", (ROOT / "README.md").read_text(), re.S | re.M)
    assert printed("-c", blocks[0][0]) == blocks[0][1], "the README's first lines print something else"
    before = processor_seconds()
    told = printed("-m", "attractorbind")
    took = processor_seconds() - before
    print(told, end="")
    assert told.startswith(f"attractorbind {version}, ")
    assert "passed" in told
    assert took < LONGEST_CHECK, f"python -m attractorbind took {took:.1f} s of processors, more than {LONGEST_CHECK}"


def processor_seconds() -> float:
    """What all programs that were started and have ended took of processors, whatever else ran meanwhile."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
