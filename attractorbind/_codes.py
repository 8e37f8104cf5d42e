"""Sparse random codes: what a symbol looks like in one population."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Key, UInt32

from attractorbind._overlap import THRESHOLD
from attractorbind._wiring import Population, Wiring


def population_keys(
    key: Key[Array, ""], wiring: Wiring
) -> tuple[tuple[Key[Array, ""], ...], tuple[Key[Array, ""], ...]]:
    """A random key for every population, and one for every area."""
    keys = jax.random.split(key, len(wiring.populations) + len(wiring.areas))
    # Taken out of the array by JAX, they would have to wait for several programs to be compiled.
    words, kind = np.asarray(jax.random.key_data(keys)), jax.random.key_impl(key)
    apart = tuple(jax.random.wrap_key_data(own, impl=kind) for own in words)
    return apart[: len(wiring.populations)], apart[len(wiring.populations) :]


class KeyParts(NamedTuple):
    """A random key as plain numbers, and what kind of key they make."""

    key_data: UInt32[Array, " words"]
    key_kind: str


def parts_of_key(key: Key[Array, ""]) -> KeyParts:
    """The parts of a random key."""
    return KeyParts(jax.random.key_data(key), str(jax.random.key_impl(key)))


def fingerprint(wiring: Wiring, codes: Sequence[Bool[Array | np.ndarray, "symbols _units"]]) -> str:
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
    symbols: int, populations: Sequence[Population], active: Sequence[int], keys: Sequence[Key[Array, ""]]
) -> tuple[Bool[np.ndarray, "symbols _units"], ...]:
    """One code per symbol in every population, from a key for each."""
    return tuple(
        random_codes(symbols, population.units, count, key=key)
        for population, count, key in zip(populations, active, keys, strict=True)
    )


def with_spare(
    codes: Sequence[Bool[Array | np.ndarray, "slots _units"]], symbols: int, spare: int
) -> tuple[Bool[np.ndarray, "symbols_and_spare _units"], ...]:
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
    return tuple(np.asarray(of_population)[rows] for of_population in codes)


def with_given(
    wiring: Wiring,
    codes: Sequence[Bool[Array | np.ndarray, "slots _units"]],
    given: Mapping[str, Bool[np.ndarray, "symbols _units"]],
    *,
    first: int,
) -> tuple[Bool[np.ndarray, "slots _units"], ...]:
    """The codes of all populations, with those that are given for some buffers in place of the ones drawn.

    **Arguments:**

    - `first`: the slot of the first symbol that codes are given for.
    """
    taken = tuple(np.array(of_population) for of_population in codes)
    for population, of_population in zip(wiring.populations, taken, strict=True):
        if population.name in given:
            of_population[first : first + len(given[population.name])] = given[population.name]
    return taken


def active_units(units: int, activity: float) -> int:
    """How many units of a population are on in every code: round(activity * units)."""
    return round(activity * units)


def random_units(rows: int, units: int, active: int, *, key: Key[Array, ""]) -> Int[Array, "rows active"]:
    """For each row, `active` of the units, drawn uniformly without replacement."""
    return jnp.argsort(jax.random.uniform(key, (rows, units), jnp.float32), axis=1)[:, :active].astype(jnp.int32)


def random_codes(symbols: int, units: int, active: int, *, key: Key[Array, ""]) -> Bool[np.ndarray, "symbols units"]:
    """One code per symbol: exactly `active` units on, those of `random_units`."""
    drawn = np.asarray(jax.random.uniform(key, (symbols, units), jnp.float32))
    codes = np.zeros((symbols, units), bool)
    # NumPy takes no longer to sort than JAX does, and needs not be compiled.
    np.put_along_axis(codes, np.argsort(drawn, axis=1, stable=True)[:, :active], True, axis=1)
    return codes
