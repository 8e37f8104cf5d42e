"""The state of a network: which units of each population are on, and the states of its areas, for each trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key, PyTree, Shaped

from attractorbind._area.base import AbstractArea, Shared, Shown
from attractorbind._bundled import Bundled, bundled
from attractorbind._checks import check_computed, check_known, check_memory, check_names, check_outside, is_real
from attractorbind._devices import held_here
from attractorbind._errors import ArgumentError, NetworkError, listed
from attractorbind._transfers import sending
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class Origin:
    """The network that a state is of, as far as it decides what the state means.

    - `fingerprint`: of the codes that the network was built with, and of its wiring. Lesions, other synapses and
        further symbols leave it as it is.
    - `symbols`: the symbols that the network knows.
    """

    fingerprint: str
    symbols: tuple[str, ...]

    def understood_by(self, other: "Origin") -> bool:
        """Whether a state of this origin means the same in a network of another one, which may know more symbols."""
        return self.fingerprint == other.fingerprint and other.symbols[: len(self.symbols)] == self.symbols


def _bundled(activities: Any) -> Any:
    """Many arrays in few; trials stay the first axis of each. What is no sequence is left for checks to find."""
    return bundled(activities, axis=-2) if isinstance(activities, Sequence) else activities


class State(eqx.Module):
    """Which units are on (1) and off (0): one array of shape (trials, units) per population.

    Made by `network.silent(trials)` or taken from a trace; `state["agent"]` is one population's array, and
    `state.replace("agent", array)` a new state with another one. The states of areas are in `areas`, in the order of
    `area_names`; `state["episodes"]` is that of one area, and is not to be replaced.

    **Attributes:**

    - `activities`: of every population, in the order of `names`.
    - `areas`: of every area, what it holds.
    - `origin`: the network that it is of. Another network refuses it, for the same units mean other symbols there.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> vocabulary = ab.Vocabulary(["dog", "cat"])
        >>> network = ab.build(vocabulary, buffers={"focus": 64}, activity=0.1, rule=ab.PseudoInverse(),
        ...     key=jax.random.key(0))
        >>> state = network.silent(trials=2).replace("focus", network.codes("focus").astype(float))
        >>> state["focus"].shape, state["focus"].sum(axis=1).tolist()
        ((2, 64), [6.0, 6.0])
    """

    activities: Sequence[Float[Array, "trials _units"]] = eqx.field(converter=_bundled)
    areas: tuple[PyTree, ...]
    names: tuple[str, ...] = eqx.field(static=True)
    area_names: tuple[str, ...] = eqx.field(static=True)
    origin: Origin = eqx.field(static=True)

    @property
    def trials(self) -> int:
        """How many trials the batch holds."""
        activities = self.activities
        return (activities.bundles if isinstance(activities, Bundled) else activities)[0].shape[0]

    def __getitem__(self, name: str) -> PyTree:
        check_known("population", "populations", name, (*self.names, *self.area_names))
        if name in self.area_names:
            return self.areas[self.area_names.index(name)]
        return self.activities[self._index(name)]

    @sending
    def replace(self, population: str, activity: Shaped[Array | np.ndarray, "trials units"]) -> "State":
        """A new state with this population's array replaced by one of the same shape."""
        if population in self.area_names:
            raise NetworkError(
                f"{population!r} is an area; what it holds changes by its own instructions, "
                f"and what can be replaced is the state of {listed(self.names)}"
            )
        index = self._index(population)
        shape = self.activities[index].shape
        is_array = eqx.is_array(activity) or isinstance(activity, np.ndarray)
        if not is_array or activity.shape != shape or not is_real(activity.dtype):
            found = f"an array of shape {activity.shape} and type {activity.dtype}" if is_array else repr(activity)
            raise NetworkError(
                f"population {population!r} takes an array of numbers of shape {shape} (trials, units), not {found}"
            )
        activities = [*self.activities]
        activities[index] = jnp.asarray(activity, jnp.float32)
        return replace(self, activities=tuple(activities))

    def adopt(self, other: "State", areas: Sequence[str]) -> "State":
        """A new state in which areas know what they have learned in another network.

        That is what all trials share in their state, such as the synapses of a hierarchy. It means the same here only
        if the buffers that the area reads or drives have the same codes, `build(codes=)`, and if the area has the same
        settings, such as the order of its gates, which are not compared.

        **Arguments:**

        - `other`: a state of the other network, in which areas of the same names learned.
        - `areas`: their names, one or more.

        **Raises:** `UnknownNameError` for an area that is not in both; `NetworkError` if it has other synapses there,
            or trials share nothing of it.
        """
        adopted = list(self.areas)
        if not isinstance(other, State):
            raise NetworkError(f"other is {other!r}; give the state of a network in which the areas learned")
        named = check_names("areas", areas, "names of areas", NetworkError)
        if not named:
            raise NetworkError("areas is empty; name the areas whose synapses are to be taken over")
        for area in named:
            for state in (self, other):
                check_known("area", "areas", area, state.area_names)
            index = self.area_names.index(area)
            adopted[index] = _adopted(area, self.areas[index], other[area])
        return replace(self, areas=tuple(adopted))

    def _index(self, population: str) -> int:
        return self.names.index(check_known("population", "populations", population, self.names))


