"""Carry out SCAN's commands: words in, actions out, by one gating program.

A command's words are presented one after the other. The program parks each in a buffer of its own by what it is (verb,
manner, direction, count, for each of two clauses), and then reads the buffers to put out the actions. Every branch is
read from the network. The exit status is 1 if a command went wrong.

    python demos/scan.py commands.txt --noise 0.02

The format is that of SCAN (Lake & Baroni 2018): one command a line, "IN: jump twice OUT: I_JUMP I_JUMP".
"""

import argparse
import sys
import time
from pathlib import Path

import jax
from texts import read_text_lines
from tqdm import tqdm

import attractorbind as ab

COMMANDS = Path(__file__).parent / "commands.txt"
VERBS = {"walk": "I_WALK", "look": "I_LOOK", "run": "I_RUN", "jump": "I_JUMP"}
TURNS = {"left": "I_TURN_LEFT", "right": "I_TURN_RIGHT"}
WORDS = [*VERBS, *TURNS, "turn", "opposite", "around", "twice", "thrice", "and", "after"]
ROLES = ("verb", "manner", "direction", "count")
CLAUSES = ("first", "second")


def role(clause: str, name: str) -> str:
    return f"{clause} {name}"


@ab.procedure
def take(clause: str, name: str, *words: str) -> ab.Program:
    """If the word is one of these, park it and read the next."""
    is_expected = ab.holds("word", words[0])
    for word in words[1:]:
        is_expected |= ab.holds("word", word)
    return ab.when(is_expected, ab.copy("word", role(clause, name)) + ab.read("word"))


@ab.procedure
def parse(clause: str) -> ab.Program:
    """Read a clause's words into its buffers, up to the word behind it."""
    return (
        ab.read("word")
        + ab.copy("word", role(clause, "verb"))
        + ab.read("word")
        + take(clause, "manner", "opposite", "around")
        + take(clause, "direction", *TURNS)
        + take(clause, "count", "twice", "thrice")
    )


@ab.procedure
def say(buffer: str, meanings: dict[str, str]) -> ab.Program:
    """Put out the action that the word in a buffer stands for; nothing if it stands for none."""
    program = ab.Program()
    for word, action in meanings.items():
        program = ab.when(ab.holds(buffer, word), ab.load("action", action) + ab.emit("action"), program)
    return program


@ab.procedure
def perform_once(clause: str) -> ab.Program:
    """Turn as manner and direction ask, and act."""
    turn = say(role(clause, "direction"), TURNS)
    act = say(role(clause, "verb"), VERBS)
    manner = role(clause, "manner")
    return ab.when(
        ab.holds(manner, "around"), ab.repeat(4, turn + act), ab.when(ab.holds(manner, "opposite"), turn) + turn + act
    )


@ab.procedure
def perform(clause: str) -> ab.Program:
    """Act once, twice or thrice."""
    count, once = role(clause, "count"), perform_once(clause)
    return ab.when(
        ab.holds(count, "thrice"), ab.repeat(3, once), ab.when(ab.holds(count, "twice"), ab.repeat(2, once), once)
    )


def scan_program() -> ab.Program:
    """Read a whole command, then carry it out; 'after' turns the order round."""
    first, second = CLAUSES
    return (
        parse(first)
        + ab.copy("word", "conjunction")
        + ab.when(~ab.empty("conjunction"), parse(second))
        + ab.when(ab.holds("conjunction", "after"), perform(second))
        + perform(first)
        + ab.when(ab.holds("conjunction", "and"), perform(second))
    )


def build_network(units: int, seed: int) -> ab.Network:
    """A buffer for the word just read, one for every role of both clauses, one for the action."""
    parked = [role(clause, name) for clause in CLAUSES for name in ROLES] + ["conjunction"]
    return ab.build(
        ab.Vocabulary([*WORDS, *VERBS.values(), *TURNS.values()]),
        buffers=dict.fromkeys(["word", *parked, "action"], units),
        relays=[("word", buffer) for buffer in parked],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def read_commands(path: Path) -> list[tuple[list[str], list[str]]]:
    """The words of every command, and the actions that it should give."""
    commands = []
    for number, line in enumerate(read_text_lines(path), 1):
        if not line.strip():
            continue
        command, separator, actions = line.partition("OUT:")
        if not separator or not command.startswith("IN:"):
            raise ab.ArgumentError(f"line {number} of {path} is {line!r}; a line is 'IN: command OUT: actions'")
        commands.append((command.removeprefix("IN:").split(), actions.split()))
    if not commands:
        raise ab.ArgumentError(f"there are no commands in {path}; a line is 'IN: command OUT: actions'")
    return commands


def carry_out(options: argparse.Namespace) -> int:
    commands = read_commands(options.file)[: options.limit]
    if not commands or options.batch < 1:
        raise ab.ArgumentError(
            f"--limit {options.limit} and --batch {options.batch} leave nothing to do; give 1 or more"
        )
    network = build_network(options.units, options.seed)
    listing = scan_program().compile(network)
    if options.listing:
        print(listing)
    # Commands of the same length take about the same time, so the trials of a batch end together.
    order = sorted(range(len(commands)), key=lambda number: len(commands[number][0]))
    given: dict[int, list[str | None]] = {}
    key, started, compiled = jax.random.key(options.seed), time.perf_counter(), 0.0
    with tqdm(total=len(order), unit="command", disable=len(order) < 1000) as progress:
        for start in range(0, len(order), options.batch):
            numbers = order[start : start + options.batch]
            filled = numbers + numbers[:1] * (options.batch - len(numbers))
            trace = ab.run(
                network,
                listing,
                inputs=[commands[number][0] for number in filled],
                noise=options.noise,
                key=jax.random.fold_in(key, start),
                throw=False,
            )
            given.update(zip(numbers, trace.outputs, strict=False))
            progress.update(len(numbers))
            compiled = compiled or time.perf_counter() - started
    seconds = time.perf_counter() - started
    wrong = [number for number, (_, expected) in enumerate(commands) if given[number] != expected]
    for number in wrong[:10]:
        print(f"{' '.join(commands[number][0])}: {' '.join(str(action) for action in given[number])}")
    print(f"commands         {len(commands)}")
    print(f"right            {len(commands) - len(wrong)}")
    print(f"accuracy         {1 - len(wrong) / len(commands):.4f}")
    print(f"longest output   {max(map(len, given.values()))} actions")
    print(f"rows of program  {len(listing.labels)}")
    print(f"trials a second  {len(commands) / seconds:.1f} (first batch, with compilation: {compiled:.1f} s)")
    return 1 if wrong else 0


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=COMMANDS, help="commands; a few if none is given")
    parser.add_argument("--units", type=int, default=256, help="units of a buffer (%(default)s)")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit flips, a tick (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of codes and noise (%(default)s)")
    parser.add_argument("--batch", type=int, default=256, help="commands at once (%(default)s)")
    parser.add_argument("--limit", type=int, help="carry out only the first so many commands")
    parser.add_argument("--listing", action="store_true", help="print the program")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    try:
        return carry_out(parse_options(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"scan: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
