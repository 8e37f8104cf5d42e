"""A tick that reads only the rows of units that are on, beside the whole product.

Two buffers at activity 0.1 give each other what they hold over two relays, their latches closed, so that each tick
makes two products of states that have changed. A product is half of such a tick, and a tick is the difference between a
long run and a short one. The reference is the bare dense product in a compiled loop of the same process, in turns.

    python benchmarks/rows.py --units 512 1024 2048 --batch 1 4
"""

import argparse
import statistics
import time
import warnings
from typing import Any

import jax
import jax.numpy as jnp
from recording import record
from tqdm import tqdm

import attractorbind as ab

SYMBOLS = [f"s{number}" for number in range(8)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[512, 1024, 2048])
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--ticks", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ab.CapacityWarning)
    rows = []
    for units in tqdm(options.units):
        network = ab.build(
            ab.Vocabulary(SYMBOLS),
            buffers={"a": units, "b": units},
            activity=0.1,
            rule=ab.Hebbian(),
            key=jax.random.key(0),
        )
        rows += [measured(network, batch, options) for batch in options.batch]
    record("rows", rows)


def measured(network: ab.Network, batch: int, options: argparse.Namespace) -> dict[str, Any]:
    load = ab.load("a", ab.arg("x")) + ab.load("b", ab.arg("y"))
    words = {
        "x": [SYMBOLS[trial % 8] for trial in range(batch)],
        "y": [SYMBOLS[(trial + 3) % 8] for trial in range(batch)],
    }
    state = ab.run(network, load, args=words, throw=False).state
    exchange = {"open": ["a->b", "b->a"], "closed": ["a", "b"]}
    ticks = options.ticks
    long, short = (ab.gates(**exchange, ticks=count).compile(network) for count in (2 * ticks, ticks))
    weights = network.synapses_between("a", "b").weights

    @jax.jit
    def products(states: Any, weights: Any) -> Any:
        def multiply(_: Any, states: Any) -> Any:
            # What it gives is used, so that no product is left out.
            field = jnp.dot(states, weights, precision=jax.lax.Precision.HIGHEST)
            return states + jnp.where(field[:, :1] > 1e9, 1.0, 0.0)

        return jax.lax.fori_loop(0, ticks, multiply, states)

    def seconds(work: Any) -> float:
        started = time.perf_counter()
        jax.block_until_ready(work())
        return time.perf_counter() - started

    works = {
        "long": lambda: ab.run(network, long, state, throw=False).state,
        "short": lambda: ab.run(network, short, state, throw=False).state,
        "bare": lambda: products(state["a"], weights),
    }
    for work in works.values():
        seconds(work)
    taken = [{name: seconds(work) for name, work in works.items()} for _ in range(options.rounds)]
    own = statistics.median((times["long"] - times["short"]) / ticks / 2 for times in taken)
    bare = statistics.median(times["bare"] / ticks for times in taken)
    units = network.buffers["a"]
    return {"units": units, "batch": batch, "us a product": 1e6 * own, "bare us": 1e6 * bare, "ratio": own / bare}


if __name__ == "__main__":
    main()
