"""Every code block in the README and in the documentation prints what it shows, and what they name is there."""

import contextlib
import importlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import attractorbind as ab

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").glob("*.md") if not page.is_symlink())]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def printed_by(code: str, names: dict, where: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, where, "exec"), names)
    return printed.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_blocks_print_what_the_page_shows(page: Path) -> None:
    blocks = BLOCK.findall(page.read_text())
    assert page.read_text().count("```") == 2 * len(blocks)
    # What a file holds, as the README tells its users, is a block of another kind.
    assert {language for language, _ in blocks} <= {"python", "text", "sh", "console", "bibtex"}
    names: dict = {"__name__": "__main__"}
    for place, (language, code) in enumerate(blocks):
        if language == "python":
            following = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
            assert printed_by(code, names, page.name) == (following[1] if following[0] == "text" else "")


def test_the_cells_of_the_quick_tour_make_a_script() -> None:
    cells = json.loads((ROOT / "notebooks" / "00_quick_tour.ipynb").read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    streams = [output for cell in code for output in cell["outputs"] if output["output_type"] == "stream"]
    script = "\n".join("".join(cell["source"]) for cell in code)
    assert len(streams) > 5
    assert printed_by(script, {"__name__": "__main__"}, "script") == "".join("".join(each["text"]) for each in streams)


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_are_kept_as_they_ran(notebook: Path) -> None:
    cells = json.loads(notebook.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    kinds = [output["output_type"] for cell in code for output in cell["outputs"]]
    assert kinds
    assert not {"error"} & set(kinds)
    assert "stderr" not in [output.get("name") for cell in code for output in cell["outputs"]]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    for part in ("**The question.**", "**The claim.**", "## Exercise", "## A solution"):
        assert part in text


def test_the_reference_has_every_public_name_once() -> None:
    documented = re.findall(r"^::: (\S+)$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    rooms = ("testing", "plotting", "learning", "learning.costs", "gating", "spatial", "tasks", "actr")
    modules = [f"attractorbind.{room}" for room in rooms]
    names = {f"attractorbind.{name}" for name in vars(ab) if not name.startswith("_")}
    for module in modules:
        names |= {f"{module}.{name}" for name in vars(importlib.import_module(module)) if not name.startswith("_")}
    assert sorted(documented) == sorted(names - set(modules))


def test_the_tests_and_benchmarks_that_are_cited_exist() -> None:
    cited = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "status.md").read_text())
    assert len(cited) > 20
    for file, test in cited:
        assert f"def {test}(" in (ROOT / file).read_text()
    for page in PAGES:
        for file in re.findall(r"(?:benchmarks|demos|tests)/[\w/]+\.(?:py|txt)", page.read_text()):
            assert (ROOT / file).exists(), f"{page.name}: {file}"


def test_it_has_two_set_up_commands_and_ci_runs_these() -> None:
    commands = [command.strip() for command in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
    assert len(commands) == 2
    assert commands[0].endswith("demos/bind_sentences.py")
    assert commands[1].endswith(".venv/bin/nox")
    (extraction,) = re.findall(r"^awk .*$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    extracted = subprocess.run(
        ["bash", "-c", extraction.split(" | ")[0]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert extracted.stdout.split("\n")[:-1] == commands


def test_the_sessions_that_are_cited_exist() -> None:
    command = [sys.executable, "-m", "nox", "--list"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    sessions = set(re.findall(r"^[*-] (\w+)", listed, re.MULTILINE))
    pages = [*PAGES, ROOT / "CONTRIBUTING.md"]
    cited = {name for page in pages for name in re.findall(r"nox -s (\w+)", page.read_text())}
    assert {"tests", "slow"} <= cited <= sessions


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE"])
def test_files_that_the_project_promises_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500


def test_every_page_and_notebook_is_in_the_navigation_once() -> None:
    listed = re.findall(r"^ +- .*: (\S+\.(?:md|ipynb))$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    pages = [page.name for page in (ROOT / "docs").glob("*.md")]
    notebooks = [f"notebooks/{notebook.name}" for notebook in (ROOT / "notebooks").glob("*.ipynb")]
    assert sorted(listed) == sorted([*pages, *notebooks])
