"""The demos of lists, trees and sequences, run as a user runs them, on small input."""

import importlib
import random
import re
import sys
from pathlib import Path

import pytest

DEMOS = Path(__file__).parents[2] / "demos"
# The demos import each other.
sys.path.append(str(DEMOS))
lists, trees, sequences = map(importlib.import_module, ("lists", "trees", "sequences"))

NOISE = pytest.mark.parametrize("noise", ["0", pytest.param("0.02", marks=pytest.mark.slow)])
SEEDS = pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
Printed = pytest.CaptureFixture[str]


def answers(printed: str) -> list[list[str]]:
    """What was printed for every line: what went in, and what came out."""
    return [line.rsplit(": ", 1) for line in printed.splitlines()[:-1]]


def dealt_anew(lines: list[list[str]], seed: int) -> list[list[str]]:
    """All words of the lines, shuffled: other lines of the same lengths, for which nothing need be compiled."""
    words = [word for line in lines for word in line]
    random.Random(seed).shuffle(words)
    return [[words.pop() for _ in line] for line in lines]


def random_brackets(length: int, draw: random.Random) -> str:
    """Brackets of which most match, perhaps with one that was exchanged."""
    line, closing = [], []
    for _ in range(length):
        if closing and draw.random() < 0.5:
            line.append(closing.pop())
        else:
            line.append(draw.choice("([{"))
            closing.append({"(": ")", "[": "]", "{": "}"}[line[-1]])
    line = (line + closing[::-1])[:9]
    if draw.random() < 0.4:
        line[draw.randrange(len(line))] = draw.choice("()[]{}")
    return "".join(line)


def balanced(line: str) -> bool:
    """The pushdown automaton, with Python's list."""
    stack: list[str] = []
    for sign in line:
        if sign in "([{":
            stack.append(sign)
        elif not stack or stack.pop() + sign not in ("()", "[]", "{}"):
            return False
    return not stack


@NOISE
def test_lists_reverse_lines_and_check_brackets(noise: str, capsys: Printed) -> None:
    assert lists.main(["--noise", noise, "--listing"]) == 0
    printed = capsys.readouterr().out
    assert "\nreverse the cat sat on the mat: mat the on sat cat the\n" in printed
    assert "\nbalance ( ( [ ] ) [ ): no\n" in printed
    assert "\nbalance { [ ( ) ] } [ ]: yes\n" in printed
    assert "9 of 9 lines right" in printed
    assert "push('word', 'stack') > cons('word', 'stack', into='stack')" in printed
    assert "if equal('word', 'head')" in printed


@SEEDS
def test_lists_are_right_on_random_lines(seed: int, tmp_path: Path, capsys: Printed) -> None:
    words = [line.split() for line in lists.LINES.read_text().splitlines()[:4]]
    draw, text = random.Random(seed), tmp_path / "lines.txt"
    said = dealt_anew(words, seed)
    brackets = [random_brackets(draw.randint(1, 9), draw) for _ in range(5)]
    text.write_text("\n".join([*map(" ".join, said), *brackets]))
    assert lists.main([str(text), "--noise", "0.02", "--seed", str(seed)]) == 0
    expected = [" ".join(reversed(line)) for line in said] + ["yes" if balanced(line) else "no" for line in brackets]
    assert [out for _, out in answers(capsys.readouterr().out)] == expected


def test_lists_tell_what_went_wrong(capsys: Printed) -> None:
    assert lists.main(["--noise", "0.2"]) == 1
    printed = capsys.readouterr().out
    assert "(expected: mat the on sat cat the)" in printed
    assert not printed.splitlines()[-1].startswith("9 of 9")


def random_tree(leaves: list[str], draw: random.Random) -> tuple[str, str]:
    """A tree over these leaves, and its mirror image."""
    if len(leaves) == 1:
        return leaves[0], leaves[0]
    cut = draw.randint(1, len(leaves) - 1)
    (left, left_mirrored), (right, right_mirrored) = (random_tree(part, draw) for part in (leaves[:cut], leaves[cut:]))
    return f"( {left} {right} )", f"( {right_mirrored} {left_mirrored} )"


