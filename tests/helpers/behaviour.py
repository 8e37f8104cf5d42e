"""Three hundred random programs on six small networks, and a short hash of everything that each of them does.

The library must do the same, bit for bit, whatever is rewritten inside it: `test_behaviour.py` compares the hashes with
those kept in `behaviour.json`. Where behaviour is meant to change, `python behaviour.py` makes the file anew, which
takes some minutes.

The hashes are the same on any machine. The networks learn whole numbers, without a solver; gates conduct 0, 1 or a
negative power of two, so that fields are exact sums; no code has an overlap of just 1/2, the threshold, with any state;
and programs are drawn by `Random.random` alone, whose numbers Python promises to keep. Codes and noise are drawn by
`jax.random`: should a new version of JAX draw others, then all hashes change at once.
"""

import hashlib
import json
import random
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

import attractorbind as ab

KEPT = Path(__file__).with_suffix(".json")
PROGRAMS = 50
# The same everywhere, for every other number and every other size compiles anew.
TRIALS = 3
SIZES = {"a": 60, "b": 72, "c": 66}
BUFFERS = tuple(SIZES)
SYMBOLS = tuple(f"s{number}" for number in range(6))
# Codes that no symbol has, as for symbols to come.
FREE = 1

# How many rows of the instruction table each instruction takes; a copy three more if it goes by way of another buffer.
ROWS = {"load": 2, "present": 1, "copy": 3, "move": 4, "clear": 1, "hold": 1, "gates": 1, "swap": 2, "swap via": 9}
ROWS |= {"read": 3, "emit": 1, "store": 1, "recall": 4, "forget": 1}

Option = TypeVar("Option")
ALL = tuple(permutations(BUFFERS, 2))
RING = (("a", "b"), ("b", "c"), ("c", "a"))
HUB = (("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"))


class Storing(ab.AbstractStorageRule):
    """Every weight is 4 or 0: 4 where some symbol has both units on. The bias takes 0.6 of a clean code's drive."""

    def learn(self, source: Any, target: Any, *, recurrent: bool) -> ab.Synapses:
        """See `attractorbind.AbstractStorageRule.learn`."""
        before, after = np.asarray(source, np.float32), np.asarray(target, np.float32)
        drive = 4 * (int(before[0].sum()) - recurrent)
        return _synapses(4 * np.minimum(before.T @ after, 1), -round(0.6 * drive), recurrent)


class Wandering(ab.AbstractStorageRule):
    """Every symbol calls for itself and for the next one, as much: states wander, and some never come to rest."""

    def learn(self, source: Any, target: Any, *, recurrent: bool) -> ab.Synapses:
        """See `attractorbind.AbstractStorageRule.learn`."""
        before, after = (np.where(np.asarray(codes), 1, -1).astype(np.float32) for codes in (source, target))
        return _synapses(before.T @ (after + np.roll(after, 1, axis=0)), 0, recurrent)


def _synapses(weights: np.ndarray, bias: float, recurrent: bool) -> ab.Synapses:
    if recurrent:
        np.fill_diagonal(weights, 0)
    return ab.Synapses(jnp.asarray(weights), jnp.full(weights.shape[1], bias, jnp.float32))


@dataclass(frozen=True)
class Way:
    """How some of the programs are made and run; every way compiles anew."""

    branches: bool
    record: str
    noisy: bool


@dataclass(frozen=True)
class Setup:
    """A network, and the ways in which programs are run on it, by turns.

    - `activity`: the fraction of units that are on in a code.
    - `streams`: whether programs that branch read and emit as well.
    - `long`: whether the first two programs have more instructions, symbols and outputs than the smallest tables hold.
    """

    relays: tuple[tuple[str, str], ...]
    relay: str
    latch: str
    ways: tuple[Way, ...]
    activity: float = 0.125
    rule: ab.AbstractStorageRule = field(default_factory=Storing)
    memories: tuple[ab.SnapshotMemory, ...] = ()
    streams: bool = True
    long: bool = False


def _ways(*names: str) -> tuple[Way, ...]:
    return tuple(Way(kind == "branches", record, noise == "noisy") for kind, record, noise in map(str.split, names))


