"""The state of a network: which units of each population are on, for each trial of a batch."""

from functools import lru_cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Shaped

from attractorbind._area.snapshots import Snapshots, nothing_stored
from attractorbind._checks import check_computed, check_known, check_outside
from attractorbind._errors import NetworkError, listed
from attractorbind._wiring import Wiring


class State(eqx.Module):
    """Which units are on (1) and off (0): one array of shape (trials, units) per population.

    Made by `network.silent(trials)` or taken from a trace; `state["agent"]` is one population's array, and
    `state.replace("agent", array)` a new state with another one. What snapshot memories have learned is in `memories`,
    one `Snapshots` each; their activity can be looked at in the same way, and is not to be replaced.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> vocabulary = ab.Vocabulary(["dog", "cat"])
        >>> network = ab.build(vocabulary, buffers={"focus": 64}, activity=0.1, rule=ab.PseudoInverse(),
        ...     key=jax.random.key(0))
        >>> state = network.silent(trials=2).replace("focus", network.codes("focus").astype(float))
        >>> state["focus"].shape, state["focus"].sum(axis=1).tolist()
        ((2, 64), [6.0, 6.0])
    """

    activities: tuple[Float[Array, "trials _units"], ...]
    names: tuple[str, ...] = eqx.field(static=True)
    memories: tuple[Snapshots, ...] = ()
    memory_names: tuple[str, ...] = eqx.field(static=True, default=())

    @property
    def trials(self) -> int:
        """How many trials the batch holds."""
        return self.activities[0].shape[0]

    def __getitem__(self, population: str) -> Float[Array, "trials units"]:
        check_known("population", "populations", population, (*self.names, *self.memory_names))
        if population in self.memory_names:
            return self.memories[self.memory_names.index(population)].activity.astype(jnp.float32)
        return self.activities[self._place(population)]

    def replace(self, population: str, activity: Shaped[Array | np.ndarray, "trials units"]) -> "State":
        """A new state with this population's array replaced by one of the same shape."""
        if population in self.memory_names:
            raise NetworkError(
                f"{population!r} is a snapshot memory; what it holds changes by store, recall and forget, "
                f"and what can be replaced is the state of {listed(self.names)}"
            )
        place = self._place(population)
        if not eqx.is_array(activity) and not isinstance(activity, np.ndarray):
            found = repr(activity)
        else:
            found = f"an array of shape {activity.shape}"
        if np.shape(activity) != self.activities[place].shape or isinstance(activity, str):
            raise NetworkError(
                f"population {population!r} has the shape {self.activities[place].shape} (trials, units); "
                f"given is {found}"
            )
        return eqx.tree_at(lambda state: state.activities[place], self, jnp.asarray(activity, jnp.float32))

    def _place(self, population: str) -> int:
        return self.names.index(check_known("population", "populations", population, self.names))


def silent(wiring: Wiring, trials: int) -> State:
    """The state with every unit off."""
    populations = wiring.populations
    return State(
        tuple(jnp.zeros((trials, population.units)) for population in populations),
        tuple(population.name for population in populations),
        tuple(nothing_stored(wiring, memory, trials) for memory in wiring.memories),
        tuple(memory.name for memory in wiring.memories),
    )


def repeated(state: State, trials: int) -> State:
    """One trial's state for so many trials."""
    return jax.tree.map(lambda array: jnp.broadcast_to(array, (trials, *array.shape[1:])), state)


def check_state(wiring: Wiring, state: object) -> None:
    """Raise unless it is a state of this network's populations that holds only zeros and ones."""
    if not isinstance(state, State):
        raise NetworkError(f"state is {state!r}; make one with network.silent(), or take that of a trace")
    check_computed("state", state, NetworkError)
    check_outside(NetworkError)
    expected = {population.name: population.units for population in wiring.populations}
    found = {name: activity.shape[1] for name, activity in zip(state.names, state.activities, strict=True)}
    # In order, too: a state's arrays go by their places.
    if list(expected.items()) != list(found.items()):
        raise NetworkError(f"the state is for populations {found}, the network has {expected}; use network.silent()")
    for name, activity in zip(state.names, state.activities, strict=True):
        if not bool(jnp.all((activity == 0) | (activity == 1))):
            raise NetworkError(f"the state of population {name!r} holds values other than 0 and 1")
    if jax.tree.map(_kind, state.memories) != _kinds_of_memories(wiring, state.trials):
        raise NetworkError("the state's snapshot memories are not those of this network; use network.silent()")


def _kind(array: Array | jax.ShapeDtypeStruct) -> tuple[tuple[int, ...], str]:
    return array.shape, array.dtype.name


@lru_cache(maxsize=64)
def _kinds_of_memories(wiring: Wiring, trials: int) -> tuple:
    """Shapes and types of what the memories hold; kept, for every run and every tick by hand asks."""
    return jax.tree.map(_kind, jax.eval_shape(lambda: silent(wiring, trials).memories))
