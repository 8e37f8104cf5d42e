"""What a run costs on each of many devices: measured on devices that one processor stands for, computed for more.

A program that branches copies symbols round a ring of buffers. For each number of devices it is compiled, and read
from what XLA made: how many MiB a device is given, and what devices tell each other, in bytes, at most once a stretch
(flags and how many ticks there are) or for each population that is computed (states). Over trials every device has as
many as one alone; over units all devices have the same trials.

Up to eight devices are measured. They are parts of one processor, so their times tell what it costs to spread a run,
not what it gains. "computed ms" is for devices that are each as fast as this processor: the time of one for its share,
and for each tick all that they tell each other, as if every tick were a stretch of its own: each time log2(devices)
messages that take --latency, and the bytes at --bandwidth.

    python benchmarks/devices.py
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

MEASURED = 8
COLUMNS = ("over", "devices", "trials", "MiB a device", "reductions", "bytes reduced", "bytes of states")
SIZES = {"pred": 1, "s32": 4, "f32": 4}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, nargs="+", default=[1, 2, 4, 8, 64, 1024])
    parser.add_argument("--over", nargs="+", default=["trials", "units"])
    parser.add_argument("--buffers", type=int, default=4)
    parser.add_argument("--units", type=int, default=1024)
    parser.add_argument("--trials", type=int, default=64, help="of a device")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=20.0, help="microseconds of a message")
    parser.add_argument("--bandwidth", type=float, default=10.0, help="GB a second")
    parser.add_argument("--part", default="", help="of the file's name")
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(of_process(options)))
        return
    # Imported here, since it asks JAX for its devices.
    from recording import record

    rows: list[dict[str, Any]] = []
    for devices in sorted({max(MEASURED, most) for most in options.devices}):
        flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count={devices}".strip()
        command = [sys.executable, str(Path(__file__)), *sys.argv[1:], "--only", str(devices)]
        done = subprocess.run(
            command, env=os.environ | {"XLA_FLAGS": flags}, stdout=subprocess.PIPE, text=True, check=True
        )
        rows += json.loads(done.stdout.splitlines()[-1])
    rows.sort(key=lambda row: row["over"])
    record("devices", [with_computed(row, rows, options) for row in rows], options.part)


def of_process(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The rows of a process that has so many devices: it measures, or compiles for more than can be run."""
    import jax
    import numpy as np

    import attractorbind as ab

    names = [f"s{number}" for number in range(50)]
    buffers = [f"b{number}" for number in range(options.buffers)]
    ring = [*zip(buffers, buffers[1:] + buffers[:1], strict=True)]
    network = ab.build(
        ab.Vocabulary(names),
        buffers=dict.fromkeys(buffers, options.units),
        relays=ring,
        relay="direct",
        activity=0.1,
        rule=ab.Hebbian(),
        key=jax.random.key(0),
    )
    copies = sum((ab.copy(*pair) for pair in ring), ab.Program())
    program = (ab.load("b0", ab.arg("symbol")) + ab.repeat(4, copies)).compile(network)
    rows = []
    for over in options.over:
        for count in options.devices:
            if max(count, MEASURED) != options.only:
                continue
            trials = options.trials * (count if over == "trials" else 1)
            args = {"symbol": np.random.default_rng(0).choice(names, trials).tolist()}
            mesh = jax.make_mesh((count,), (over,))

            def run(args: Any = args, mesh: Any = mesh) -> ab.Trace:
                return ab.run(network, program, args=args, sharding=mesh)

            row = {"over": over, "devices": count, "trials": trials}
            # Measured first, since what is on the devices is kept for later runs, and shapes would be, too.
            if count <= MEASURED:
                row |= {"ticks": int(run().ticks[0]), "measured ms": median_ms(run, options.rounds)}
            row |= compiled(run)
            rows.append(row)
    return rows


class _StoppedError(Exception):
    """What XLA made of the loop, instead of a run."""


def compiled(run: Any) -> dict[str, Any]:
    """What devices are given and tell each other, with nothing put on them: shapes are enough to compile."""
    import jax
    import jax.numpy as jnp

    from attractorbind._devices import Devices
    from attractorbind._engine import driver

    def shape(leaf: Any, sharding: Any) -> Any:
        dtype = leaf.dtype if hasattr(leaf, "dtype") else jnp.asarray(leaf).dtype
        return jax.ShapeDtypeStruct(jnp.shape(leaf), dtype, sharding=sharding)

    def stop(*arguments: Any, **settings: Any) -> None:
        raise _StoppedError(drive.lower(*arguments, **settings).compile())

    drive = driver._drive
    shapes = mock.patch.object(Devices, "put", lambda self, tree, shardings: jax.tree.map(shape, tree, shardings))
    with shapes, mock.patch.object(driver, "_drive", stop):
        try:
            run()
        except _StoppedError as found:
            (made,) = found.args
    told = re.findall(r"= (.*?) (all-reduce|all-gather|collective-permute|all-to-all)(?:-start)?\(", made.as_text())
    gathered = [bytes_of(shape) for shape, kind in told if kind != "all-reduce"]
    reduced = [bytes_of(shape) for shape, kind in told if kind == "all-reduce"]
    return {
        "MiB a device": made.memory_analysis().argument_size_in_bytes / 2**20,
        "reductions": len(reduced),
        "bytes reduced": sum(reduced),
        "bytes of states": max(gathered, default=0),
    }


def bytes_of(shape: str) -> int:
    """The bytes of all arrays in a shape of XLA's text."""
    arrays = re.findall(r"(\w+)\[([\d,]*)\]", shape)
    return sum(SIZES[kind] * math.prod(map(int, filter(None, sizes.split(",")))) for kind, sizes in arrays)


def median_ms(run: Any, rounds: int) -> float:
    """Milliseconds of a run until its result is there."""
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return 1e3 * statistics.median(seconds)


def with_computed(row: dict[str, Any], rows: Sequence[dict[str, Any]], options: argparse.Namespace) -> dict[str, Any]:
    """The row with the time for devices that are each as fast as this processor."""
    (alone,) = (other for other in rows if other["over"] == row["over"] and other["devices"] == 1)
    share = 1 if row["over"] == "trials" else 1 / row["devices"]
    messages = row["reductions"] + (row["bytes of states"] > 0)
    hops = messages * math.log2(row["devices"]) * options.latency / 1e3
    sent = (row["bytes reduced"] + row["bytes of states"]) / (options.bandwidth * 1e6)
    computed = alone["measured ms"] * share + alone["ticks"] * (hops + sent)
    told = {name: row[name] for name in COLUMNS}
    return {**told, "measured ms": row.get("measured ms"), "computed ms": computed}


if __name__ == "__main__":
    main()