FEW = _ways("straight states noisy", "branches final quiet", "branches decoded quiet")
SOME = _ways("straight states quiet", "branches final quiet", "straight final noisy", "branches decoded quiet")
MOST = _ways("straight states quiet", "branches final quiet", "straight decoded noisy", "branches states noisy")
EVERY = (*MOST, *_ways("straight final quiet", "branches decoded quiet"))

SETUPS = {
    "direct": Setup(ALL, "direct", "recurrence", EVERY, long=True),
    # Shaped as the first, so that nothing compiles anew.
    "wandering": Setup(ALL, "direct", "recurrence", EVERY, activity=0.48, rule=Wandering()),
    "nuclei": Setup(HUB, "nucleus", "recurrence", SOME, streams=False),
    "loops": Setup(RING, "direct", "loop", MOST),
    "memory": Setup(
        ALL,
        "direct",
        "recurrence",
        MOST,
        memories=(ab.SnapshotMemory("m", units=256, activity=0.06, capacity=3),),
    ),
    "two memories": Setup(
        HUB,
        "nucleus",
        "loop",
        FEW,
        memories=(
            ab.SnapshotMemory("m", ["b", "a"], units=128, activity=0.06, capacity=2),
            ab.SnapshotMemory("n", units=256, activity=0.06, capacity=3),
        ),
    ),
}


@cache
def network(name: str) -> ab.Network:
    """The network of that name."""
    setup = SETUPS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.CapacityWarning)
        return ab.build(
            ab.Vocabulary(SYMBOLS),
            buffers=SIZES,
            relays=setup.relays,
            relay=setup.relay,
            latch=setup.latch,
            activity=setup.activity,
            rule=setup.rule,
            free=FREE,
            key=jax.random.key(list(SETUPS).index(name)),
            areas=list(setup.memories),
        )


class Dice:
    """Random choices, all of them made from `Random.random`."""

    def __init__(self, seed: str) -> None:
        self.throw = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """Yes with this probability."""
        return self.throw() < probability

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return int(self.throw() * count)

    def choice_of(self, options: Sequence[Option]) -> Option:
        """One option, all equally likely."""
        return options[self.below(len(options))]

    def some_of(self, options: Sequence[Option], count: int) -> list[Option]:
        """So many different options, in any order."""
        left = list(options)
        return [left.pop(self.below(len(left))) for _ in range(count)]

    def weighted(self, weights: Mapping[Option, float]) -> Option:
        """One option, as likely as its weight says."""
        rest = self.throw() * sum(weights.values())
        for option, weight in weights.items():
            rest -= weight
            if rest < 0:
                return option
        return next(iter(weights))


@ab.procedure
def carry(source: str, target: str, body: ab.Program) -> ab.Program:
    """Copy, and go on."""
    return ab.copy(source, target) + body


