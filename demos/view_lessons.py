"""A network that lives through episodes of views and is taught by them, for views.py."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np
import optax
from view_objects import FIRST, LATER, TEST, Objects, percent

import attractorbind as ab

EYES, MEMORY = "eyes", "episodes"
PARTS = ("episode", "seen", "name")
RULES: dict[str, tuple[Callable[[], ab.learning.AbstractCreditRule], float]] = {
    "backpropagation": (ab.learning.Backpropagation, 2e-3),
    "feedback-alignment": (ab.learning.FeedbackAlignment, 2e-3),
    "burst": (ab.learning.Burst, 4e-3),
    "contrastive": (ab.learning.ContrastiveHebbian, 2e-3),
    "two-compartment": (ab.learning.TwoCompartment, 2e-3),
    "node-perturbation": (ab.learning.NodePerturbation, 2e-3),
}


class Plan(NamedTuple):
    """How much is learned.

    - `first`: how often the first episodes are replayed.
    - `later`: how often the later ones are, and with each of them a first one.
    - `rule`: the name of the credit rule.
    - `units`: of a buffer.
    - `hidden`: units of each of two hidden layers.
    - `calm`: by how much the learning rate starts lower in later training.
    """

    first: int = 135
    later: int = 90
    rule: str = "backpropagation"
    units: int = 512
    hidden: int = 256
    calm: float = 0.5


class TwoFalls(ab.learning.AbstractOptimiser):
    """Adam, with a rate that falls to 0 along half a cosine over the first training, and again over the later one."""

    rate: float
    calm: float
    first: int = eqx.field(static=True)
    later: int = eqx.field(static=True)

    def transformation(self) -> Any:
        """The transformation of optax."""
        falls = [
            optax.cosine_decay_schedule(rate, updates)
            for rate, updates in ((self.rate, self.first), (self.rate * self.calm, self.later))
        ]
        return optax.adam(optax.join_schedules(falls, [self.first]))


def first_episode(number: int) -> str:
    return f"first episode {number + 1}"


def later_episode(number: int) -> str:
    return f"later episode {number + 1}"


def hear(episodes: int) -> ab.Program:
    """Live through episodes in which names are heard: take a snapshot of each."""
    heard = ab.read("episode") + ab.read("name") + ab.copy("name", "seen")
    return ab.repeat(episodes, heard + ab.store(MEMORY, PARTS))


def recognise(episodes: int, views: int) -> ab.Program:
    """Live through episodes without names: see so many views, and recall the name by what they look like together."""
    recalled = ab.read("episode") + ab.see(EYES, views=views) + ab.recall(MEMORY, ["seen"], into=["name"])
    return ab.repeat(episodes, recalled + ab.when(~ab.empty("name"), ab.store(MEMORY, ["episode", "name"])))


def replay(episode: str, views: int) -> ab.Program:
    """Call an episode's name back from memory, and learn every view towards it."""
    recalled = ab.load("episode", ab.arg(episode)) + ab.recall(MEMORY, ["episode"], into=["name"])
    return recalled + ab.copy("name", "seen") + (ab.see(EYES, write=False) + ab.learn(EYES)) * views


def batch_of(objects: int) -> int:
    """About 32 episodes at a time, so that few are left over."""
    return objects // max(1, round(objects / 32))


def build_network(objects: Objects, plan: Plan, seed: int) -> ab.Network:
    count = len(objects.names)
    batches = count // batch_of(count)
    rule, rate = RULES[plan.rule]
    updates = plan.first * batches * FIRST, plan.later * batches * (FIRST + LATER)
    eyes = ab.learning.Hierarchy(
        EYES,
        sizes=[objects.pixels, plan.hidden, plan.hidden],
        target="seen",
        rule=rule(),
        optimiser=TwoFalls(rate, plan.calm, *updates),
    )
    episodes = [name(number) for name in (first_episode, later_episode) for number in range(count)]
    return ab.build(
        ab.Vocabulary([*objects.names, *episodes]),
        buffers=dict.fromkeys(PARTS, plan.units),
        relays=[("name", "seen")],
        areas=[eyes, ab.SnapshotMemory(MEMORY, PARTS, units=1024, capacity=2 * count)],
        activity=0.1,
        rule=ab.MaximalStability(),
        # Its basins of attraction are wider; it falls silent less often.
        rules={"seen": ab.Storkey()},
        key=jax.random.key(seed),
        strict=True,
    )


