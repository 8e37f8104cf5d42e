"""Sparse random codes: what a symbol looks like in one population."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Key, UInt32

from attractorbind._overlap import THRESHOLD
from attractorbind._wiring import Population, Wiring


def population_keys(key: Key[Array, ""], wiring: Wiring) -> tuple[Key[Array, " _populations"], Key[Array, " _areas"]]:
    """A random key for every population, and one for every area."""
    keys = jax.random.split(key, len(wiring.populations) + len(wiring.areas))
    return keys[: len(wiring.populations)], keys[len(wiring.populations) :]


class KeyParts(NamedTuple):
    """A random key as plain numbers, and what kind of key they make."""

    key_data: UInt32[Array, " words"]
    key_kind: str


def parts_of_key(key: Key[Array, ""]) -> KeyParts:
    """The parts of a random key."""
    return KeyParts(jax.random.key_data(key), str(jax.random.key_impl(key)))


def fingerprint(wiring: Wiring, codes: Sequence[Bool[Array, "symbols _units"]]) -> str:
    """A short text that two networks share only if they have the same wiring and the same codes.

    **Arguments:**

    - `codes`: of the symbols in every population.
    """
    digest = hashlib.blake2b(repr(wiring).encode(), digest_size=16)
    for of_population in codes:
        digest.update(np.packbits(np.asarray(of_population)).tobytes())
    return digest.hexdigest()


def average_active(codes: Bool[Array, "symbols units"] | Bool[np.ndarray, "symbols units"]) -> int:
    """How many units of a population are on in a code on the average; in codes that are drawn, in every one."""
    return round(float(np.asarray(codes).sum(axis=1).mean()))


def draw_codes(
    symbols: int, populations: Sequence[Population], active: Sequence[int], keys: Key[Array, " _populations"]
) -> tuple[Bool[Array, "symbols _units"], ...]:
    """One code per symbol in every population, from a key for each."""
    return tuple(
        random_codes(symbols, population.units, count, key=key)
        for population, count, key in zip(populations, active, keys, strict=True)
    )


def with_spare(
    codes: Sequence[Bool[Array, "slots _units"]], symbols: int, spare: int
) -> tuple[Bool[Array, "symbols_and_spare _units"], ...]:
    """The codes of so many symbols, and of spare ones that are told apart from them in every population.

    Spare symbols take the first of the codes behind those of the symbols that correlate by no more than 1/2, in any
    population, with a symbol or a spare one before. Where there are too few such codes the others follow in order.
    """
    apart = np.ones((len(codes[0]), len(codes[0])), bool)
    for of_population in codes:
        apart &= np.corrcoef(np.asarray(of_population, np.float64)) <= THRESHOLD
    chosen: list[int] = []
    for slot in range(symbols, len(apart)):
        if apart[slot, [*range(symbols), *chosen]].all():
            chosen.append(slot)
    others = [slot for slot in range(symbols, len(apart)) if slot not in chosen]
    rows = np.array([*range(symbols), *[*chosen, *others][:spare]])
    return tuple(of_population[rows] for of_population in codes)


def with_given(
    wiring: Wiring,
    codes: Sequence[Bool[Array, "slots _units"]],
    given: Mapping[str, Bool[np.ndarray, "symbols _units"]],
    *,
    first: int,
) -> tuple[Bool[Array, "slots _units"], ...]:
    """The codes of all populations, with those that are given for some buffers in place of the ones drawn.

    **Arguments:**

    - `first`: the slot of the first symbol that codes are given for.
    """
    return tuple(
        drawn.at[first : first + len(given[population.name])].set(given[population.name])
        if population.name in given
        else drawn
        for population, drawn in zip(wiring.populations, codes, strict=True)
    )


def active_units(units: int, activity: float) -> int:
    """How many units of a population are on in every code: round(activity * units)."""
    return round(activity * units)


def random_units(rows: int, units: int, active: int, *, key: Key[Array, ""]) -> Int[Array, "rows active"]:
    """For each row, `active` of the units, drawn uniformly without replacement."""
    return jnp.argsort(jax.random.uniform(key, (rows, units), jnp.float32), axis=1)[:, :active].astype(jnp.int32)


@partial(jax.jit, static_argnames=("symbols", "units", "active"))
def random_codes(symbols: int, units: int, active: int, *, key: Key[Array, ""]) -> Bool[Array, "symbols units"]:
    """One code per symbol: exactly `active` units on, drawn uniformly without replacement."""
    on = random_units(symbols, units, active, key=key)
    return jnp.zeros((symbols, units), bool).at[jnp.arange(symbols, dtype=jnp.int32)[:, None], on].set(True)
