"""Failing programs are cut down to what fails: told by predicates on their text, without any network."""

import re

import pytest

import attractorbind as ab
from attractorbind.testing._shorten import simplest

BUFFERS, SYMBOLS = ["a", "b", "c"], ["dog", "cat", "yak"]
LONG = ab.read("c") + ab.when(
    ab.equal("c", "b") & ~ab.empty("a"),
    ab.repeat(3, ab.hold(7) + ab.move("c", "b")),
    ab.until(ab.holds("b", "yak"), ab.swap("b", "c") + ab.emit("c"), limit=3),
)


def told(program: ab.Program) -> list[str]:
    """Its lines, the buffers named in the order in which they occur."""
    order = dict.fromkeys(re.findall(r"'([abc])'", str(program)))
    new = dict(zip(order, BUFFERS, strict=False))
    return re.sub(r"'([abc])'", lambda found: repr(new[found[1]]), str(program)).splitlines()


@pytest.mark.parametrize(
    ("contains", "expected"),
    [
        # Whatever there is, one instruction will do, the first that is left.
        ((), ["copy('a', 'b')"]),
        (("hold",), ["hold()"]),
        (("repeat",), ["repeat 1:", "    copy('a', 'b')"]),
        (("repeat", "hold"), ["repeat 1:", "    hold()"]),
        (("emit",), ["emit('a')"]),
        (("until",), ["until holds('a', 'dog'), at most 1 times:", "    emit('a')"]),
        (("copy",), ["copy('a', 'b')"]),
        (("move",), ["move('a', 'b')"]),
        (("swap",), ["swap('a', 'b')"]),
        (("empty",), ["when ~empty('a'):", "    nothing"]),
        (("~",), ["when ~empty('a'):", "    nothing"]),
        (("&",), ["when (equal('a', 'b') & ~empty('b')):", "    nothing"]),
        (("read", "swap"), ["read('a')", "swap('b', 'a')"]),
        (("load", "emit"), ["emit('a')", "load('a', 'dog')"]),
    ],
)
def test_what_is_left_is_what_fails(contains, expected):
    assert all(word in str(LONG) or word in ("copy", "load") for word in contains)

    def fails(program: ab.Program) -> bool:
        text = str(program)
        idle = re.search(r"\('(.)', '\1'", text) or re.search(r"(repeat|until).*\n +nothing", text)
        return not idle and all(word in text for word in contains)

    start = LONG if fails(LONG) else LONG + ab.copy("b", "c") + ab.load("c", "yak")
    left = simplest(start, fails, buffers=BUFFERS, symbols=SYMBOLS)
    assert told(left) == expected


def test_an_earlier_name_takes_the_place_of_a_later_one_everywhere():
    program = ab.repeat(2, ab.load("c", "yak") + ab.copy("c", "b") + ab.when(ab.empty("c"), ab.emit("c")))

    def fails(program: ab.Program) -> bool:
        return all(word in str(program) for word in ("repeat", "load", "copy", "emit"))

    left = simplest(program, fails, buffers=BUFFERS, symbols=SYMBOLS)
    assert told(left) == ["repeat 1:", "    load('a', 'dog')", "    copy('a', 'b')", "    emit('a')"]


def test_a_large_vocabulary_is_not_gone_through():
    asked = 0

    def fails(program: ab.Program) -> bool:
        nonlocal asked
        asked += 1
        return "s999" in str(program)

    symbols = [f"s{number}" for number in range(1000)]
    left = simplest(ab.load("a", "s999") + ab.hold(), fails, buffers=BUFFERS, symbols=symbols)
    assert str(left) == "load('a', 's999')"
    assert asked < 30


def test_what_cannot_be_carried_out_does_not_count_as_failing():
    def fails(program: ab.Program) -> bool:
        if len(program.statements) < 2:
            raise ab.ProgramError("too short")
        return True

    left = simplest(ab.hold(2) + ab.load("b", "cat") + ab.clear("c"), fails, buffers=BUFFERS, symbols=SYMBOLS)
    assert len(left.statements) == 2