class Lessons:
    """A network with the first episodes behind it, and what it can be taught later."""

    def __init__(self, objects: Objects, plan: Plan, seed: int) -> None:
        self.objects, self.plan, self.seed = objects, plan, seed
        self.count = len(objects.names)
        self.network = build_network(objects, plan, seed)
        self.earlier, self.new, self.unseen = np.split(objects.views, [FIRST, FIRST + LATER], axis=1)
        self.firsts = [first_episode(number) for number in range(self.count)]
        self.laters = [later_episode(number) for number in range(self.count)]
        self.heard = self._hear(None, self.firsts, objects.names)
        self.start = self._train(self.heard.state, replay("first", FIRST), self.earlier, plan.first, first=self.firsts)

    def named(self, names: Sequence[str]) -> ab.Trace:
        """Later episodes in which these names are heard."""
        return self._hear(self.start, self.laters, names)

    def recalled(self, views: int, state: ab.State | None = None) -> ab.Trace:
        """Later episodes without names, recognised by so many views; from the start, or from another state."""
        shown = {EYES: self.new[:, :views].reshape(1, self.count * views, -1)}
        program, start = recognise(self.count, views), self.start if state is None else state
        # The last view of all may leave its buffer unsettled.
        return ab.run(self.network, program, start, inputs=[self.laters], stimuli=shown, throw=False)

    def targets(self, lived: ab.Trace) -> list[str | None]:
        """What the memory then holds as the names of the later episodes."""
        known = {snapshot["episode"]: snapshot["name"] for snapshot in lived.snapshots(MEMORY)}
        return [known.get(episode) for episode in self.laters]

    def trained_later(self, lived: ab.Trace) -> ab.State:
        """After replaying later and first episodes in turn."""
        program = replay("later", LATER) + replay("first", FIRST)
        views = np.concatenate([self.new, self.earlier], axis=1)
        return self._train(lived.state, program, views, self.plan.later, later=self.laters, first=self.firsts)

    def trained_on_first(self) -> ab.State:
        """After as many updates by the first episodes alone."""
        program = replay("first", FIRST) + replay("first", FIRST)
        views = np.concatenate([self.earlier, self.earlier], axis=1)
        return self._train(self.start, program, views, self.plan.later, first=self.firsts)

    def right(self, state: ab.State) -> float:
        """In percent, how often a view that was in no episode is called by its object's name."""
        shown = self.unseen.reshape(self.count * TEST, -1)
        # A view that the latch of "seen" cannot make sense of may leave it unsettled, and decodes to nothing.
        trace = ab.run(self.network, ab.see(EYES), state, stimuli={EYES: shown}, throw=False)
        return percent(trace.decode()["seen"], [name for name in self.objects.names for _ in range(TEST)])

    def _hear(self, state: ab.State | None, episodes: Sequence[str], names: Sequence[str]) -> ab.Trace:
        words = [word for pair in zip(episodes, names, strict=True) for word in pair]
        return ab.run(self.network, hear(self.count), state, inputs=[words])

    def _train(
        self, state: ab.State, program: ab.Program, views: np.ndarray, epochs: int, **episodes: Sequence[str]
    ) -> ab.State:
        return ab.train(
            self.network,
            program,
            state,
            stimuli=views,
            args=episodes,
            epochs=epochs,
            batch=batch_of(self.count),
            key=jax.random.key(self.seed),
            progress=False,
        ).state
