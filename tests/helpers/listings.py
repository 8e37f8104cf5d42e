"""What programs are compiled to, in full: each instruction on each kind of wiring, as text.

`tests/program/test_listings.py` compares the text with `listings.txt`, which people can read. Where what a program
compiles to is meant to change, `python listings.py` writes the file anew: read the difference before you keep it.
"""

import dataclasses
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import jax
import numpy as np

import attractorbind as ab
from attractorbind._program.assembler import Action
from attractorbind._program.condition import Question
from attractorbind._program.flow import flow
from attractorbind._program.statement import Instruction, Statement

KEPT = Path(__file__).with_suffix(".txt")

BUFFERS = dict.fromkeys(["a", "b", "c", "d"], 64)
INTO = ["a->b", "a->c"]


@ab.procedure
def bring(symbol: str, *, to: str) -> ab.Program:
    """A procedure of two copies."""
    return ab.load("a", symbol) + ab.copy("a", to) + ab.copy("a", to)


@ab.procedure
def bring_both(symbol: str, *, also: ab.Program, names: list[str], asked: ab.Condition) -> ab.Program:
    """A procedure in which another one stands, and which takes what is no name."""
    return bring(symbol, to=names[0]) + ab.when(asked, also)


class Both(ab.Condition):
    """A condition of one's own: two buffers hold something."""

    def __str__(self) -> str:
        return "both"

    def lower(self, assembler, yes, no, *, settle):
        """See `attractorbind.Condition.lower`."""
        second = assembler.label()
        ab.empty("a").decide(assembler, no, second, settle=settle)
        assembler.here(second)
        ab.empty("b").decide(assembler, no, yes, settle=False)


class Lost(ab.Condition):
    """A condition whose `lower` makes one of several mistakes."""

    def __init__(self, mistake: str) -> None:
        self.mistake = mistake

    def __str__(self) -> str:
        return "lost"

    def lower(self, assembler, yes, no, *, settle):
        """See `attractorbind.Condition.lower`."""
        if self.mistake == "label is never put down":
            ab.empty("a").decide(assembler, assembler.label(), no, settle=settle)
        elif self.mistake == "goes back":
            first, second = assembler.label(), assembler.label()
            assembler.here(first)
            ab.empty("a").decide(assembler, second, no, settle=settle)
            assembler.here(second)
            ab.empty("b").decide(assembler, yes, first, settle=False)
        elif self.mistake == "goes past its end":
            late = assembler.label()
            ab.empty("a").decide(assembler, yes, no, settle=settle)
            ab.empty("b").decide(assembler, late, no, settle=False)
            assembler.here(late)
        elif self.mistake == "does more than read":
            ab.hold().statements[0].lower(assembler, yes)
            ab.empty("a").decide(assembler, yes, no, settle=settle)
        elif self.mistake == "never says no":
            ab.empty("a").decide(assembler, yes, yes, settle=settle)


NO_OTHERWISE = ab.when(ab.holds("a", "s0"), ab.clear("b"))
NESTED = ab.when(
    ab.equal("a", "b") & ~ab.empty("c") | ab.holds("d", ab.arg("x")),
    ab.repeat(2, ab.until(ab.empty("a"), ab.clear("a") + ab.repeat(0, ab.hold()), limit=3) + ab.emit("a")),
    ab.when(~(ab.equal("b", "a") | ab.holds("d", ab.arg("x"))), ab.Program(), ab.copy("a", "b")),
)
RULES = {
    "a->b": ab.production(when=ab.holds("a", "s0"), then=ab.copy("a", "b") + ab.clear("a")),
    "a->c": ab.production(when=ab.holds("a", "s1"), then=ab.copy("a", "c")),
}

