"""The networks that learn the tasks of learned_gating.py, and the programs that they run.

What is written and what is learned: at each step a program reads what the channels show, asks the basal ganglia for
their choices at fixed moments, and gives a reward. Which slots take what is shown, and when, and what is read out, is
learned.
"""

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax

import attractorbind as ab
from attractorbind import gating, tasks

# Stands in the stream where a channel shows nothing.
NOTHING = "-"
ANSWER, TARGET = "out", "target"
# Symbols that have codes but no synapses: words that nobody has met.
NEW = ("new1", "new2")
# What each of the basal ganglia is told otherwise: its name, and arguments of `BasalGanglia`.
Changes = Mapping[str, Mapping[str, Any]]


class Solution(NamedTuple):
    """A network for a task, and what it does at a step.

    - `holding`: buffers besides those of the channels, the answer and the target.
    - `relays`, `areas`: as for `build`.
    - `act`, `greedy`: what fills the buffer of the answer, the choices drawn, or the likeliest.
    - `keep`, `keep_greedy`: what is done after the reward.
    - `through`: the basal ganglia that choose what is read out, None for none.
    - `query`: what a step asks for that asks for an answer; None for all steps.
    - `steps`: how many steps an episode has; None where each goes on from the one before.
    - `new`: the channel whose symbols are imprinted when they have no synapses yet, None for none.
    - `activity`: the fraction of units that is active in a code.
    """

    holding: tuple[str, ...]
    relays: tuple[tuple[str, str], ...]
    areas: tuple[ab.AbstractArea, ...]
    act: ab.Program
    greedy: ab.Program
    keep: ab.Program = ab.Program()
    keep_greedy: ab.Program = ab.Program()
    through: str | None = None
    query: ab.Condition | None = None
    steps: int | None = None
    new: str | None = None
    activity: float = 0.1


def slots(number: int) -> tuple[str, ...]:
    """The names of the slots of working memory."""
    return tuple(f"slot{slot}" for slot in range(1, number + 1))


def ganglia(name: str, changes: Changes, **settings: Any) -> gating.BasalGanglia:
    """Basal ganglia in which every trial is a learner of its own."""
    return gating.BasalGanglia(name, **{"shared": False, **settings, **changes.get(name, {})})


def one_two_ax(changes: Changes = {}) -> Solution:  # noqa: B006 (never changed)
    """Six slots may take the stimulus; the answer is read from conjunctions of the stimulus with any two of them."""
    places = slots(6)
    into = [f"stimulus->{place}" for place in places]
    store = ganglia("store", changes, reads=["stimulus"], gates=into, rate=0.6, trace=0.95, explore=1.0)
    pairs = [gating.Conjunction("stimulus", *pair, units=384) for pair in itertools.combinations(places, 2)]
    critic = gating.Critic(rate=0.4)
    say = {name: ab.load(ANSWER, name) for name in ("L", "R")}
    answer = ganglia("answer", changes, reads=pairs, gates=list(say), rate=4.0, trace=0.0, explore=0.0, critic=critic)
    return Solution(
        holding=places,
        relays=tuple(("stimulus", place) for place in places),
        areas=(store, answer),
        act=ab.choose("answer", one_of=say),
        greedy=ab.choose("answer", one_of=say, greedy=True),
        keep=ab.choose("store", gates=into),
        keep_greedy=ab.choose("store", gates=into, greedy=True),
        # The denser a code, the fewer conjunctive units are turned by noise; but above .2 codes are too much alike.
        activity=0.2,
    )


def store_ignore_recall(changes: Changes = {}) -> Solution:  # noqa: B006 (never changed)
    """Six slots may take the item, and the answer is what is shown or what one of them holds; the operation decides."""
    places = slots(6)
    into, out = [f"item->{place}" for place in places], [f"{source}->{ANSWER}" for source in ("item", *places)]
    critic = gating.Critic(rate=0.1)
    store = ganglia(
        "store", changes, reads=["operation"], gates=into, rate=4.0, forget=0.006, explore=0.0, critic=critic
    )
    route = ganglia(
        "route", changes, reads=["operation"], gates=out, rate=2.0, trace=0.0, forget=0.05, explore=0.1, critic=critic
    )

    def act(greedy: bool) -> ab.Program:
        return ab.choose("store", gates=into, greedy=greedy) + ab.choose("route", one_of=out, greedy=greedy)

    return Solution(
        holding=places,
        relays=(*(("item", place) for place in places), *((source, ANSWER) for source in ("item", *places))),
        areas=(store, route),
        act=act(False),
        greedy=act(True),
        through="route",
    )


def role_filler(changes: Changes = {}) -> Solution:  # noqa: B006 (never changed)
    """Four slots may take the word where it is to be stored; where it is asked for, one of them is read out."""
    places = slots(4)
    into, out = [f"word->{place}" for place in places], [f"{place}->{ANSWER}" for place in places]
    store = ganglia(
        "store", changes, reads=["operation", "role", "word"], gates=into, rate=2.0, forget=0.003, explore=0.0
    )
    route = ganglia(
        "route", changes, reads=["operation", "role"], gates=out, rate=0.3, trace=0.0, forget=0.01, explore=0.1
    )
    query = ab.holds("operation", "query")

    def act(greedy: bool) -> ab.Program:
        ask = ab.choose("route", one_of=out, greedy=greedy)
        return ab.when(query, ask, ab.choose("store", gates=into, greedy=greedy))

    return Solution(
        holding=places,
        relays=(*(("word", place) for place in places), *((place, ANSWER) for place in places)),
        areas=(store, route),
        act=act(False),
        greedy=act(True),
        through="route",
        query=query,
        steps=4,
    )


