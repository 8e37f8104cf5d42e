"""How ensembles come back from a part of their units, how many a network bears, and what they do to old symbols.

In every trial as many patterns as there are spare symbols, which no symbol has, are imprinted in a buffer, one after
the other. Then one of them, with only a part of its units on, or an ordinary symbol, is copied to another buffer and
back.

    python benchmarks/ensembles.py --units 128 512 --spare 4 16 64
"""

import argparse

import jax
import numpy as np
from recording import record
from tqdm import tqdm

import attractorbind as ab

PARTS = (0.25, 0.35, 0.5, 1.0)
NOISES = (0.0, 0.01, 0.02)
SYMBOLS = 40


def imprinted(network: ab.Network, trials: int, generator: np.random.Generator) -> tuple[ab.State, np.ndarray]:
    """The state in which every spare symbol has a pattern, and these patterns, (trials, spare, units)."""
    units, spare = network.buffers["a"], len(network.vocabulary.spare)
    order = generator.random((trials, spare, units), np.float32).argsort(axis=2)
    patterns = (order < round(0.1 * units)).astype(np.float32)
    state = network.silent(trials)
    for number in tqdm(range(spare), leave=False):
        state = state.replace("a", patterns[:, number])
        state = ab.run(network, ab.imprint_now("a"), state).state
    return state, patterns


def share_right(network: ab.Network, state: ab.State, names: list[str], noise: float) -> float:
    """In how many trials the symbol is where it was, after it has been to the other buffer and back."""
    there_and_back = ab.hold(2) + ab.copy("a", "b") + ab.clear("a") + ab.copy("b", "a")
    trace = ab.run(network, there_and_back, state, noise=noise, key=jax.random.key(2), throw=False)
    return float(np.mean([held == name for held, name in zip(trace.decode()["a"], names, strict=True)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[128, 512])
    parser.add_argument("--spare", type=int, nargs="+", default=[4, 16, 64])
    parser.add_argument("--trials", type=int, default=400)
    options = parser.parse_args()
    rows = []
    for units in options.units:
        for spare in options.spare:
            network = ab.build(
                ab.Vocabulary([f"s{number}" for number in range(SYMBOLS)], spare=spare),
                buffers={"a": units, "b": units},
                areas=[ab.Ensembles("ensembles")],
                activity=0.1,
                rule=ab.MaximalStability(),
                key=jax.random.key(1),
            )
            generator = np.random.default_rng(0)
            state, patterns = imprinted(network, options.trials, generator)
            number = generator.integers(spare, size=options.trials)
            names = [f"new{one}" for one in number]
            whole = patterns[np.arange(options.trials), number]
            for noise in NOISES:
                row = {"units": units, "spare": spare, "noise": noise}
                for part in PARTS:
                    # The units that are on, in a random order; the first of them stay on.
                    on = np.where(whole > 0, generator.random(whole.shape), 2.0).argsort(axis=1).argsort(axis=1)
                    left = np.where(on < round(part * whole[0].sum()), whole, 0).astype(np.float32)
                    row[f"from {part}"] = share_right(network, state.replace("a", left), names, noise)
                old = generator.integers(SYMBOLS, size=options.trials)
                codes = np.asarray(network.codes("a"))[old].astype(np.float32)
                row["old"] = share_right(network, state.replace("a", codes), [f"s{one}" for one in old], noise)
                rows.append(row)
    record("ensembles", rows)


if __name__ == "__main__":
    main()
