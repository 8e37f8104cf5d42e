"""A load and a copy: here, in a plain NumPy loop of the same ticks, and as the bare products of the copy.

Two buffers of 512 units with a latch each, at activity 0.1. The NumPy loop has the same weights and gates, and computes
a projection only if its gate is open. The bare products are those that a copy cannot do without, one after the other in
a compiled function: the relay, and the target's latch twice. All take turns in one process; NumPy's threads are limited
by threadpoolctl, since those of OpenBLAS go on spinning after a product and slow down what comes next. Medians of the
rounds.

    python benchmarks/loop.py --symbols 50 512 --batch 1 256 --threads 1 2
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from recording import record
from threadpoolctl import threadpool_limits
from tqdm import tqdm

import attractorbind as ab

UNITS = 512


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--symbols", type=int, nargs="+", default=[50, 512])
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 256])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=51)
    options = parser.parse_args()
    rows = []
    for symbols in options.symbols:
        network = ab.build(
            ab.Vocabulary([f"s{number}" for number in range(symbols)]),
            buffers={"source": UNITS, "target": UNITS},
            relays=[("source", "target")],
            activity=0.1,
            rule=ab.MaximalStability(),
            key=jax.random.key(0),
        )
        for batch in options.batch:
            rows += [compared(network, batch, threads, options.rounds) for threads in options.threads]
    record("loop", rows)


def compared(network: ab.Network, batch: int, threads: int, rounds: int) -> dict[str, Any]:
    symbols = [network.vocabulary.names[(7 * trial + 3) % len(network.vocabulary)] for trial in range(batch)]
    program = (ab.load("source", ab.arg("x")) + ab.copy("source", "target")).compile(network)

    def ours() -> Any:
        return jax.block_until_ready(ab.run(network, program, args={"x": symbols}).state)

    def decoded() -> Any:
        return ab.run(network, program, args={"x": symbols}).decode()

    ways = {"run": ours, "decoded": decoded, "loop": in_numpy(network, program, symbols), "bare": bare(network, batch)}
    assert decoded()["target"] == symbols
    assert (ours()["target"] == ways["loop"]()).all()
    times: dict[str, list[float]] = {name: [] for name in ways}
    with threadpool_limits(threads):
        for _ in tqdm(range(rounds), desc=f"{len(network.vocabulary)} symbols, batch {batch}, {threads} threads"):
            for name, way in ways.items():
                started = time.perf_counter()
                way()
                times[name].append(time.perf_counter() - started)
    run, named, loop, products = (1e3 * statistics.median(each) for each in times.values())
    return {
        "symbols": len(network.vocabulary),
        "weights": "factors" if isinstance(network.synapses[0], ab.FactoredSynapses) else "matrix",
        "batch": batch,
        "NumPy's threads": threads,
        "run ms": run,
        "NumPy loop ms": loop,
        "loop to run": loop / run,
        "bare products ms": products,
        "run to bare + .15": run / (products + 0.15),
        "decode to run": (named - run) / run,
    }


def in_numpy(network: ab.Network, program: Any, symbols: list[str]) -> Callable[[], np.ndarray]:
    """The same ticks, written down plainly."""
    which = [network.vocabulary[symbol] for symbol in symbols]
    codes = [np.asarray(network.codes(name))[which] for name in network.buffers]
    drive = float(network.drive)
    synapses = [
        (projection.source, projection.target, projection.gate, np.asarray(own.weights), np.asarray(own.bias))
        for projection, own in zip(network.wiring.projections, network.synapses, strict=True)
    ]

    def run() -> np.ndarray:
        states = [np.zeros((len(which), UNITS), np.float32) for _ in codes]
        for gates, presented in zip(program.gates, program.presented, strict=True):
            fields = [np.zeros((len(which), UNITS), np.float32) for _ in states]
            if presented >= 0:
                fields[0] += np.where(codes[0], np.float32(drive), np.float32(-drive))
            for source, target, gate, weights, bias in synapses:
                if gates[gate]:
                    fields[target] += gates[gate] * (states[source] @ weights + bias)
            states = [(field > 0).astype(np.float32) for field in fields]
        return states[1]

    return run


def bare(network: ab.Network, batch: int) -> Callable[[], Any]:
    """The products of a copy: the relay, and the latch of the target twice."""
    relay, latch = (network.synapses_between(source, "target") for source in ("source", "target"))
    states = jnp.tile(network.codes("source")[:1].astype(jnp.float32), (batch, 1))

    @jax.jit
    def products(states: Any, relay: Any, latch: Any) -> Any:
        for synapses in (relay, latch, latch):
            states = (synapses.fields(states) > 0).astype(jnp.float32)
        return states

    return lambda: products(states, relay, latch).block_until_ready()


if __name__ == "__main__":
    main()