PROGRAMS = {
    "primitives": ab.gates(open={"a->b": 0.25, "b": 0.5, "c": 1}, closed=["a", "d"], ticks=3) + ab.gates(),
    "present": ab.present("a", "s1", ticks=2) + ab.present("b", ab.arg("x")) + ab.present("a", "s1"),
    "load": ab.load("a", "s0") + ab.load("b", ab.arg("x")) + ab.load("a", ab.arg("y")),
    "copies": ab.copy("a", "b") + ab.copy("b", "a") + ab.copy("a", "d"),
    "move, clear, hold": ab.move("a", "b") + ab.clear("b") + ab.hold() + ab.hold(2),
    "swap": ab.swap("a", "b") + ab.swap("b", "a"),
    "swap via": ab.swap("a", "b", via="c"),
    "swap via, far": ab.swap("a", "d", via="b"),
    "again": ab.copy("a", "b") * 2 + ab.hold() * 0 + 2 * ab.clear("a"),
    "streams": ab.read("a") + ab.read("a") + ab.emit("a") + ab.emit("b"),
    "when": NO_OTHERWISE + ab.when(ab.empty("a"), ab.hold(), ab.hold(2)),
    "gates that are flags": ab.gates(open={"a->b": True, "b": False}),
    "same question": NO_OTHERWISE + NO_OTHERWISE,
    "repeat, until": ab.repeat(3, ab.clear("a")) + ab.until(~ab.empty("a"), ab.load("a", "s2"), limit=0),
    "nested": NESTED + NESTED,
    "empty blocks": ab.when(ab.empty("a"), ab.Program()) + ab.hold(),
    "own condition": ab.when(Both(), ab.clear("a")),
    "procedures": bring("s0", to="b")
    + ab.emit("b")
    + bring_both("s1", also=ab.repeat(2, bring("s2", to="b")), names=["b", "c"], asked=ab.empty("a")),
    "straight procedures": bring("s0", to="b") + bring("s0", to="b"),
    "cycle": ab.cycle([*RULES.values()], limit=4),
}

# These need areas.
AREA_PROGRAMS = {
    "store": ab.store("memory", ["a", "c"]) + ab.store("memory", ["a"]),
    "recall": ab.recall("memory", cue=["a"]) + ab.recall("memory", cue=["a", "b"], into=["c"], older=True),
    "forget": ab.forget("memory", cue=["a"]) + ab.forget("memory", cue=["b", "c"], older=True),
    "see": ab.see("eyes") + ab.see("eyes", views=3) + ab.see("eyes", views=2, write=False) + ab.learn("eyes"),
    "imprint": ab.imprint_now("a") + ab.read("b", imprint=True),
    "choose gates": ab.choose("striatum", gates=INTO) + ab.choose("striatum", gates=INTO[:1], greedy=True),
    "choose one": ab.choose("striatum", one_of=INTO)
    + ab.choose("levers", one_of={"up": ab.hold(), "down": ab.hold(3)}),
    "choose programs": ab.choose("levers", gates={"up": ab.clear("a"), "down": ab.hold()}, greedy=True)
    + ab.when(ab.chosen("levers", "up"), ab.clear("b")),
    "choose among three": ab.choose("many", one_of=dict.fromkeys(["x", "y", "z"], ab.clear("a"))),
    "reward": ab.reward() + ab.reward(-0.5) + ab.reward(0.0) + ab.reward(0.25, when=ab.empty("a")),
    "reward through": ab.reward(1.0, through="out") + ab.next_reward() + ab.next_reward(through="out"),
    "episodes": ab.begin_episode("striatum"),
    "cycle by": ab.cycle(RULES, limit=2, by="striatum"),
    "several areas": ab.when(ab.chosen("many", "z"), ab.choose("out", one_of=["b->d", "c->d"]), ab.emit("d")),
}

