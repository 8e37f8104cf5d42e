"""Read binary trees from brackets into a network's snapshot memory, and put out their mirror images.

A node is a cell as in lists.py: a snapshot of its name, its left tree and its right tree. A tree is the name of a node,
or any other symbol, a leaf: one for which recall finds nothing. At ")" the right tree and the left are popped off the
stack, and a node made of them is pushed. Then the stack guides a walk: a leaf is put out, a node becomes "(", its right
tree, its left tree and ")".

    python demos/trees.py my_trees.txt --noise 0.02
"""

import argparse
import re
import sys
import textwrap
from pathlib import Path

from lists import Lines, cons, head, parse_options, pop, push, tail, work_through
from texts import read_text_lines

import attractorbind as ab

TREES = Path(__file__).parent / "trees.txt"
TURNED = {"(": ")", ")": "("}


@ab.procedure
def plant(longest: int) -> ab.Program:
    """Read a tree, and leave it alone on the stack."""
    join = pop("stack", "right") + pop("stack", "left") + cons("left", "right", into="word")
    grow = ab.when(ab.holds("word", ")"), join) + push("word", "stack")
    return ab.until(ab.empty("word"), ab.when(~ab.holds("word", "("), grow) + ab.read("word"), limit=longest)


@ab.procedure
def put_out_mirrored(longest: int) -> ab.Program:
    """Walk the tree on the stack, right before left."""
    node = tail("word", "right") + ab.load("word", "(") + ab.emit("word") + ab.load("word", ")")
    node += push("word", "stack") + push("left", "stack") + push("right", "stack")
    visit = pop("stack", "word") + head("word", "left") + ab.when(ab.empty("left"), ab.emit("word"), node)
    return ab.until(ab.empty("stack"), visit, limit=longest)


def tree_program(longest: int) -> ab.Program:
    """Plant a tree, then walk it."""
    return ab.read("word") + plant(longest) + put_out_mirrored(longest)


def check_tree(tokens: list[str], where: str) -> None:
    """Raise an error unless a line is one tree."""
    # How many whole trees were read so far: first outside of all brackets, then in each bracket that is still open.
    trees = [0]
    for token in tokens:
        if token == "(":
            trees.append(0)
            continue
        if token == ")" and (len(trees) == 1 or trees.pop() != 2):
            break
        trees[-1] += 1
    else:
        if trees == [1]:
            return
    line = textwrap.shorten(" ".join(tokens), 100, placeholder=" ...")
    raise ab.ArgumentError(f"{where} is {line!r}; a tree is a word or '( tree tree )', one a line")


def read_trees(path: Path) -> Lines:
    """The tokens of every line of a text."""
    trees = []
    for number, line in enumerate(read_text_lines(path), 1):
        if tokens := re.findall(r"[()]|[^\s()]+", line):
            check_tree(tokens, f"line {number} of {path}")
            trees.append(tokens)
    if not trees:
        raise ab.ArgumentError(f"there are no trees in {path}; a tree is a word or '( tree tree )', one a line")
    return trees


def mirrored(tokens: list[str]) -> list[str]:
    """What should come out, in plain Python."""
    return [TURNED.get(token, token) for token in reversed(tokens)]


def work_on_trees(options: argparse.Namespace) -> int:
    trees = read_trees(options.file)
    right = [mirrored(tree) for tree in trees]
    return work_through(trees, right, tree_program, ("word", "stack", "left", "right"), TURNED, options)


def main(arguments: list[str] | None = None) -> int:
    try:
        return work_on_trees(parse_options(__doc__, TREES, arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"trees: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
