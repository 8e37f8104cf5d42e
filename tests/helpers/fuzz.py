"""Malformed programs and arguments, drawn at random: whatever each raises must be one of the library's own errors.

    python tests/helpers/fuzz.py COUNT SEED

It is a program of its own, as `bad_calls` is: users run the library without the checks of annotations that the test
suite turns on. Prints a summary as JSON.
"""
# Wrong on purpose.
# pyright: reportArgumentType=false

import json
import random
import string
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from bad_calls import build
from tqdm import tqdm

import attractorbind as ab

KEY = jax.random.key(0)
BUFFERS, SYMBOLS = ["focus", "agent"], ["dog", "cat", "mouse"]
GATES = [*BUFFERS, "focus->agent", "agent->focus", "focus->m", "agent->m", "m->focus", "m->agent", "m:store"]
NETWORK = build(areas=[ab.SnapshotMemory("m", units=64, capacity=4)])
TRACE = ab.run(NETWORK, ab.load("focus", "dog"), record="decoded")


def junk(dice: random.Random) -> Any:
    """Something of a kind that is wrong wherever a name, a number, a list, a program or a network is wanted."""
    return dice.choice(
        [
            None,
            b"focus",
            1j,
            object(),
            float("nan"),
            float("inf"),
            -dice.random(),
            2 + dice.random(),
            -dice.randrange(1, 10**9),
            10**30,
            np.full(dice.randrange(2, 5), -1.0),
            jnp.full((2, dice.randrange(2, 5)), -2.0),
            {"focus": object()},
            [None, dice.random()],
            {3: 4},
            (),
            lambda: None,
            int,
            Exception("x"),
            range(-dice.randrange(2, 9), 0),
            np.datetime64("2020-01-01"),
        ]
    )


def word(dice: random.Random) -> str:
    """A string that names nothing: a misspelling, or letters of any kind."""
    if dice.random() < 0.5:
        known = dice.choice([*GATES, *SYMBOLS])
        place = dice.randrange(len(known))
        return known[:place] + dice.choice(string.printable) + known[place + dice.randrange(2) :] + "_"
    return "".join(dice.choice(string.printable + "äß→\0\ud7ff") for _ in range(dice.randrange(12))) + "?"


def name(dice: random.Random) -> Any:
    return word(dice) if dice.random() < 0.7 else junk(dice)


def count(dice: random.Random) -> Any:
    wrong = [0, -dice.randrange(1, 99), dice.random(), dice.randrange(1, 9) + 0.5, "2", True, 2.0, None, 2**31, [1]]
    return dice.choice([*wrong, junk(dice)])


def rate(dice: random.Random) -> Any:
    return dice.choice([-dice.random() - 1e-9, 1 + dice.random() + 1e-9, "0.5", True, None, [0.5], junk(dice)])


def conductance(dice: random.Random) -> Any:
    """Not a rate either; True and False would be open and closed."""
    return dice.choice([-dice.random() - 1e-9, 1 + dice.random() + 1e-9, float("nan"), "0.5", None, [0.5], object()])


def names(dice: random.Random) -> Any:
    """A list of names with a wrong one among them, or no list of names."""
    return dice.choice([[*BUFFERS[: dice.randrange(2)], name(dice)], word(dice), 5, None, [object()], 1.5])


def gating(dice: random.Random) -> Any:
    return dice.choice([names(dice), {word(dice): 1.0}, {dice.choice(GATES): conductance(dice)}])


def program(dice: random.Random) -> Any:
    """A program with one wrong instruction in it, somewhere; or no program."""
    return broken_program(dice) if dice.random() < 0.8 else junk(dice)


def sound_program(dice: random.Random) -> ab.Program:
    one, other = dice.sample(BUFFERS, 2)
    return dice.choice(
        [
            ab.load(one, dice.choice(SYMBOLS)),
            ab.copy(one, other),
            ab.swap(one, other),
            ab.clear(one),
            ab.hold(dice.randrange(1, 4)),
            ab.gates(open=[f"{one}->{other}"], ticks=2),
            ab.store("m", [one]),
            ab.recall("m", [one]),
            ab.emit(one),
        ]
    )