class Writer:
    """Writes one program, and remembers which arguments it names and whether it reads inputs."""

    def __init__(self, name: str, dice: Dice, *, streams: bool, symbols: int, rows: int) -> None:
        self.setup, self.gates, self.dice, self.streams = SETUPS[name], sorted(network(name).gates), dice, streams
        self.arguments: set[str] = set()
        self.reads, self.rows = False, rows
        # Few symbols, so that buffers are often equal, and snapshots often found.
        self.symbols = [
            f"argument {place}" if dice.chance(0.7) else dice.choice_of(SYMBOLS) for place in range(symbols)
        ]

    def program(self, *, branches: bool) -> ab.Program:
        """Symbols for most buffers, statements as far as there are rows, and sometimes gates that stay open at last."""
        whole = self.filled()
        if branches:
            whole += self.block(depth=0)
        while self.rows > 3:
            whole += self.statement(depth=0 if branches else 2)
        if self.streams:
            whole += ab.emit(self.buffer())
        return whole + self.opened() if self.dice.chance(0.3) else whole

    def filled(self) -> ab.Program:
        """A symbol for most buffers; where there are memories, mostly a few snapshots, each with one buffer changed."""
        buffers = [buffer for buffer in BUFFERS if self.dice.chance(0.7)]
        self.rows -= 2 * len(buffers)
        whole = sum((ab.load(buffer, self.symbol()) for buffer in buffers), ab.Program())
        if self.setup.memories and self.dice.chance(0.8):
            for _ in range(1 + self.dice.below(3)):
                memory = self.dice.choice_of(self.setup.memories)
                whole += ab.load(self.buffer(), self.symbol()) + ab.store(memory.name, memory.buffers or BUFFERS)
                self.rows -= 3
        return whole

    def statement(self, depth: int) -> ab.Program:
        """An instruction or a block, at most two blocks inside each other."""
        if depth < 2 and self.rows > 10 and self.dice.chance(0.5 - 0.2 * depth):
            return self.block(depth)
        return self.instruction()

    def buffer(self) -> str:
        """Any buffer."""
        return self.dice.choice_of(BUFFERS)

    def pair(self) -> tuple[str, str]:
        """Any two buffers, to copy from one to the other."""
        source, target = self.dice.some_of(BUFFERS, 2)
        if (source, target) not in self.setup.relays:
            self.rows -= 3
        return source, target

    def symbol(self) -> Any:
        """One of the program's few symbols, or an argument."""
        chosen = self.dice.choice_of(self.symbols)
        if chosen in SYMBOLS:
            return chosen
        self.arguments.add(chosen)
        return ab.arg(chosen)

    def opened(self) -> ab.Program:
        """Single gates, open, half open or closed; where there are memories, often those of a recall."""
        opened = self.dice.some_of(self.gates, 1 + self.dice.below(3))
        if self.setup.memories and self.dice.chance(0.5):
            memory = self.dice.choice_of(self.setup.memories)
            cue, other = self.dice.some_of(tuple(memory.buffers or BUFFERS), 2)
            older = [f"{memory.name}:older"] if self.dice.chance(0.3) else []
            opened = [f"{cue}->{memory.name}", f"{memory.name}->{other}", *older]
        latches = [buffer for buffer in BUFFERS if buffer not in opened]
        shut = [self.dice.choice_of(latches)] if latches and self.dice.chance(0.3) else []
        conductances = {gate: self.dice.choice_of((1.0, 1.0, 0.5, 0.25)) for gate in opened}
        return ab.gates(open=conductances, closed=shut, ticks=1 + self.dice.below(3))

    def instruction(self) -> ab.Program:
        """One instruction of any kind that the network knows."""
        weights = {"load": 3, "copy": 3, "move": 1.5, "clear": 0.7, "hold": 0.7, "gates": 1.5, "present": 0.7}
        if self.setup.latch == "recurrence":
            weights["swap"] = 1
        weights["swap via"] = 0.5
        if self.streams:
            weights |= {"read": 2, "emit": 1}
        if self.setup.memories:
            weights |= {"store": 3, "recall": 6, "forget": 3}
        kind = self.dice.weighted({kind: weight for kind, weight in weights.items() if ROWS[kind] <= max(self.rows, 2)})
        self.rows -= ROWS[kind]
        match kind:
            case "load":
                return ab.load(self.buffer(), self.symbol())
            case "present":
                return ab.present(self.buffer(), self.symbol(), ticks=1 + self.dice.below(3))
            case "copy":
                return ab.copy(*self.pair())
            case "move":
                return ab.move(*self.pair())
            case "clear":
                return ab.clear(self.buffer())
            case "hold":
                return ab.hold(1 + self.dice.below(4))
            case "gates":
                return self.opened()
            case "swap":
                relays = self.setup.relays
                return ab.swap(*self.dice.choice_of([pair for pair in relays if pair[::-1] in relays]))
            case "swap via":
                return self.exchange()
            case "read":
                self.reads = True
                return ab.read(self.buffer())
            case "emit":
                return ab.emit(self.buffer())
        return self.recollection(kind)

    def exchange(self) -> ab.Program:
        """A swap by way of a third buffer, or where relays do not allow it, a copy."""
        possible = [
            (first, second, third)
            for first, second, third in permutations(BUFFERS)
            if {(first, third), (second, first), (third, second)} <= set(self.setup.relays)
        ]
        if not possible:
            return ab.copy(*self.pair())
        first, second, third = self.dice.choice_of(possible)
        return ab.swap(first, second, via=third)

    def recollection(self, kind: str) -> ab.Program:
        """A store, a recall or a forget."""
        memory = self.dice.choice_of(self.setup.memories)
        known = tuple(memory.buffers or BUFFERS)
        if kind == "store":
            return ab.store(memory.name, self.dice.some_of(known, self.dice.choice_of((len(known), len(known), 1))))
        older = self.dice.chance(0.4)
        cue = self.dice.some_of(known, 2 if len(known) > 2 and self.dice.chance(0.3) else 1)
        if kind == "forget":
            return ab.forget(memory.name, cue, older=older)
        others = [buffer for buffer in known if buffer not in cue]
        into = self.dice.some_of(others, 1) if self.dice.chance(0.3) else None
        return ab.recall(memory.name, cue, into=into, older=older)

    def block(self, depth: int) -> ab.Program:
        """A block of any kind with one or two statements inside."""

        def body() -> ab.Program:
            return sum((self.statement(depth + 1) for _ in range(1 + self.dice.below(2))), ab.Program())

        self.rows -= 3
        kinds = {"when": 2, "when, otherwise": 2, "repeat": 1.5, "until": 2.5, "cycle": 0.7, "procedure": 0.7}
        if self.streams:
            kinds["stream"] = 1.5
        match self.dice.weighted(kinds):
            case "stream":
                self.reads, buffer = True, self.buffer()
                self.rows -= 7
                taken = ab.until(ab.empty(buffer), body() + ab.read(buffer), limit=2 + self.dice.below(3))
                return ab.read(buffer) + taken
            case "when":
                return ab.when(self.condition(), body())
            case "when, otherwise":
                return ab.when(self.condition(), body(), body())
            case "repeat":
                return ab.repeat(self.dice.below(3), body())
            case "until":
                return ab.until(self.condition(), body(), limit=self.dice.below(4))
            case "cycle":
                rules = [ab.production(when=self.question(), then=body()) for _ in range(2)]
                return ab.cycle(rules, limit=1 + self.dice.below(2))
        return carry(*self.pair(), body())

    def condition(self) -> ab.Condition:
        """A question or two, perhaps denied."""
        match self.dice.weighted({"one": 3, "and": 1, "or": 1}):
            case "and":
                return self.question() & self.question()
            case "or":
                either = self.question() | self.question()
                return ~either if self.dice.chance(0.3) else either
        return self.question()

    def question(self) -> ab.Condition:
        """What one reading answers, perhaps denied."""
        self.rows -= 1
        match self.dice.weighted({"equal": 2, "holds": 1.5, "empty": 1}):
            case "equal":
                asked = ab.equal(*self.dice.choice_of(self.setup.relays))
            case "holds":
                asked = ab.holds(self.buffer(), self.symbol())
            case _:
                asked = ab.empty(self.buffer())
        return ~asked if self.dice.chance(0.4) else asked


