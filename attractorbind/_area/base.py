"""What every area of a network does: its wiring, its parameters, its state, and its part of a tick."""

import abc
import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import equinox as eqx
import numpy as np
from jaxtyping import Array, Bool, Float, Key, PyTree, Shaped

from attractorbind._errors import NetworkError
from attractorbind._visible import is_visible
from attractorbind._wiring import AreaWiring

# From a buffer's name and some of its states to the symbols that they stand for.
Decode = Callable[[str, Bool[np.ndarray, "rows _units"]], list[str | None]]


class AreaNoise(NamedTuple):
    """Noise of one area at one tick.

    - `level`: the probability that a unit's output flips.
    - `keys`: a random key for each trial.
    """

    level: Float[Array, ""]
    keys: Key[Array, " trials"]


class AreaInputs(NamedTuple):
    """What an area is given at a tick; conductances are in the order of its `AreaWiring`.

    - `reads`, `writes`, `switches`: the conductances of its gates.
    - `activity`: what the buffers that it reads did at the tick before, shape (trials, units), 0 or 1, whether their
        gates are open or not: what an open gate lets in is for the area to say.
    - `running`: the trials that take part. Of the others the state must stay as it is.
    - `noise`: None where there is none.
    - `keys`: a random key for each trial, of this tick, for what the area draws: the same as those of the noise, so
        fold in a number for each further draw. An area that draws names the switches at which it does in
        `AreaWiring.draws`, so that a run without a key is an error.
    - `heard`: what the areas that it hears said at the tick before, in the order of `AreaWiring.hears`.
    - `copies`: the conductances of the gates that it is told of; None where there are none.
    - `eyes`: the synapses of the areas through whose eyes it sees, as they were before this tick, in the order of its
        `AreaWiring.eyes`.
    """

    reads: Float[Array, "reads trials"]
    writes: Float[Array, "writes trials"]
    switches: Float[Array, "switches trials"]
    activity: tuple[Float[Array, "trials _units"], ...]
    running: Bool[Array, " trials"]
    noise: AreaNoise | None
    keys: Key[Array, " trials"]
    heard: tuple[Float[Array, "trials _units"], ...] = ()
    copies: Float[Array, "copies trials"] | None = None
    eyes: tuple[PyTree, ...] = ()


class Shared(eqx.Module):
    """A part of an area's state that all trials share, such as weights that change slowly.

    **Arguments:**

    - `value`: any pytree of arrays. All other leaves of a state have the trials as their first axis.
    """

    value: PyTree


class Shown(eqx.Module):
    """A part of an area's state that may be of any length along its second axis, such as stimuli still to be seen.

    **Arguments:**

    - `value`: an array of shape (trials, how many, ...).
    """

    value: Array


class AbstractArea(eqx.Module):
    """Something that is joined to the buffers of a network by gates of its own, and has a mechanism and a state.

    `SnapshotMemory` is one. An area of a user's own subclasses this, is given to `build(areas=[...])`, and then takes
    part in every tick of `run`, `simulate`, `tick` and `step`. Its static fields are its settings; arrays among its
    fields are leaves of the network.

    At every tick it receives what the buffers that it reads did at the tick before, and gives the buffers that it
    writes on a field, which is scaled by the conductance of the gate and added to that of the projections.

    **Attributes:**

    - `name`: its name, which marks its gates.
    """

    name: eqx.AbstractVar[str]

    @abc.abstractmethod
    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """Which of these buffers it reads and writes on, and its switches.

        **Arguments:**

        - `buffers`: name to number of units, of all buffers of the network.
        """

    @abc.abstractmethod
    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> PyTree:
        """What is drawn once, when the network is built, and shared by all trials; None for nothing.

        **Arguments:**

        - `buffers`: as for `wire`.
        """

    @abc.abstractmethod
    def init(self, buffers: Mapping[str, int], trials: int, parameters: PyTree) -> PyTree:
        """The state in which nothing has happened yet: every leaf has an axis of trials, unless it is `Shared`.

        **Arguments:**

        - `buffers`: as for `wire`.
        - `trials`: how many.
        - `parameters`: what was drawn. What learns starts from it.
        """

    @abc.abstractmethod
    def tick(
        self, parameters: PyTree, state: PyTree, inputs: AreaInputs
    ) -> tuple[PyTree, tuple[Shaped[Array, "trials _units"], ...]]:
        """One tick, as a pure function of arrays.

        The area's `name`, and names of buffers in a field `buffers`, may here be others, so that a network with other
        names need not be compiled anew.

        **Returns:** the state after it, and for each buffer that it writes on the field at a fully open gate, of shape
        (trials, units), of any type of numbers.
        """

    @abc.abstractmethod
    def contents(self, buffers: Mapping[str, int], state: PyTree, decode: Decode) -> list[dict[str, str | None]]:
        """What it holds, in words, for `Trace.snapshots`; an empty list where that means nothing.

        **Arguments:**

        - `buffers`: as for `wire`.
        - `state`: of one trial.
        - `decode`: from the name of a buffer and states of it to the symbols that they stand for.
        """

    def said(self, state: PyTree, part: int) -> Float[Array, "trials _units"]:
        """What other areas hear of this part of it; of an area whose wiring `says` nothing, nothing.

        **Arguments:**

        - `state`: of all trials.
        - `part`: an index into `AreaWiring.says`.
        """
        raise NetworkError(f"area {self.name!r} has no part {part} that other areas can hear")

    def eyes(self, state: PyTree) -> PyTree:
        """The synapses by which it sees now, for areas that see through its eyes; of an area without, an error."""
        raise NetworkError(f"area {self.name!r} has no eyes that other areas could see through")

    def synapses(self, buffers: Mapping[str, int], parameters: PyTree) -> int:
        """How many synapses of it a run can change, between units of its own, those that it reads and those it drives.

        **Arguments:**

        - `buffers`, `parameters`: as for `init`.
        """
        return 0

    def begun(self, state: PyTree) -> PyTree:
        """Its state as a run begins, which is that in which it was left, unless something is counted by runs."""
        return state


