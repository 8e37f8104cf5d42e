"""The demos, run as a user runs them, on small input."""

import importlib.util
import random
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

DEMOS = Path(__file__).parents[2] / "demos"
# The demos import each other.
sys.path.append(str(DEMOS))


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
    # The sizes of the story with noise above, for which nothing need be compiled.
    assert bind_sentences.main(["--limit", "8", "--units", "256", "--noise", "0.3", "--activity", "0.1"]) == 1
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
        (["--limit", "0"], "--limit is 0"),
        (["--seed", "-1"], "--seed is -1"),
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


scan, deduction = demo("scan"), demo("deduction")


@pytest.mark.parametrize("noise", ["0", "0.02"])
def test_scan_carries_out_its_own_commands(noise: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert scan.main(["--batch", "16", "--noise", noise, "--listing"]) == 0
    printed = capsys.readouterr().out
    found = totals(printed)
    assert (found["commands"], found["right"]) == ("14", "14")
    assert found["longest output"] == "11 actions"
    assert "if holds('word', 'opposite')" in printed


def test_scan_tells_what_went_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = tmp_path / "commands.txt"
    commands.write_text("IN: walk left OUT: I_WALK\nIN: jump OUT: I_JUMP\n")
    assert scan.main([str(commands), "--batch", "16"]) == 1
    printed = capsys.readouterr().out
    assert "walk left: I_TURN_LEFT I_WALK" in printed
    assert totals(printed)["right"] == "1"


@pytest.mark.parametrize(
    ("text", "told"),
    [("IN: walk", "line 1"), ("", "no commands"), ("IN: walk softly OUT: I_WALK", "unknown symbol 'softly'")],
)
def test_scan_names_what_it_cannot_read(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = tmp_path / "commands.txt"
    commands.write_text(text)
    assert scan.main([str(commands), "--batch", "16"]) == 2
    assert told in capsys.readouterr().err


def reachable(facts: list[tuple[str, str]], thing: str) -> set[str]:
    """What follows from the facts, in Python."""
    found = {thing}
    while grown := {kind for a, kind in facts if a in found} - found:
        found |= grown
    return found


def test_deduction_finds_what_follows_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # A fork, a join, a circle and a thing apart.
    facts = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "a"), ("e", "f")]
    text = tmp_path / "facts.txt"
    text.write_text("# facts\n" + "\n".join(f"{thing} : {kind}" for thing, kind in facts))
    assert deduction.main([str(text), "--units", "128"]) == 0
    told = set(re.findall(r"^is (\w) (\w)\? yes", capsys.readouterr().out, re.MULTILINE))
    assert told == {(a, b) for a in "abcdef" for b in reachable(facts, a) - {a}}


def test_deduction_answers_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--ask", "socrates", "animal", "--ask", "rex", "human", "--noise", "0.02", "--listing"]
    assert deduction.main(asked) == 0
    printed = capsys.readouterr().out
    assert "is socrates animal? yes" in printed
    assert "is rex human? no" in printed
    assert "if equal('goal', 'thing 0')" in printed


def test_deduction_names_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "facts.txt"
    for wrong, told in (("socrates human", "line 1"), ("# nothing", "no facts")):
        text.write_text(wrong)
        assert deduction.main([str(text)]) == 2
        assert told in capsys.readouterr().err
    assert deduction.main(["--ask", "rex", "anmal"]) == 2
    assert "no fact about 'anmal'" in capsys.readouterr().err
    text.write_text("a : a")
    assert deduction.main([str(text)]) == 2
    assert "nothing to ask" in capsys.readouterr().err


question_answering = demo("question_answering")


@pytest.mark.parametrize("options", [[], pytest.param(["--noise", "0.02", "--units", "512"], marks=pytest.mark.slow)])
def test_questions_about_stories_are_answered(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert question_answering.main(["--show", "20", *options]) == 0
    printed = capsys.readouterr().out
    assert "Where is the lamp? attic" in printed
    assert "Is Ben in the cellar? yes" in printed
    assert "What is pip afraid of? owl" in printed
    assert "12 of 12 questions right (100.00%)" in printed


def test_a_wrong_answer_is_shown_and_sets_the_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "story.txt"
    text.write_text(
        "1 Ann went to the hall.\n2 Where is Ann?\tattic\t1\n3 Where is Ben?\thall\t1\n4 Where is Ann? |hall|1\n"
    )
    assert question_answering.main([str(text)]) == 1
    printed = capsys.readouterr().out
    assert "Where is Ann? hall (expected: attic)" in printed
    # Of Ben the story says nothing, and nothing is made up.
    assert "Where is Ben? None (expected: hall)" in printed
    assert "story.txt: 1 of 3 questions right" in printed


@pytest.mark.slow
def test_a_question_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert question_answering.main(["--explain", "4"]) == 0
    printed = capsys.readouterr().out
    assert "form=put down, actor=ben, object=lamp" in printed
    assert "recall('episodes', cue=['form', 'actor'], into=['place'], older=True)" in printed
    assert "form->episodes, actor->episodes, episodes->place, episodes:older" in printed
    assert "answer: attic (expected: attic)" in printed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no questions"),
        ("1 Ann went to the hall.\n", "no questions"),
        ("1 Ann flew to the hall.\n2 Where is Ann?\thall\n", "line 1"),
        ("1 Ann went to the hall.\n2 Where is Ann?\n", "line 2"),
        ("1 Ann went to the hall.\thall\n2 Where is Ann?\thall\n", "line 1"),
        ("Ann went to the hall.\n", "line 1"),
    ],
)
def test_what_is_no_story_is_refused(text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = tmp_path / "story.txt"
    story.write_text(text)
    assert question_answering.main([str(story)]) == 2
    assert told in capsys.readouterr().err
    assert question_answering.main(["--explain", "99"]) == 2
    assert "questions 1 to 12" in capsys.readouterr().err
