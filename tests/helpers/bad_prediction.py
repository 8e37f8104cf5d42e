"""Wrong calls of what predicts, and of costs, and a main program that makes them all; see `bad_calls`."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from types import SimpleNamespace
from typing import Any

import jax
import numpy as np
from bad_values import spread
from wrong_calls import print_raised

import attractorbind as ab
from attractorbind import gating, learning
from attractorbind.learning import costs

NOT_SCALES = {
    "below one": [0.5],
    "zero": [1, 0],
    "negative": [-1],
    "NaN": [np.nan],
    "infinite": [np.inf],
    "none at all": [],
    "one number": 10,
    "a string": "10",
    "strings": ["10"],
    "a bool": [True],
    "twice": [10, 10],
    "far too large": [10**400],
}
NOT_RATES = {"zero": 0.0, "two": 2.0, "negative": -0.5, "NaN": np.nan, "infinite": np.inf, "text": "1", "None": None}
NOT_SIZES = {"negative": -1.0, "NaN": np.nan, "infinite": np.inf, "text": "1", "None": None, "a bool": True}
NOT_BOOLS = {"a number": 1, "None": None, "text": "yes"}
NOT_FRACTIONS = {"negative": -0.1, "above one": 1.5, "NaN": np.nan, "text": "1"}
NOT_NAMES = {"a number": 3, "None": None, "empty": "", "a gate": "a->b", "a switch": "a:b"}


def eyes(**changes: Any) -> learning.Hierarchy:
    usual: dict[str, Any] = {"sizes": [4, 5], "target": "focus", "rule": learning.Backpropagation()}
    return learning.Hierarchy("eyes", **usual | changes)


def predictor(**changes: Any) -> ab.Predictor:
    return ab.Predictor("cerebellum", **{"reads": ["focus"]} | changes)


def build(*areas: Any) -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"focus": 36, "agent": 24},
        relays=[("focus", "agent")],
        activity=0.2,
        rule=ab.PseudoInverse(),
        areas=list(areas),
        key=jax.random.key(0),
    )


def prepare() -> SimpleNamespace:
    """What the calls need that is itself right."""
    return SimpleNamespace(
        network=build(eyes(costs=[costs.Target(), costs.Slowness()]), predictor()), plain=build(eyes())
    )


def fit_costs(hierarchy: Any = None, learned: Any = None, views: Any = None, **changes: Any) -> learning.Learned:
    of = eyes(costs=[costs.Target(), costs.Slowness(), costs.Reward("striatum")]) if hierarchy is None else hierarchy
    usual: dict[str, Any] = {"costs": ["slowness"], "updates": 1, "batch": 2, "key": jax.random.key(0)}
    return learning.fit_costs(
        of,
        eyes(costs=of.costs).drawn(2, key=jax.random.key(0)) if learned is None else learned,
        learning.Views(np.eye(4), before=np.eye(4)) if views is None else views,
        **usual | changes,
    )


CALLS: dict[str, Any] = {
    **spread("predictor: timescales", lambda w, v: predictor(timescales=v), NOT_SCALES, "ArgumentError", "timescales"),
    **spread("predictor: rate", lambda w, v: predictor(rate=v), NOT_RATES, "ArgumentError", "rate"),
    **spread("predictor: threshold", lambda w, v: predictor(threshold=v), NOT_SIZES, "ArgumentError", "threshold"),
    **spread("predictor: normalised", lambda w, v: predictor(normalised=v), NOT_BOOLS, "ArgumentError", "normalised"),
    **spread("predictor: name", lambda w, v: ab.Predictor(v, reads=["focus"]), NOT_NAMES, "NetworkError", "area name"),
    **spread(
        "predictor: reads",
        lambda w, v: predictor(reads=v),
        {
            "nothing": [],
            "a string": "focus",
            "a number": [3],
            "twice": ["focus", "focus"],
            "an area without a layer": [eyes()],
            "a layer that there is not": [(eyes(), 2)],
            "a layer that is no number": [(eyes(), "top")],
            "a layer of a name": [("eyes", 0)],
            "a layer of what is no hierarchy": [(ab.SnapshotMemory("m"), 0)],
        },
        "NetworkError",
        "cerebellum",
    ),
    **spread(
        "predictor: efference",
        lambda w, v: build(predictor(efference=v)),
        {
            "of an unknown gate": ["agent->focus"],
            "of an unknown switch": ["eyes:next"],
            "of an unknown buffer": ["command"],
            "that is no name": [3],
            "one string": "focus->agent",
            "twice": ["focus->agent", "focus->agent"],
            "of what is read": ["focus"],
        },
        "NetworkError|UnknownNameError",
        "agent->focus|eyes:next|command|efference|focus",
    ),
    "predictor: of a buffer that there is not": (
        lambda w: build(predictor(reads=["verb"])),
        "UnknownNameError",
        ["verb", "focus"],
    ),
    "predictor: of a hierarchy that is not there": (
        lambda w: build(predictor(reads=[(eyes(), 0)])),
        "UnknownNameError",
        ["eyes"],
    ),
    "predictor: of another hierarchy of that name": (
        lambda w: build(predictor(reads=[(eyes(sizes=[7]), 0)]), eyes()),
        "NetworkError",
        ["7 units", "eyes", "has 4"],
    ),
    **spread(
        "basal ganglia: reads of predictors",
        lambda w, v: gating.BasalGanglia("gate", reads=v, gates=["open"]),
        {"a predictor itself": [predictor()], "twice": [predictor().surprise, predictor().surprise]},
        "NetworkError",
        "reads of 'gate'",
    ),
    "basal ganglia: of a predictor that is not there": (
        lambda w: build(gating.BasalGanglia("gate", reads=[predictor().surprise], gates=["open"])),
        "UnknownNameError",
        ["gate", "cerebellum"],
    ),
    "predict: an unknown area": (lambda w: ab.predict("x").compile(w.network), "UnknownNameError", ["x", "cerebellum"]),
    "predict: a hierarchy": (
        lambda w: ab.predict("eyes").compile(w.network),
        "UnknownNameError",
        ["eyes", "cerebellum"],
    ),
    "predict: no name": (lambda w: ab.predict(3), "ProgramError", ["3"]),
    "predict: learn is no bool": (lambda w: ab.predict("cerebellum", learn=1), "ArgumentError", ["learn"]),
    "surprised: no name": (lambda w: ab.surprised(None), "ProgramError", ["None"]),
    "surprised: an unknown area": (
        lambda w: ab.when(ab.surprised("x"), ab.hold()).compile(w.network),
        "UnknownNameError",
        ["x", "cerebellum"],
    ),
    "choose: by a predictor": (
        lambda w: ab.choose("cerebellum", gates=["surprise"]).compile(w.network),
        "UnknownNameError",
        ["cerebellum"],
    ),
    "reward: with a predictor alone": (lambda w: ab.reward(1.0).compile(w.network), "ProgramError", ["reaches nobody"]),
    **spread("cost: weight", lambda w, v: costs.Slowness(weight=v), NOT_SIZES, "ArgumentError", "weight of Slowness"),
    **spread(
        "cost: layer",
        lambda w, v: costs.Slowness(layer=v),
        {"zero": 0, "negative": -1, "half": 1.5, "text": "1"},
        "ArgumentError",
        "layer of Slowness",
    ),
    **spread(
        "cost: name",
        lambda w, v: costs.Slowness(name=v),
        {kind: value for kind, value in NOT_NAMES.items() if kind != "None"},
        "NetworkError",
        "name of Slowness",
    ),
    **spread("cost: rate", lambda w, v: costs.Prediction(rate=v), NOT_RATES, "ArgumentError", "rate"),
    **spread("cost: variance", lambda w, v: costs.Decorrelation(variance=v), NOT_SIZES, "ArgumentError", "variance"),
    **spread(
        "cost: forgetting",
        lambda w, v: costs.Decorrelation(forgetting=v),
        NOT_FRACTIONS | {"zero": 0.0},
        "ArgumentError",
        "forgetting",
    ),
    "cost: area of no name": (lambda w: costs.Reward(3), "NetworkError", ["area is 3"]),
    "cost: a negative part": (lambda w: costs.Internal("a", part=-1), "ArgumentError", ["part"]),
    **spread(
        "costs:",
        lambda w, v: eyes(costs=v),
        {
            "one cost": costs.Slowness(),
            "a string": "slowness",
            "names": ["slowness"],
            "two of a name": [costs.Slowness(), costs.Slowness(weight=2.0)],
            "the name of a switch": [costs.Slowness(name="learn")],
            "a layer that there is not": [costs.Slowness(layer=2)],
        },
        "NetworkError",
        "eyes|switch",
    ),
    "costs: what one class cannot make small": (
        lambda w: eyes(costs=[costs.Slowness()], rule=learning.Reinforce(), readout="softmax"),
        "NetworkError",
        ["Reinforce", "slowness", "sigmoid"],
    ),
    "costs: another area that is not there": (
        lambda w: build(eyes(costs=[costs.Internal("cerebellum")])),
        "UnknownNameError",
        ["cerebellum"],
    ),
    "costs: another area of another size": (
        lambda w: build(eyes(costs=[costs.Internal("cerebellum", layer=1)]), predictor()),
        "NetworkError",
        ["5 units", "36"],
    ),
    "costs: dopamine of what has none": (
        lambda w: build(eyes(costs=[costs.Reward("m")]), ab.SnapshotMemory("m")),
        "NetworkError",
        ["'m'", "nothing"],
    ),
    "learn: an unknown cost": (
        lambda w: ab.learn("eyes", costs=["prediction"]).compile(w.network),
        "UnknownNameError",
        ["prediction", "slowness"],
    ),
    "learn: costs of a hierarchy without": (
        lambda w: ab.learn("eyes", costs=["slowness"]).compile(w.plain),
        "ProgramError",
        ["eyes", "costs"],
    ),
    **spread(
        "learn: amount",
        lambda w, v: ab.learn("eyes", costs={"slowness": v}),
        NOT_FRACTIONS,
        "ArgumentError",
        "slowness",
    ),
    "learn: costs in one string": (lambda w: ab.learn("eyes", costs="slowness"), "ProgramError", ["slowness"]),
    "window: images smaller than it": (
        lambda w: learning.window(np.zeros((1, 3, 3)), [(0, 0)], size=4),
        "ArgumentError",
        ["(1, 3, 3)", "4 pixels"],
    ),
    "window: outside": (
        lambda w: learning.window(np.zeros((1, 5, 5)), [(2, 0)], size=4),
        "ArgumentError",
        ["(2, 0)", "(1, 1)"],
    ),
    "window: half a pixel": (
        lambda w: learning.window(np.zeros((1, 5, 5)), [(0.5, 0)], size=4),
        "ArgumentError",
        ["corners"],
    ),
    "window: too few corners": (
        lambda w: learning.window(np.zeros((2, 5, 5)), [(0, 0)], size=4),
        "ArgumentError",
        ["corners", "2 views"],
    ),
    "window: no images": (
        lambda w: learning.window(np.zeros((5, 5)), [(0, 0)], size=4),
        "ArgumentError",
        ["images", "(5, 5)"],
    ),
    "fit_costs: no costs": (
        lambda w: fit_costs(eyes()),
        "ArgumentError",
        ["hierarchy", "costs="],
    ),
    "fit_costs: learned by another": (
        lambda w: fit_costs(learned=eyes().drawn(2, key=jax.random.key(0))),
        "ArgumentError",
        ["another hierarchy", "drawn"],
    ),
    "fit_costs: learned is none": (lambda w: fit_costs(learned="eyes"), "ArgumentError", ["str", "drawn"]),
    "fit_costs: an unknown cost": (lambda w: fit_costs(costs=["x"]), "UnknownNameError", ["x", "slowness"]),
    "fit_costs: no cost is open": (
        lambda w: fit_costs(costs={"slowness": 0}),
        "ArgumentError",
        ["opens none", "slowness"],
    ),
    **spread(
        "fit_costs: amount",
        lambda w, v: fit_costs(costs={"slowness": v}),
        NOT_FRACTIONS,
        "ArgumentError",
        "slowness",
    ),
    "fit_costs: a cost that hears": (lambda w: fit_costs(costs=["reward"]), "ArgumentError", ["reward", "striatum"]),
    "fit_costs: no targets": (lambda w: fit_costs(costs=["target"]), "ArgumentError", ["target", "Views(targets="]),
    **spread(
        "fit_costs: views",
        lambda w, v: fit_costs(views=v),
        {
            "an array": np.eye(4),
            "of one kind": learning.Views(np.eye(4)),
            "too few before": learning.Views(np.eye(4), before=np.eye(4)[:2]),
            "of another size": learning.Views(np.eye(5)),
            "several each": learning.Views(np.zeros((4, 2, 4))),
            "that are not finite": learning.Views(np.full((4, 4), np.nan)),
            "with targets that do not fit": learning.Views(np.eye(4), before=np.eye(4), targets=np.eye(4)),
            "with what makes none": learning.Views(np.eye(4), augment=3),
        },
        "ArgumentError",
        "views|before|inputs|targets|augment",
    ),
    **spread(
        "fit_costs: updates", lambda w, v: fit_costs(updates=v), {"0": 0, "text": "1"}, "ArgumentError", "updates"
    ),
    "fit_costs: too large a batch": (lambda w: fit_costs(batch=5), "ArgumentError", ["batch is 5", "4 examples"]),
    "fit_costs: no key": (lambda w: fit_costs(key=3), "ArgumentError", ["key"]),
}

if __name__ == "__main__":
    print_raised(CALLS, prepare())