class AbstractSensoryArea(AbstractArea):
    """An area with stimuli of its own, which are given to a run: `run(stimuli={name: array})`.

    **Attributes:**

    - `takes`: the switch at which it takes its next stimulus.
    """

    takes: eqx.AbstractClassVar[str]

    @abc.abstractmethod
    def check_stimuli(self, stimuli: Any) -> Float[np.ndarray, "trials stimuli _inputs"]:
        """The stimuli of each trial, as one array, or an `ArgumentError` that says what is wrong with them."""

    @abc.abstractmethod
    def shown(self, state: PyTree, stimuli: Float[Array | np.ndarray, "trials stimuli _inputs"]) -> PyTree:
        """The state with these stimuli before it, none of them seen yet, in a part that is `Shown`."""


class Choices(NamedTuple):
    """What an area that chooses gates was doing at a tick, of each trial; of many ticks, they are the first axis.

    - `decided`: whether it made a choice at this tick.
    - `chosen`: the channels that are open by the last choice.
    - `probability`: of each channel at the last choice; 0 for those that could not be chosen.
    - `rewarded`: whether there was an outcome at this tick.
    - `value`: the reward expected in the state read last.
    - `dopamine`: by how much the last outcome, or what followed it, was better than expected.
    """

    decided: Bool[Array | np.ndarray, "*ticks trials"]
    chosen: Bool[Array | np.ndarray, "*ticks trials channels"]
    probability: Float[Array | np.ndarray, "*ticks trials channels"]
    rewarded: Bool[Array | np.ndarray, "*ticks trials"]
    value: Float[Array | np.ndarray, "*ticks trials"]
    dopamine: Float[Array | np.ndarray, "*ticks trials"]


class Forecasts(NamedTuple):
    """What an area that predicts was doing at a tick, of each trial; of many ticks, they are the first axis.

    - `stepped`: whether what came was compared with what had been predicted, at this tick.
    - `chosen`: whether it was surprised at its last step, and so its one channel is open.
    - `error`: of each time scale, the mean of the squared errors of all units, at the last comparison.
    - `surprise`: how many standard deviations that of the first time scale lay above what is usual.
    """

    stepped: Bool[Array | np.ndarray, "*ticks trials"]
    chosen: Bool[Array | np.ndarray, "*ticks trials 1"]
    error: Float[Array | np.ndarray, "*ticks trials scales"]
    surprise: Float[Array | np.ndarray, "*ticks trials"]


class AbstractGatingArea(AbstractArea):
    """An area that chooses, trial by trial, which gates of a program are open: `BasalGanglia` and `Predictor`.

    Its channels are those of its `AreaWiring`. A step of a program may leave a gate to channels, and the gate is then
    as the program says in the trials in which one of them is open, and at rest in the others.
    """

    @abc.abstractmethod
    def chosen(self, state: PyTree) -> Bool[Array, "trials channels"]:
        """Which channels are open now."""

    @abc.abstractmethod
    def observed(self, state: PyTree) -> Choices | Forecasts:
        """What it was doing at the tick that led to this state, to be recorded."""


def check_area_name(name: object) -> None:
    """Raise unless it can be an area's name, which must not look like that of a gate."""
    if not isinstance(name, str) or not is_visible(name) or "->" in name or ":" in name:
        raise NetworkError(f"area name {name!a} is not a non-empty string without '->' and ':', which mark its gates")


def renamed(area: AbstractArea, name: str, buffers: Mapping[str, str]) -> AbstractArea:
    """The same area under another name, and with other names for the buffers in its field `buffers`, if it has one.

    **Arguments:**

    - `buffers`: from the names of buffers to others.
    """
    # Not by its constructor, which may take something else than the fields.
    other = copy.copy(area)
    object.__setattr__(other, "name", name)
    named = getattr(area, "buffers", None)
    if isinstance(named, tuple) and all(isinstance(buffer, str) and buffer in buffers for buffer in named):
        object.__setattr__(other, "buffers", tuple(buffers[buffer] for buffer in named))
    return other
