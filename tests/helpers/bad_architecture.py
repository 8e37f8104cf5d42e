"""Wrong calls of an architecture, and of rewards and states; and a main program that makes them; see `bad_calls`."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from types import SimpleNamespace
from typing import Any

import jax
from bad_values import spread
from wrong_calls import print_raised

import attractorbind as ab
from attractorbind import learning, tasks
from attractorbind.plotting import plot_network

NOT_LISTS = {"an area": ab.SnapshotMemory("m"), "a name": "m", "None": None, "a number": 3}
NOT_AREAS = {"a name": ["m"], "another area": [ab.gating.Utilities("m", gates=["left", "right"])], "None": [None]}


def whole(hidden: int = 8, **changes: Any) -> ab.Architecture:
    eyes = learning.Hierarchy("eyes", sizes=[4, hidden], target="seen", rule=learning.Backpropagation())
    parts: dict[str, Any] = {
        "slots": {"seen": 64, "item": 64},
        "relays": [("seen", "item")],
        "vision": [eyes],
        "basal_ganglia": [
            ab.gating.BasalGanglia("store", reads=["seen"], gates=["seen->item", "skip"]),
            ab.gating.BasalGanglia("own", reads=["seen"], gates=["left", "right"], shared=False),
        ],
    }
    return ab.Architecture(**{**parts, **changes})


def build(architecture: ab.Architecture) -> ab.Network:
    names = ab.Vocabulary(["dog", "cat"])
    return architecture.build(names, activity=0.2, rule=ab.PseudoInverse(), key=jax.random.key(0))


def prepare() -> SimpleNamespace:
    architecture = whole()
    network = build(architecture)
    wider, questions = build(whole(9)).silent(), tasks.spaun("A1", 2, key=jax.random.key(0))
    return SimpleNamespace(
        whole=architecture, network=network, state=network.silent(), wider=wider, questions=questions
    )


CALLS: dict[str, Any] = {
    **spread("slots", lambda w, v: whole(slots=v), {"a list": ["seen"], "None": None}, "NetworkError", "slots is"),
    **spread("vision", lambda w, v: whole(vision=v), NOT_LISTS, "NetworkError", "vision is"),
    **spread("memories", lambda w, v: whole(memories=v), NOT_AREAS, "NetworkError", "memories has"),
    **spread("motor", lambda w, v: whole(motor=v), NOT_AREAS, "NetworkError", "motor has"),
    "relays: unknown": (lambda w: build(whole(relays=[("seen", "itm")])), "UnknownNameError", ["'itm'"]),
    "lesion: no part": (lambda w: w.whole.lesion(w.network, "amygdala"), "UnknownNameError", ["'amygdala'", "'eyes'"]),
    "lesion: no network": (lambda w: w.whole.lesion("network", "eyes"), "NetworkError", ["is a str", "build"]),
    "report: no network": (lambda w: w.whole.report(None), "NetworkError", ["None"]),
    "adopt: no state": (lambda w: w.state.adopt(w.network, ["eyes"]), "NetworkError", ["other is"]),
    "adopt: no area": (lambda w: w.state.adopt(w.state, ["ear"]), "UnknownNameError", ["'ear'", "'eyes'"]),
    "adopt: one string": (lambda w: w.state.adopt(w.state, "eyes"), "NetworkError", ["['eyes']"]),
    "adopt: other sizes": (lambda w: w.state.adopt(w.wider, ["eyes"]), "NetworkError", ["'eyes'", "same sizes"]),
    "adopt: nothing": (lambda w: w.state.adopt(w.state, []), "NetworkError", ["areas is empty"]),
    "adopt: not shared": (lambda w: w.state.adopt(w.state, ["own"]), "NetworkError", ["share nothing of area 'own'"]),
    "relays: a generator": (lambda w: whole(relays=(pair for pair in [])), "NetworkError", ["relays is"]),
    "lesion: of another network": (
        lambda w: w.whole.lesion(build(whole(basal_ganglia=[])), "store"),
        "UnknownNameError",
        ["'store'", "'eyes'"],
    ),
    **spread(
        "spaun: said",
        lambda w, v: w.questions.right(v),
        {
            "None": None,
            "too few": [["3"]],
            "numbers": [[3], [3]],
            "strings": ["3", "3"],
            "no lists": [None, None],
            "a mapping": {0: ["3"], 1: ["3"]},
        },
        "ArgumentError",
        "said",
    ),
    "spaun: task": (lambda w: tasks.spaun("A8", 1, key=jax.random.key(0)), "UnknownNameError", ["'A8'", "'A7'"]),
    "spaun: number": (lambda w: tasks.spaun("A1", 0, key=jax.random.key(0)), "ArgumentError", ["number"]),
    "spaun: key": (lambda w: tasks.spaun("A1", 1, key=3), "ArgumentError", ["key"]),
    "reward: to nobody": (lambda w: ab.reward(to=[]), "ProgramError", ["to is empty"]),
    "reward: to one string": (lambda w: ab.reward(to="store"), "ProgramError", ["['store']"]),
    "reward: to a number": (lambda w: ab.reward(to=[3]), "ProgramError", ["basal ganglia are 3"]),
    "reward: to nobody there": (
        lambda w: ab.reward(to=["eyes"]).compile(w.network),
        "UnknownNameError",
        ["'eyes'", "'store'"],
    ),
    **spread(
        "plot_network: positions",
        lambda w, v: plot_network(w.network, positions=v),
        {"a list": [1, 2], "one number": {"seen": 3}, "three numbers": {"seen": (1, 2, 3)}, "a name": {"seen": "up"}},
        "ArgumentError",
        "position",
    ),
    "plot_network: position of nothing": (
        lambda w: plot_network(w.network, positions={"ear": (0, 0)}),
        "UnknownNameError",
        ["'ear'", "'eyes'"],
    ),
    "plot_network: position without end": (
        lambda w: plot_network(w.network, positions={"seen": (0, float("inf"))}),
        "ArgumentError",
        ["positions['seen']", "inf"],
    ),
    "next_reward: to one string": (lambda w: ab.next_reward(to="store"), "ProgramError", ["['store']"]),
}


if __name__ == "__main__":
    print_raised(CALLS, prepare())
