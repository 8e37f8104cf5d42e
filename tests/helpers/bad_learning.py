"""Wrong calls of what learns, and a main program that makes them all; see `bad_calls`.

Nothing is computed: whatever would run a network, draw synapses or train them raises an error that is not the
library's.
"""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from bad_values import NOT_A_NUMBER, WRONG_COUNTS, WRONG_KEYS, WRONG_RATES, spread
from wrong_calls import print_raised

import attractorbind as ab
from attractorbind import learning

KEY = jax.random.key(0)
SEE = ab.load("focus", ab.arg("name")) + ab.see("eyes", write=False) + ab.learn("eyes")
WRONG_SIZES = {kind: value for kind, value in WRONG_RATES.items() if kind not in ("above one",)} | {"zero": 0.0}
WRONG_FRACTIONS = WRONG_RATES
WRONG_BOOLS = {"a number": 1, "a string": "yes", "None": None}
NO_STIMULI = {
    "a string": "dog",
    "strings": ["dog"],
    "strings of digits": [["1", "0", "0", "0"]],
    "complex": [[1j, 0.0, 0.0, 0.0]],
    "None": None,
    "ragged": [[1.0, 2.0, 3.0, 4.0], [1.0]],
    "ragged in depth": [[[1.0, 2.0, 3.0, 4.0]], [[1.0, 2.0, 3.0, 4.0]] * 2],
    "nothing in it": [],
    "no trials": np.zeros((0, 4)),
    "no stimuli": np.zeros((2, 0, 4)),
    "too few inputs": np.zeros((2, 3)),
    "images of another size": np.zeros((2, 3, 3)),
    "one number": 1.0,
    "no axis of trials": np.zeros(4),
    "objects": np.array([object()] * 4).reshape(1, 4),
}
NOT_FINITE = {
    "not a number": [[1.0, 2.0, 3.0, NOT_A_NUMBER]],
    "infinite": [[1.0, 2.0, 3.0, np.inf]],
    "too large for 32 bits": [[1.0, 2.0, 3.0, 1e60]],
}
WRONG_NAMES = {"a number": 3, "None": None, "empty": "", "a gate": "eyes->focus", "a switch": "eyes:next"}


def eyes(name: Any = "eyes", rule: Any = None, **changes: Any) -> learning.Hierarchy:
    usual: dict[str, Any] = {"sizes": [4, 5], "target": "focus"}
    rule = learning.Backpropagation() if rule is None else rule
    return learning.Hierarchy(name, rule=rule, **{**usual, **changes})


def build(*areas: Any) -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"focus": 36, "agent": 24},
        activity=0.2,
        rule=ab.PseudoInverse(),
        areas=list(areas),
        key=KEY,
    )


def prepare() -> SimpleNamespace:
    """What the calls need that is itself right."""
    network = build(eyes())
    return SimpleNamespace(network=network, blind=build(), two=build(eyes(), eyes("ears", target="agent")))


def train(w: SimpleNamespace, program: ab.Program = SEE, network: Any = None, **changes: Any) -> ab.Trained:
    usual: dict[str, Any] = {
        "stimuli": np.eye(4),
        "args": {"name": ["dog", "cat", "dog", "cat"]},
        "epochs": 1,
        "batch": 2,
        "key": KEY,
        "progress": False,
    }
    return ab.train(w.network if network is None else network, program, **{**usual, **changes})


def fit(w: SimpleNamespace, hierarchy: Any = None, **changes: Any) -> learning.Fitted:
    usual: dict[str, Any] = {"inputs": np.eye(4), "targets": np.eye(4), "epochs": 1, "batch": 2, "key": KEY}
    given = {**usual, **changes}
    return learning.fit(eyes() if hierarchy is None else hierarchy, given.pop("inputs"), given.pop("targets"), **given)


