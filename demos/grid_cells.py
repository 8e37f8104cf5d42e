"""Grid cells from optimisation: how many units are hexagonal, beside controls that make it a claim.

    python demos/grid_cells.py --seeds 10 --out grid_cells
    python demos/grid_cells.py --model integrator --seeds 2

"maps" are non-negative maps of which a linear readout tells place cells; "integrator" is a recurrent network that tells
them while it walks. A unit counts if its grid score is above the 95th percentile of its own map's shuffled versions,
which by chance one in 20 is. Needs the extras `learn` and `plot`.
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import matplotlib.pyplot as plt
import numpy as np
from intervals import within

import attractorbind as ab
from attractorbind import spatial
from attractorbind.plotting import plot_autocorrelograms, plot_maps, plot_scores

# Surround of the place cells, whether units may be negative, whether they are trained.
CONDITIONS: dict[str, tuple[float | None, bool, bool]] = {
    "non-negative": (2.0, False, True),
    "may be negative": (2.0, True, True),
    "plain Gaussian place cells": (None, False, True),
    "untrained": (2.0, False, False),
}
# Of the integrator: a step lasts five of the usual, so that ten of them lead somewhere.
WALK, STEPS = spatial.Walk(turning=5.0, interval=0.1, border=0.1), 10


@dataclass(frozen=True)
class Measured:
    """What came of one condition and one seed."""

    maps: np.ndarray
    test: spatial.ShuffleTest
    more: dict[str, float]


def fitted(arguments: argparse.Namespace, condition: str, key: Any) -> tuple[np.ndarray, dict[str, float]]:
    """Maps that were optimised, and the loss at the end."""
    surround, signed, trained = CONDITIONS[condition]
    box = spatial.Box(periodic=arguments.periodic)
    first, second = jax.random.split(key)
    cells = spatial.place_cells(surround=surround, box=box, key=first)
    updates = arguments.updates if trained else 0
    settings = {"signed": signed, "ridge": arguments.ridge, "updates": updates}
    maps, losses = spatial.fit_maps(cells, arguments.units, key=second, **settings)
    return np.asarray(maps), {"loss": float(losses[-1])} if trained else {}


def integrated(arguments: argparse.Namespace, condition: str, key: Any) -> tuple[np.ndarray, dict[str, float]]:
    """Rate maps of a recurrent network on walks that it was not trained on, and how far it is off."""
    surround, signed, trained = CONDITIONS[condition]
    box = spatial.Box(periodic=arguments.periodic)
    keys = jax.random.split(key, 4)
    cells = spatial.place_cells(surround=surround, box=box, key=keys[0])
    network = spatial.path_integrator(cells, arguments.units, signed=signed, key=keys[1])
    more = {}
    if trained:
        lessons = spatial.Lessons(batch=arguments.batch, steps=STEPS, walk=WALK)
        optimiser = ab.learning.Adam(arguments.rate)
        network, losses = spatial.train_integrator(
            network, cells, updates=arguments.updates, lessons=lessons, optimiser=optimiser, key=keys[2]
        )
        more["loss"] = float(losses[-100:].mean())
    walks = spatial.trajectories(2000, STEPS, box=box, walk=WALK, key=keys[3])
    more["metres off"] = float(spatial.position_errors(network, cells, walks)[:, -1].mean())
    way = np.asarray(box.apart(walks.positions[:, -1], walks.positions[:, 0]))
    more["metres walked"] = float(np.sqrt((way**2).sum(-1)).mean())
    activity = network.activity(walks, cells)
    return spatial.rate_maps(activity, walks.positions[:, 1:], bins=20, smoothing=1.0, box=box), more


def measured(arguments: argparse.Namespace, condition: str, seed: int) -> Measured:
    key = jax.random.fold_in(jax.random.key(seed), sorted(CONDITIONS).index(condition))
    first, second = jax.random.split(key)
    maps, more = (fitted if arguments.model == "maps" else integrated)(arguments, condition, first)
    test = spatial.shuffle_test(maps, shuffles=arguments.shuffles, tile=arguments.tile, key=second)
    return Measured(maps, test, more)


def with_interval(values: list[float]) -> str:
    """The mean over seeds, its 95 % interval, and in brackets the least and the largest."""
    mean = f"{np.mean(values):.3f}"
    half = within(values)
    if half is not None:
        mean += f" ± {half:.3f}"
    return f"{mean} ({min(values):.3f} to {max(values):.3f})"


def told(condition: str, runs: list[Measured]) -> dict[str, Any]:
    scores = np.concatenate([run.test.scores for run in runs])
    silent = np.mean([np.ptp(run.maps, axis=(1, 2)) < 1e-9 for run in runs])
    row: dict[str, Any] = {
        "condition": condition,
        "share above own shuffled maps": [run.test.share for run in runs],
        "share above 0.37": [float((run.test.scores > 0.37).mean()) for run in runs],
        "quantiles of scores (5, 25, 50, 75, 95 %)": np.percentile(scores, [5, 25, 50, 75, 95]).round(3).tolist(),
        "median threshold": float(np.median([run.test.thresholds for run in runs])),
        "share silent": float(silent),
    }
    for name in runs[0].more:
        row[name] = [run.more[name] for run in runs]
    share, above = (with_interval(row[name]) for name in ("share above own shuffled maps", "share above 0.37"))
    print(f"{condition:28} {share}; above 0.37: {above}; median {np.median(scores):.2f}, silent {silent:.2f}", end="")
    print("".join(f"; {name} {with_interval([run.more[name] for run in runs])}" for name in runs[0].more), flush=True)
    return row


def drawn(path: Path, runs: dict[str, list[Measured]]) -> None:
    """The distribution of all scores, and the maps of the first units of each condition, whatever they score."""
    scores = {condition: np.concatenate([run.test.scores for run in of]) for condition, of in runs.items()}
    bounds = {condition: np.concatenate([run.test.thresholds for run in of]) for condition, of in runs.items()}
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    plot_scores(scores, thresholds=bounds, axes=axes)
    figure.savefig(path.with_name(f"{path.name}_scores.png"), dpi=150)
    figure, axes = plt.subplots(len(runs), 2, figsize=(16, 2.2 * len(runs)), layout="constrained")
    for (condition, of), (left, right) in zip(runs.items(), axes, strict=True):
        first = of[0].maps[:8]
        plot_maps(first, scores=of[0].test.scores[:8], axes=left).set_title(condition)
        plot_autocorrelograms(first, axes=right)
    figure.savefig(path.with_name(f"{path.name}_maps.png"), dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=["maps", "integrator"], default="maps")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--updates", type=int, default=250)
    parser.add_argument("--ridge", type=float, default=1e-3, help="cost of the readout's weights, of maps")
    parser.add_argument("--batch", type=int, default=50, help="walks in an update, of the integrator")
    parser.add_argument("--rate", type=float, default=1e-3, help="of Adam, of the integrator")
    parser.add_argument("--periodic", action="store_true", help="a box without walls")
    parser.add_argument("--shuffles", type=int, default=100)
    parser.add_argument("--tile", type=int, default=4, help="side of the tiles that are shuffled, in bins")
    parser.add_argument("--out", type=Path, help="beginning of the names of the files that are written")
    arguments = parser.parse_args()
    runs, rows, started = {}, [], time.monotonic()
    for condition in CONDITIONS:
        runs[condition] = [measured(arguments, condition, seed) for seed in range(arguments.seeds)]
        rows.append(told(condition, runs[condition]))
    print(f"{time.monotonic() - started:.0f} s")
    if arguments.out:
        settings = {name: value for name, value in vars(arguments).items() if name != "out"}
        text = json.dumps({"settings": settings, "conditions": rows}, indent=1)
        arguments.out.with_name(f"{arguments.out.name}.json").write_text(text + "\n")
        drawn(arguments.out, runs)


if __name__ == "__main__":
    main()