def novel_fillers(changes: Changes = {}) -> Solution:  # noqa: B006 (never changed)
    """As `role_filler`; and a word that is new to the network is imprinted as it is read."""
    solution = role_filler(changes)
    return solution._replace(areas=(*solution.areas, ab.Ensembles("ensembles")), new="word")


def delayed_recall(changes: Changes = {}) -> Solution:  # noqa: B006 (never changed)
    """Store a snapshot of cue and item, recall by the cue, or use one of four slots: the operation decides which."""
    places = slots(4)
    hippocampus = ab.SnapshotMemory("hippocampus", ["cue", "item"], capacity=16, units=512)
    do = {
        "store": ab.store("hippocampus", ["cue", "item"]),
        "recall": ab.recall("hippocampus", cue=["cue"], into=["item"]),
        **{place: ab.copy("item", place) for place in places},
    }
    return _recalling(do, places, (hippocampus,), changes)


def slots_alone(changes: Changes = {}) -> Solution:  # noqa: B006 (never changed)
    """As `delayed_recall` without the hippocampus: what the slots can do, with the cue to choose them by."""
    places = slots(4)
    do = {"leave": ab.hold(), **{place: ab.copy("item", place) for place in places}}
    seen = {name: {"reads": ["operation", "cue"], **changes.get(name, {})} for name in ("act", "route")}
    return _recalling(do, places, (), seen)


def _recalling(
    do: Mapping[str, ab.Program], places: tuple[str, ...], memories: tuple[ab.AbstractArea, ...], changes: Changes
) -> Solution:
    """What is done at a step is chosen, and then what is read out."""
    sources = ("item", *places)
    out = [f"{source}->{ANSWER}" for source in sources]
    common = {"reads": ["operation"], "forget": 0.01, "explore": 0.1, "critic": gating.Critic(rate=0.1)}
    act = ganglia("act", changes, **{**common, "gates": list(do), "rate": 1.0, "restart": False})
    route = ganglia("route", changes, **{**common, "gates": out, "rate": 1.0, "trace": 0.0})
    choices = (
        ab.choose("act", one_of=do, greedy=greedy) + ab.choose("route", one_of=out, greedy=greedy)
        for greedy in (False, True)
    )
    return Solution(
        places,
        (*(("item", place) for place in places), *((source, ANSWER) for source in sources)),
        (*memories, act, route),
        *choices,
        through="route",
        query=ab.holds("operation", "recall"),
        steps=16,
    )


def build(task: tasks.AbstractTask, solution: Solution, units: int, seed: int) -> ab.Network:
    """The network: a buffer for each channel, the slots, the answer, and the target with which it is compared."""
    return ab.build(
        ab.Vocabulary([*task.symbols, NOTHING], spare=NEW if solution.new else ()),
        buffers=dict.fromkeys((*task.channels, *solution.holding, ANSWER, TARGET), units),
        relays=[*solution.relays, (ANSWER, TARGET)],
        areas=list(solution.areas),
        activity=solution.activity,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def lesson(task: tasks.AbstractTask, solution: Solution, limit: int) -> ab.Program:
    """Go through a stream of channels and targets, act, and learn from the reward, until the stream ends."""
    right = ab.reward(when=ab.equal(ANSWER, TARGET), through=solution.through)
    asked = right if solution.query is None else ab.when(solution.query, right)
    return _stream(task, solution, solution.act + ab.read(TARGET) + asked + solution.keep, limit)


def examination(task: tasks.AbstractTask, solution: Solution, limit: int) -> ab.Program:
    """Go through a stream of channels, do what is likeliest, and put out every answer; nothing is learned."""
    asked = ab.emit(ANSWER) if solution.query is None else ab.when(solution.query, ab.emit(ANSWER))
    return _stream(task, solution, solution.greedy + asked + solution.keep_greedy, limit)


def _stream(task: tasks.AbstractTask, solution: Solution, body: ab.Program, limit: int) -> ab.Program:
    """A step, or a whole episode, again and again until the stream ends; the first channel is read ahead."""
    first, *others = task.channels
    reads = (ab.read(channel, imprint=channel == solution.new) for channel in others)
    step = sum(reads, ab.clear(ANSWER)) + body
    if solution.steps is not None:
        learning = [area for area in solution.areas if isinstance(area, gating.BasalGanglia)]
        anew = sum((ab.begin_episode(area) for area in learning), ab.Program())
        anew = sum((ab.clear(buffer) for buffer in solution.holding), anew)
        step = anew + step + ab.repeat(solution.steps - 1, ab.read(first) + step)
    return ab.read(first) + ab.until(ab.empty(first), step + ab.read(first), limit=limit)
