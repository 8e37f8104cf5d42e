"""The demos, run as a user runs them, on small input."""

import importlib.util
import random
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

DEMOS = Path(__file__).parent.parent / "demos"


def demo(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(name, DEMOS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


bind_sentences = demo("bind_sentences")


def totals(printed: str) -> dict[str, str]:
    return {name: value.strip() for name, value in re.findall(r"^([a-z][a-z ]+?)  +(\S.*)$", printed, re.MULTILINE)}


@pytest.mark.parametrize("options", [[], ["--noise", "0.02"], ["--rule", "pseudo-inverse", "--activity", "0.1"]])
def test_a_story_comes_back_from_its_places(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bind_sentences.main(["--limit", "8", "--units", "256", *options]) == 0
    printed = capsys.readouterr().out
    found = totals(printed)
    assert found["sentences"] == "8"
    assert found["bindings"] == "53"
    assert found["wrong bindings"] == "0"
    assert "place 1=dawn  place 2=old" in printed
    assert "focus <- arg('word 1')" in printed


def test_wrong_bindings_are_counted_and_set_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert bind_sentences.main(["--limit", "4", "--units", "128", "--noise", "0.3", "--activity", "0.1"]) == 1
    printed = capsys.readouterr().out
    assert int(totals(printed)["wrong bindings"]) > 0
    assert "reads as" in printed


def test_numbers_and_questions_of_a_numbered_text_are_dropped(tmp_path: Path) -> None:
    text = tmp_path / "numbered.txt"
    text.write_text("1 Mary moved.\n2 Where is Mary?\tbathroom\t1\n3 Where is John? |hall|2\n1 John's cat-like walk.\n")
    assert bind_sentences.read_sentences(text) == [("mary", "moved"), ("john's", "cat-like", "walk")]


def test_sentences_longer_than_the_places_are_bound_in_pieces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "long.txt"
    text.write_text("one two three four five\nsix\n")
    assert bind_sentences.main([str(text), "--places", "2", "--units", "256"]) == 0
    found = totals(capsys.readouterr().out)
    assert found["sentences"] == "2 (in 4 pieces)"
    assert found["bindings"] == "6"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["there is no such file"], "No such file"),
        (["--activity", "3"], "activity"),
        (["--noise", "nan", "--limit", "1"], "noise"),
        (["--units", "1", "--limit", "1"], "units of buffer"),
        (["--limit", "0"], "no words"),
    ],
)
def test_bad_options_are_named(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert bind_sentences.main(arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.slow
def test_two_thousand_different_words_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"word{number}" for number in range(2000)]
    random.Random(0).shuffle(words)
    text = tmp_path / "words.txt"
    text.write_text("\n".join(" ".join(words[i : i + 8]) for i in range(0, 2000, 8)))
    assert bind_sentences.main([str(text)]) == 0
    found = totals(capsys.readouterr().out)
    assert found["bindings"] == found["words in vocabulary"] == "2000"
    assert found["wrong bindings"] == "0"