@dataclass(frozen=True)
class Case:
    """A program, what it starts from and what it is run with; and whether it is run again from where it ended."""

    program: ab.Program
    start: ab.State
    options: dict[str, Any]
    again: bool


def case(name: str, number: int) -> Case:
    """The program of that number on the network of that name."""
    setup, dice = SETUPS[name], Dice(f"{name} {number}")
    way = setup.ways[number % len(setup.ways)]
    long = setup.long and number < 2
    streams, (symbols, rows) = way.branches and setup.streams, (6, 100) if long else (2, 25)
    writer = Writer(name, dice, streams=streams, symbols=symbols, rows=rows)
    program = writer.program(branches=way.branches)
    if long:
        loads = [ab.load(buffer, symbol) for symbol in SYMBOLS[:4] for buffer in BUFFERS]
        many = ab.repeat(9, ab.repeat(8, ab.emit("a"))) if streams else ab.Program()
        program = sum(loads, ab.Program()) + many + program
    elif way.record != "final":
        # There is room for records in powers of two, and with this nearly all programs need the same.
        program = ab.hold(120 if way.branches else 12) + program
    options: dict[str, Any] = {"record": way.record}
    if writer.arguments:
        options["args"] = {argument: _symbols(dice) for argument in sorted(writer.arguments)}
    if writer.reads:
        shared = dice.chance(0.2)
        lists = [[dice.choice_of(SYMBOLS) for _ in range(dice.below(6))] for _ in range(1 if shared else TRIALS)]
        options["inputs"] = lists[0] if shared else lists
    if way.noisy:
        key = jax.random.key(number)
        options["noise"] = dice.choice_of((0.01, 0.03))
        options["key"] = jax.random.split(key, TRIALS) if dice.chance(0.3) else key
    if dice.chance(0.15):
        options["leak"] = dice.choice_of((0.125, 0.25, 0.5))
    if dice.chance(0.15):
        gates = dice.some_of(writer.gates, 1 + dice.below(2))
        options["stuck"] = {gate: dice.choice_of((0.0, 0.25, 0.5, 1.0)) for gate in gates}
    return Case(program, _start(name, dice), options, again=dice.chance(0.3 if setup.memories else 0.1))


