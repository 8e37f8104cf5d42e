import contextlib
import io
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_examples_print_what_the_readme_shows() -> None:
    blocks = re.findall(r"```python\n(.*?)```.*?```text\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == README.count("```python") == 4
    names: dict = {}
    for code, shown in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), names)
        assert printed.getvalue() == shown


def test_it_has_two_set_up_commands_and_ci_runs_these() -> None:
    commands = [command.strip() for command in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
    assert len(commands) == 2
    assert commands[0].endswith("demos/bind_sentences.py")
    assert commands[1].endswith("pytest")
    (extraction,) = re.findall(r"^awk .*$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    extracted = subprocess.run(
        ["bash", "-c", extraction.split(" | ")[0]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert extracted.stdout.split("\n")[:-1] == commands


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE"])
def test_files_that_the_project_promises_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500