def broken_program(dice: random.Random, depth: int = 0) -> ab.Program:
    if depth < 3 and dice.random() < 0.5:
        inside = broken_program(dice, depth + 1)
        condition = dice.choice([ab.empty("focus"), ab.holds("agent", "dog"), ab.equal("focus", "agent")])
        block = dice.choice(
            [
                lambda: ab.when(condition, inside),
                lambda: ab.when(condition, sound_program(dice), inside),
                lambda: ab.repeat(dice.randrange(3), inside),
                lambda: ab.until(condition, inside, limit=3),
                lambda: ab.cycle([ab.production(when=condition, then=inside)], limit=2),
            ]
        )
        broken = block()
    else:
        one, wrong = dice.choice(BUFFERS), name(dice)
        # What is wrong with it shows when it meets a network, if it does not at once.
        broken = dice.choice(
            [
                lambda: ab.load(wrong, "dog"),
                lambda: ab.load(one, wrong),
                lambda: ab.present(one, wrong, ticks=2),
                lambda: ab.copy(one, wrong),
                lambda: ab.copy(one, one),
                lambda: ab.move(wrong, one),
                lambda: ab.swap(one, wrong),
                lambda: ab.clear(wrong),
                lambda: ab.gates(open=[wrong]),
                lambda: ab.gates(closed=[wrong]),
                lambda: ab.read(wrong),
                lambda: ab.emit(wrong),
                lambda: ab.store("m", [wrong]),
                lambda: ab.store(wrong, [one]),
                lambda: ab.recall("m", [one, wrong]),
                lambda: ab.forget("m", [wrong]),
                lambda: ab.when(ab.holds(one, wrong), ab.hold()),
                lambda: ab.until(ab.equal(one, wrong), ab.hold(), limit=2),
                lambda: ab.when(~ab.empty(wrong) | ab.empty(one), ab.hold()),
            ]
        )()
    before = sum((sound_program(dice) for _ in range(dice.randrange(3))), ab.Program())
    return before + broken + sum((sound_program(dice) for _ in range(dice.randrange(3))), ab.Program())


def network(dice: random.Random) -> Any:
    return dice.choice([junk(dice), "network", NETWORK.wiring])


def rule(dice: random.Random) -> Any:
    return dice.choice([junk(dice), "Hebbian", ab.Hebbian, ab.PseudoInverse])


def key(dice: random.Random) -> Any:
    return dice.choice([junk(dice), 0, jax.random.split(KEY, (2, 2)), np.zeros(2, np.uint32)])


def state(dice: random.Random) -> Any:
    right = NETWORK.silent(2)
    halves = right.replace("focus", jnp.full((2, 32), dice.random() * 0.9 + 0.05))
    return dice.choice([halves, build().silent(), TRACE, 0, "silent", np.zeros((2, 32))])


