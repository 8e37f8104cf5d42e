"""Programs, states and arguments as Hypothesis draws them, and what several modules of tests do with them."""

from functools import cache

import jax.numpy as jnp
import memories
import numpy as np
import oracle
from examples import BUFFERS, MEMORIES, TRIALS, network, plain
from hypothesis import assume, strategies as st
from machines import program

import attractorbind as ab

# One size of table, for every new size compiles.
MOST_ROWS = 128
PADDING = ab.repeat(0, ab.read("a") + ab.hold() * (MOST_ROWS // 2))
Argument = type(ab.arg("x"))


@st.composite
def macros(draw: st.DrawFn, configuration: str, symbols: st.SearchStrategy) -> tuple:
    """One instruction that has a meaning in names, possible on this network."""
    net = plain(configuration)
    first, second, third = draw(st.permutations(BUFFERS))
    loops = oracle.delay(net, "a") > 1
    possible = [("load", first, draw(symbols)), ("clear", first), ("hold", draw(st.integers(1, 3)))]
    possible += [("copy", first, second), ("move", first, second)]
    if {f"{first}->{second}", f"{second}->{first}"} <= net.gates.keys() and not loops:
        possible.append(("swap", first, second))
    if all(len(oracle.shortest_path(net, *leg)) == 2 for leg in ((first, third), (second, first), (third, second))):
        possible.append(("swap", first, second, third))
    return draw(st.sampled_from(possible))


@st.composite
def primitives(draw: st.DrawFn, configuration: str, symbols: st.SearchStrategy) -> tuple:
    """Any gates half open, open or closed; anything presented."""
    net = plain(configuration)
    ticks = draw(st.integers(1, 3))
    if draw(st.booleans()):
        return ("present", draw(st.sampled_from(BUFFERS)), draw(symbols), ticks)
    gates = st.sampled_from(sorted(net.gates))
    opened = draw(st.dictionaries(gates, st.sampled_from([1.0, 0.5, 0.25, 0.0]), max_size=4))
    closed = draw(st.lists(gates.filter(lambda gate: gate not in opened), max_size=2, unique=True))
    return ("gates", opened, closed, ticks)


def initial_state(configuration: str, seed: int, corruption: float) -> ab.State:
    """Some code in every population, nuclei included, each bit flipped with the given probability."""
    generator = np.random.default_rng(seed)
    built = network(configuration)
    state = built.silent(trials=TRIALS)
    for name in state.names:
        codes = np.array(built.codes(name))
        chosen = codes[generator.integers(len(codes), size=TRIALS)]
        flips = generator.random(chosen.shape) < corruption
        state = state.replace(name, jnp.asarray(chosen ^ flips, jnp.float32))
    return state


def with_arguments(instructions: list[tuple], args: dict, trial: int) -> list[tuple]:
    def named(operand: object) -> object:
        if not isinstance(operand, Argument):
            return operand
        given = args[operand.name]
        return given if isinstance(given, str) else given[trial]

    return [(name, *map(named, operands)) for name, *operands in instructions]


@st.composite
def questions(draw: st.DrawFn, configuration: str, symbols: st.SearchStrategy) -> tuple:
    first, second = draw(st.permutations(BUFFERS))[:2]
    relays = plain(configuration).gates
    joined = f"{first}->{second}" in relays or f"{second}->{first}" in relays
    kinds = ["holds", "empty", *(["equal"] if joined else [])]
    match draw(st.sampled_from(kinds)):
        case "holds":
            return ("holds", first, draw(symbols))
        case "empty":
            return ("empty", first)
        case _:
            return ("equal", first, second)


def conditions(configuration: str, symbols: st.SearchStrategy) -> st.SearchStrategy:
    return st.recursive(
        questions(configuration, symbols),
        lambda inner: st.tuples(st.just("not"), inner) | st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        max_leaves=3,
    )


def branching_programs(configuration: str, symbols: st.SearchStrategy, *, anything: bool) -> st.SearchStrategy:
    """Lists of instructions, blocks inside blocks; they shrink to fewer and flatter ones.

    With `anything`, also such as have no meaning in names: gates that are half open, symbols presented meanwhile.
    """
    asked = conditions(configuration, symbols)
    plain_one = st.one_of(
        macros(configuration, symbols),
        st.tuples(st.sampled_from(["read", "emit"]), st.sampled_from(BUFFERS)),
        *([primitives(configuration, symbols)] if anything else []),
    )

    def blocks(inner: st.SearchStrategy) -> st.SearchStrategy:
        body, full = st.lists(inner, max_size=3), st.lists(inner, min_size=1, max_size=3)
        return st.one_of(
            st.tuples(st.just("when"), asked, body, body),
            st.tuples(st.just("repeat"), st.integers(0, 2), full),
            st.tuples(st.just("until"), asked, full, st.integers(0, 3)),
        )

    return st.lists(st.recursive(plain_one, blocks, max_leaves=5), min_size=1, max_size=5)


@st.composite
def branching_runs(
    draw: st.DrawFn, configurations: list[str], *, anything: bool = False
) -> tuple[str, list[tuple], dict, list[list[str]]]:
    configuration = draw(st.sampled_from(configurations))
    names = st.sampled_from(plain(configuration).symbols)
    instructions = draw(branching_programs(configuration, names | st.just(ab.arg("x")), anything=anything))
    used = {"x"} if "arg('x')" in repr(instructions) else set()
    args = {name: draw(st.lists(names, min_size=TRIALS, max_size=TRIALS)) for name in used}
    inputs = draw(st.lists(st.lists(names, max_size=4), min_size=TRIALS, max_size=TRIALS))
    return configuration, instructions, args, inputs


def bound(instruction: object, args: dict, trial: int) -> object:
    """Arguments replaced by their symbols, however deep inside."""
    if isinstance(instruction, list):
        return [bound(inner, args, trial) for inner in instruction]
    if isinstance(instruction, tuple):
        (name, *operands) = with_arguments([instruction], args, trial)[0]
        return (name, *(bound(operand, args, trial) for operand in operands))
    return instruction


def listing_of(configuration: str, instructions: list[tuple]) -> ab.Listing:
    listing = (program(instructions) + PADDING).compile(network(configuration))
    assert isinstance(listing, ab.Listing)
    assume(MOST_ROWS // 2 < len(listing.labels) <= MOST_ROWS)
    assume(len(listing.slots) <= 8)
    assume(len(listing.questions.target) <= 8)
    assume(listing.counters <= 4)
    return listing


@cache
def plain_memory(configuration: str) -> memories.Plain:
    built = network(configuration)
    (memory,) = built.areas
    return memories.Plain(
        memory.name, memory.units, list(built.wiring.areas[0].reads), np.array(built.area_parameters[0])
    )


@st.composite
def recollections(draw: st.DrawFn, configuration: str) -> tuple:
    """Something that the memory is asked to do."""
    buffers = draw(st.permutations(plain_memory(configuration).buffers))
    cut = draw(st.integers(1, len(buffers) - 1))
    cue, others, older = buffers[:cut], buffers[cut:], draw(st.booleans())
    into = draw(st.none() | st.just(others[:1]))
    return draw(
        st.sampled_from([("store", "m", cue), ("store", "m", buffers), ("recall", "m", cue, into, older)])
        | st.just(("forget", "m", cue, older))
    )


@st.composite
def gatings(draw: st.DrawFn, configuration: str) -> tuple:
    """Any gates of the memory half open, open or closed, and perhaps latches."""
    built = network(configuration)
    own = [gate.name for gate in built.wiring.gates[len(built.wiring.pathways) :]]
    opened = draw(st.dictionaries(st.sampled_from(own), st.sampled_from([1.0, 0.75, 0.5, 0.25]), max_size=5))
    closed = draw(st.lists(st.sampled_from(BUFFERS), max_size=1))
    return ("gates", opened, closed, draw(st.integers(1, 2)))


def memory_programs(configuration: str, symbols: st.SearchStrategy, *, raw: bool) -> st.SearchStrategy:
    """Lists of instructions with recollections, branches and loops around them."""
    simple = st.one_of(macros(configuration, symbols), recollections(configuration), recollections(configuration))
    simple = simple | gatings(configuration) if raw else simple
    asked = conditions(configuration, symbols)

    def blocks(inner: st.SearchStrategy) -> st.SearchStrategy:
        body = st.lists(inner, min_size=1, max_size=3)
        return st.one_of(
            st.tuples(st.just("when"), asked, body, body),
            st.tuples(st.just("until"), asked, body, st.integers(0, 3)),
        )

    return st.lists(st.recursive(simple, blocks, max_leaves=6), min_size=1, max_size=8)


@st.composite
def memory_runs(draw: st.DrawFn, *, raw: bool) -> tuple[str, list[tuple], dict]:
    configuration = draw(st.sampled_from(list(MEMORIES)))
    names = st.sampled_from(plain(configuration).symbols)
    # Something to remember, first of all.
    first = [("load", buffer, draw(names)) for buffer in BUFFERS]
    instructions = [*first, *draw(memory_programs(configuration, names | st.just(ab.arg("x")), raw=raw))]
    used = {"x"} if "arg('x')" in repr(instructions) else set()
    return configuration, instructions, {name: draw(st.lists(names, min_size=TRIALS, max_size=TRIALS)) for name in used}
