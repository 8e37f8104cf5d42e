"""Runs spread over the devices of several processes, of which this is one; a program of its own.

    XLA_FLAGS=--xla_force_host_platform_device_count=2 python processes.py PORT NUMBER COUNT

It prints, for each run, whether all that came out is the same bit for bit as on one device, as JSON.
"""

import json
import sys
import time
from types import SimpleNamespace

import jax

RUNS = ("noisy", "a long record", "going on", "memory, branching")


def main(port: str, number: int, count: int) -> None:
    # JAX must be told of the other processes before it is used.
    jax.distributed.initialize(f"localhost:{port}", count, number)
    from sharded import cases, same

    from attractorbind._engine import pace

    # Calls are short, and each process measures another time for them, from which it would go its own way.
    pace._MOST = 8
    pace.time = SimpleNamespace(perf_counter=lambda: time.perf_counter() * 1000.0 ** (2 * number - 1))
    mesh = jax.make_mesh((jax.device_count(),), ("trials",))
    runs = {name: run for name, run in cases().items() if name in RUNS}
    print(json.dumps({name: same(run(), run(sharding=mesh)) for name, run in runs.items()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