Wrong = Callable[[random.Random], Any]
# Each function with the ways in which its arguments can be wrong, one at a time.
CALLS: list[tuple[str, Callable[..., Any], dict[str, Wrong]]] = [
    ("Vocabulary", ab.Vocabulary, {"names": lambda dice: dice.choice([word(dice), 5, None, [], ["a", "a"], ["a", 5]])}),
    (
        "build",
        build,
        {
            "vocabulary": network,
            "buffers": lambda dice: dice.choice(
                [junk(dice), {word(dice) + "->": 32}, {"a": count(dice)}, ["focus"], {}]
            ),
            "relays": lambda dice: dice.choice(
                [word(dice), names(dice), [("focus", name(dice))], [("focus", "focus")]]
            ),
            "activity": rate,
            "rule": rule,
            "key": key,
            "relay": name,
            "latch": name,
            "areas": lambda dice: dice.choice([name(dice), [name(dice)], 5]),
            "free": lambda dice: dice.choice([-dice.randrange(1, 9), dice.random(), "1", True, None]),
        },
    ),
    ("load", lambda **given: ab.load("focus", **given), {"symbol": junk}),
    ("hold", ab.hold, {"ticks": count}),
    (
        "present",
        lambda **given: ab.present(**{"buffer": "focus", "symbol": "dog"} | given),
        {"symbol": junk, "ticks": count},
    ),
    ("gates", ab.gates, {"open": lambda dice: dice.choice([{"focus": conductance(dice)}, 5, None]), "ticks": count}),
    ("repeat", lambda **given: ab.repeat(**{"times": 2, "body": ab.hold()} | given), {"body": junk}),
    (
        "until",
        lambda **given: ab.until(**{"condition": ab.empty("focus"), "body": ab.hold(), "limit": 2} | given),
        {"condition": junk, "body": junk, "limit": lambda dice: dice.choice([-1, 0.5, None, "2", True])},
    ),
    (
        "when",
        lambda **given: ab.when(**{"condition": ab.empty("focus"), "then": ab.hold()} | given),
        {"condition": junk, "then": junk},
    ),
    ("compile", lambda program: program.compile(NETWORK), {"program": broken_program}),
    (
        "run",
        lambda **given: ab.run(**{"network": NETWORK, "program": ab.hold()} | given),
        {
            "network": network,
            "program": program,
            "state": lambda dice: state(dice),
            "args": lambda dice: dice.choice([{word(dice): "dog"}, 5, "dog", ["dog"]]),
            "inputs": lambda dice: dice.choice([["dog"], 5, word(dice), [5]]),
            "noise": rate,
            "leak": rate,
            "stuck": lambda dice: dice.choice(
                [{word(dice): 1}, {"focus": dice.choice([-1, 2, "1", float("nan")])}, 5, "focus"]
            ),
            "record": name,
        },
    ),
    (
        "run with arguments",
        lambda **given: ab.run(
            NETWORK, ab.load("focus", ab.arg("x")) + ab.read("agent"), **{"args": {"x": "dog"}, "inputs": []} | given
        ),
        {
            "args": lambda dice: dice.choice(
                [
                    {},
                    None,
                    {"x": name(dice)},
                    {"x": ["dog", name(dice)]},
                    {
                        "x": [],
                    },
                    {"y": "dog"},
                ]
            ),
            "inputs": lambda dice: dice.choice([None, 5, [["dog"], word(dice)], [word(dice)], [["dog"], 5]]),
        },
    ),
    (
        "tick",
        lambda **given: ab.tick(**{"network": NETWORK, "state": NETWORK.silent()} | given),
        {
            "network": network,
            "state": lambda dice: state(dice),
            "gates": gating,
            "external": lambda dice: dice.choice(
                [{word(dice): np.zeros((1, 32))}, {"focus": np.zeros((1, dice.randrange(31)))}, 5]
            ),
            "noise": lambda dice: rate(dice),
            "leak": rate,
        },
    ),
    (
        "imprint",
        lambda **given: ab.imprint(**{"network": NETWORK, "names": ["yak"]} | given),
        {
            "network": network,
            "names": lambda dice: dice.choice([word(dice), 5, None, [], ["dog"], ["yak", "yak"], [5], [""]]),
        },
    ),
    ("overlap of a trace", lambda **given: TRACE.overlaps(**given), {"population": name}),
    (
        "decode",
        lambda **given: TRACE.decode(**given),
        {"tick": lambda dice: dice.choice([99, -99, 0.5, "0", 10**30]), "threshold": rate},
    ),
    ("codes", NETWORK.codes, {"population": name}),
    ("gating", NETWORK.gating, {"open": gating, "closed": names}),
    ("partition", NETWORK.partition, {"gates": gating}),
    (
        "energy",
        lambda **given: ab.energy(**{"network": NETWORK, "state": NETWORK.silent()} | given),
        {"network": network, "state": state, "gates": gating},
    ),
    (
        "fields",
        lambda **given: ab.fields(**{"network": NETWORK, "state": NETWORK.silent()} | given),
        {"network": network, "state": state, "gates": gating},
    ),
    (
        "harmony",
        lambda **given: ab.harmony(**{"network": NETWORK, "state": NETWORK.silent(), "gate": "focus"} | given),
        {"network": network, "state": state, "gate": name},
    ),
    (
        "load a network",
        ab.Network.load,
        {"path": lambda dice: dice.choice([junk(dice), __file__, "/nowhere/" + str(dice.random())])},
    ),
    (
        "SnapshotMemory",
        lambda **given: ab.SnapshotMemory(**{"name": "m"} | given),
        {
            "name": lambda dice: dice.choice([junk(dice), "", "a->b", "a:b"]),
            "units": count,
            "capacity": count,
            "activity": rate,
        },
    ),
    (
        "lesion",
        lambda **given: ab.lesion(**{"network": NETWORK, "key": KEY} | given),
        {"network": network, "synapses": rate, "units": rate, "key": key},
    ),
    (
        "isolation",
        lambda **given: ab.isolation(**{"network": NETWORK, "key": KEY} | given),
        {
            "network": network,
            "leak": lambda dice: dice.choice([[rate(dice)], -1, "0.1"]),
            "noise": lambda dice: dice.choice([[0.1, rate(dice)], 2, []]),
            "stuck": lambda dice: {word(dice): 1},
            "ticks": count,
            "trials": count,
        },
    ),
    (
        "chains",
        lambda **given: ab.chains(**{"network": NETWORK, "copies": 2, "key": KEY} | given),
        {
            "network": network,
            "copies": lambda dice: dice.choice([count(dice), 10**6]),
            "noise": rate,
            "flips": rate,
            "units": rate,
            "leak": rate,
            "stuck": lambda dice: {word(dice): 1},
            "trials": count,
            "key": lambda dice: dice.choice([0, "key", jax.random.split(KEY), np.zeros(2, np.uint32)]),
        },
    ),
    (
        "crosstalk",
        lambda **given: ab.crosstalk(**{"trace": TRACE} | given),
        {
            "trace": junk,
            "expected": lambda dice: dice.choice(
                [{word(dice): "dog"}, {"focus": word(dice)}, {"focus": ["dog", "cat"]}, 5, "dog"]
            ),
        },
    ),
]


def main() -> None:
    times, dice = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    raised: Counter[str] = Counter()
    failures: list[str] = []
    for _ in tqdm(range(times), desc="malformed calls", disable=None):
        called, call, ways = dice.choice(CALLS)
        argument = dice.choice(list(ways))
        told = f"{called}({argument}=...)"
        try:
            # Some programs are refused before they come to the call.
            value = ways[argument](dice)
            told = f"{called}({argument}={value!r})"
            call(**{argument: value})
        except ab.AttractorBindError as error:
            raised[type(error).__name__] += 1
            if not 10 < len(str(error)) < 1200:
                failures.append(f"{told}: a message of {len(str(error))} characters")
        except Exception as error:
            failures.append(f"{told}: {type(error).__name__}: {error}")
        else:
            failures.append(f"{told}: nothing was raised")
    print(json.dumps({"calls": times, "raised": raised, "failures": failures}))


if __name__ == "__main__":
    main()
