"""What several test modules share: small networks, built once, and the ways to and from the oracle."""

import warnings
from functools import cache
from typing import Any

import jax
import numpy as np
import oracle

import attractorbind as ab

# Few sizes and few shapes, for every new shape compiles. Paths through relays are unique in all of them.
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "all, direct": {"relays": "all", "rule": ab.MaximalStability(), "sizes": (40, 48, 40)},
    "hub, nucleus": {"relays": "hub:b", "relay": "nucleus", "rule": ab.PseudoInverse(), "sizes": (40, 48, 40)},
    "ring, loop": {
        "relays": [("a", "b"), ("b", "c"), ("c", "a")],
        "latch": "loop",
        "rule": ab.Perceptron(),
        "sizes": (48, 48, 48),
    },
    "line, nucleus and loop": {
        "relays": [("a", "b"), ("b", "c"), ("c", "b"), ("b", "a")],
        "relay": "nucleus",
        "latch": "loop",
        "rule": ab.Hebbian(),
        "sizes": (48, 48, 48),
        "symbols": 3,
    },
    # Far beyond what it can store, for states that wander.
    "overfull": {"relays": "all", "rule": ab.Storkey(), "sizes": (40, 40, 40), "activity": 0.5, "symbols": 24},
}
# Networks with a snapshot memory "m"; in the second it does not know of buffer "c".
MEMORIES: dict[str, dict[str, Any]] = {
    "memory": {
        "relays": "all",
        "rule": ab.MaximalStability(),
        "sizes": (40, 48, 40),
        "areas": [ab.SnapshotMemory("m", units=256, activity=0.06, capacity=4)],
    },
    "memory, loop": {
        "relays": "hub:b",
        "relay": "nucleus",
        "latch": "loop",
        "rule": ab.PseudoInverse(),
        "sizes": (48, 48, 48),
        "areas": [ab.SnapshotMemory("m", ["b", "a"], units=256, activity=0.06, capacity=4)],
    },
}
# Trials of every run on these, likewise; with record="states" all test modules share one compiled driver for each.
TRIALS = 3
STORING = [name for name in CONFIGURATIONS if name != "overfull"]
BUFFERS: tuple[str, ...] = ("a", "b", "c")
SIZES = {"a": 40, "b": 48, "c": 40}

# A program for `pair`, with symbols for its arguments in four trials.
PROGRAM = (
    ab.load("focus", ab.arg("x"))
    + ab.copy("focus", "agent")
    + ab.load("focus", ab.arg("y"))
    + ab.swap("focus", "agent")
    + ab.gates(open={"focus->agent": 0.5}, ticks=2)
    + ab.hold(3)
)
XS, YS = ["s0", "s3", "s5", "s0"], ["s2", "s2", "s4", "s1"]


@cache
def network(configuration: str) -> ab.Network:
    options = {"activity": 0.15, "symbols": 5, "key": jax.random.key(7), **(CONFIGURATIONS | MEMORIES)[configuration]}
    names = [f"s{number}" for number in range(options.pop("symbols"))]
    buffers = dict(zip(BUFFERS, options.pop("sizes"), strict=True))
    with warnings.catch_warnings():
        if configuration == "overfull":
            warnings.simplefilter("ignore", ab.CapacityWarning)
        return ab.build(ab.Vocabulary(names), buffers=buffers, **options)


@cache
def pair(rule: ab.AbstractStorageRule | None = None, *, symbols: int = 6, units: int = 64) -> ab.Network:
    """Two buffers, "focus" and "agent", with relays both ways."""
    return ab.build(
        ab.Vocabulary([f"s{number}" for number in range(symbols)]),
        buffers={"focus": units, "agent": units},
        activity=0.1,
        rule=rule or ab.PseudoInverse(),
        key=jax.random.key(3),
    )


def wired(**options: Any) -> ab.Network:
    """Five symbols in buffers of unequal sizes, connected in any way; not kept."""
    options = {"buffers": SIZES, "activity": 0.15, "rule": ab.PseudoInverse(), **options}
    return ab.build(ab.Vocabulary(["s0", "s1", "s2", "s3", "s4"]), key=jax.random.key(0), **options)


@cache
def plain(configuration: str) -> oracle.Plain:
    """The same network for the oracle."""
    return as_plain(network(configuration))


def as_plain(built: ab.Network) -> oracle.Plain:
    """Any network for the oracle, without its areas."""
    names = [population.name for population in built.wiring.populations]
    return oracle.Plain(
        symbols=list(built.vocabulary),
        buffers=list(built.buffers),
        codes={name: np.array(built.codes(name)) for name in names},
        gates={gate.name: (gate.source, gate.target) for gate in built.wiring.pathways},
        links=[
            oracle.Link(
                source=names[projection.source],
                target=names[projection.target],
                gate=built.gates[projection.gate],
                weights=np.array(synapses.weights, np.float64),
                bias=np.array(synapses.bias, np.float64),
            )
            for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True)
        ],
        drive=float(built.drive),
    )


def program(instructions: list[tuple]) -> ab.Program:
    """The oracle's instruction tuples as a program."""
    whole = ab.Program()
    for name, *operands in instructions:
        match name:
            case "gates":
                opened, closed, ticks = operands
                whole += ab.gates(open=opened, closed=closed, ticks=ticks)
            case "present":
                buffer, symbol, ticks = operands
                whole += ab.present(buffer, symbol, ticks=ticks)
            case "swap":
                whole += ab.swap(*operands[:2], via=operands[2] if len(operands) == 3 else None)
            case _:
                whole += getattr(ab, name)(*operands)
    return whole


def random_state(built: ab.Network, seed: int, trials: int = TRIALS) -> ab.State:
    """About a fifth of all units on, in every population."""
    generator = np.random.default_rng(seed)
    state = built.silent(trials=trials)
    for name in state.names:
        state = state.replace(name, (generator.random(state[name].shape) < 0.2).astype(np.float32))
    return state


def assert_same_states(found: ab.State, expected: ab.State) -> None:
    """Bit for bit, what the areas hold included."""
    assert found.names == expected.names
    for name in expected.names:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=f"population {name}")
    for name in expected.area_names:
        pairs = zip(jax.tree.leaves(found[name]), jax.tree.leaves(expected[name]), strict=True)
        for leaf, other in pairs:
            np.testing.assert_array_equal(leaf, other, err_msg=f"area {name}")


def numpy_state(state: ab.State) -> list[dict[str, np.ndarray]]:
    """The oracle's states, one per trial."""
    return [{name: np.array(state[name][trial]) > 0 for name in state.names} for trial in range(state.trials)]


def states(trace: ab.Trace) -> dict[str, np.ndarray]:
    """What was recorded at every tick."""
    return {name: np.asarray(recorded) for name, recorded in trace.states.items()}
