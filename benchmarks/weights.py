"""What other forms of weights would gain, and what they would cost: half the bits, or factors of rank S.

A tick needs x W for binary x. W is S symbols' worth of codes times coefficients, plus a constant for each target unit,
so x W can be had as (x C^T) Z + |x| u, two thin products. Or W can be kept in 16 bits. Either way every field must stay
an exact sum in float32, so that a state does not depend on batch, machine or order: all terms must be multiples of a
quantum of which the largest sum has no more than 2^24. For factors the sums in between are larger, and the quantum is
coarser; in 16 bits a weight itself has no more than 2^8 (bfloat16) or 2^11 quanta.

Times are of one product, dense in float32 or otherwise, a chain of them, in turns, medians. "margin left" is the
smallest margin of any unit and symbol on that grid, for a buffer that is the target of five such projections, over the
margin that was learned.

    python benchmarks/weights.py --units 512 2048
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from recording import record
from tqdm import tqdm
from training import random_codes

import attractorbind as ab

INPUTS = 5
CHAIN = 20
BITS = {"bfloat16": 8, "float16": 11}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[128, 512, 2048])
    parser.add_argument("--loads", type=float, nargs="+", default=[0.05, 0.1, 0.2, 0.4])
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 256])
    parser.add_argument("--activity", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rows = []
    for units, load in tqdm(list(itertools.product(options.units, options.loads))):
        projection = Projection(units, round(load * units), options.activity)
        rows += [{"units": units, "S/N": load, **row} for row in compared(projection, options.batch, options.rounds)]
    record("weights", rows)


class Projection:
    """One projection as a dense matrix, and as factors: W = C^T Z + u for every source unit."""

    def __init__(self, units: int, symbols: int, activity: float) -> None:
        self.source, self.target = (random_codes(symbols, units, activity, seed) for seed in (0, 1))
        learned = ab.MaximalStability().learn(self.source, self.target, recurrent=False)
        self.weights, self.bias = np.asarray(learned.weights, float), np.asarray(learned.bias, float)
        self.codes = np.asarray(self.source, float)
        basis = np.concatenate([self.codes, np.ones((1, units))])
        solved = np.linalg.lstsq(basis.T, self.weights, rcond=None)[0]
        self.coefficients, self.shift = solved[:-1], solved[-1]

    def margin(self, weights: np.ndarray) -> float:
        """The smallest margin of any unit and symbol."""
        fields = self.codes @ weights + self.bias
        return float(np.where(self.target, fields, -fields).min())

    def on_grid(self, form: str) -> np.ndarray:
        """The weights as that form can hold them."""
        bias = np.abs(self.bias)
        if form == "factors":
            sums = self.codes[0].sum() * np.abs(self.coefficients).sum(axis=0) + len(self.weights) * np.abs(self.shift)
            step = quantum((sums + bias).max())
            return self.codes.T @ rounded(self.coefficients, step) + rounded(self.shift, step)
        step = quantum((np.abs(self.weights).sum(axis=0) + bias).max())
        if form in BITS:
            step = max(step, 2.0 ** np.ceil(np.log2(np.abs(self.weights).max() / 2 ** BITS[form])))
        return rounded(self.weights, step)


def quantum(largest: float) -> float:
    """The finest grid on which the fields of all inputs together are exact sums."""
    return 2.0 * 2.0 ** np.ceil(np.log2(1.25 * INPUTS * largest)) / 2.0**24


def rounded(values: np.ndarray, step: float) -> np.ndarray:
    return np.round(values / step) * step


def compared(projection: Projection, batches: list[int], rounds: int) -> list[dict[str, Any]]:
    weights = projection.weights
    exact = (projection.codes, projection.coefficients, projection.shift)
    factors = [jnp.asarray(array, jnp.float32) for array in exact]
    forms: dict[str, tuple[Callable, tuple]] = {
        "dense": (dense, (jnp.asarray(weights, jnp.float32),)),
        "factors": (factored, tuple(factors)),
        "bfloat16": (dense, (jnp.asarray(weights, jnp.bfloat16),)),
        "float16": (dense, (jnp.asarray(weights, jnp.float16),)),
    }
    rows = []
    for batch in batches:
        start = jnp.asarray(np.random.default_rng(0).random((batch, len(weights))) < 0.1, jnp.float32)
        times: dict[str, list[float]] = {form: [] for form in forms}
        # The first round compiles.
        for _ in range(rounds + 1):
            for form, (product, arrays) in forms.items():
                started = time.perf_counter()
                chain(product, start, arrays).block_until_ready()
                times[form].append(time.perf_counter() - started)
        medians = {form: statistics.median(seconds[1:]) for form, seconds in times.items()}
        rows += [
            {
                "batch": batch,
                "weights": form,
                "us a product": 1e6 * seconds / CHAIN,
                "speed to dense": medians["dense"] / seconds,
                "margin left": projection.margin(projection.on_grid(form)) / projection.margin(weights),
            }
            for form, seconds in medians.items()
        ]
    return rows


def dense(states: jax.Array, weights: jax.Array) -> jax.Array:
    return jax.lax.dot(states.astype(weights.dtype), weights, preferred_element_type=jnp.float32)


def factored(states: jax.Array, codes: jax.Array, coefficients: jax.Array, shift: jax.Array) -> jax.Array:
    return (states @ codes.T) @ coefficients + states.sum(axis=1, keepdims=True) * shift


@partial(jax.jit, static_argnums=0)
def chain(product: Callable, start: jax.Array, arrays: tuple) -> jax.Array:
    return jax.lax.fori_loop(0, CHAIN, lambda _, x: (product(x, *arrays) > 0).astype(jnp.float32), start)


if __name__ == "__main__":
    main()