# Each of them is an error, made when it is written or compiled.
WRONG: dict[str, Callable[[], ab.Program]] = {
    "nothing": lambda: ab.Program(),
    "many statements, too often": lambda: (ab.hold() * 3) * 2**19,
    "two buffers in cue and into": lambda: ab.recall("memory", cue=["a", "b"], into=["b", "a"]),
    "swap of one buffer": lambda: ab.swap("a", "a"),
    "swap via itself": lambda: ab.swap("a", "b", via="b"),
    "swap via 3": lambda: ab.swap("a", "b", via=3),
    "equal with itself": lambda: ab.when(ab.equal("a", "a"), ab.hold()),
    "no relay": lambda: ab.when(ab.equal("a", "d") & ab.equal("d", "a"), ab.hold()),
    "load of 3": lambda: ab.load("a", 3),
    "present of 3": lambda: ab.present("a", 3),
    "holds 3": lambda: ab.when(ab.holds("a", 3), ab.hold()),
    "unknown buffer": lambda: ab.load("e", "s0"),
    "unknown symbol": lambda: ab.load("a", "s9"),
    "unknown symbol asked for": lambda: ab.when(ab.holds("a", "s9"), ab.hold()),
    "unknown gate": lambda: ab.gates(open=["a->e"]),
    "gate open and closed": lambda: ab.gates(open=["a"], closed=["b", "a"]),
    "gate that is no name": lambda: ab.gates(closed=[3]),
    "conductance of 2": lambda: ab.gates(open={"a": 2}),
    "no ticks": lambda: ab.gates(ticks=0),
    "too many ticks": lambda: ab.gates(ticks=2**20) + ab.gates(),
    "written out too often": lambda: ab.hold() * 2**21,
    "minus one times": lambda: ab.hold() * -1,
    "joined with 3": lambda: ab.hold() + 3,
    "made of 3": lambda: ab.Program((3,)),
    "no limit": lambda: ab.until(ab.empty("a"), ab.hold()),
    "until nothing": lambda: ab.until(ab.empty("a"), ab.Program(), limit=1),
    "a limit of -1": lambda: ab.until(ab.empty("a"), ab.hold(), limit=-1),
    "repeat -1": lambda: ab.repeat(-1, ab.hold()),
    "repeat nothing": lambda: ab.repeat(1, ab.Program()),
    "repeat 3": lambda: ab.repeat(1, 3),
    "when 3": lambda: ab.when(3, ab.hold()),
    "then 3": lambda: ab.when(ab.empty("a"), 3),
    "and 3": lambda: ab.when(ab.empty("a") & 3, ab.hold()),
    "asked in Python": lambda: ab.hold() if ab.empty("a") else ab.clear("a"),
    **{
        f"a condition that {mistake}": lambda mistake=mistake: ab.when(Lost(mistake), ab.hold())
        for mistake in [
            "label is never put down",
            "goes back",
            "goes past its end",
            "does more than read",
            "never says no",
            "is empty",
        ]
    },
    "argument without a name": lambda: ab.load("a", ab.arg("")),
    "argument that is 3": lambda: ab.load("a", ab.arg(3)),
    "emit of 3": lambda: ab.emit(3),
    "imprint 3": lambda: ab.imprint_now(3),
    "imprint elsewhere": lambda: ab.imprint_now("c"),
    "imprint an unknown buffer": lambda: ab.imprint_now("e"),
    "procedure of 3": lambda: ab.procedure(3),
    "procedure that returns 3": lambda: ab.procedure(lambda: 3)(),
    "empty procedure": lambda: ab.procedure(ab.Program)(),
    "recursive procedure": lambda: recursive(3),
    "production without names": lambda: ab.production(ab.empty("a"), ab.hold()),
    "production when 3": lambda: ab.production(when=3, then=ab.hold()),
    "production then 3": lambda: ab.production(when=ab.empty("a"), then=3),
    "cycle of 3": lambda: ab.cycle(3, limit=1),
    "cycle of nothing": lambda: ab.cycle([], limit=1),
    "cycle of programs": lambda: ab.cycle([ab.hold()], limit=1),
    "cycle by, a list": lambda: ab.cycle([*RULES.values()], limit=1, by="striatum"),
    "cycle, a mapping": lambda: ab.cycle(RULES, limit=1),
    "one string of buffers": lambda: ab.store("memory", "a"),
    "unknown memory": lambda: ab.store("memories", ["a"]),
    "memory that is 3": lambda: ab.store(3, ["a"]),
    "buffer of no memory": lambda: ab.store("memory", ["d"]),
    "cue into itself": lambda: ab.recall("memory", cue=["a"], into=["b", "a"]),
    "into a buffer of no memory": lambda: ab.recall("memory", cue=["a"], into=["d"]),
    "all in the cue": lambda: ab.recall("memory", cue=["a", "b", "c"]),
    "into nothing": lambda: ab.recall("memory", cue=["a"], into=[]),
    "older 3": lambda: ab.recall("memory", cue=["a"], older=3),
    "hierarchy that is 3": lambda: ab.see(3),
    "unknown hierarchy": lambda: ab.see("ears"),
    "memory as hierarchy": lambda: ab.learn("memory"),
    "no views": lambda: ab.see("eyes", views=0),
    "write 3": lambda: ab.see("eyes", write=3),
    "ganglia that are 3": lambda: ab.begin_episode(3),
    "unknown ganglia": lambda: ab.begin_episode("pallidum"),
    "memory as ganglia": lambda: ab.choose("memory", gates=INTO),
    "gates and one_of": lambda: ab.choose("striatum", gates=INTO, one_of=INTO),
    "no gates": lambda: ab.choose("striatum"),
    "an empty list of gates": lambda: ab.choose("striatum", gates=[]),
    "one of one": lambda: ab.choose("striatum", one_of=INTO[:1]),
    "the same twice": lambda: ab.choose("striatum", gates=["a->b", "a->b"]),
    "channel that is 3": lambda: ab.choose("striatum", gates=[3]),
    "unknown channel": lambda: ab.choose("striatum", gates=["a->d"]),
    "channel that is no gate": lambda: ab.choose("levers", gates=["up"]),
    "channel that is a latch": lambda: ab.choose("latches", gates=["a", "b"]),
    "greedy 3": lambda: ab.choose("striatum", gates=INTO, greedy=3),
    "program that is 3": lambda: ab.choose("levers", gates={"up": 3}),
    "chooses again": lambda: ab.choose(
        "levers", gates={"up": ab.choose("levers", gates={"up": ab.hold()}), "down": ab.hold()}
    ),
    "chosen 3": lambda: ab.when(ab.chosen("levers", 3), ab.hold()),
    "chosen of unknown ganglia": lambda: ab.when(ab.chosen("pallidum", "up"), ab.hold()),
    "chosen of an unknown channel": lambda: ab.when(ab.chosen("levers", "left"), ab.hold()),
    "reward of 2": lambda: ab.reward(2),
    "reward when 3": lambda: ab.reward(when=3),
    "reward through 3": lambda: ab.reward(through=3),
    "reward through unknown ganglia": lambda: ab.reward(through="pallidum"),
}


