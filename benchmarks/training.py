"""Seconds and stability of every storage rule against load and size, beside Gardner's limit.

One projection from a population of N units to another, S symbols in both. The first run of each rule compiles; the
others are timed, medians, in turns with a reference: the matrix products of one sweep over all symbols, S x N x N there
and back. Stabilities are the smallest and the median over units, in Gardner's units; the limit is what theory
allows a single unit of an infinite network.

    python benchmarks/training.py --units 256 512 --loads 0.1 0.5 1
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from recording import record
from theory import critical_load, largest_stability
from tqdm import tqdm

import attractorbind as ab

RULES: dict[str, ab.AbstractStorageRule] = {
    "Hebbian": ab.Hebbian(),
    "Storkey": ab.Storkey(),
    "PseudoInverse": ab.PseudoInverse(),
    "Perceptron": ab.Perceptron(),
    "MaximalStability": ab.MaximalStability(),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[256, 512, 1024])
    parser.add_argument("--loads", type=float, nargs="+", default=[0.1, 0.5, 1.0])
    parser.add_argument("--activity", type=float, default=0.1)
    parser.add_argument("--rules", nargs="+", choices=list(RULES), default=list(RULES))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    cases = list(itertools.product(options.units, options.loads, options.rules))
    record("training", [measured(*case, options.activity, options.rounds) for case in tqdm(cases)])


def measured(units: int, load: float, name: str, activity: float, rounds: int) -> dict[str, object]:
    rule, symbols = RULES[name], round(load * units)
    source, target = (random_codes(symbols, units, activity, seed) for seed in (0, 1))
    compiling = seconds(lambda: rule.learn(source, target, recurrent=False))
    pairs = [
        (seconds(lambda: rule.learn(source, target, recurrent=False)), sweep(source, target)) for _ in range(rounds)
    ]
    learning, reference = (statistics.median(times) for times in zip(*pairs, strict=True))
    synapses = rule.learn(source, target, recurrent=False)
    stabilities = per_unit(synapses, np.asarray(source), np.asarray(target))
    reachable = load < critical_load(activity)
    return {
        "rule": name,
        "units": units,
        "symbols": symbols,
        "S/N": load,
        "seconds": learning,
        "first run": compiling,
        "in sweeps": learning / reference,
        "smallest": float(stabilities.min()),
        "median": float(np.median(stabilities)),
        "limit": largest_stability(load, activity) if reachable else None,
    }


def random_codes(symbols: int, units: int, activity: float, seed: int) -> jax.Array:
    """One code per symbol, exactly round(activity * units) units on."""
    order = np.argsort(np.random.default_rng(seed).random((symbols, units)), axis=1)
    return jnp.asarray(order < round(activity * units))


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    jax.block_until_ready(work())
    return time.perf_counter() - started


_THERE_AND_BACK = jax.jit(lambda x, y, w: (x @ w, x.T @ y))


def sweep(source: jax.Array, target: jax.Array) -> float:
    """The seconds of two products: with them all fields, and then all changes of weights, would be computed."""
    x, y = source.astype(jnp.float32), target.astype(jnp.float32)
    weights = jnp.ones((x.shape[1], y.shape[1]))
    _THERE_AND_BACK(x, y, weights)
    return seconds(lambda: _THERE_AND_BACK(x, y, weights))


def per_unit(synapses: ab.AbstractSynapses, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Each target unit's stability."""
    weights, bias = np.asarray(synapses.weights, np.float64), np.asarray(synapses.bias, np.float64)
    fields = source @ weights + bias
    centred = weights - weights.mean(axis=0)
    length = source.std() * np.linalg.norm(centred, axis=0)
    return np.where(target, fields, -fields).min(axis=0) / np.maximum(length, 1e-30)


if __name__ == "__main__":
    main()
