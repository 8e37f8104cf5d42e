"""What a hierarchy has learned so far, and one update of it."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, PyTree, UInt32

from attractorbind._errors import ArgumentError
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, check_examples, check_rule
from attractorbind._learning.layers import Layers
from attractorbind._learning.optimiser import AbstractOptimiser


class Learned(eqx.Module):
    """The synapses of a hierarchy, and what belongs to learning them.

    **Attributes:**

    - `layers`: the synapses.
    - `credit`: what the credit rule has beside them.
    - `momentum`: what the optimiser keeps.
    - `key_data`: of the random key that updates draw from.
    - `updates`: how many there have been.
    - `active`: how many output units are on in a target, on average; so many win when the outputs compete.
    - `costs`: what each of the costs keeps.
    """

    layers: Layers
    credit: Credit
    momentum: PyTree
    key_data: UInt32[Array, " words"]
    updates: Int[Array, ""]
    active: Float[Array, ""]
    costs: tuple[PyTree, ...] = ()

    def reseeded(self, key: Key[Array, ""]) -> "Learned":
        """The same, drawing from another random key from now on."""
        return eqx.tree_at(lambda learned: learned.key_data, self, _key_data(key))


def unlearned(
    layers: Layers,
    rule: AbstractCreditRule,
    optimiser: AbstractOptimiser,
    *,
    costs: tuple[PyTree, ...] = (),
    key: Key[Array, ""],
) -> Learned:
    """What a hierarchy is before its first update; `costs` is what each of the costs keeps."""
    credit_key, update_key = jax.random.split(key)
    credit = rule.init(layers, key=credit_key)
    return Learned(
        layers=layers,
        credit=credit,
        momentum=optimiser.transformation().init((layers.layers, credit.learned)),
        key_data=_key_data(update_key),
        updates=jnp.int32(0),
        active=jnp.zeros((), jnp.float32),
        costs=costs,
    )


def check_learned(learned: object) -> Learned:
    """What was learned, or an error if it is something else."""
    if not isinstance(learned, Learned):
        raise ArgumentError(f"learned is a {type(learned).__name__}; give what hierarchy.drawn(...) returns, say")
    return learned


def changes_at(
    rule: AbstractCreditRule, learned: Learned, inputs: Float[Array, "examples inputs"], teaching: Teaching
) -> tuple[Changes, PyTree]:
    """What the rule asks for at the next update, and what it keeps after it."""
    check_rule("rule", rule)
    check_examples(check_learned(learned).layers, inputs, teaching)
    key = jax.random.fold_in(key_of(learned), learned.updates)
    changes, kept = rule.update(learned.layers, learned.credit, inputs, teaching, key=key)
    return Changes(learned.layers.existing(changes.layers), changes.learned), kept


def updated(
    rule: AbstractCreditRule,
    optimiser: AbstractOptimiser,
    learned: Learned,
    inputs: Float[Array, "examples inputs"],
    teaching: Teaching,
) -> Learned:
    """After one update, by all examples that have a share in it."""
    changes, kept = changes_at(rule, learned, inputs, teaching)
    active = teaching.share @ jnp.sum(teaching.targets, axis=1)
    return changed(optimiser, learned, changes, kept, active, costs=learned.costs)


def changed(
    optimiser: AbstractOptimiser,
    learned: Learned,
    changes: Changes,
    kept: PyTree,
    active: Float[Array, ""],
    *,
    costs: tuple[PyTree, ...],
) -> Learned:
    """After the optimiser has gone against these changes.

    **Arguments:**

    - `kept`, `costs`: what the credit rule and the costs keep from now on.
    - `active`: how many output units were on in a target, on average.
    """
    plastic = (learned.layers.layers, learned.credit.learned)
    # Optimisers mix types of numbers; what comes of it has those that were there before.
    with jax.numpy_dtype_promotion("standard"):
        moved, momentum = optimiser.transformation().update(tuple(changes), learned.momentum, plastic)
    moved, momentum = (
        jax.tree.map(lambda new, old: new.astype(old.dtype), *pair)
        for pair in ((moved, plastic), (momentum, learned.momentum))
    )
    layers, of_rule = jax.tree.map(jnp.add, plastic, moved)
    # Before the first target nothing is known of them.
    forgetting = jnp.where(learned.active == 0, jnp.float32(1), jnp.float32(0.01))
    return Learned(
        layers=dataclasses.replace(learned.layers, layers=layers),
        credit=Credit(of_rule, kept),
        momentum=momentum,
        key_data=learned.key_data,
        updates=learned.updates + jnp.int32(1),
        active=learned.active + forgetting * (active - learned.active),
        costs=costs,
    )


@jax.custom_jvp
def updated_if(
    wanted: Bool[Array, ""],
    how: tuple[AbstractCreditRule, AbstractOptimiser],
    learned: Learned,
    inputs: Float[Array, "examples inputs"],
    teaching: Teaching,
) -> Learned:
    """As `updated`, where an update is wanted; otherwise nothing is computed or copied.

    Derivatives pass through it as if nothing changed: what a change of a synapse does to later changes is left out.
    """
    rule, optimiser = how
    # A loop of one turn or none: XLA changes in place what a loop carries, and would copy what a branch gives back.
    return jax.lax.fori_loop(
        0,
        wanted.astype(jnp.int32),
        lambda _, learned: updated(rule, optimiser, learned, inputs, teaching),
        learned,
    )


@updated_if.defjvp
def _as_if_unchanged(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Learned, Learned]:
    return updated_if(*primals), tangents[2]


def key_of(learned: Learned) -> Key[Array, ""]:
    """The random key that its updates draw from."""
    # Whatever kind of key was given, so that all states are made of the same arrays.
    return jax.random.wrap_key_data(learned.key_data, impl="threefry2x32")


def _key_data(key: Key[Array, ""]) -> UInt32[Array, " words"]:
    return jax.random.key_data(jax.random.key(jax.random.bits(key, dtype=jnp.uint32), impl="threefry2x32"))
