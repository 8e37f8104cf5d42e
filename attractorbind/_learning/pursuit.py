"""From costs to changes of synapses: those of the output by the credit rule, those of hidden layers by themselves."""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key, PyTree

from attractorbind._checks import entries
from attractorbind._errors import NetworkError, listed
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, product
from attractorbind._learning.costs import AbstractCost, Target, Told
from attractorbind._learning.layers import Layers, Units
from attractorbind._learning.learned import Learned, changed, key_of
from attractorbind._learning.optimiser import AbstractOptimiser
from attractorbind._learning.reinforce import Reinforce
from attractorbind._learning.seeing import shares


class Lesson(NamedTuple):
    """What there is to learn from, of each example.

    - `inputs`: what is seen.
    - `before`: what was seen before.
    - `held`: what the buffer holds.
    - `said`: for each cost, what the area that it hears says; nothing for those that hear none.
    - `opened`: for each cost, how far its gate is open, 0 for a gate that is closed.
    - `followed`: which have seen something before.
    """

    inputs: Float[Array, "examples inputs"]
    before: Float[Array, "examples inputs"]
    held: Float[Array, "examples outputs"]
    said: tuple[Float[Array, "examples _said"], ...]
    opened: Float[Array, "costs examples"]
    followed: Bool[Array, " examples"]


class Pursuing(Layers):
    """Layers whose answers cost something else than their distance from a target.

    **Attributes:**

    - `cost`: from the fields of the output units to what each example costs.
    """

    cost: Callable[[Units], Float[Array, " examples"]] | None = None

    def loss(self, fields: Units, targets: Units) -> Float[Array, " examples"]:
        """What each example's answer costs; see `Layers.loss`."""
        assert self.cost is not None
        return self.cost(fields)


class _Part(NamedTuple):
    """A cost, what it is told of the examples, and how much it counts in each of them."""

    cost: AbstractCost
    told: Told
    kept: PyTree
    counts: Float[Array, " examples"]

    def loss(self, fields: Units) -> Float[Array, " examples"]:
        """What it adds to each example's cost."""
        own = self.cost.loss(fields, self.told, self.kept)
        return jnp.where(self.counts > 0, self.counts * own, 0.0)

    def error(self) -> Float[Array, "examples _units"]:
        """The derivative of that by the fields; where the cost counts in no example, nothing is computed."""
        fields = self.told.fields
        return _if(
            jnp.any(self.counts > 0),
            lambda: jax.grad(lambda fields: jnp.sum(self.loss(fields)))(fields),
            jnp.zeros_like(fields),
        )

    def after(self) -> PyTree:
        """What the cost keeps after these examples."""
        return _if(jnp.any(self.counts > 0), lambda: self.cost.after(self.told, self.kept), self.kept)


def counting(costs: Sequence[AbstractCost], lesson: Lesson) -> Bool[Array, "costs examples"]:
    """Which examples take part in each cost."""
    taught = jnp.any(lesson.held > 0, axis=1)
    parts = [
        (opened > 0)
        & (taught if cost.needs_target else True)
        & (lesson.followed if cost.needs_before else True)
        & (cost.weight > 0)
        for cost, opened in zip(costs, lesson.opened, strict=True)
    ]
    return jnp.stack(parts)


def pursued(
    rule: AbstractCreditRule,
    optimiser: AbstractOptimiser,
    costs: Sequence[AbstractCost],
    learned: Learned,
    lesson: Lesson,
) -> Learned:
    """After one update by all costs whose gates are open."""
    changes, kept, kept_by_costs = changes_by(rule, costs, learned, lesson)
    taking_part = counting(costs, lesson)
    taught = jnp.zeros(len(lesson.inputs), bool)
    for cost, own in zip(costs, taking_part, strict=True):
        taught |= own & cost.needs_target
    active = jnp.where(jnp.any(taught), shares(taught) @ jnp.sum(lesson.held, axis=1), learned.active)
    return changed(optimiser, learned, changes, kept, active, costs=kept_by_costs)


@jax.custom_jvp
def pursued_if(
    wanted: Bool[Array, ""],
    how: tuple[AbstractCreditRule, AbstractOptimiser, tuple[AbstractCost, ...]],
    learned: Learned,
    lesson: Lesson,
) -> Learned:
    """As `pursued`, where an update is wanted; see `updated_if`."""
    rule, optimiser, costs = how
    return jax.lax.fori_loop(
        0, wanted.astype(jnp.int32), lambda _, learned: pursued(rule, optimiser, costs, learned, lesson), learned
    )


@pursued_if.defjvp
def _as_if_unchanged(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Learned, Learned]:
    return pursued_if(*primals), tangents[2]