@ab.procedure
def recursive(depth: int) -> ab.Program:
    """A procedure that stands in another that stands in it."""
    return ab.procedure(lambda: recursive(depth - 1))()


class Storing(ab.AbstractStorageRule):
    """A rule that needs nothing compiled; what is compiled does not depend on the weights."""

    def learn(self, source, target, *, recurrent):
        """See `attractorbind.AbstractStorageRule.learn`."""
        before, after = np.asarray(source, np.float32), np.asarray(target, np.float32)
        weights = 4 * np.minimum(before.T @ after, 1)
        if recurrent:
            np.fill_diagonal(weights, 0)
        return ab.Synapses(jax.numpy.asarray(weights), jax.numpy.full(weights.shape[1], -14.0))


def _build(relays: list[tuple[str, str]] | str, **options: object) -> ab.Network:
    with warnings.catch_warnings():
        # One unit is wrong in one of the networks.
        warnings.simplefilter("ignore", ab.CapacityWarning)
        return ab.build(
            ab.Vocabulary([f"s{number}" for number in range(3)], spare=1 if "areas" in options else 0),
            buffers=BUFFERS,
            relays=relays,
            activity=0.1,
            rule=Storing(),
            key=jax.random.key(0),
            **options,
        )


@cache
def networks() -> Mapping[str, ab.Network]:
    """The networks; read from a file, if the environment names one, where they are wanted hundreds of times."""
    file = os.environ.get("ATTRACTORBIND_TESTS_NETWORKS")
    return pickle.loads(Path(file).read_bytes()) if file else built()


def built() -> dict[str, ab.Network]:
    """A network of each kind of wiring, and one that has everything."""
    chain = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("c", "d"), ("a", "c"), ("c", "a"), ("b", "d")]
    ganglia = {"striatum": INTO, "levers": ["up", "down"], "many": ["x", "y", "z"], "out": ["b->d", "c->d"]}
    ganglia |= {"latches": ["a", "b"], "first": ["a->b"]}
    areas = [
        ab.gating.BasalGanglia(name, reads=["a", "b"][: 1 + (name == "out")], gates=gates)
        for name, gates in ganglia.items()
    ]
    areas += [
        ab.SnapshotMemory("memory", units=64, buffers=["a", "b", "c"]),
        ab.learning.Hierarchy("eyes", sizes=[8, 4], target="d", rule=ab.learning.Backpropagation()),
        ab.Ensembles("ensembles", buffers=["a", "b"]),
    ]
    return {
        "direct": _build(chain),
        "nuclei": _build(chain, relay="nucleus"),
        "loops": _build(chain, latch="loop"),
        "areas": _build(chain, areas=areas),
        "areas, loops": _build(chain, latch="loop", areas=areas),
    }


def _sections(name: str, network: ab.Network) -> Iterator[str]:
    for title, program in (AREA_PROGRAMS if network.wiring.areas else PROGRAMS).items():
        yield f"## {name}: {title}"
        try:
            compiled = program.compile(network)
        except ab.AttractorBindError as error:
            yield f"{type(error).__name__}: {error}"
            continue
        yield f"{compiled!r}\n{compiled}"
        # What differs from wiring to wiring stands in the table.
        if name in ("direct", "areas"):
            yield from _about(program, compiled, network)


