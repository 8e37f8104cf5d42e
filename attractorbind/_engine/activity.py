"""The activities of all populations as the compiled drivers keep them: in one array, written in place."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Shaped

from attractorbind._bundled import Bundled, gathered
from attractorbind._devices import TRIALS, UNITS, Devices

# One population's states, padded with silent units to the width of the widest.
Units = Float[Array, "trials widest"]


class Activity(eqx.Module):
    """What every population does, and what it did before that.

    Population p has two halves, numbers 2 p and 2 p + 1. While one half is read the other is written: so every
    population of a tick reads what all others did at the tick before, and nothing is copied.

    - `halves`: the states, narrow populations padded with silent units.
    - `current`: which half of each population counts.
    - `devices`: those that the trials are spread over, None for one. Each has whole states of its trials.
    """

    halves: Float[Array, "halves trials widest"]
    current: Int[Array, " populations"]
    devices: Devices | None = eqx.field(static=True, default=None)

    @property
    def parts(self) -> int:
        """Into how many parts the trials are divided among devices."""
        return 1 if self.devices is None else self.devices.parts

    def of(self, population: int | Int[Array, ""]) -> Units:
        """What a population does."""
        return whole(at(self.halves, 2 * population + at(self.current, population)), self.devices)

    def written(self, population: Int[Array, ""], states: Units, changed: Bool[Array, " trials"]) -> "Activity":
        """The same with new states in a population's other half, which counts once the population is `turned`.

        **Arguments:**

        - `changed`: in which trials it changes; it was read from these halves.
        """
        half = 2 * population + 1 - at(self.current, population)
        if self.devices is None:
            # More trials than there are never change, but the compiler cannot know that: so it has to read `changed`
            # before it writes, and need not copy all halves for it.
            half += (jnp.sum(changed, dtype=jnp.int32) > len(changed)).astype(jnp.int32)
        halves = jax.lax.dynamic_update_index_in_dim(self.halves, exchanged(states, self.devices), half, 0)
        return Activity(whole(halves, self.devices), self.current, self.devices)

    def turned(self, populations: Bool[Array, " populations"]) -> "Activity":
        """The same where of these populations the other half counts."""
        return Activity(self.halves, self.current ^ populations.astype(jnp.int32), self.devices)

    def silent(self) -> Bool[Array, " populations"]:
        """The populations of which no unit is on in any trial, while both halves are the same."""
        return ~jnp.any(self.halves[0::2] != 0, axis=(1, 2))


def at(array: Shaped[Array | np.ndarray, "rows *rest"], row: int | Int[Array, ""]) -> Shaped[Array, "*rest"]:
    """`array[row]` for a row that exists; without indexing's check for negative rows it is one step, not several."""
    return jax.lax.dynamic_index_in_dim(jnp.asarray(array), row, keepdims=False)


# The states of all populations, as a `State` has them.
States = Sequence[Float[Array, "trials _units"]]


def stack(activities: States, devices: Devices | None = None) -> Activity:
    """The activities of all populations in one array."""
    widest = max(map(_width, _parts(activities)))
    if isinstance(activities, Bundled):
        padding = [((0, 0), (0, 0), (0, widest - _width(bundle))) for bundle in activities.bundles]
        bundles = [jnp.pad(*pair).swapaxes(0, 1) for pair in zip(activities.bundles, padding, strict=True)]
        halves = jnp.repeat(jnp.concatenate(bundles)[activities.layout.position_of], 2, axis=0)
    else:
        halves = jnp.stack([padded_units(activity, widest) for activity in activities for _ in range(2)])
    return Activity(whole(halves, devices), jnp.zeros(len(activities), jnp.int32), devices)


def whole(
    states: Float[Array, "*halves trials widest"], devices: Devices | None
) -> Float[Array, "*halves trials widest"]:
    """The same; the compiler is told that every device keeps whole states, of its own trials."""
    if devices is None:
        return states
    return jax.lax.with_sharding_constraint(states, devices.sharding(*[None] * (states.ndim - 2), TRIALS))


def exchanged(states: Units, devices: Devices | None) -> Units:
    """States of which each device has computed some units, as all of a trial's devices know them.

    They go from one device to another as bools, a fourth of what they take as float32.
    """
    if devices is None or devices.columns == 1:
        return states
    own = jax.lax.with_sharding_constraint(states > 0, devices.sharding(TRIALS, UNITS))
    return jax.lax.with_sharding_constraint(own, devices.sharding(TRIALS)).astype(jnp.float32)


def unstack(before: States, activity: Activity) -> States:
    """The inverse of `stack`, the states being put together as those that were stacked."""
    if not isinstance(before, Bundled):
        return tuple(activity.of(index)[:, : _width(states)] for index, states in enumerate(before))
    current = activity.halves[2 * np.arange(len(before), dtype=np.int32) + activity.current]
    members = before.layout.members
    bundles = [
        current[np.array(numbers, np.int32), :, : _width(bundle)].swapaxes(0, 1)
        for numbers, bundle in zip(members, before.bundles, strict=True)
    ]
    return gathered(zip(members, bundles, strict=True), before.layout.axis)


def _parts(activities: States) -> Sequence[Array]:
    return activities.bundles if isinstance(activities, Bundled) else activities


def _width(states: Shaped[Array | np.ndarray, "*rest units"]) -> int:
    return states.shape[-1]


def padded_units(array: Shaped[Array, "trials _units"], widest: int) -> Shaped[Array, "trials widest"]:
    """One population's states or fields, padded to the width of the widest."""
    return jnp.pad(array, ((0, 0), (0, widest - array.shape[1])))