def changes_by(
    rule: AbstractCreditRule, costs: Sequence[AbstractCost], learned: Learned, lesson: Lesson
) -> tuple[Changes, PyTree, tuple[PyTree, ...]]:
    """The changes that all costs together ask for; what the rule keeps, and what each cost does, after them."""
    layers, credit = learned.layers, learned.credit
    taking_part = counting(costs, lesson)
    seen = {ahead: layers.fields(lesson.before if ahead else lesson.inputs) for ahead in (False, True)}
    parts = []
    for number, cost in enumerate(costs):
        layer = len(layers.layers) - 1 if cost.layer is None else cost.layer - 1
        share = shares(taking_part[number])
        told = Told(
            layers,
            layer,
            fields=seen[cost.ahead][layer],
            before=jax.lax.stop_gradient(seen[True][layer]),
            inputs=lesson.inputs,
            held=lesson.held,
            said=lesson.said[number],
            share=share,
        )
        counts = cost.weight * lesson.opened[number] * share
        parts.append(_Part(cost, told, learned.costs[number], jnp.where(taking_part[number], counts, 0.0)))
    changes = jax.tree.map(jnp.zeros_like, Changes(layers.layers, credit.learned))
    key = jax.random.fold_in(key_of(learned), learned.updates)
    for ahead in (False, True):
        output = [part for part in parts if part.cost.layer is None and part.cost.ahead == ahead]
        if output:
            inputs = lesson.before if ahead else lesson.inputs
            nudge = reduce(jnp.add, [part.error() for part in output])
            # Where there is no nudge nothing is asked for, not even what has not quite settled.
            nudged = jnp.any(nudge != 0, axis=1)
            own = key if not ahead else jax.random.fold_in(key, 1)
            asked, kept = _if(
                jnp.any(nudged),
                partial(_by_rule, rule, layers, credit, inputs, output, (nudge, shares(nudged)), key=own),
                (jax.tree.map(jnp.zeros_like, changes), credit.kept),
            )
            changes = jax.tree.map(jnp.add, changes, asked)
            credit = Credit(credit.learned, kept)
    of_layers = list(changes.layers)
    for part in parts:
        if part.cost.layer is not None:
            number = part.told.number
            inputs = lesson.before if part.cost.ahead else lesson.inputs
            below = layers.forward(inputs).rates[number]
            own = product(below, part.error(), jnp.ones(len(inputs), jnp.float32))
            of_layers[number] = jax.tree.map(jnp.add, of_layers[number], own)
    kept = tuple(part.after() for part in parts)
    return Changes(layers.existing(of_layers), changes.learned), credit.kept, kept


def _by_rule(
    rule: AbstractCreditRule,
    layers: Layers,
    credit: Credit,
    inputs: Units,
    parts: Sequence[_Part],
    nudges: tuple[Units, Float[Array, " examples"]],
    *,
    key: Key[Array, ""],
) -> tuple[Changes, PyTree]:
    """What the credit rule makes of costs of the output: they nudge it from what it is, as a target would.

    **Arguments:**

    - `nudges`: the derivative of the costs by the fields of the output, and the share that each example has in it.
    """
    nudge, share = nudges
    scale = jnp.where(share > 0, 1 / jnp.where(share > 0, share, 1.0), 0.0)

    def cost(fields: Units) -> Float[Array, " examples"]:
        return scale * reduce(jnp.add, [part.loss(fields) for part in parts])

    nudged = layers.read(parts[0].told.fields) - scale[:, None] * nudge
    pursuing = Pursuing(layers.layers, layers.activation, layers.readout, layers.masks, cost)
    return rule.update(pursuing, credit, inputs, Teaching(nudged, share), key=key)


def _if(wanted: Bool[Array, ""], compute: Callable[[], Any], otherwise: Any) -> Any:
    """What is computed where it is wanted; so what is not wanted has no part in how XLA rounds the rest, either."""
    return jax.lax.cond(wanted, compute, lambda: otherwise)


def check_costs(
    name: str, costs: object, hidden: int, rule: AbstractCreditRule, readout: str
) -> tuple[AbstractCost, ...]:
    """The costs, or an error for what a hierarchy with so many hidden layers cannot learn by this rule."""
    given = entries(costs)
    if given is None or not all(isinstance(cost, AbstractCost) for cost in given):
        raise NetworkError(
            f"costs of hierarchy {name!r} is {costs!r}; give a list of learning.costs, [Slowness()], say"
        )
    labels = [cost.label for cost in given]
    for cost in given:
        if labels.count(cost.label) > 1:
            raise NetworkError(f"hierarchy {name!r} has two costs called {cost.label!r}; give one another name=")
        if cost.label in SWITCHES:
            raise NetworkError(f"{cost.label!r} is a switch of every hierarchy; give the cost another name=")
        if cost.layer is not None and cost.layer > hidden:
            told = f"layers 1 to {hidden}" if hidden else "none"
            raise NetworkError(
                f"{cost.label!r} is of hidden layer {cost.layer} of {name!r}, which has {told}; leave out layer= for "
                "the output"
            )
    others = [cost.label for cost in given if not isinstance(cost, Target) and cost.layer is None]
    if others and isinstance(rule, Reinforce) and readout == "softmax":
        raise NetworkError(
            f"Reinforce with readout='softmax' draws a class and is told whether it is the target's, so it cannot make "
            f"{listed(others)} small; take readout='sigmoid' or 'linear', or another rule"
        )
    return tuple(given)


# What a program can tell every hierarchy that has costs, before the gates of these.
SWITCHES = ("next", "add", "learn", "begin")