def _about(program: ab.Program, compiled: ab.Schedule | ab.Listing, network: ab.Network) -> Iterator[str]:
    """What the table does not tell."""
    yield f"{program!r}\n{program}"
    yield " ".join(f"{source}->{target}:{when}" for source, target, when in program.graph.edges(data="when"))
    yield f"takes {compiled.arguments} {compiled.slots}; reads {compiled.reads}"
    yield f"opens {[gate for gate in network.gates if compiled.opens(gate)]}"
    if isinstance(compiled, ab.Listing):
        for column in ("emit", "question", "counter", "limit"):
            told = getattr(compiled.rows, column)
            if (told >= 0).any():
                yield f"{column}: {told.tolist()}"
        questions = np.stack([*vars(compiled.questions).values()], axis=1)
        yield f"questions: {questions.tolist()}; counters: {compiled.counters}"
        left_to = [(row, network.gates[gate], channel) for row, gate, channel in np.argwhere(compiled.rows.left_to)]
        yield f"left to: {[f'{row}: {gate} to {channel}' for row, gate, channel in left_to]}"
    yield f"expanded:\n{program.expand(network)}"
    stuck = compiled.stuck({"a": 0.5, "a->b": True})
    yield f"stuck: {stuck.settings[:, [network.gates.index(gate) for gate in ('a', 'a->b')]].tolist()[:3]}"


def _errors() -> Iterator[str]:
    network = networks()["areas"]
    for title, write in WRONG.items():
        try:
            write().compile(network)
            told = "no error"
        except ab.AttractorBindError as error:
            told = f"{type(error).__name__}: {error}"
        yield f"## {title}\n{told}"


def _refused(act: Callable[[], object]) -> str:
    try:
        return f"no error: {act()}"
    except ab.AttractorBindError as error:
        return f"{type(error).__name__}: {error}"
    except TypeError:
        # Each version of Python says it in its own words.
        return "TypeError"


def _by_hand() -> Iterator[str]:
    """What may be done with compiled programs, and what not."""
    built, both = networks(), ab.load("a", "s0") + ab.copy("a", "b")
    other = ab.Vocabulary(["s0", "s1", "other"])
    strangers = {
        "another vocabulary": dataclasses.replace(built["direct"], vocabulary=other),
        "a larger vocabulary": dataclasses.replace(built["direct"], vocabulary=ab.Vocabulary(["s0", "s1", "s2", "s3"])),
        "another wiring": built["nuclei"],
        "the same": built["direct"],
    }
    for kind, program in {"schedule": both, "listing": both + ab.emit("a")}.items():
        compiled = program.compile(built["direct"])
        for title, stranger in strangers.items():
            yield f"## a {kind} for {title}\n{_refused(lambda own=compiled, of=stranger: own.check_fits(of))}"
    nuclei = both.compile(built["nuclei"])
    yield f"## nuclei in words\n{_refused(lambda: nuclei.check_fits(built['direct']))}"
    for stuck in (3, {"e": 0}, {"a": 2}, {"a": None}):
        yield f"## stuck at {stuck}\n{_refused(lambda how=stuck: nuclei.stuck(how))}"
    listing = (both + ab.emit("a")).compile(built["direct"])
    for column, row, number in (
        ("ticks", 1, 0),
        ("ticks", 0, 1),
        ("then", 1, 99),
        ("then", 2, len(listing.labels)),
        ("then", 0, -2),
        ("then", 0, 0),
        ("otherwise", 3, 99),
        ("otherwise", 3, 1),
    ):
        changed = getattr(listing.rows, column).copy()
        changed[row] = number
        rows = dataclasses.replace(listing.rows, **{column: changed})
        told = _refused(lambda rows=rows: dataclasses.replace(listing, rows=rows))
        yield f"## {column} of row {row} is {number}\n{told}"
    chosen = AREA_PROGRAMS["several areas"].compile(built["areas"])
    channels = np.random.default_rng(0).random((len(chosen.labels), len(built["areas"].wiring.channels))) < 0.5
    told = chosen.chosen(np.arange(len(chosen.labels)), channels)
    yield f"## chosen, row by row\n{told.tolist()}"
    several = chosen.chosen(np.array([[0, 4], [5, 3]]), channels[:4].reshape(2, 2, -1))
    yield f"several rows at once: {several.sum(axis=-1).tolist()}"
    for kind in (ab.Condition, Statement, Instruction, Question, Action):
        yield f"## made of {kind.__name__} itself\n{_refused(kind)}"
    for ticks in (123456, 1234567):
        yield f"## as long as a line, or longer\n{ab.hold() * 11 + ab.hold(ticks)!r}"
    for program in (*PROGRAMS.values(), *AREA_PROGRAMS.values()):
        for node in flow(program.statements):
            if isinstance(node.action, Instruction):
                yield f"{node.action}: streams {node.action.streams!r}, chooses {node.action.chooses!r}"


def listings() -> str:
    """All of it, as in the file."""
    parts = [section for name, network in networks().items() for section in _sections(name, network)]
    return "\n".join([*parts, *_errors(), *_by_hand()]) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["tell"]:
        print(listings(), end="")
    else:
        KEPT.write_text(listings())
