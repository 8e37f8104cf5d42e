"""Train the hierarchy of a network: a program run over a data set, batch by batch."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Key

from attractorbind._area.base import Shared
from attractorbind._checkpoint import Checkpoint, digest
from attractorbind._checks import check_bool, check_count, check_known
from attractorbind._errors import ArgumentError, NetworkError, ProgramError, RunError, listed
from attractorbind._keys import check_one_key, unused_key
from attractorbind._learning.fit import Augment, augmented, check_augment, check_batch
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._learning.history import History, last_cosines, marks
from attractorbind._learning.seeing import Seeing
from attractorbind._lessons import Lessons, lessons_of
from attractorbind._network import Network, check_state
from attractorbind._on_disk import checked_path
from attractorbind._program.listing import Listing
from attractorbind._program.program import Program
from attractorbind._program.schedule import Schedule
from attractorbind._progress import bar
from attractorbind._result import Result
from attractorbind._run import compiled_for
from attractorbind._simulate import Rates, simulate_recording
from attractorbind._state import State, repeated
from attractorbind._stimuli import with_stimuli, without_stimuli
from attractorbind._transfers import sending


class Trained(eqx.Module):
    """What comes of `train`.

    **Attributes:**

    - `state`: the network's state, of one trial, with what was learned; `run` takes it to start from.
    - `history`: how training went.
    """

    state: State
    history: History


@sending
def train(
    network: Network,
    program: Program | Schedule | Listing,
    state: State | None = None,
    *,
    stimuli: Any,
    epochs: int,
    batch: int,
    key: Key[Array, ""],
    args: Mapping[str, Any] | None = None,
    inputs: Any = None,
    hierarchy: str | None = None,
    augment: Augment | None = None,
    checkpoint: Any = None,
    progress: bool = True,
) -> Trained:
    """Run a program over a data set, again and again, so that a hierarchy learns what the program teaches it.

    Every example is a trial, and starts as `state` is; only what areas share over trials, the synapses, goes on from
    batch to batch. What is taught is for the program to say: it clamps targets in a buffer, shows stimuli by `see`, and
    opens the gates of learning by `learn`.

    With `checkpoint` what was reached is written to a file after every epoch. The same call again goes on from there,
    and comes to the same synapses, bit for bit, as without a break.

    **Arguments:**

    - `network`, `program`: as for `run`.
    - `state`: where every trial starts, of one trial; by default silent, with nothing learned.
    - `stimuli`: an array of shape (examples, ...) or (examples, stimuli, ...), or a mapping from the names of sensory
        areas to such.
    - `epochs`: how often to go through the examples, each time in another order.
    - `batch`: how many trials run at a time. Examples that fill no batch at the end of an epoch are left out of it.
    - `key`: a random key, of the order and of what the credit rule draws.
    - `args`, `inputs`: as for `run`, with one symbol or one list for each example.
    - `hierarchy`: the name of the one whose history is told; needed only where there are several.
    - `augment`: (stimuli of a batch, random key) -> stimuli to show instead, for that hierarchy, such as a
        `learning.Distortion`; in rows, of all trials.
    - `checkpoint`: the name of a file.
    - `progress`: whether to show a bar.

    **Returns:** `Trained`.

    **Raises:** as `run`; `ArgumentError` for a batch larger than the data set, `FileError` for a checkpoint of other
    training, `ImportError` where a bar is asked for and tqdm is missing.

    **Reference:** Hayworth & Marblestone 2018; Marblestone, Wayne & Kording 2016, Front. Comput. Neurosci. 10:94.

    **Example:** see `learning.Hierarchy`.
    """
    compiled = compiled_for(network, program)
    followed = _followed(network, hierarchy)
    given = stimuli if isinstance(stimuli, Mapping) else {followed.name: stimuli}
    lessons = lessons_of(network, compiled, given, args, inputs)
    if not compiled.opens(f"{followed.name}:learn"):
        raise ProgramError(
            f"the program never learns; add learn({followed.name!r}) where the target stands in its buffer"
        )
    epochs, batch = check_count("epochs", epochs), check_batch(batch, lessons.examples)
    check_augment(augment)
    check_bool("progress", progress)
    keys = jax.random.split(check_one_key(key), 3)
    if state is not None:
        check_state(network, state)
        if state.trials != 1:
            raise ArgumentError(f"state is of {state.trials} trials; give that of one, from which each example starts")
    start = _reseeded(network.silent(1) if state is None else state, keys[2])
    saved = None
    if checkpoint is not None:
        words = (network.fingerprint, repr(network.areas), str(compiled), followed.name, str(batch), _named(augment))
        arrays = (lessons, start, network, jax.random.key_data(keys), eqx.filter(augment, eqx.is_array_like))
        saved = Checkpoint(checked_path(checkpoint), digest(words, arrays))
    reached, records = (start, []) if saved is None else saved.read(start, len(History._fields))
    if len(records) > epochs:
        raise ArgumentError(
            f"epochs is {epochs}, and the checkpoint has come to {len(records)}; give as many at least, or another file"
        )
    teacher = _Teacher(network, compiled, lessons, followed, augment, start)
    show = _bar(progress, epochs, len(records))
    for epoch in range(len(records), epochs):
        order_key, augment_key = (jax.random.fold_in(each, epoch) for each in keys[:2])
        reached, record = _epoch(teacher, reached, batch, order_key, augment_key)
        records.append(record)
        if saved is not None:
            saved.write(reached, records)
        show(record)
    return Trained(reached, History(*(np.concatenate(column) for column in zip(*records, strict=True))))


def _named(augment: Any) -> str:
    """What an augmentation is called, in any process."""
    kind = augment if augment is None or hasattr(augment, "__qualname__") else type(augment)
    return "" if kind is None else f"{kind.__module__}.{kind.__qualname__}"


class _Teacher(NamedTuple):
    """What stays the same in all epochs."""

    network: Network
    compiled: Schedule | Listing
    lessons: Lessons
    hierarchy: Hierarchy
    augment: Augment | None
    start: State

    def teach(self, reached: State, rows: Int[np.ndarray, " batch"], key: Key[Array, ""]) -> tuple[State, Any]:
        """How the network stands after a batch of examples, and the results of the trials."""
        shown: dict[str, Any] = {name: array[rows] for name, array in self.lessons.stimuli.items()}
        name = self.hierarchy.name
        if self.augment is not None and name in shown:
            shape = shown[name].shape
            flat = augmented(self.augment, jnp.asarray(shown[name].reshape(-1, shape[-1])), key)
            shown[name] = flat.reshape(shape)
        outcome, _ = simulate_recording(
            self.network,
            self.compiled,
            with_stimuli(self.network, repeated(reached, len(rows)), shown),
            self.lessons.symbols[:, rows],
            self.lessons.stream[rows],
            Rates(0.0, 0.0, self._keys(key, len(rows))),
            "final",
        )
        return without_stimuli(self.network, outcome.state, shown), outcome.result

    def _keys(self, key: Key[Array, ""], trials: int) -> Key[Array, " trials"]:
        """A random key for each trial, where the network makes choices."""
        if not self.network.wiring.drawing:
            return jnp.broadcast_to(unused_key(), (trials,))
        numbers = jnp.arange(1, trials + 1, dtype=jnp.int32)
        return jax.vmap(jax.random.fold_in, in_axes=(None, 0))(key, numbers)


def _epoch(
    teacher: _Teacher, reached: State, batch: int, order_key: Key[Array, ""], augment_key: Key[Array, ""]
) -> tuple[State, History]:
    """How the network stands after an epoch, and the history of it."""
    network, name = teacher.network, teacher.hierarchy.name
    codes, marked, after = network.codes(teacher.hierarchy.target), [], reached
    for number, rows in enumerate(teacher.lessons.batches(batch, order_key)):
        after, result = teacher.teach(reached, rows, jax.random.fold_in(augment_key, number))
        reached = _carried(teacher.start, after)
        marked.append((*marks(after[name], codes), result))
    loss, accuracy, anyone, results = (np.stack(column) for column in zip(*jax.device_get(marked), strict=True))
    # What the last update did no loss tells.
    layers = jax.tree.leaves(after[name].learned.value.layers)
    finite = np.isfinite(loss).all() and all(bool(jnp.isfinite(leaf).all()) for leaf in layers)
    if np.isin(results, (Result.NON_FINITE, Result.LIMIT, Result.NO_FREE_CODE)).any() or not finite:
        raise RunError(
            "a trial ended at a limit, without a spare symbol left, or in numbers that are not finite while the "
            "network was trained; look at the program with run, or take a lower rate of the optimiser"
        )
    cosine = np.asarray(last_cosines(teacher.hierarchy.rule, after[name]))
    cosine = np.where(anyone[-1], cosine, np.nan)
    return reached, History(np.where(anyone, loss, np.nan), np.where(anyone, accuracy, np.nan), cosine[None])


def _followed(network: Network, name: str | None) -> Hierarchy:
    """The hierarchy whose history is told."""
    known = {area.name: area for area in network.areas if isinstance(area, Hierarchy)}
    if not known:
        raise NetworkError("the network has no hierarchy to train; build it with areas=[learning.Hierarchy(...)]")
    if name is None and len(known) > 1:
        raise ArgumentError(f"the network has several hierarchies; name one of {listed(known)} by hierarchy=")
    return known[check_known("hierarchy", "hierarchies", next(iter(known)) if name is None else name, known)]


def _reseeded(state: State, key: Key[Array, ""]) -> State:
    """The state with hierarchies that draw from another key from now on, and of which no trial has learned yet."""
    areas = [
        eqx.tree_at(
            lambda seeing: (seeing.learned.value, seeing.taught),
            area,
            (area.learned.value.reseeded(jax.random.fold_in(key, n)), jnp.zeros_like(area.taught)),
        )
        if isinstance(area, Seeing)
        else area
        for n, area in enumerate(state.areas)
    ]
    return dataclasses.replace(state, areas=tuple(areas))


def _carried(start: State, after: State) -> State:
    """What trials start from after others: as before, but for what all trials share."""

    def chosen(before: Array | Shared, now: Array | Shared) -> Array | Shared:
        return now if isinstance(now, Shared) else before

    areas = jax.tree.map(chosen, start.areas, after.areas, is_leaf=lambda leaf: isinstance(leaf, Shared))
    return dataclasses.replace(start, areas=areas)


def _bar(progress: bool, epochs: int, done: int) -> Callable[[History], None]:
    """What shows how an epoch went."""
    if not progress:
        return lambda record: None
    own = bar(total=epochs, initial=done, unit="epoch")

    def show(record: History) -> None:
        own.set_postfix(loss=f"{record.loss.mean():.3g}", accuracy=f"{record.accuracy.mean():.3f}")
        own.update()
        if own.n >= epochs:
            own.close()

    return show
