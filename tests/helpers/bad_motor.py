"""Wrong calls of a hand, and a main program that makes them all; see `bad_calls`."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from types import SimpleNamespace
from typing import Any

import jax
import numpy as np
from bad_values import spread
from wrong_calls import print_raised

import attractorbind as ab
from attractorbind import learning

NOT_SIZES = {
    "zero": 0.0,
    "negative": -0.5,
    "NaN": np.nan,
    "infinite": np.inf,
    "text": "1",
    "None": None,
    "a bool": True,
}
NOT_COUNTS = {"zero": 0, "negative": -1, "a fraction": 1.5, "text": "1", "None": None, "a bool": True}
NOT_NAMES = {"a number": 3, "None": None, "empty": "", "a gate": "a->b", "a switch": "a:b"}


def eyes(**changes: Any) -> learning.Hierarchy:
    usual: dict[str, Any] = {"sizes": [4, 5, 6], "target": "focus", "rule": learning.Backpropagation()}
    return learning.Hierarchy("eyes", **usual | changes)


def hand(**changes: Any) -> ab.Motor:
    return ab.Motor("hand", **{"eye": eyes(), "reads": "focus"} | changes)


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
    network = build(eyes(), hand(reads=["focus", "agent"]))
    return SimpleNamespace(network=network, plain=build(eyes()), trace=ab.run(network, ab.draw("hand", steps=0)))


def plot(*arguments: Any) -> Any:
    from attractorbind.plotting import plot_drawings

    return plot_drawings(*arguments)


CALLS: dict[str, Any] = {
    **spread("hand: name", lambda w, v: ab.Motor(v, eye=eyes(), reads="focus"), NOT_NAMES, "NetworkError", "area name"),
    **spread(
        "hand: eye",
        lambda w, v: hand(eye=v),
        {"a name": "eyes", "None": None, "another area": ab.SnapshotMemory("m")},
        "NetworkError",
        "Hierarchy",
    ),
    **spread(
        "hand: reads",
        lambda w, v: hand(reads=v),
        {"nothing": [], "a number": [3], "twice": ["focus", "focus"], "None": None},
        "NetworkError",
        "reads of 'hand'",
    ),
    **spread(
        "hand: layers",
        lambda w, v: hand(layers=v),
        {
            "none": [],
            "the image": [0, 1],
            "too many": [3],
            "twice": [1, 1],
            "a number": 1,
            "text": ["top"],
            "None": None,
        },
        "NetworkError",
        "layers of 'hand'",
    ),
    **spread(
        "hand: shape",
        lambda w, v: hand(shape=v),
        {
            "of other pixels": (2, 3),
            "one side": (4,),
            "a number": 4,
            "negative": (-2, -2),
            "text": "22",
            "a fraction": (8, 0.5),
        },
        "NetworkError",
        "shape of 'hand'",
    ),
    "hand: no square": (lambda w: hand(eye=eyes(sizes=[5, 4, 4])), "NetworkError", ["shape of 'hand'", "5 pixels"]),
    **spread("hand: pen", lambda w, v: hand(pen=v), NOT_SIZES, "ArgumentError", "pen of 'hand'"),
    **spread("hand: ridge", lambda w, v: hand(ridge=v), NOT_SIZES, "ArgumentError", "ridge of 'hand'"),
    **spread("hand: correction", lambda w, v: hand(correction=v), NOT_SIZES, "ArgumentError", "correction of 'hand'"),
    "hand: correction of two": (lambda w: hand(correction=2.0), "NetworkError", ["correction of 'hand'", "below 2"]),
    **spread(
        "hand: delay",
        lambda w, v: hand(delay=v),
        {"negative": -1, "a fraction": 1.5, "text": "1"},
        "ArgumentError",
        "delay",
    ),
    **spread("hand: sheets", lambda w, v: hand(sheets=v), NOT_COUNTS, "ArgumentError", "sheets of 'hand'"),
    "hand: of a buffer that there is not": (
        lambda w: build(eyes(), hand(reads="verb")),
        "UnknownNameError",
        ["'verb'", "'focus'"],
    ),
    "hand: of an eye that is not there": (lambda w: build(hand()), "UnknownNameError", ["'eyes'", "'hand'"]),
    "hand: of another eye of that name": (
        lambda w: build(eyes(sizes=[4, 7, 6]), hand()),
        "NetworkError",
        ["'hand' hears 5 units", "'eyes'"],
    ),
    **spread("babble: strokes", lambda w, v: ab.babble("hand", v), NOT_COUNTS, "ArgumentError", "strokes"),
    **spread(
        "draw: steps",
        lambda w, v: ab.draw("hand", steps=v),
        {"negative": -1, "a fraction": 1.5, "text": "1", "None": None},
        "ArgumentError",
        "steps",
    ),
    **spread(
        "write: steps",
        lambda w, v: ab.write("hand", steps=v),
        {"negative": -1, "a fraction": 1.5, "text": "1", "None": None},
        "ArgumentError",
        "steps",
    ),
    **spread(
        "of no hand's name",
        lambda w, v: [make(v) for make in (ab.babble, ab.imagine, ab.draw, ab.write)],
        {"a number": 3, "None": None},
        "ProgramError",
        "hand is",
    ),
    **{
        f"{make.__name__}: by what is no hand": (
            lambda w, make=make: make("eyes").compile(w.network),
            "UnknownNameError",
            ["hand", "'eyes'"],
        )
        for make in (ab.babble, ab.imagine, ab.draw, ab.write)
    },
    "draw: without a hand": (lambda w: ab.draw("hand").compile(w.plain), "UnknownNameError", ["hand"]),
    **{
        f"{make.__name__}: of one buffer of two": (
            lambda w, make=make: make("hand").compile(w.network),
            "ProgramError",
            ["names no buffer", "'focus'", "'agent'"],
        )
        for make in (ab.imagine, ab.write)
    },
    **{
        f"{make.__name__}: of a buffer that it does not read": (
            lambda w, make=make: make("hand", "verb").compile(w.network),
            "UnknownNameError",
            ["'verb'", "'focus'"],
        )
        for make in (ab.imagine, ab.write)
    },
    "write: a buffer that is no name": (lambda w: ab.write("hand", 3), "ProgramError", ["buffer is 3"]),
    "babble: without a key": (lambda w: ab.run(w.network, ab.babble("hand")), "ArgumentError", ["hand:babble", "key"]),
    "drawings: of what is no hand": (lambda w: w.trace.drawings["eyes"], "UnknownNameError", ["'eyes'", "'hand'"]),
    "plot_drawings: of no trace": (lambda w: plot(w.network, "hand"), "ArgumentError", ["trace"]),
    "plot_drawings: of what is no hand": (lambda w: plot(w.trace, "eyes"), "UnknownNameError", ["'eyes'", "'hand'"]),
    "plot_drawings: of a trial that there is not": (lambda w: plot(w.trace, "hand", 1), "ArgumentError", ["trial"]),
    "plot_drawings: of no trials": (lambda w: plot(w.trace, "hand", []), "ArgumentError", ["trial"]),
    "plot_drawings: of nothing": (
        lambda w: plot(ab.run(w.network, ab.hold(1)), "hand"),
        "ArgumentError",
        ["has drawn nothing"],
    ),
}


if __name__ == "__main__":
    print_raised(CALLS, prepare())
