"""Wrong calls of what goes by activation and by utility, and a main program that makes them all; see `bad_calls`."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from types import SimpleNamespace

import jax
from bad_values import spread
from wrong_calls import print_raised

import attractorbind as ab
from attractorbind import actr, gating

NOT_FINITE = {
    "far too large": 10**400,
    "NaN": float("nan"),
    "infinite": float("inf"),
    "text": "1",
    "a bool": True,
    "a list": [1],
}
NOT_SIZES = NOT_FINITE | {"negative": -1}
NOT_FRACTIONS = NOT_SIZES | {"above one": 1.5}


def built(**settings: object) -> ab.Network:
    memories = [ab.SnapshotMemory("m", units=64, capacity=4, **settings), ab.SnapshotMemory("plain", units=64)]
    return ab.build(
        ab.Vocabulary(["x", "y"]),
        buffers={"a": 64, "b": 64},
        relays=[],
        areas=memories,
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


def prepare() -> SimpleNamespace:
    return SimpleNamespace(network=built(activation=ab.Activation(noise=0.1)))


def _calls() -> dict[str, tuple]:
    argument, network, program, unknown = "ArgumentError", "NetworkError", "ProgramError", "UnknownNameError"
    rows: dict[str, tuple] = {
        "activation: a number": (lambda w: built(activation=0.5), network, ("memory 'm'", "Activation(")),
        "decay: one": (lambda w: ab.Activation(decay=1.0), argument, ("decay is 1.0", "below 1")),
        "optimized": (lambda w: ab.Activation(optimized=1), argument, ("optimized", "True or False")),
        "spreading": (lambda w: ab.Activation(spreading=1.6), argument, ("spreading is 1.6", "Spreading(")),
        "race": (lambda w: ab.Activation(race=0.6), argument, ("race is 0.6", "Race(")),
        "step": (lambda w: ab.Race(step=0), argument, ("step is 0", "above 0")),
        "prime: no buffers": (lambda w: ab.prime("m", []), program, ("buffers is empty",)),
        "prime: a number": (lambda w: ab.prime(3, ["a"]), program, ("memory is 3",)),
        "prime: another": (lambda w: ab.run(w.network, ab.prime("plain", ["a"])), unknown, ("'plain'", "'m'")),
        "prime: buffer": (lambda w: ab.run(w.network, ab.prime("m", ["c"])), unknown, ("'c'", "'a'")),
        "strengthen": (lambda w: ab.run(w.network, ab.strengthen("plain")), unknown, ("'plain'", "'m'")),
        "elapse": (lambda w: ab.elapse("m", 0), argument, ("steps is 0",)),
        "no key": (lambda w: ab.run(w.network, ab.recall("m", ["a"])), argument, ("key",)),
        "start": (
            lambda w: gating.Utilities("u", gates=["x1"], start=[1, 2]),
            argument,
            ("start of 'u'", "1 channels"),
        ),
        "start: text": (lambda w: gating.Utilities("u", gates=["x1"], start=["1"]), argument, ("start of 'u'", "'1'")),
        "gates": (lambda w: gating.Utilities("u", gates=["pass"]), network, ("'pass'", "switch")),
        "actr: goal": (lambda w: actr.Model([], goal={"a": "1"}), program, ("goal is {'a': '1'}", "Chunk")),
        "actr: conditions": (
            lambda w: actr.Rule("r", actr.Match("goal"), []),
            program,
            ("has Match(", "a list of Match"),
        ),
        "actr: activation": (lambda w: actr.Settings(activation=0.5), argument, ("activation is 0.5", "Activation(")),
        "actr: utility": (lambda w: actr.Settings(utility=0.5), argument, ("utility is 0.5", "Utility(")),
        "actr: sources": (lambda w: actr.Activation(strength=1, goal=2), program, ("2", "1.0", "one of them 0")),
        "actr: decay": (lambda w: actr.Activation(decay=0), argument, ("decay is 0", "below 1")),
    }
    of = {
        "base": (ab.Activation, NOT_FINITE),
        "mismatch": (ab.Activation, NOT_SIZES),
        "noise": (ab.Activation, NOT_SIZES),
        "weight": (lambda **given: ab.Spreading(strength=1, **given), NOT_SIZES),
        "strength": (ab.Spreading, NOT_FINITE),
        "factor": (ab.Race, NOT_SIZES),
        "threshold": (ab.Race, NOT_FINITE),
        "rate": (lambda **given: gating.Utilities("u", gates=["x1"], **given), NOT_FRACTIONS),
        "largest": (lambda **given: gating.Utilities("u", gates=["x1"], **given), NOT_SIZES),
    }
    for setting, (make, values) in of.items():

        def call(w: SimpleNamespace, value: object, make=make, setting=setting) -> object:
            return make(**{setting: value})

        rows |= spread(setting, call, values, argument)
    return rows


CALLS = _calls()

if __name__ == "__main__":
    print_raised(CALLS, prepare())
