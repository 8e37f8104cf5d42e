"""Runs spread over devices against the same runs on one device; as a program of its own it needs eight of them.

    XLA_FLAGS=--xla_force_host_platform_device_count=8 python sharded.py [few]

It prints, for each run, whether all that came out is the same bit for bit, what the devices tell each other in the
compiled loop, and how often the loop was compiled, as JSON.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import permutations
from typing import Any
from unittest import mock

import jax
import numpy as np
from jax.sharding import Mesh

import attractorbind as ab
from attractorbind._devices import check_devices, on_host
from attractorbind._engine import driver
from attractorbind._engine.placing import placed_network

TRIALS = 16
# The runs that are spread by units as well.
OF_UNITS = ("noisy", "branching, recorded", "factors", "sizes", "many buffers", "memory, branching")
# Those that a minute is enough for, spread by trials and by units.
FEW = {"trials": ("outputs", "branching, recorded", "learning", "memory, branching"), "units": ("noisy", "factors")}
NAMES = [f"s{number}" for number in range(6)]
_TOLD = re.compile(
    r"= (\(?[\w\[\],{}: /*=]+?\)?) (all-reduce|all-gather|all-to-all|collective-permute|reduce-scatter)(?:-start)?\("
)


def network(**settings: Any) -> ab.Network:
    given: dict[str, Any] = {"buffers": dict.fromkeys("abc", 64), "relay": "nucleus"} | settings
    vocabulary = given.pop("vocabulary", ab.Vocabulary(NAMES))
    return ab.build(vocabulary, activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0), **given)


def symbols(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).choice(NAMES, shape).tolist()


def straight() -> ab.Program:
    return ab.load("a", ab.arg("first")) + ab.copy("a", "b") + ab.load("a", "s1") + ab.copy("b", "c") + ab.hold(3)


def looking() -> ab.Program:
    """Reads until it has seen a symbol, puts out what it reads, and counts; the trials go different ways."""
    seen = ab.read("a") + ab.emit("a") + ab.when(ab.equal("a", "b"), ab.copy("a", "c"), ab.copy("b", "c"))
    return ab.load("b", ab.arg("first")) + ab.until(ab.holds("a", "s2"), seen, limit=4) + ab.repeat(2, ab.emit("c"))


def remembering() -> ab.Program:
    program = ab.Program()
    for name in ("first", "second"):
        program += ab.load("a", ab.arg(name)) + ab.load("b", "s3") + ab.store("m", ["a", "b"])
    return program + ab.load("a", ab.arg("first")) + ab.recall("m", cue=["a"])


def imprinting() -> ab.Program:
    novel = ab.read("a", imprint=True) + ab.copy("a", "b") + ab.emit("b")
    return novel * 2 + ab.when(ab.equal("a", "b"), ab.emit("a"), ab.clear("a"))


ARGS = {"first": symbols(1, TRIALS), "second": symbols(2, TRIALS)}
FIRST = {"first": ARGS["first"]}
INPUTS = symbols(3, TRIALS, 4)
KEY = jax.random.key(5)


@cache
def memory() -> ab.Network:
    return network(areas=[ab.SnapshotMemory("m", units=256, capacity=3)])


@cache
def ensembles() -> ab.Network:
    return network(vocabulary=ab.Vocabulary(NAMES, spare=2), areas=[ab.Ensembles("e")])


@cache
def learners() -> ab.Network:
    """Each trial learns for itself which of two buffers to fill."""
    store = ab.gating.BasalGanglia("g", reads=["a"], gates=["a->b", "a->c"], rate=4.0, explore=0.2, shared=False)
    return network(relay="direct", relays=[("a", "b"), ("a", "c")], areas=[store])


def lesson() -> ab.Program:
    own = ab.clear("b") + ab.clear("c") + ab.load("a", ab.arg("first")) + ab.choose("g", gates=["a->b", "a->c"])
    return ab.repeat(6, own + ab.reward(when=ab.holds("b", ab.arg("first"))))


@cache
def plain() -> ab.Network:
    return network()


@cache
def many() -> ab.Network:
    names = [*"abc", *[f"b{number}" for number in range(40)]]
    relays: list[Any] = [*permutations("abc", 2), *[("a", name) for name in names[3:]]]
    return network(buffers=dict.fromkeys(names, 64), relay="direct", relays=relays)


@cache
def wide() -> ab.Network:
    return network(buffers=dict.fromkeys("abc", 256))


@cache
def sizes() -> ab.Network:
    return network(buffers={"a": 64, "b": 48, "c": 72})


def cases() -> dict[str, Callable[..., ab.Trace]]:
    """The runs; each is given what is said of devices."""
    return {
        "straight": lambda **given: ab.run(plain(), straight(), args=FIRST, **given),
        "noisy": lambda **given: ab.run(
            plain(), straight(), args=FIRST, noise=0.02, leak=0.03, key=KEY, after=7, **given
        ),
        "recorded": lambda **given: ab.run(plain(), straight(), args=FIRST, record="states", **given),
        "branching": lambda **given: ab.run(plain(), looking(), args=FIRST, inputs=INPUTS, throw=False, **given),
        "branching, recorded": lambda **given: ab.run(
            plain(), looking(), args=FIRST, inputs=INPUTS, noise=0.01, key=KEY, record="decoded", throw=False, **given
        ),
        "outputs": lambda **given: ab.run(
            plain(), ab.load("a", "s1") + ab.repeat(70, ab.emit("a")), plain().silent(TRIALS), **given
        ),
        "a long record": lambda **given: ab.run(
            plain(), ab.repeat(30, looking()), args=FIRST, inputs=INPUTS, record="states", throw=False, **given
        ),
        "going on": lambda **given: ab.run(
            plain(),
            straight() + ab.copy("a", "c"),
            ab.run(plain(), straight(), args=FIRST, **given).state,
            args=FIRST,
            **given,
        ),
        "factors": lambda **given: ab.run(wide(), straight(), args=FIRST, **given),
        "sizes": lambda **given: ab.run(
            network(buffers={"a": 64, "b": 48, "c": 72}), looking(), args=FIRST, inputs=INPUTS, throw=False, **given
        ),
        "many buffers": lambda **given: ab.run(
            many(), looking() + ab.load("b39", "s1"), args=FIRST, inputs=INPUTS, throw=False, **given
        ),
        "ensembles": lambda **given: ab.run(ensembles(), imprinting(), inputs=INPUTS, throw=False, **given),
        "learning": lambda **given: ab.run(learners(), lesson(), args=FIRST, key=KEY, record="decoded", **given),
        "memory": lambda **given: ab.run(memory(), remembering(), args=ARGS, **given),
        "memory, branching": lambda **given: ab.run(
            memory(),
            remembering() + looking() + ab.forget("m", cue=["a"]) + ab.recall("m", cue=["b"]),
            args=ARGS,
            inputs=INPUTS,
            noise=0.01,
            key=KEY,
            throw=False,
            **given,
        ),
    }


def told(call: Any) -> Counter[str]:
    """What devices tell each other in the compiled loop that was called so: how often, and of which shape."""
    text = driver._drive.lower(*call.args, **call.kwargs).compile().as_text()
    return Counter(f"{kind} {re.sub(r'{[^}]*}', '', shape)}" for shape, kind in _TOLD.findall(text))


def same(one: ab.Trace, other: ab.Trace) -> bool:
    pairs = zip(*(jax.tree.leaves(on_host(_arrays(trace))) for trace in (one, other)), strict=True)
    arrays = all(np.array_equal(np.asarray(left), np.asarray(right), equal_nan=True) for left, right in pairs)
    return arrays and one.decode() == other.decode() and one.outputs == other.outputs


def _arrays(trace: ab.Trace) -> Any:
    # How much room there was for outputs depends on how often a run has paused.
    apart = ("network", "program", "output_symbols")
    told = {name: value for name, value in vars(trace).items() if name not in apart}
    return told | {"state": (trace.state.activities, trace.state.areas)}


def tried(run: Callable[..., ab.Trace], mesh: Mesh) -> dict[str, Any]:
    alone = run()
    before = driver._drive._cache_size()
    with mock.patch.object(driver, "_drive", wraps=driver._drive) as drive:
        spread = run(sharding=mesh)
    compiled = driver._drive._cache_size() - before
    return {"same": same(alone, spread), "told": told(drive.call_args), "compiled": compiled, "calls": drive.call_count}


def share(mesh: Mesh) -> float:
    """The part of all weights that a device has."""
    synapses = placed_network(plain(), check_devices(mesh, TRIALS)).tree.synapses
    weights = [own.weights for own in synapses]
    return sum(array.addressable_shards[0].data.size for array in weights) / sum(array.size for array in weights)


WRONG = {
    "trials": lambda mesh: ab.run(network(), ab.load("a", ab.arg("first")), args={"first": NAMES}, sharding=mesh),
    "units": lambda mesh: ab.run(network(buffers={"a": 64, "b": 63}), ab.hold(), sharding=mesh),
}


def message(call: Callable[[Mesh], Any], mesh: Mesh) -> str:
    try:
        call(mesh)
    except ab.AttractorBindError as error:
        return str(error)
    return ""


def names(*, few: bool) -> dict[str, tuple[str, ...]]:
    """Which runs are spread by trials, and which by units."""
    return FEW if few else {"trials": tuple(cases()), "units": OF_UNITS}


def main(*, few: bool) -> None:
    trials, units = jax.make_mesh((8,), ("trials",)), jax.make_mesh((4, 2), ("trials", "units"))
    told = {
        "trials": {name: tried(cases()[name], trials) for name in names(few=few)["trials"]},
        "units": {name: tried(cases()[name], units) for name in names(few=few)["units"]},
        "share": {"trials": share(trials), "units": share(units)},
        "wrong": {
            "trials": message(WRONG["trials"], trials),
            "units": message(WRONG["units"], jax.make_mesh((1, 4), ("trials", "units"))),
        },
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(few="few" in sys.argv)
