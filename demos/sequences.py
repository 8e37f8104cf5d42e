"""Learn the lines of a text as sequences, and replay a line from any of its words.

Every word is one snapshot of three buffers: its line, its position in it, and the word. The positions are chained by
snapshots of their own, of a position and the one that follows. Both are taken once, as the network reads. Cued with a
word, the network recalls where it was last read; then it goes on from position to position, and recalls what stands
there in the same line, until a recall comes back empty.

    python demos/sequences.py my_text.txt --from heron --from moon --noise 0.02
"""

import argparse
import re
import sys
import textwrap
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import jax
from texts import read_text_lines

import attractorbind as ab

TEXT = Path(__file__).parent / "sequences.txt"
WORDS, POSITIONS = "words", "positions"
PARTS = ("line", "position", "word")
END = "end of line"
Lines = dict[str, list[str]]


def position(index: int) -> str:
    return f"position {index + 1}"


@ab.procedure
def advance() -> ab.Program:
    """Go to the next position; after the last one the buffer is left empty."""
    return ab.recall(POSITIONS, ["position"], into=["next"]) + ab.copy("next", "position")


@ab.procedure
def learn_positions(count: int) -> ab.Program:
    """Read the positions, and chain each to the next."""
    link = ab.read("next") + ab.store(POSITIONS, ["position", "next"]) + ab.copy("next", "position")
    return ab.read("position") + ab.repeat(count - 1, link)


@ab.procedure
def learn_line(longest: int) -> ab.Program:
    """Read a line's words, each into a snapshot."""
    learn = ab.store(WORDS, PARTS) + advance() + ab.read("word")
    return ab.load("position", position(0)) + ab.read("word") + ab.until(ab.holds("word", END), learn, limit=longest)


def learning_program(lines: int, longest: int) -> ab.Program:
    """Read the positions, then line after line."""
    learn_all = ab.until(ab.empty("line"), learn_line(longest) + ab.read("line"), limit=lines)
    return learn_positions(longest) + ab.read("line") + learn_all


def replaying_program(longest: int) -> ab.Program:
    """Put out where the word asked for was read last, and the line from there."""
    find = ab.load("word", ab.arg("asked")) + ab.recall(WORDS, ["word"], into=["line", "position"])
    go_on = ab.emit("word") + advance() + ab.recall(WORDS, ["line", "position"], into=["word"])
    return find + ab.emit("line") + ab.emit("position") + ab.until(ab.empty("word"), go_on, limit=longest)


def read_lines(path: Path) -> Lines:
    """The words of every line of a text, by the line's name."""
    lines = {
        f"line {number}": words
        for number, line in enumerate(read_text_lines(path), 1)
        if (words := re.findall(r"\w[\w'’-]*", line.lower()))
    }
    if not lines:
        raise ab.ArgumentError(f"there are no words in {path}; give lines of words")
    return lines


def build_network(lines: Lines, longest: int, units: int, seed: int) -> ab.Network:
    """The buffers of both kinds of snapshot, and a memory for each kind."""
    words = [*chain(*lines.values())]
    return ab.build(
        ab.Vocabulary(dict.fromkeys([*lines, *map(position, range(longest)), END, *words])),
        buffers=dict.fromkeys([*PARTS, "next"], units),
        relays=[("next", "position")],
        areas=[
            ab.SnapshotMemory(WORDS, PARTS, capacity=len(words)),
            ab.SnapshotMemory(POSITIONS, ["position", "next"], capacity=longest),
        ],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def expected(lines: Lines, asked: str) -> list[str]:
    """What should come out, in plain Python: where the word stands last, and the line from there."""
    found = [(line, i) for line, words in lines.items() for i, word in enumerate(words) if word == asked]
    line, index = found[-1]
    return [line, position(index), *lines[line][index:]]


def told(answer: Sequence[str | None]) -> str:
    line, position, *words = map(str, answer)
    return f"{line}, {position}: {' '.join(words)}"


def replay(options: argparse.Namespace) -> int:
    lines = read_lines(options.file)
    known = list(dict.fromkeys(chain(*lines.values())))
    asked = [word.lower() for word in options.words or known]
    for word in asked:
        if word not in known:
            listed = textwrap.shorten(", ".join(known), 300, placeholder=" ...")
            raise ab.UnknownNameError(f"the word {word!r} is not in {options.file}; its words are {listed}")
    longest = max(map(len, lines.values()))
    network = build_network(lines, longest, options.units, options.seed)
    learning = learning_program(len(lines), longest).compile(network)
    replaying = replaying_program(longest).compile(network)
    if options.listing:
        print(f"{learning}\n\n{replaying}")
    started, keys = time.perf_counter(), jax.random.split(jax.random.key(options.seed))
    text = [*map(position, range(longest)), *(token for name, words in lines.items() for token in (name, *words, END))]
    learned = ab.run(network, learning, inputs=text, noise=options.noise, key=keys[0], throw=False)
    trace = ab.run(
        network, replaying, learned.state, args={"asked": asked}, noise=options.noise, key=keys[1], throw=False
    )
    right = 0
    for word, given in zip(asked, trace.outputs, strict=True):
        wanted = expected(lines, word)
        right += given == wanted
        print(f"{word}: {told(given)}" + f" (expected: {told(wanted)})" * (given != wanted))
    seconds = time.perf_counter() - started
    print(f"{right} of {len(asked)} words replayed right, {len(lines)} lines, {seconds:.1f} s with compiling")
    return 0 if right == len(asked) else 1


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=TEXT, help="the text; a few lines if none is given")
    parser.add_argument(
        "--from", dest="words", action="append", metavar="WORD", help="where to begin; without, every word in turn"
    )
    parser.add_argument("--units", type=int, default=256, help="units of a buffer (%(default)s)")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit flips, a tick (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of codes and noise (%(default)s)")
    parser.add_argument("--listing", action="store_true", help="print the programs")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    try:
        return replay(parse_options(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"sequences: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
