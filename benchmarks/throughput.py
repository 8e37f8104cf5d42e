"""How fast ticks and copies are, beside the bare matrix products that they are made of.

Hub wiring. A tick under test has two relays and the latches of two buffers open, four products; the other buffers hold
a symbol each with their latches open, as at rest, or are closed. The reference is a chain of as many products of the
same shapes in a compiled loop of the same process, taken in turns with the programs; a buffer that is at rest counts
none, nor does it cost one. Weights that are kept as factors are set beside the matrices that they stand for. Of a
program that copies back and forth all open products count, on average over its ticks; it is faster than they are, since
what has come to rest is not computed. All times are differences between a long and a short run, so that starting a run
does not count; medians of the rounds. Every network has a process of its own, for its peak memory.

    python benchmarks/throughput.py --units 128 512 --buffers 3 100 --batch 1 256
    python benchmarks/throughput.py --load 0.1 --part few_symbols --units 512 2048 --buffers 3
"""

import argparse
import itertools
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int
from recording import record
from tqdm import tqdm

import attractorbind as ab

PRODUCTS = 4
# A straight line is written out tick by tick.
MOST_TICKS = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[128, 512, 2048])
    parser.add_argument("--buffers", type=int, nargs="+", default=[3, 10, 100])
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 16, 256])
    parser.add_argument("--load", type=float, default=0.4, help="symbols by units; at few, weights are kept as factors")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--seconds", type=float, default=0.2, help="how long runs take at least, by the reference's clock"
    )
    parser.add_argument("--part", default="", help="write the figures to results/throughput_PART.json")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    spawn = multiprocessing.get_context("spawn")
    sizes = [
        (buffers, units) for buffers, units in itertools.product(options.buffers, options.units) if fits(buffers, units)
    ]
    for buffers, units in tqdm(sizes, desc="networks"):
        with ProcessPoolExecutor(1, mp_context=spawn) as process:
            rows += process.submit(rows_of, buffers, units, options).result()
    record("throughput", rows, part=options.part)


def fits(buffers: int, units: int) -> bool:
    """Whether the weights of a network of this size, three matrices a buffer, fit into a few gigabytes."""
    return 3 * buffers * units**2 * 4 < 4e9


def rows_of(buffers: int, units: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every kind of program at every batch size, on one network."""
    names = [f"b{number}" for number in range(buffers)]
    network = ab.build(
        ab.Vocabulary([f"s{number}" for number in range(round(options.load * units))]),
        buffers=dict.fromkeys(names, units),
        relays="hub:b0",
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    return [row for batch in options.batch for row in measured(network, batch, options)]


def measured(network: ab.Network, batch: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    names, units = list(network.buffers), network.buffers["b0"]
    symbols = [network.vocabulary.names[trial % len(network.vocabulary)] for trial in range(batch)]
    fill = sum((ab.load(name, ab.arg("x")) for name in names), ab.Program())
    state = ab.run(network, fill, args={"x": symbols}).state
    both_ways, idle = ["b0->b1", "b1->b0"], names[2:]
    copies = ab.copy("b0", "b1") + ab.copy("b1", "b0")
    kinds: dict[str, Callable[[int], ab.Program]] = {
        "straight, others closed": lambda n: ab.gates(open=both_ways, closed=idle, ticks=n),
        "straight, others hold": lambda n: ab.gates(open=both_ways, ticks=n),
        "branching, others closed": lambda n: ab.repeat(1, ab.gates(open=both_ways, closed=idle, ticks=n)),
        "branching, others hold": lambda n: ab.repeat(1, ab.gates(open=both_ways, ticks=n)),
        "copies in a straight line": lambda n: copies * (n // 8),
        "copies in a loop": lambda n: ab.repeat(n // 8, copies),
    }
    bare = bare_products(units, batch)
    ticks = min(MOST_TICKS, max(16, int(options.seconds / per_tick(bare, 64)))) // 8 * 8
    rows = []
    for kind, program in kinds.items():
        long, short = (program(n).compile(network) for n in (2 * ticks, ticks))
        started = time.perf_counter()
        ab.run(network, long, state)
        first = time.perf_counter() - started

        def seconds(compiled: Any) -> float:
            started = time.perf_counter()
            ab.run(network, compiled, state)
            return time.perf_counter() - started

        seconds(short)
        again = seconds(long)
        pairs = [((seconds(long) - seconds(short)) / ticks, per_tick(bare, ticks)) for _ in range(options.rounds)]
        tick, products = (statistics.median(times) for times in zip(*pairs, strict=True))
        open_products = PRODUCTS if "copies" not in kind else products_of(copies.compile(network))
        operations, products = 2 * open_products * units * units * batch, products * open_products / PRODUCTS
        rows.append(
            {
                "program": kind,
                "buffers": len(names),
                "units": units,
                "batch": batch,
                "S/N": round(len(network.vocabulary) / units, 3),
                "weights": "factors" if isinstance(network.synapses[0], ab.FactoredSynapses) else "matrix",
                "ticks/s": 1 / tick,
                "copies/s": batch / (4 * tick) if "copies" in kind else None,
                "us a tick": 1e6 * tick,
                "open products": open_products,
                "bare us": 1e6 * products,
                # What has come to rest in a copy is not computed, so that its products are not all made.
                "ratio": None if "copies" in kind else tick / products,
                "GF/s": None if "copies" in kind else operations / tick / 1e9,
                "bare GF/s": operations / products / 1e9,
                "compile s": max(0.0, first - again),
                "peak MB so far": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    return rows


def products_of(schedule: Any) -> float:
    """How many projections between the first two buffers are open at a tick, on average."""
    wiring = schedule.wiring
    gates = [projection.gate for projection in wiring.projections if max(projection.source, projection.target) < 2]
    return float((schedule.gates[:, gates] > 0).sum(axis=1).mean())


def bare_products(units: int, batch: int) -> Callable[[int], float]:
    """A function from a number of rounds to the seconds that they take: four products a round, one after the other."""
    keys = jax.random.split(jax.random.key(1), PRODUCTS + 1)
    # Scaled so that a state keeps its size however often it is multiplied.
    weights = [jax.random.normal(key, (units, units)) / jnp.sqrt(units) for key in keys[1:]]
    start = jax.random.normal(keys[0], (batch, units))

    @jax.jit
    def chain(times: Int[Array, ""], x: Float[Array, "batch units"], weights: list[Float[Array, "units units"]]):
        def multiply_by_all(_: Int[Array, ""], x: Float[Array, "batch units"]) -> Float[Array, "batch units"]:
            for matrix in weights:
                x = jnp.dot(x, matrix, precision=jax.lax.Precision.HIGHEST)
            return x

        return jax.lax.fori_loop(0, times, multiply_by_all, x)

    def seconds(times: int) -> float:
        started = time.perf_counter()
        chain(jnp.int32(times), start, weights).block_until_ready()
        return time.perf_counter() - started

    seconds(1)
    return seconds


def per_tick(seconds: Callable[[int], float], ticks: int) -> float:
    """The seconds a tick takes, from a long run less a short one: what it takes to start a run cancels out."""
    return (seconds(2 * ticks) - seconds(ticks)) / ticks


if __name__ == "__main__":
    main()
