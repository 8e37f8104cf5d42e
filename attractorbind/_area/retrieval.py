"""Sums over all that a snapshot memory holds, trials side by side: what agrees with a cue, and what is given back."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Int8, Shaped, UInt8, UInt32

from attractorbind._each import for_each
from attractorbind._overlap import THRESHOLD, correlation

# Trials for which fields are summed at a time: so many that their sums stay in a processor's nearest memory.
_BLOCK = 16

_Sums = tuple[Int[Array, "8 block bytes"], Int[Array, "8 block bytes"]]


def matches(
    codes: UInt8[Array, "trials capacity bytes"], present: UInt8[Array, "trials bytes"], units: int
) -> Bool[Array, "trials capacity"]:
    """Which snapshots' branches a buffer's state drives past the threshold."""
    stored, seen = _words(codes), _words(present)[:, None, :]

    def count(words: UInt32[Array, "trials some words"]) -> Shaped[Array, "trials some"]:
        return jnp.sum(jax.lax.population_count(words).astype(jnp.int32), axis=2, dtype=jnp.int32).astype(jnp.float32)

    return correlation(count(stored & seen), count(stored), count(seen), units) > THRESHOLD


def _words(packed: UInt8[Array, "*some bytes"]) -> UInt32[Array, "*some words"]:
    """The same bits, 32 a word, filled up with zeros: a fourth of what there is to count."""
    filled = jnp.pad(packed, [(0, 0)] * (packed.ndim - 1) + [(0, -packed.shape[-1] % 4)])
    return jax.lax.bitcast_convert_type(filled.reshape(*packed.shape[:-1], -1, 4), jnp.uint32)


def shared_units(
    assemblies: Int[Array, "capacity active"], activity: Bool[Array, "trials units"]
) -> Int[Array, "trials capacity"]:
    """How many units of every assembly are on."""
    # Trials come last, so that those of a unit are read together.
    by_unit = activity.T.astype(jnp.uint8)

    def add(place: Int[Array, ""], shared: Int[Array, "capacity trials"]) -> Int[Array, "capacity trials"]:
        return shared + by_unit[assemblies[:, place]].astype(jnp.int32)

    none = jnp.zeros((len(assemblies), len(activity)), jnp.int32)
    return jax.lax.fori_loop(jnp.int32(0), jnp.int32(assemblies.shape[1]), add, none).T


def patterns(
    assemblies: Int[Array, "capacity active"],
    activity: Bool[Array, "trials units"],
    strength: Int[Array, "trials capacity"],
    codes: tuple[UInt8[Array, "trials capacity _bytes"], ...],
    asked: Bool[Array, "buffers trials"],
    sizes: tuple[int, ...],
) -> tuple[Int8[Array, "trials _units"], ...]:
    """What a memory writes on each buffer: 1 where its field exceeds half that of an assembly, else -1.

    All sums are of whole numbers: those that `SnapshotMemory` says, times the number of the memory's units.

    **Arguments:**

    - `asked`: on which buffers it writes; on the others that is 0.
    - `sizes`: the buffers' numbers of units.
    """
    units, active, trials = activity.shape[1], assemblies.shape[1], len(activity)
    stored = strength > 0
    on = jnp.sum(activity, axis=1, keepdims=True, dtype=jnp.int32)
    overlap = jnp.where(stored, units * shared_units(assemblies, activity) - active * on, 0)
    snapshots = jnp.sum(stored, axis=1, keepdims=True).astype(jnp.float32)
    whole_assembly = active * (units - on)
    unmatched = jnp.sum(overlap, axis=1, keepdims=True, dtype=jnp.int32) - whole_assembly
    # Rows are taken in turn, so that there is nothing to sum beyond the last that was ever used.
    used = jnp.max(jnp.where(stored, jnp.arange(1, stored.shape[1] + 1, dtype=jnp.int32), 0), axis=1)
    size = min(_BLOCK, trials)
    # The last block may begin before the one before it has ended.
    starts = np.minimum(np.arange(0, trials, size, dtype=np.int32), trials - size)

    def written(buffer: int) -> Int8[Array, "trials _units"]:
        def of_block(block: Int[Array, ""], fields: Int8[Array, "trials _units"]) -> Int8[Array, "trials _units"]:
            start = jnp.asarray(starts)[block]

            def own(array: Shaped[Array, "trials *some"]) -> Shaped[Array, "block *some"]:
                return jax.lax.dynamic_slice_in_dim(array, start, size)

            driven, seen = _sums(
                codes[buffer], own(overlap), start, jnp.max(jnp.where(own(asked[buffer]), own(used), 0))
            )
            # Multiplied by the number of snapshots, to stay with whole numbers.
            excitation = own(snapshots) * (2 * driven - own(whole_assembly)).astype(jnp.float32)
            inhibition = 2 * own(unmatched).astype(jnp.float32) * seen.astype(jnp.float32)
            signs = jnp.where(excitation > inhibition, 1, -1)[:, : sizes[buffer]].astype(jnp.int8)
            masked = jnp.where(own(asked[buffer])[:, None], signs, 0)
            return jax.lax.dynamic_update_slice_in_dim(fields, masked, start, 0)

        marked = jnp.any(asked[buffer][starts[:, None] + np.arange(size, dtype=np.int32)], axis=1)
        return for_each(marked, of_block, jnp.zeros((trials, sizes[buffer]), jnp.int8))[0]

    return tuple(written(buffer) for buffer in range(len(codes)))


def _sums(
    codes: UInt8[Array, "trials capacity bytes"],
    overlap: Int[Array, "block capacity"],
    start: Int[Array, ""],
    rows: Int[Array, ""],
) -> tuple[Int[Array, "block units"], Int[Array, "block units"]]:
    """For each unit of a buffer, the overlaps of the snapshots in which it is on, added up, and their number.

    **Arguments:**

    - `start`: the first trial of the block.
    - `rows`: how many rows to add up.
    """
    block, width = len(overlap), codes.shape[2]

    def add(row: Int[Array, ""], sums: _Sums) -> _Sums:
        stored = jax.lax.dynamic_slice(codes, (start, row, jnp.int32(0)), (block, 1, width))[:, 0]
        driving = jax.lax.dynamic_index_in_dim(overlap, row, axis=1, keepdims=False)
        # The first unit of a byte is its highest bit, as `packbits` has it.
        place = jax.lax.broadcasted_iota(jnp.uint8, (8, 1, 1), 0)
        is_on = (stored[None, :, :] << place) >= 128
        driven, seen = sums
        return driven + jnp.where(is_on, driving[None, :, None], 0), seen + is_on.astype(jnp.int32)

    nothing = jnp.zeros((8, block, width), jnp.int32)
    driven, seen = jax.lax.fori_loop(jnp.int32(0), rows, add, (nothing, nothing))
    return driven.transpose(1, 2, 0).reshape(block, -1), seen.transpose(1, 2, 0).reshape(block, -1)
