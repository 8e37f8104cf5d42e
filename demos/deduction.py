"""Deduce what a thing is from a chain of facts, by production rules.

Facts are lines "thing : what it is". The facts lie in buffers, a pair for each, with a mark; a goal buffer holds the
thing that is looked at, a query buffer what the first one is asked to be. The productions, in order of precedence:

    if the goal equals the query                        then answer yes
    if the goal equals a fact's thing, not yet marked   then mark the fact as reached
    if a fact is marked as reached                      then make what it says the goal, and mark it as done
    if there is no answer                               then answer no

so everything that follows is looked at once. Every comparison is a harmony, every binding a copy.

    python demos/deduction.py facts.txt --ask socrates mortal --ask rex human
"""

import argparse
import sys
from pathlib import Path

import jax
from texts import read_text_lines

import attractorbind as ab

FACTS = Path(__file__).parent / "facts.txt"
WORDS = ("yes", "no", "reached", "done")


def read_facts(path: Path) -> list[tuple[str, str]]:
    """The pairs of a text, comments left out."""
    facts = []
    for number, line in enumerate(read_text_lines(path), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        thing, separator, kind = (part.strip() for part in line.partition(":"))
        if not separator or not thing or not kind:
            raise ab.ArgumentError(f"line {number} of {path} is {line!r}; a fact is 'thing : what it is'")
        facts.append((thing, kind))
    if not facts:
        raise ab.ArgumentError(f"there are no facts in {path}; a fact is 'thing : what it is'")
    return facts


def build_network(facts: list[tuple[str, str]], units: int, seed: int) -> ab.Network:
    """A buffer each for goal, query and answer; for every fact its thing, its kind and a mark."""
    names = sorted({name for fact in facts for name in fact})
    buffers, relays = ["goal", "query", "answer"], [("query", "goal")]
    for i in range(len(facts)):
        buffers += [f"thing {i}", f"kind {i}", f"mark {i}"]
        relays += [("goal", f"thing {i}"), (f"kind {i}", "goal")]
    return ab.build(
        ab.Vocabulary([*names, *(word for word in WORDS if word not in names)]),
        buffers=dict.fromkeys(buffers, units),
        relays=relays,
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def deduction_program(facts: list[tuple[str, str]]) -> ab.Program:
    """Load facts and question, then fire productions until there is an answer."""
    program = ab.load("goal", ab.arg("thing")) + ab.load("query", ab.arg("kind"))
    for i, (thing, kind) in enumerate(facts):
        program += ab.load(f"thing {i}", thing) + ab.load(f"kind {i}", kind)
    unanswered = ab.empty("answer")
    find = ab.production(when=unanswered & ab.equal("query", "goal"), then=ab.load("answer", "yes"))
    reach = [
        ab.production(
            when=unanswered & ab.empty(f"mark {i}") & ab.equal("goal", f"thing {i}"),
            then=ab.load(f"mark {i}", "reached"),
        )
        for i in range(len(facts))
    ]
    go_on = [
        ab.production(
            when=unanswered & ab.holds(f"mark {i}", "reached"),
            then=ab.copy(f"kind {i}", "goal") + ab.load(f"mark {i}", "done"),
        )
        for i in range(len(facts))
    ]
    give_up = ab.production(when=unanswered, then=ab.load("answer", "no"))
    # Every fact is reached and done once at the most; then comes the answer.
    return program + ab.cycle([find, *reach, *go_on, give_up], limit=2 * len(facts) + 1)


def deduce(options: argparse.Namespace) -> int:
    facts = read_facts(options.file)
    names = list(dict.fromkeys(name for fact in facts for name in fact))
    asked = options.ask or [(thing, kind) for thing in names for kind in names if thing != kind]
    for name in (name for question in asked for name in question):
        if name not in names:
            raise ab.UnknownNameError(f"there is no fact about {name!r}; the facts are about {', '.join(names)}")
    if not asked:
        raise ab.ArgumentError(f"{options.file} tells of one thing alone, so there is nothing to ask; give --ask")
    network = build_network(facts, options.units, options.seed)
    program = deduction_program(facts)
    if options.listing:
        print(program.compile(network))
    things, kinds = zip(*asked, strict=True)
    trace = ab.run(
        network,
        program,
        args={"thing": things, "kind": kinds},
        noise=options.noise,
        key=jax.random.key(options.seed),
    )
    for thing, kind, answer, ticks in zip(things, kinds, trace.decode()["answer"], trace.ticks, strict=True):
        if options.ask or answer == "yes":
            print(f"is {thing} {kind}? {answer} ({ticks} ticks)")
    print(f"{len(facts)} facts, {len(asked)} questions" + ("" if options.ask else ", only the answers 'yes' shown"))
    return 0


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=FACTS, help="facts, one a line; a few if none is given")
    parser.add_argument(
        "--ask",
        nargs=2,
        action="append",
        metavar=("THING", "KIND"),
        help="a question; without, all pairs are asked",
    )
    parser.add_argument("--units", type=int, default=256, help="units of a buffer (%(default)s)")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit flips, a tick (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of codes and noise (%(default)s)")
    parser.add_argument("--listing", action="store_true", help="print the program")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    try:
        return deduce(parse_options(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"deduction: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
