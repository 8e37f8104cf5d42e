"""Reverse lines of words and check brackets, with linked lists that a network keeps in its snapshot memory.

A cell of a list is a snapshot of three buffers: its name, its head (an item) and its tail (the name of the next cell).
An empty buffer is the empty list. A buffer that holds a cell's name holds the list that begins there, and recall,
cued with that name, gives its head and its tail. Cells that are not in use form a list as well, the free list, which
begins at the cell in the buffer "free". The most recent snapshot of a cell is the one that counts.

A line of brackets is checked for balance: an opening one pushes what must close it, a closing one must equal what is
on top of the stack. Any other line is reversed: its words are pushed one by one, and popped until the list is empty.
The network reads the names of the free cells, then which of the two is asked, then the line.

    python demos/lists.py my_text.txt --noise 0.02
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

import jax
from texts import read_text_lines

import attractorbind as ab

LINES = Path(__file__).parent / "lists.txt"
MEMORY = "cells"
PARTS = ("cell", "head", "tail")
BRACKETS = {"(": ")", "[": "]", "{": "}"}
# Pushed for a closing bracket that none has opened. No bracket closes it, so the stack does not become empty again.
STRAY = "stray"
SIGNS = (*BRACKETS, *BRACKETS.values())
SYMBOLS = ("reverse", "balance", *SIGNS, STRAY, "yes", "no")
Lines = list[list[str]]


@ab.procedure
def release() -> ab.Program:
    """Put the cell in front of the free list."""
    return ab.copy("free", "tail") + ab.store(MEMORY, ["cell", "tail"]) + ab.copy("cell", "free")


@ab.procedure
def cons(first: str, rest: str, into: str) -> ab.Program:
    """Fill a free cell: a list of the item in one buffer, and then the list in another."""
    take = ab.copy("free", "cell") + ab.recall(MEMORY, ["cell"], into=["tail"]) + ab.copy("tail", "free")
    fill = ab.copy(first, "head") + ab.copy(rest, "tail") + ab.store(MEMORY, PARTS)
    return take + fill + ab.copy("cell", into)


@ab.procedure
def head(of: str, into: str) -> ab.Program:
    """The first item of a list; nothing of an empty one."""
    return ab.copy(of, "cell") + ab.recall(MEMORY, ["cell"], into=["head"]) + ab.copy("head", into)


@ab.procedure
def tail(of: str, into: str) -> ab.Program:
    """A list without its first item."""
    return ab.copy(of, "cell") + ab.recall(MEMORY, ["cell"], into=["tail"]) + ab.copy("tail", into)


@ab.procedure
def push(item: str, onto: str) -> ab.Program:
    """Put an item in front of a list."""
    return cons(item, onto, into=onto)


@ab.procedure
def pop(off: str, into: str) -> ab.Program:
    """Take the first item off a list that is not empty, and release its cell."""
    return head(off, into) + tail(off, off) + release()


@ab.procedure
def reverse(longest: int) -> ab.Program:
    """Push every word, then pop and put out every one."""
    push_all = ab.until(ab.empty("word"), push("word", "stack") + ab.read("word"), limit=longest)
    return push_all + ab.until(ab.empty("stack"), pop("stack", "word") + ab.emit("word"), limit=longest)


@ab.procedure
def balance(longest: int) -> ab.Program:
    """Put out whether every bracket is closed by one of its kind."""
    # `head` leaves the item from the top of the stack in the buffer "head", which has a relay to "word" to compare it.
    stray = ab.load("item", STRAY) + push("item", "stack")
    step = head("stack", "item") + ab.when(ab.equal("word", "head"), pop("stack", "item"), stray)
    for opening, closing in BRACKETS.items():
        step = ab.when(ab.holds("word", opening), ab.load("item", closing) + push("item", "stack"), step)
    check_all = ab.until(ab.empty("word"), step + ab.read("word"), limit=longest)
    verdict = ab.when(ab.empty("stack"), ab.load("item", "yes"), ab.load("item", "no"))
    return check_all + verdict + ab.emit("item")


def list_program(longest: int) -> ab.Program:
    """Do with a line what its first word asks for."""
    return ab.read("task") + ab.read("word") + ab.when(ab.holds("task", "reverse"), reverse(longest), balance(longest))


def build_network(symbols: Iterable[str], registers: tuple[str, ...], stores: int, units: int, seed: int) -> ab.Network:
    """A memory with room for so many stores, the parts of its cells, and registers joined to all of them."""
    both_ways = [pair for register in registers for part in PARTS for pair in ((register, part), (part, register))]
    return ab.build(
        ab.Vocabulary(dict.fromkeys(symbols)),
        buffers=dict.fromkeys([*PARTS, *registers], units),
        relays=both_ways,
        areas=[ab.SnapshotMemory(MEMORY, PARTS, capacity=stores)],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def work_through(
    lines: Lines,
    right: Lines,
    program: Callable[[int], ab.Program],
    registers: tuple[str, ...],
    symbols: Iterable[str],
    options: argparse.Namespace,
) -> int:
    """Run a trial for every line, print what comes of it and how many are right; 1 if one is wrong."""
    # No line here needs more cells than it has symbols, nor more than five stores for each.
    longest = max(map(len, lines))
    cells = [f"cell {number}" for number in range(1, longest + 1)]
    registers = ("free", *registers)
    network = build_network([*cells, *symbols, *chain(*lines)], registers, 5 * longest, options.units, options.seed)
    free_cells = ab.repeat(longest, ab.read("cell") + release())
    listing = (free_cells + program(longest)).compile(network)
    if options.listing:
        print(listing)
    started, key = time.perf_counter(), jax.random.key(options.seed)
    inputs = [[*cells, *line] for line in lines]
    trace = ab.run(network, listing, inputs=inputs, noise=options.noise, key=key, throw=False)
    seconds, count = time.perf_counter() - started, 0
    for line, given, wanted in zip(lines, trace.outputs, right, strict=True):
        count += given == wanted
        correction = "" if given == wanted else f" (expected: {' '.join(wanted)})"
        print(f"{' '.join(line)}: {' '.join(map(str, given))}{correction}")
    print(f"{count} of {len(lines)} lines right, {trace.ticks.max()} ticks, {seconds:.1f} s with compiling")
    return 0 if count == len(lines) else 1


def read_lines(path: Path) -> Lines:
    """For every line of a text the task, and then its words or brackets."""
    lines = []
    for words in map(str.split, read_text_lines(path)):
        if words:
            brackets = "".join(words)
            lines.append(["balance", *brackets] if set(brackets) <= {*SIGNS} else ["reverse", *words])
    if not lines:
        raise ab.ArgumentError(f"there are no lines in {path}; give lines of words or of brackets")
    return lines


def expected(task: str, *tokens: str) -> list[str]:
    """What should come out, in plain Python."""
    if task == "reverse":
        return [*reversed(tokens)]
    line = "".join(tokens)
    while any((pair := opening + closing) in line for opening, closing in BRACKETS.items()):
        line = line.replace(pair, "")
    return ["no" if line else "yes"]


def work_on_lists(options: argparse.Namespace) -> int:
    lines = read_lines(options.file)
    right = [expected(*line) for line in lines]
    registers = ("task", "word", "item", "stack")
    return work_through(lines, right, list_program, registers, SYMBOLS, options)


def parse_options(description: str | None, file: Path, arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=file, help="the lines; a few if none is given")
    parser.add_argument("--units", type=int, default=256, help="units of a buffer (%(default)s)")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit flips, a tick (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of codes and noise (%(default)s)")
    parser.add_argument("--listing", action="store_true", help="print the program")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    try:
        return work_on_lists(parse_options(__doc__, LINES, arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"lists: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