def is_shared(part: Any) -> bool:
    """Whether a part of an area's state is that of all trials together."""
    return isinstance(part, Shared)


def _adopted(area: str, own: PyTree, other: PyTree) -> PyTree:
    """The state of an area with all that is `Shared` taken from another."""
    (leaves, form), (others, other_form) = (jax.tree.flatten(state, is_leaf=is_shared) for state in (own, other))
    if not any(map(is_shared, leaves)):
        raise NetworkError(
            f"trials share nothing of area {area!r}: what it has learned is part of each trial's own state, which "
            "another network cannot take over"
        )
    pairs = list(zip(leaves, others, strict=False))
    alike = form == other_form and all(
        jax.tree.structure(mine) == jax.tree.structure(theirs)
        and [leaf.shape for leaf in jax.tree.leaves(mine)] == [leaf.shape for leaf in jax.tree.leaves(theirs)]
        for mine, theirs in pairs
        if is_shared(mine)
    )
    if not alike:
        raise NetworkError(
            f"area {area!r} has other synapses there than here; give it the same sizes, settings and buffers in both "
            "networks"
        )
    return jax.tree.unflatten(form, [theirs if is_shared(mine) else mine for mine, theirs in pairs])


def silent(
    wiring: Wiring, areas: Sequence[AbstractArea], parameters: Sequence[PyTree], origin: Origin, trials: int
) -> State:
    """The state with every unit off, and areas in which nothing has happened."""
    populations = wiring.populations
    if trials > 1:
        check_trials(silent_shapes(wiring, tuple(areas), origin), trials)
    return State(
        tuple(jnp.zeros((trials, population.units), jnp.float32) for population in populations),
        tuple(area.init(buffer_units(wiring), trials, own) for area, own in zip(areas, parameters, strict=True)),
        tuple(population.name for population in populations),
        tuple(area.name for area in areas),
        origin,
    )


def buffer_units(wiring: Wiring) -> Mapping[str, int]:
    """The buffers' names and their numbers of units."""
    return {name: wiring.populations[index].units for name, index in wiring.buffers.items()}


def repeated(state: State, trials: int) -> State:
    """One trial's state for so many trials."""
    if state.trials == trials:
        return state
    check_trials(state, trials)

    def spread(leaf: Array | Shared) -> Array | Shared:
        return leaf if isinstance(leaf, Shared) else jnp.broadcast_to(leaf, (trials, *leaf.shape[1:]))

    return jax.tree.map(spread, state, is_leaf=is_shared)


def of_trial(areas: PyTree, trial: int | Int[np.ndarray, " rows"]) -> PyTree:
    """What areas hold in one trial, or in a trial for each of several rows."""

    def taken(leaf: Array | Shared) -> Array | Shared:
        return leaf if isinstance(leaf, Shared) else leaf[trial]

    return jax.tree.map(taken, areas, is_leaf=is_shared)


def bytes_of_a_trial(one: State) -> int:
    """How many bytes a trial has of its own, by the state of a single one or its shapes."""
    parts = jax.tree.leaves(one, is_leaf=is_shared)
    return sum(leaf.size * leaf.dtype.itemsize for leaf in parts if not isinstance(leaf, Shared))


def check_trials(one: State, trials: int) -> None:
    """Raise if so many trials, each as this one, are more than can be kept."""
    needed = trials * bytes_of_a_trial(one)
    check_memory(f"the state of {trials:,} trials", needed, "run fewer trials at once", ArgumentError)


def silent_shapes(wiring: Wiring, areas: tuple[AbstractArea, ...], origin: Origin) -> State:
    """Shapes of a silent state; kept, for every run and every tick by hand asks for them."""
    try:
        return _silence_kept(wiring, areas, origin)
    except TypeError:
        # An area with arrays among its fields has no hash.
        return _silence_kept.__wrapped__(wiring, areas, origin)


