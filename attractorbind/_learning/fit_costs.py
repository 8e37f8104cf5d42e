"""Training a hierarchy by itself by its costs, of which one phase opens these and the next others."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import as_numbers, check_count, check_fraction, check_known
from attractorbind._errors import ArgumentError, RunError, listed
from attractorbind._keys import check_one_key
from attractorbind._learning.fit import Augment, augmented, check_augment, check_batch
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._learning.images import check_images
from attractorbind._learning.learned import Learned, check_learned
from attractorbind._learning.pursuit import Lesson, pursued
from attractorbind._transfers import sending
from attractorbind._waiting import waiting
from attractorbind._wiring import openings


class Views(NamedTuple):
    """What there is to learn from without a network, of each example.

    - `inputs`: what is seen, of shape (examples, ...), of as many numbers each as the hierarchy has inputs.
    - `before`: what was seen before that, likewise; None where it is another view of the same that `augment` makes.
    - `targets`: what the buffer would hold, zeros and ones, of shape (examples, outputs); None for nothing.
    - `augment`: (inputs of a batch, random key) -> inputs to take instead, such as a `Distortion`; each view has its
        own key.
    """

    inputs: Any
    before: Any = None
    targets: Any = None
    augment: Augment | None = None


@sending
def fit_costs(
    hierarchy: Hierarchy,
    learned: Learned,
    views: Views,
    *,
    costs: Sequence[str] | Mapping[str, float],
    updates: int,
    batch: int,
    key: Key[Array, ""],
) -> Learned:
    """Train a hierarchy by itself by some of its costs, without a network, and go on from what it has learned.

    Phases follow each other: first costs that need no target, `costs=["slowness", "decorrelation"]`, then
    `costs=["target"]` with few examples. It is what `learn(costs=...)` does in a network. Each update draws as many
    examples as a batch has.

    **Arguments:**

    - `hierarchy`: with the costs; its name and its buffer mean nothing here.
    - `learned`: from where to go on, at first `hierarchy.drawn(outputs, key=...)`.
    - `views`: what there is to learn from.
    - `costs`: the names of those to learn by, or a mapping from these to what gets through their gates, from 0 to 1.
    - `updates`: how many there are.
    - `batch`: how many examples there are in an update.
    - `key`: a random key, of which examples are drawn, and of how their views differ.

    **Returns:** what is learned after all updates.

    **Raises:** `ArgumentError` for arrays that do not fit and for costs that lack what they need,
    `UnknownNameError` for costs that the hierarchy has not, before anything is computed; `RunError` where synapses are
    not finite any more.

    **Reference:** A. H. Marblestone, G. Wayne & K. P. Kording 2016, Front. Comput. Neurosci. 10:94, on costs that are
    regulated in time.

    **Example:** what follows each other comes to look alike, with no target.

        >>> import attractorbind as ab, jax, jax.numpy as jnp
        >>> from attractorbind.learning import costs
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[4, 8], target="focus", rule=ab.learning.Backpropagation(),
        ...     costs=[costs.Target(), costs.Slowness(layer=1)], optimiser=ab.learning.Adam(0.02))
        >>> drawn, seen = eyes.drawn(2, key=jax.random.key(0)), jnp.eye(4)
        >>> views = ab.learning.Views(seen[::2], before=seen[1::2])
        >>> learned = ab.learning.fit_costs(eyes, drawn, views, costs=["slowness1"], updates=200, batch=2,
        ...     key=jax.random.key(1))
        >>> fields = [each.layers.fields(seen)[0] for each in (drawn, learned)]
        >>> apart = [jnp.linalg.norm(each[::2] - each[1::2]) for each in fields]
        >>> bool(apart[1] < 0.5 * apart[0])
        True
    """
    if not isinstance(hierarchy, Hierarchy) or not hierarchy.costs:
        raise ArgumentError(f"hierarchy is {hierarchy!r}; give a learning.Hierarchy with costs=[...]")
    outputs = _check_learned(hierarchy, learned)
    opened = _opened(hierarchy, costs)
    lesson = _lesson(hierarchy, views, outputs, opened)
    updates, batch = check_count("updates", updates), check_batch(batch, len(lesson.inputs))
    how = (updates, batch, views.augment, views.before is None)
    key = check_one_key(key)
    with waiting(lambda: f"fit_costs: {updates} updates"):
        after = jax.block_until_ready(_pursued(hierarchy, learned, lesson, how, key))
    if not all(bool(jnp.isfinite(part).all()) for part in jax.tree.leaves((after.layers, after.credit.learned))):
        raise RunError("synapses are not finite any more; take a lower rate of the optimiser")
    return after


@eqx.filter_jit
def _pursued(
    hierarchy: Hierarchy,
    learned: Learned,
    lesson: Lesson,
    how: tuple[int, int, Augment | None, bool],
    key: Key[Array, ""],
) -> Learned:
    """After all updates.

    **Arguments:**

    - `how`: the number of updates, the size of a batch, what makes other views, and whether both are of the same.
    """
    updates, batch, augment, same = how

    def update(learned: Learned, number: Int[Array, ""]) -> tuple[Learned, None]:
        drawn_key, *view_keys = jax.random.split(jax.random.fold_in(key, number), 3)
        rows = jax.random.choice(drawn_key, len(lesson.inputs), (batch,), replace=False)
        inputs = lesson.inputs[rows]
        before = inputs if same else lesson.before[rows]
        if augment is not None:
            inputs, before = (
                augmented(augment, seen, own) for seen, own in zip((inputs, before), view_keys, strict=True)
            )
        # Without a network there is nobody to hear.
        said = tuple(jnp.zeros((batch, 0), jnp.float32) for _ in hierarchy.costs)
        drawn = Lesson(inputs, before, lesson.held[rows], said, lesson.opened[:, rows], lesson.followed[rows])
        return pursued(hierarchy.rule, hierarchy.optimiser, hierarchy.costs, learned, drawn), None

    return jax.lax.scan(update, learned, jnp.arange(updates))[0]


def _check_learned(hierarchy: Hierarchy, learned: object) -> int:
    """How many outputs what was learned has, or an error unless it is of this hierarchy."""
    outputs = check_learned(learned).layers.sizes[-1]
    known = jax.eval_shape(lambda key: hierarchy.drawn(outputs, key=key), jax.random.key(0))
    if _forms(known) != _forms(learned):
        raise ArgumentError("learned is of another hierarchy; give what this one's drawn(...) returns, or its own")
    return outputs


def _forms(learned: object) -> tuple[Any, list[Any]]:
    return jax.tree.structure(learned), [part.shape for part in jax.tree.leaves(learned)]


def _opened(hierarchy: Hierarchy, costs: Any) -> Float[np.ndarray, " costs"]:
    """How far the gate of each cost is open."""
    known = [cost.label for cost in hierarchy.costs]
    opened = np.zeros(len(known), np.float32)
    for name, amount in openings("costs=", costs, ArgumentError):
        check_known(f"cost of {hierarchy.name!r}", "its costs", name, known)
        opened[known.index(name)] = check_fraction(f"cost {name!r}", amount)
    if not opened.any():
        raise ArgumentError(f"costs is {costs!r}, which opens none; give some of {listed(known)}")
    return opened


def _lesson(hierarchy: Hierarchy, views: object, outputs: int, opened: Float[np.ndarray, " costs"]) -> Lesson:
    """All examples as one lesson, or an error where something is missing in them that an open cost needs."""
    if not isinstance(views, Views):
        raise ArgumentError(f"views is {views!r}; give learning.Views(inputs, ...)")
    check_augment(views.augment)
    inputs = _seen("inputs", views.inputs, hierarchy)
    before = inputs if views.before is None else _seen("before", views.before, hierarchy)
    if before.shape != inputs.shape:
        raise ArgumentError(f"before has {len(before)} views, and inputs has {len(inputs)}; give one for each")
    held = np.zeros((len(inputs), outputs), np.float32) if views.targets is None else views.targets
    shape = f"({len(inputs)}, {outputs})"
    held = as_numbers("targets, zeros and ones,", held, shape)
    if held.shape != (len(inputs), outputs) or not np.isin(held, (0, 1)).all():
        raise ArgumentError(f"targets have the shape {held.shape}; give zeros and ones of shape {shape}")
    followed = views.before is not None or views.augment is not None
    for cost, amount, heard in zip(hierarchy.costs, opened, hierarchy.hears(outputs), strict=True):
        if not amount:
            continue
        if heard is not None:
            raise ArgumentError(
                f"cost {cost.label!r} hears {heard.area!r}, which is not here; learn by it in a network"
            )
        if cost.needs_target and views.targets is None:
            raise ArgumentError(f"cost {cost.label!r} needs targets; give Views(targets=...)")
        if cost.needs_before and not followed:
            raise ArgumentError(
                f"cost {cost.label!r} needs two views of each example; give Views(before=) or (augment=)"
            )
    inputs, before, held = (jnp.asarray(array, jnp.float32) for array in (inputs, before, held))
    of_each = jnp.asarray(np.repeat(opened[:, None], len(inputs), axis=1))
    return Lesson(inputs, before, held, (), of_each, jnp.full(len(inputs), followed))


def _seen(told: str, views: Any, hierarchy: Hierarchy) -> Float[np.ndarray, "examples inputs"]:
    shown = check_images(told, views, hierarchy.sizes[0])
    if shown.shape[1] != 1:
        raise ArgumentError(f"{told} has {shown.shape[1]} views of each example; give one, the other as before=")
    return shown[:, 0]