def traced(call: Any) -> Any:
    """The call with a number that JAX traces."""
    return jax.jit(lambda number: jnp.zeros(()) if call(number) is None else jnp.ones(()))(0.5)


def numbers(told: str, make: Any, names: dict[str, dict[str, Any]]) -> dict[str, tuple]:
    """Rows for numbers of a rule or an optimiser, with what is wrong for each."""
    rows = {}
    for name, wrong in names.items():
        rows |= spread(f"{told}: {name}", lambda w, v, n=name: make(**{n: v}), wrong, "ArgumentError", f"{name} is")
    return rows


# Of arrays where numbers belong that never change Equinox warns by itself.
FIXED_COUNTS = {kind: value for kind, value in WRONG_COUNTS.items() if not hasattr(value, "shape")}
FALLING = {kind: value for kind, value in FIXED_COUNTS.items() if kind != "None"}
CALLS: dict[str, tuple] = {
    # Rules and optimisers
    **numbers("Adam", learning.Adam, {"rate": WRONG_SIZES, "updates": FALLING, "shrink": WRONG_FRACTIONS}),
    **numbers(
        "Descent",
        learning.Descent,
        {"rate": WRONG_SIZES, "updates": FALLING, "momentum": WRONG_FRACTIONS | {"one": 1}},
    ),
    **numbers("FeedbackAlignment", learning.FeedbackAlignment, {"direct": WRONG_BOOLS}),
    **numbers("ContrastiveHebbian", learning.ContrastiveHebbian, {"feedback": WRONG_SIZES, "sweeps": WRONG_COUNTS}),
    **numbers("PredictiveCoding", learning.PredictiveCoding, {"steps": WRONG_COUNTS, "step_size": WRONG_SIZES}),
    **numbers("Reinforce", learning.Reinforce, {"size": WRONG_SIZES, "forgetting": WRONG_SIZES | {"above one": 1.5}}),
    **numbers(
        "NodePerturbation",
        learning.NodePerturbation,
        {"serial": WRONG_BOOLS, "draws": WRONG_COUNTS, "size": WRONG_SIZES, "antithetic": WRONG_BOOLS},
    ),
    **numbers(
        "WeightPerturbation",
        learning.WeightPerturbation,
        {"serial": WRONG_BOOLS, "draws": WRONG_COUNTS, "size": WRONG_SIZES, "antithetic": WRONG_BOOLS},
    ),
    **numbers(
        "TwoCompartment",
        learning.TwoCompartment,
        {
            "nudge": WRONG_FRACTIONS | {"zero": 0},
            "apical": WRONG_FRACTIONS | {"zero": 0},
            "lateral": WRONG_FRACTIONS | {"zero": 0, "one": 1.0},
            "sweeps": WRONG_COUNTS,
            "spontaneous": {kind: value for kind, value in WRONG_COUNTS.items() if kind != "zero"},
            "before_and_after": WRONG_BOOLS,
        },
    ),
    **numbers(
        "Burst",
        learning.Burst,
        {"probability": WRONG_FRACTIONS | {"zero": 0, "one": 1}, "learned": WRONG_BOOLS, "decay": WRONG_SIZES},
    ),
    **numbers(
        "Distortion",
        lambda **given: learning.Distortion((2, 2), **given),
        {
            "shift": {kind: value for kind, value in WRONG_RATES.items() if kind != "above one"},
            "rotation": {kind: value for kind, value in WRONG_RATES.items() if kind != "above one"},
            "scale": WRONG_RATES,
        },
    ),
    **spread(
        "Distortion: shape",
        lambda w, v: learning.Distortion(v),
        {"a number": 4, "a list": [2, 2], "three sides": (2, 2, 2), "a string": "22", "None": None},
        "ArgumentError",
        "shape is",
        "height and width",
    ),
    **spread(
        "Distortion: a side",
        lambda w, v: learning.Distortion((2, v)),
        FIXED_COUNTS,
        "ArgumentError",
        "a side of shape is",
    ),
    "Distortion: images of another size": (
        lambda w: learning.Distortion((2, 2))(jnp.zeros((3, 9)), KEY),
        "ArgumentError",
        ("9 pixels", "(2, 2)"),
    ),
    **{
        f"traced: {told}": (lambda w, call=call: traced(call), "ArgumentError", ("is traced",))
        for told, call in {
            "Adam": lambda number: learning.Adam(number),
            "ContrastiveHebbian": lambda number: learning.ContrastiveHebbian(number),
            "TwoCompartment": lambda number: learning.TwoCompartment(number),
            "Burst": lambda number: learning.Burst(number),
        }.items()
    },
    # Hierarchies
    **spread("hierarchy: name", lambda w, v: eyes(v), WRONG_NAMES, "NetworkError", "area name", "non-empty string"),
    **spread(
        "hierarchy: target",
        lambda w, v: eyes(target=v),
        {"a number": 3, "None": None, "a list": ["focus"]},
        "NetworkError",
        "target of hierarchy 'eyes' is",
        "name of a buffer",
    ),
    **spread(
        "hierarchy: sizes",
        lambda w, v: eyes(sizes=v),
        {"a number": 4, "a string": "4", "None": None, "nothing in it": [], "a set": {4}},
        "NetworkError",
        "sizes of hierarchy 'eyes' is",
        "units of each layer",
    ),
    **spread(
        "hierarchy: a size",
        lambda w, v: eyes(sizes=[4, v]),
        WRONG_COUNTS,
        "ArgumentError",
        "a size of hierarchy 'eyes'",
    ),
    **spread(
        "hierarchy: rule",
        lambda w, v: learning.Hierarchy("eyes", sizes=[4], target="focus", rule=v),
        {
            "a string": "backpropagation",
            "None": None,
            "a class": learning.Backpropagation,
            "a storage rule": ab.Hebbian(),
        },
        "NetworkError",
        "rule of hierarchy 'eyes'",
        "learning.Backpropagation()",
    ),
    **spread(
        "hierarchy: optimiser",
        lambda w, v: eyes(optimiser=v),
        {"a string": "adam", "a number": 0.1, "a class": learning.Adam},
        "NetworkError",
        "optimiser of hierarchy 'eyes'",
        "learning.Adam()",
    ),
    **spread(
        "hierarchy: activation",
        lambda w, v: eyes(activation=v),
        {"unknown": "gelu", "a number": 1, "a list": ["relu"]},
        "NetworkError",
        "activation is",
        "'relu', 'tanh', 'sigmoid'",
    ),
    **spread(
        "hierarchy: readout",
        lambda w, v: eyes(readout=v),
        {"unknown": "argmax", "None": None, "a list": ["softmax"]},
        "NetworkError",
        "readout is",
        "'sigmoid', 'softmax', 'linear'",
    ),
    "hierarchy: activation that does not suit the rule": (
        lambda w: eyes(rule=learning.Burst(), activation="relu"),
        "NetworkError",
        ("Burst does not work with activation='relu'", "'sigmoid'"),
    ),
    "hierarchy: readout that does not suit the rule": (
        lambda w: eyes(rule=learning.ContrastiveHebbian(), readout="softmax"),
        "NetworkError",
        ("ContrastiveHebbian does not work with readout='softmax'", "'sigmoid'"),
    ),
    **{
        f"hierarchy: one layer for {type(rule).__name__}": (
            lambda w, rule=rule: eyes(rule=rule, sizes=[4]),
            "NetworkError",
            (type(rule).__name__, "hidden", "sizes=", "Backpropagation()"),
        )
        for rule in (learning.FeedbackAlignment(), learning.TwoCompartment(), learning.Burst())
    },
    **spread(
        "hierarchy: receptive fields",
        lambda w, v: eyes(receptive_fields=v),
        {"a number": 2, "a string": "22", "too few": [2], "too many": [2, 2, 2], "nothing in it": []},
        "NetworkError",
        "receptive_fields of hierarchy 'eyes'",
        "2 layers",
    ),
    **spread(
        "hierarchy: a receptive field",
        lambda w, v: eyes(receptive_fields=[v, None]),
        {kind: value for kind, value in WRONG_COUNTS.items() if kind != "None"},
        "ArgumentError",
        "a receptive field's width is",
    ),
    "hierarchy: receptive field on no sheet": (
        lambda w: build(eyes(receptive_fields=[2, None])),
        "NetworkError",
        ("5 units make no square sheet", "take 4 or 9"),
    ),
    "hierarchy: receptive field on a buffer that is no sheet": (
        lambda w: build(eyes(sizes=[4, 4], target="agent", receptive_fields=[None, 1])),
        "NetworkError",
        ("24 units make no square sheet", "take 16 or 25"),
    ),
    "hierarchy: receptive field too wide": (
        lambda w: build(eyes(sizes=[4, 4], receptive_fields=[3, None])),
        "NetworkError",
        ("3 units wide", "2 x 2"),
    ),
    "hierarchy: unknown target": (
        lambda w: build(eyes(target="focs")),
        "UnknownNameError",
        ("buffer 'focs'", "'focus'?"),
    ),
    "hierarchy: name of a buffer": (lambda w: build(eyes("focus")), "NetworkError", ("'focus'", "given twice")),
    "hierarchy: the same name twice": (lambda w: build(eyes(), eyes()), "NetworkError", ("'eyes'", "given twice")),
    # see, learn
    **spread(
        "see: hierarchy", lambda w, v: ab.see(v), {"a number": 3, "None": None}, "ProgramError", "hierarchy is", "name"
    ),
    **spread("see: views", lambda w, v: ab.see("eyes", views=v), WRONG_COUNTS, "ArgumentError", "views is"),
    **spread("see: write", lambda w, v: ab.see("eyes", write=v), WRONG_BOOLS, "ArgumentError", "write is"),
    "see: unknown": (
        lambda w: ab.run(w.network, ab.see("eyse")),
        "UnknownNameError",
        ("hierarchy 'eyse'", "'eyes'"),
    ),
    "learn: unknown": (
        lambda w: ab.learn("eyse").compile(w.network),
        "UnknownNameError",
        ("hierarchy 'eyse'", "'eyes'"),
    ),
    "see: none": (lambda w: ab.run(w.blind, ab.see("eyes")), "UnknownNameError", ("hierarchy 'eyes'",)),
    "learn: a buffer": (lambda w: ab.run(w.network, ab.learn("focus")), "UnknownNameError", ("hierarchy 'focus'",)),
    # run
    **spread(
        "run: stimuli",
        lambda w, v: ab.run(w.network, ab.see("eyes"), stimuli={"eyes": v}),
        NO_STIMULI,
        "ArgumentError",
        "stimuli of 'eyes'",
        "4",
    ),
    **spread(
        "run: stimuli",
        lambda w, v: ab.run(w.network, ab.see("eyes"), stimuli={"eyes": v}),
        NOT_FINITE,
        "ArgumentError",
        "stimuli of 'eyes'",
        "not finite",
    ),
    **spread(
        "run: stimuli without a name",
        lambda w, v: ab.run(w.network, ab.see("eyes"), stimuli=v),
        {"an array": np.eye(4), "a list": [1, 2], "a string": "eyes"},
        "ArgumentError",
        "stimuli is no mapping",
        "'eyes'",
    ),
    "run: stimuli of nobody": (
        lambda w: ab.run(w.network, ab.see("eyes"), stimuli={"eyse": np.eye(4)}),
        "UnknownNameError",
        ("sensory area 'eyse'", "'eyes'"),
    ),
    "run: stimuli where there is nobody": (
        lambda w: ab.run(w.blind, ab.hold(), stimuli=np.eye(4)),
        "ArgumentError",
        ("of which the network has none",),
    ),
    "run: stimuli for other trials than args": (
        lambda w: ab.run(w.network, SEE, args={"name": ["dog", "cat"]}, stimuli={"eyes": np.zeros((3, 4))}),
        "ArgumentError",
        ("args= for 2", "stimuli= for 3"),
    ),
    "run: stimuli for other trials than each other": (
        lambda w: ab.run(w.two, ab.see("eyes"), stimuli={"eyes": np.zeros((3, 4)), "ears": np.zeros((2, 4))}),
        "ArgumentError",
        ("'eyes' has 3", "'ears' has 2"),
    ),
    "run: stimuli that JAX traces": (
        lambda w: jax.jit(lambda shown: ab.run(w.network, ab.see("eyes"), stimuli={"eyes": shown}).state["focus"])(
            jnp.eye(4)
        ),
        "AttractorBindError",
        ("traced|transforms",),
    ),
    "tick: nothing of that name": (
        lambda w: ab.tick(w.network, w.network.silent(), ["eyes:nxt"]),
        "UnknownNameError",
        ("'eyes:nxt'", "'eyes:next'"),
    ),
    # train
    **spread("train: epochs", lambda w, v: train(w, epochs=v), WRONG_COUNTS, "ArgumentError", "epochs is"),
    **spread("train: batch", lambda w, v: train(w, batch=v), WRONG_COUNTS, "ArgumentError", "batch is"),
    **spread("train: key", lambda w, v: train(w, key=v), {**WRONG_KEYS, "None": None}, "ArgumentError", "key"),
    **spread("train: stimuli", lambda w, v: train(w, stimuli=v), NO_STIMULI, "ArgumentError", "stimuli of 'eyes'", "4"),
    **spread("train: stimuli", lambda w, v: train(w, stimuli=v), NOT_FINITE, "ArgumentError", "not finite"),
    **spread("train: progress", lambda w, v: train(w, progress=v), WRONG_BOOLS, "ArgumentError", "progress is"),
    **spread(
        "train: args",
        lambda w, v: train(w, args=v),
        {"a list": ["dog"], "a string": "dog", "a number": 3},
        "ArgumentError",
        "args is|argument",
        "mapping|'name'",
    ),
    "train: missing args": (lambda w: train(w, args=None), "ArgumentError", ("'name' is missing",)),
    "train: unknown label": (
        lambda w: train(w, args={"name": ["dog", "cat", "dog", "cow"]}),
        "UnknownNameError",
        ("symbol 'cow'",),
    ),
    "train: fewer labels than examples": (
        lambda w: train(w, args={"name": ["dog", "cat"]}),
        "ArgumentError",
        ("args= for 2", "stimuli= for 4"),
    ),
    "train: too large a batch": (lambda w: train(w, batch=5), "ArgumentError", ("batch is 5", "4 examples")),
    "train: a network without hierarchy": (
        lambda w: train(w, ab.hold(), network=w.blind, args=None),
        "NetworkError",
        ("no hierarchy to train", "learning.Hierarchy"),
    ),
    "train: several hierarchies": (
        lambda w: train(w, network=w.two),
        "ArgumentError",
        ("'eyes', 'ears'", "hierarchy="),
    ),
    **spread(
        "train: hierarchy",
        lambda w, v: train(w, hierarchy=v),
        {"unknown": "eyse", "a number": 3, "a list": ["eyes"]},
        "UnknownNameError",
        "unknown hierarchy",
        "'eyes'",
    ),
    "train: a state of several trials": (
        lambda w: train(w, state=w.network.silent(2)),
        "ArgumentError",
        ("state is of 2 trials", "one"),
    ),
    **spread(
        "train: state",
        lambda w, v: train(w, state=v),
        {"a string": "silent", "a network's": build().silent(), "a number": 3},
        "NetworkError",
        "state",
        "silent",
    ),
    **spread(
        "train: network",
        lambda w, v: train(w, network=v),
        {"a string": "eyes", "a number": 3},
        "NetworkError",
        "network",
    ),
    **spread(
        "train: program", lambda w, v: train(w, v), {"a string": "see", "None": None}, "ProgramError", "program is a"
    ),
    **spread(
        "train: augment",
        lambda w, v: train(w, augment=v),
        {"a string": "shift", "a number": 3},
        "ArgumentError",
        "augment is",
        "learning.Distortion",
    ),
    "train: a program that reads, and nothing to read": (
        lambda w: train(w, ab.read("focus") + ab.see("eyes", write=False), args=None),
        "ArgumentError",
        ("inputs= is missing",),
    ),
    "train: something to read, and a program that does not": (
        lambda w: train(w, inputs=[["dog"]] * 4),
        "ArgumentError",
        ("inputs= is given, but the program reads none",),
    ),
    "train: traced": (
        lambda w: jax.jit(lambda number: train(w, stimuli=np.eye(4) * number).history.loss)(1.0),
        "AttractorBindError",
        ("traced|transforms",),
    ),
    # fit
    **spread("fit: epochs", lambda w, v: fit(w, epochs=v), WRONG_COUNTS, "ArgumentError", "epochs is"),
    **spread("fit: batch", lambda w, v: fit(w, batch=v), WRONG_COUNTS, "ArgumentError", "batch is"),
    **spread("fit: key", lambda w, v: fit(w, key=v), {**WRONG_KEYS, "None": None}, "ArgumentError", "key"),
    **spread("fit: inputs", lambda w, v: fit(w, inputs=v), NO_STIMULI, "ArgumentError", "inputs", "4"),
    **spread("fit: inputs", lambda w, v: fit(w, inputs=v), NOT_FINITE, "ArgumentError", "not finite"),
    **spread(
        "fit: targets",
        lambda w, v: fit(w, targets=v),
        {
            "a string": "dog",
            "strings": ["dog"] * 4,
            "strings of digits": [["1", "0"]] * 4,
            "None": None,
            "ragged": [[1, 0], [1]],
            "nothing in it": [],
            "no outputs": np.zeros((4, 0)),
            "too few": np.eye(3),
            "labels": [0, 1, 0, 1],
            "numbers in between": np.full((4, 2), 0.5),
            "not a number": np.full((4, 2), NOT_A_NUMBER),
        },
        "ArgumentError",
        "targets",
        "zeros and ones",
    ),
    **spread("fit: cosine", lambda w, v: fit(w, cosine=v), WRONG_BOOLS, "ArgumentError", "cosine is"),
    **spread(
        "fit: hierarchy", lambda w, v: fit(w, v), {"a string": "eyes", "a number": 3}, "ArgumentError", "hierarchy is"
    ),
    **spread(
        "fit: augment",
        lambda w, v: fit(w, augment=v),
        {"a string": "shift", "a number": 3},
        "ArgumentError",
        "augment is",
        "learning.Distortion",
    ),
    "fit: too large a batch": (lambda w: fit(w, batch=5), "ArgumentError", ("batch is 5", "4 examples")),
    "fit: inputs with several stimuli": (
        lambda w: fit(w, inputs=np.zeros((4, 2, 4))),
        "ArgumentError",
        ("inputs", "4"),
    ),
}


def forbid_computing() -> None:
    """From here on, whoever runs a network or trains synapses gets an error that is not the library's."""
    from attractorbind import _tick
    from attractorbind._engine import driver
    from attractorbind._learning import fit as fitting

    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("it went on to compute")

    driver._drive = _tick._tick = fitting._epoch = forbidden


if __name__ == "__main__":
    world = prepare()
    forbid_computing()
    print_raised(CALLS, world)
