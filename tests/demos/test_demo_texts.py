"""Files that the demos are given and that are not plain UTF-8: read, or named with their encoding in a short error."""

import codecs
import importlib
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DEMOS = Path(__file__).parents[2] / "demos"
# The demos import each other.
sys.path.append(str(DEMOS))
NAMES = ["bind_sentences", "deduction", "lists", "question_answering", "scan", "sequences", "trees"]
# What reads a file, by its demo, and a file that it reads.
READERS = {
    "bind_sentences": ("read_sentences", "story.txt"),
    "deduction": ("read_facts", "facts.txt"),
    "lists": ("read_lines", "lists.txt"),
    "question_answering": ("read_stories", "stories.txt"),
    "scan": ("read_commands", "commands.txt"),
    "sequences": ("read_lines", "sequences.txt"),
    "trees": ("read_trees", "trees.txt"),
}


@pytest.fixture(params=NAMES)
def demo(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def read(demo: ModuleType, path: Path) -> Any:
    return getattr(demo, READERS[demo.__name__][0])(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_changes_nothing(demo: ModuleType, encoding: str, tmp_path: Path) -> None:
    own = DEMOS / READERS[demo.__name__][1]
    marked = tmp_path / "marked.txt"
    marked.write_bytes(own.read_text(encoding="utf-8").encode(encoding))
    assert read(demo, marked) == read(demo, own)


CONTENTS = {
    "Latin-1": ("caf\u00e9 au lait".encode("latin-1"), "UTF-8"),
    "UTF-16 without a mark": ("the dog sleeps".encode("utf-16-le"), "UTF-8"),
    "UTF-32": (codecs.BOM_UTF32_LE + "the dog".encode("utf-32-le"), "UTF-8"),
    "half a character of UTF-16": (codecs.BOM_UTF16_LE + b"a\0b", "UTF-16"),
    "random bytes": (random.Random(0).randbytes(5000), "UTF-8"),
    "a line of 1 MB": (b"dog " * 250_000, "line 1 of"),
    "a word of 1 MB": (b"a" * 1_000_000, "line 1 of"),
}


@pytest.mark.parametrize("content", list(CONTENTS))
def test_what_is_no_text_is_told_in_short(
    demo: ModuleType, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, told = CONTENTS[content]
    path = tmp_path / "input.txt"
    path.write_bytes(given)
    assert demo.main([str(path)]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert str(path)[-20:] in said
    assert len(said) <= 300 + len(f"{demo.__name__}: \n")


def test_names_of_files_are_told_in_short(demo: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("x" * 5000, str(DEMOS)):
        assert demo.main([path]) == 2
        assert len(capsys.readouterr().err) <= 300 + len(f"{demo.__name__}: \n")


def test_characters_that_are_composed_in_two_ways_are_one(tmp_path: Path) -> None:
    path = tmp_path / "input.txt"
    path.write_text("caf\u00e9 : drink\ncafe\u0301 : place\n", encoding="utf-8")
    assert importlib.import_module("deduction").read_facts(path) == [("caf\u00e9", "drink"), ("caf\u00e9", "place")]