def _symbols(dice: Dice) -> str | list[str]:
    """One symbol for all trials, or more often one for each."""
    return dice.choice_of(SYMBOLS) if dice.chance(0.15) else [dice.choice_of(SYMBOLS) for _ in range(TRIALS)]


def _start(name: str, dice: Dice) -> ab.State:
    """Silence, or in every population a symbol or nothing, with some units flipped."""
    built = network(name)
    start = built.silent(TRIALS)
    if dice.chance(0.5):
        return start
    for population in start.names:
        codes = np.asarray(built.codes(population))
        held = np.zeros((TRIALS, codes.shape[1]), bool)
        for trial in held:
            if dice.chance(0.7):
                trial[:] = codes[dice.below(len(codes))]
            for _ in range(dice.below(3)):
                trial[dice.below(len(trial))] ^= True
        start = start.replace(population, held.astype(np.float32))
    return start


def traced(name: str, number: int) -> ab.Trace:
    """What happened in the run of a program, in the second one if it is run again."""
    drawn = case(name, number)
    compiled = drawn.program.compile(network(name))
    trace = ab.run(network(name), compiled, drawn.start, **drawn.options, throw=False)
    return ab.run(network(name), compiled, trace.state, **drawn.options, throw=False) if drawn.again else trace


def hashed(trace: ab.Trace) -> str:
    """Eight bytes that stand for all that is in a trace: state, memories, outputs, results, ticks and the record."""
    state, counts = trace.state, np.asarray(trace.output_counts)
    outputs = np.asarray(trace.output_symbols)[:, : counts.max()]
    written = np.where(np.arange(outputs.shape[1])[None, :] < counts[:, None], outputs, -1)
    flags = [np.asarray(state[population]) > 0 for population in state.names]
    numbers = [trace.result, trace.ticks, counts, written]
    for held in state.areas:
        flags.append(held.activity)
        numbers += [*held.codes, held.strength, held.stored, held.found, held.context]
    for record, arrays in ((trace.states, flags), (trace.best_symbol, numbers)):
        arrays += [record[buffer] for buffer in BUFFERS if buffer in record]
    if trace.rows is not None:
        numbers.append(trace.rows)
    digest = hashlib.blake2b(digest_size=8)
    for array, kind in [(array, "?") for array in flags] + [(array, "<i4") for array in numbers]:
        digest.update(repr(np.shape(array)).encode())
        digest.update(np.ascontiguousarray(array, kind).tobytes())
    return digest.hexdigest()


def hashes(name: str, programs: int = PROGRAMS) -> list[str]:
    """The hashes of the programs on a network, or of the first ones."""
    return [hashed(traced(name, number)) for number in range(programs)]


def shown(name: str, number: int) -> str:
    """A program and what it is run with, to be read."""
    drawn = case(name, number)
    options = {option: value for option, value in drawn.options.items() if option != "key"}
    return f"{drawn.program}\n\nrun with {options}" + (", twice" if drawn.again else "")


if __name__ == "__main__":
    KEPT.write_text(json.dumps({name: hashes(name) for name in SETUPS}, indent=1) + "\n")