@lru_cache(maxsize=64)
def _silence_kept(wiring: Wiring, areas: tuple[AbstractArea, ...], origin: Origin) -> State:
    def silence(key: Key[Array, ""]) -> State:
        parameters = [area.parameters(buffer_units(wiring), key) for area in areas]
        return silent(wiring, areas, parameters, origin, 1)

    return jax.eval_shape(silence, jax.random.key(0))


def check_origin(origin: Origin, state: State) -> None:
    """Raise unless the state means the same in the network of this origin; also while JAX traces."""
    if not state.origin.understood_by(origin):
        raise NetworkError(
            f"the state is of another network, of the symbols {listed(state.origin.symbols)}, where the same units "
            f"mean something else; the network has the symbols {listed(origin.symbols)} and codes and relays "
            "of its own: start from its network.silent(), or from a state of its own traces"
        )


def check_state(wiring: Wiring, areas: tuple[AbstractArea, ...], origin: Origin, state: object) -> None:
    """Raise unless it is a state of the network of this origin that holds only zeros and ones."""
    if not isinstance(state, State):
        raise NetworkError(f"state is {state!r}; make one with network.silent(), or take that of a trace")
    check_computed("state", state, NetworkError)
    check_outside(NetworkError)
    _check_parts(state)
    silence = silent_shapes(wiring, areas, origin)
    expected = {population.name: population.units for population in wiring.populations}
    found = {name: activity.shape[1] for name, activity in zip(state.names, state.activities, strict=True)}
    # Their order counts, too, for arrays have no names.
    if list(expected.items()) != list(found.items()):
        raise NetworkError(f"the state is for populations {found}, the network has {expected}; use network.silent()")
    if _kinds(state) != _kinds(silence):
        raise NetworkError("the state's areas are not those of this network; use network.silent()")
    check_origin(origin, state)
    for name, activity in zip(state.names, state.activities, strict=True):
        if not all(((values == 0) | (values == 1)).all() for values in held_here(activity)):
            raise NetworkError(f"the state of population {name!r} holds values other than 0 and 1")


def _check_parts(state: State) -> None:
    """Raise unless a state, which may be made by hand, has an array for each population, all of as many trials."""
    arrays = state.activities
    fit = isinstance(arrays, tuple | Bundled) and isinstance(state.names, tuple) and isinstance(state.area_names, tuple)
    fit = fit and isinstance(state.areas, tuple) and isinstance(state.origin, Origin)
    fit = fit and len(arrays) == len(state.names) > 0 and len(state.areas) == len(state.area_names)
    if not fit or not all(eqx.is_array(array) or isinstance(array, np.ndarray) for array in arrays):
        raise NetworkError(f"the state has not one array for each population; {_MADE_BY}")
    trials = {array.shape[0] if array.ndim == 2 else None for array in arrays}
    areas = jax.tree.leaves(state.areas, is_leaf=is_shared)
    trials |= {_trials_of(leaf) for leaf in areas if not isinstance(leaf, Shared)}
    if len(trials) > 1 or trials & {0, None}:
        told = listed(f"{name}: {array.shape}" for name, array in zip(state.names, arrays, strict=True))
        raise NetworkError(f"the state is not of the same trials, one at least, in all its parts, {told}; {_MADE_BY}")
    for name, array in zip(state.names, arrays, strict=True):
        if not is_real(array.dtype):
            raise NetworkError(f"the state of population {name!r} is of type {array.dtype}, no numbers; {_MADE_BY}")


_MADE_BY = "make one with network.silent(trials), and change it by replace(population, array)"


def _trials_of(leaf: object) -> int | None:
    """The length of an area's array along its first axis, if it is one."""
    shape = getattr(leaf, "shape", ())
    return shape[0] if shape else None


def _kinds(state: State) -> PyTree:
    """Shapes, without the axis of trials, and types of what the areas hold, and how it is put together."""

    def kind(leaf: Array | jax.ShapeDtypeStruct | Shared | Shown) -> tuple:
        if isinstance(leaf, Shown):
            return jax.tree.structure(leaf), leaf.value.shape[2:], leaf.value.dtype.name
        if isinstance(leaf, Shared):
            return jax.tree.structure(leaf), [(part.shape, part.dtype.name) for part in jax.tree.leaves(leaf)]
        return leaf.shape[1:], leaf.dtype.name

    leaves, structure = jax.tree.flatten(state.areas, is_leaf=lambda leaf: isinstance(leaf, Shared | Shown))
    return structure, [kind(leaf) for leaf in leaves]
