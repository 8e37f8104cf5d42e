"""What is installed: extras and versions as the pages tell them, and `python -m attractorbind`."""

import re
import tomllib
from pathlib import Path

import jax.numpy as jnp
import pytest

import attractorbind as ab
from attractorbind import __main__ as command

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| .* \| `pip install (?:'attractorbind|-e '\.)\[(\w+)\]'` \|$", re.MULTILINE)


def distributions(extra: str) -> set[str]:
    """What an extra brings, with what it brings by others."""
    found = set()
    for requirement in EXTRAS[extra]:
        own = re.fullmatch(r"attractorbind\[(.*)\]", requirement)
        parts = (
            [distributions(other) for other in own[1].split(",")] if own else [{re.split(r"[\[<>=]", requirement)[0]}]
        )
        found = found.union(*parts)
    return found


def test_the_page_has_every_extra_and_what_it_brings() -> None:
    rows = ROW.findall((ROOT / "docs" / "install.md").read_text())
    assert [name for name, _, _ in rows] == [line for _, _, line in rows]
    assert sorted(name for name, _, _ in rows) == sorted(EXTRAS)
    for name, brings, _ in rows:
        if name != "dev":
            assert set(brings.split(", ")) == distributions(name), name


def test_extras_that_errors_and_pages_name_are_there() -> None:
    files = [path for room in ("attractorbind", "demos", "docs") for path in (ROOT / room).rglob("*.[pm][yd]")]
    named = {file.name: re.findall(r"attractorbind\[([\w,]+)\]", file.read_text()) for file in files}
    assert sum(map(len, named.values())) > 15
    for file, extras in named.items():
        assert {extra for each in extras for extra in each.split(",")} <= {*EXTRAS}, file


def test_the_version_is_the_same_wherever_it_stands() -> None:
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {version}\n" in (ROOT / "CHANGELOG.md").read_text()
    assert f"attractorbind-{version}-py3-none-any.whl" in (ROOT / "docs" / "install.md").read_text()


def test_the_readme_is_short_and_in_order() -> None:
    readme = (ROOT / "README.md").read_text()
    assert readme.count("\n") <= 150
    parts = ["![", "```sh", "```python", "```text", "\n## Features", "\n## Where to go next", "\n## Citation"]
    places = [readme.index(part) for part in parts]
    assert places == sorted(places)
    example = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert example
    assert example[1].count("\n") <= 13


def test_the_command_says_what_is_installed_and_that_it_binds(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main() == 0
    printed = capsys.readouterr()
    assert [line.split()[0] for line in printed.out.splitlines()] == ["attractorbind", "jax", "devices:", "self-check:"]
    assert "passed" in printed.out
    assert not printed.err


def test_the_command_fails_where_a_relay_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = command.small_network()
    broken = sound.replace("focus", "agent", ab.Synapses(jnp.zeros((128, 128)), jnp.zeros(128)))
    monkeypatch.setattr(command, "small_network", lambda: broken)
    assert command.main() == 1
    printed = capsys.readouterr()
    assert "failed, 16 faults" in printed.out
    assert "buffer 'agent' holds None, not 'dog', where 'dog' was loaded" in printed.err


def test_the_command_fails_where_nothing_can_be_built(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> ab.Network:
        raise ab.NetworkError("no network")

    monkeypatch.setattr(command, "small_network", refused)
    assert command.main() == 1
    assert capsys.readouterr().err == "no network\n"
