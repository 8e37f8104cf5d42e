"""Networks of many buffers: what it takes to build and run them, beside one of three.

Hub wiring, pseudo-inverse, three symbols, one trial. The program loads a symbol and copies it; the one that branches
asks what it has loaded. Each network has a process of its own, for its first runs and its peak memory: what the process
has at its peak beyond what it had after importing, over the bytes of the weights. In a tick two
buffers give each other what they hold, over two relays, their latches closed; it is the difference between a long run
and a short one.

    python benchmarks/many_buffers.py --buffers 3 50 200 2000
"""

import argparse
import multiprocessing
import resource
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import jax
from recording import record
from tqdm import tqdm

import attractorbind as ab

SYMBOLS = ["dog", "cat", "cow"]
TICKS = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buffers", type=int, nargs="+", default=[3, 50, 200, 2_000])
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--wide", type=int, default=512, help="units of a last network, of 200 buffers, for its memory")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    rows: list[dict[str, Any]] = []
    for buffers, units in tqdm([*[(count, options.units) for count in options.buffers], (200, options.wide)]):
        with ProcessPoolExecutor(1, mp_context=spawn) as process:
            rows.append(process.submit(measured, buffers, units, options.rounds).result())
    few = rows[0]["tick us"]
    record("many_buffers", [row | {"tick to that of the first": row["tick us"] / few} for row in rows])


def measured(buffers: int, units: int, rounds: int) -> dict[str, Any]:
    """All figures of one network, in a fresh process."""
    before = peak_bytes()
    started = time.perf_counter()
    network = ab.build(
        ab.Vocabulary(SYMBOLS),
        buffers={f"b{number}": units for number in range(buffers)},
        relays="hub:b0",
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    built = time.perf_counter() - started
    copied = ab.load("b0", "dog") + ab.copy("b0", "b1")
    asked = ab.load("b0", "dog") + ab.when(ab.holds("b0", "dog"), ab.copy("b0", "b1"), ab.copy("b0", "b2"))
    straight, branching = seconds(network, copied), seconds(network, asked)
    again = statistics.median(seconds(network, copied) for _ in range(rounds))
    weights = sum(source * target * 4 for source, target in (own.shape for own in network.synapses))
    memory = (peak_bytes() - before) / weights
    # What rests would cost nothing.
    exchange = {"open": ["b0->b1", "b1->b0"], "closed": ["b0", "b1"]}
    long, short = (ab.gates(**exchange, ticks=ticks).compile(network) for ticks in (2 * TICKS, TICKS))
    state = ab.run(network, ab.load("b0", "dog") + ab.load("b1", "cat")).state
    for compiled in (long, short):
        seconds(network, compiled, state)
    pairs = [seconds(network, long, state) - seconds(network, short, state) for _ in range(rounds)]
    return {
        "buffers": buffers,
        "units": units,
        "projections": len(network.synapses),
        "build s": built,
        "first straight s": straight,
        "first branching s": branching,
        "again ms": 1e3 * again,
        "tick us": 1e6 * statistics.median(pairs) / TICKS,
        "weights MB": weights / 2**20,
        "peak to weights": memory,
    }


def seconds(network: ab.Network, program: Any, state: ab.State | None = None) -> float:
    started = time.perf_counter()
    jax.block_until_ready(ab.run(network, program, state, throw=False).state)
    return time.perf_counter() - started


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