@NOISE
def test_trees_are_mirrored(noise: str, capsys: Printed) -> None:
    assert trees.main(["--noise", noise, "--listing"]) == 0
    printed = capsys.readouterr().out
    assert "\n( a ( b c ) ): ( ( c b ) a )\n" in printed
    assert "\nleaf: leaf\n" in printed
    assert ": ( ( ( ( ( ( ( ( ( 10 9 ) 8 ) 7 ) 6 ) 5 ) 4 ) 3 ) 2 ) 1 )\n" in printed
    assert "6 of 6 lines right" in printed
    assert "cons('left', 'right', into='word')" in printed


@pytest.mark.slow
@SEEDS
def test_trees_are_right_on_random_trees(seed: int, tmp_path: Path, capsys: Printed) -> None:
    leaves = [re.findall(r"[^\s()]+", line) for line in trees.TREES.read_text().splitlines()]
    draw, text = random.Random(seed), tmp_path / "trees.txt"
    drawn = [random_tree(line, draw) for line in dealt_anew(leaves, seed)]
    text.write_text("\n".join(tree.replace(" )", ")") for tree, _ in drawn))
    assert trees.main([str(text), "--noise", "0.02", "--seed", str(seed)]) == 0
    assert answers(capsys.readouterr().out) == [list(pair) for pair in drawn]


@NOISE
def test_sequences_are_replayed_from_every_word(noise: str, capsys: Printed) -> None:
    assert sequences.main(["--noise", noise, "--listing"]) == 0
    printed = capsys.readouterr().out
    assert "\nriver: line 5, position 2: river took the moon away\n" in printed
    assert "\nnine: line 2, position 8: nine\n" in printed
    assert "23 of 23 words replayed right, 5 lines" in printed
    assert "recall('positions', cue=['position'], into=['next'])" in printed


@pytest.mark.slow
@SEEDS
def test_sequences_are_right_on_random_lines(seed: int, tmp_path: Path, capsys: Printed) -> None:
    said = dealt_anew([*sequences.read_lines(sequences.TEXT).values()], seed)
    text = tmp_path / "text.txt"
    text.write_text("\n".join(map(" ".join, said)))
    expected = {}
    for number, line in enumerate(said, 1):
        for place in range(len(line)):
            expected[f"{line[place]}: line {number}, position {place + 1}"] = " ".join(line[place:])
    # Every word is followed from where it stands last.
    last = {told.partition(":")[0]: [told, rest] for told, rest in expected.items()}
    asked = [option for word in last for option in ("--from", word.upper())]
    assert sequences.main([str(text), "--noise", "0.02", "--seed", str(seed), *asked]) == 0
    assert answers(capsys.readouterr().out) == [*last.values()]


@pytest.mark.parametrize(
    ("demo", "text", "told"),
    [
        (lists, "\n \n", "there are no lines in"),
        (trees, "\n", "there are no trees in"),
        (trees, "( a b )\n\n( a ( b c )", "line 3 of"),
        (trees, "( a b ) )", "'( a b ) )'"),
        (trees, ")", "')'"),
        (trees, "(", "'('"),
        (trees, "( )", "'( )'"),
        (trees, "( a )", "'( a )'"),
        (trees, "(a b c)", "'( a b c )'"),
        (trees, "a b", "'a b'"),
        (trees, "(" * 5000, "( ( ( ...'"),
        (sequences, "... !\n", "there are no words in"),
    ],
)
def test_input_that_cannot_be_read_is_named(
    demo: object, text: str, told: str, tmp_path: Path, capsys: Printed
) -> None:
    path = tmp_path / "input.txt"
    path.write_text(text)
    assert demo.main([str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{demo.__name__}: ")
    assert told in said


@pytest.mark.parametrize("demo", [lists, trees, sequences])
def test_bad_options_are_named(demo: object, capsys: Printed) -> None:
    for arguments, told in (
        (["there is no such file"], "there is no such file"),
        (["--units", "1"], "units of buffer"),
        (["--noise", "2"], "noise is 2"),
    ):
        assert demo.main(arguments) == 2
        assert told in capsys.readouterr().err


def test_a_word_that_is_not_in_the_text_is_named(capsys: Printed) -> None:
    # A position is a symbol of the network, but no word of the text.
    for word in ("osprey", "position 1"):
        assert sequences.main(["--from", "heron", "--from", word]) == 2
        assert f"the word {word!r} is not in" in capsys.readouterr().err
