"""Keep a pen on a path when it is felt only some ticks after it was moved, by a learned forward model.

The pen goes on by part of its last displacement, and two commands push it, in directions that nobody tells. A forward
model babbles for 1,000 ticks, and learns by the delta rule how the pen moves next. Then paths are to be followed. With
the model, the controller rolls on from where the pen was felt, over the commands given since, to where it is by now.
Without it, the controller has the target of the moment in which the pen was felt, and how fast the target moves. Each
has the gains that were best on other paths, with other pens; and so has one without a delay, beside which both can be
seen. Told is the root mean square of the distance from the path, and the ratio.

    python demos/pen.py --seeds 5 --json pen.json
"""

import argparse
import json
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from delayed_pen import Gains, babbled, drawn_path, drawn_pen, followed
from intervals import within

import attractorbind as ab

DISTANCE = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.55, 0.75, 1.0, 1.3)
VELOCITY = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5)
GRID = Gains(*(jnp.asarray(each.ravel(), jnp.float32) for each in np.meshgrid(DISTANCE, VELOCITY, indexing="ij")))
# Pens by which gains are chosen; none of them is one of those that are told of.
OTHERS, PATHS, TICKS = range(1000, 1005), 4, 1000
CONTROLLERS = {"with the model": True, "without": False}


def errors(seed: int, gains: Gains, delay: int, babble: int, *, foresees: bool) -> np.ndarray:
    """The error of each controller, of these gains, with the pen and on the paths of a seed: its mean over paths."""
    rng = np.random.default_rng(seed)
    pen = jnp.asarray(drawn_pen(rng), jnp.float32)
    paths = jnp.asarray(np.stack([drawn_path(TICKS, rng) for _ in range(PATHS)]), jnp.float32)
    babble_key, key = jax.random.split(jax.random.key(seed))
    foresight = babbled(pen, babble, babble_key)

    def on(path: jax.Array, key: jax.Array) -> jax.Array:
        return jax.vmap(lambda own: followed(pen, foresight, path, own, key, delay=delay, foresees=foresees))(gains)

    return np.asarray(jnp.mean(jax.vmap(on)(paths, jax.random.split(key, PATHS)), axis=0))


def best(delay: int, babble: int, *, foresees: bool) -> Gains:
    """The gains that are best with other pens, on other paths."""
    found = np.mean([errors(seed, GRID, delay, babble, foresees=foresees) for seed in OTHERS], axis=0)
    return jax.tree.map(lambda each: each[int(np.argmin(found))][None], GRID)


def look(options: argparse.Namespace) -> int:
    if min(options.delays) < 0 or options.seeds < 1 or options.babble < 1:
        raise ab.ArgumentError("--delays must be 0 or more, --seeds and --babble 1 or more")
    if options.json is not None and not options.json.parent.is_dir():
        raise ab.ArgumentError(f"--json is {options.json}, and there is no folder {options.json.parent}")
    started, rows = time.perf_counter(), {}
    at_once = best(0, options.babble, foresees=False)
    seeds = range(options.seeds)
    without_delay = [float(errors(seed, at_once, 0, options.babble, foresees=False)[0]) for seed in seeds]
    print(f"without a delay {np.mean(without_delay):.4f}")
    print("delay  error with the model (gains)   without (gains)           ratio: mean, 95% interval, worst")
    for delay in options.delays:
        gains = {name: best(delay, options.babble, foresees=foresees) for name, foresees in CONTROLLERS.items()}
        found = {
            name: [float(errors(seed, gains[name], delay, options.babble, foresees=foresees)[0]) for seed in seeds]
            for name, foresees in CONTROLLERS.items()
        }
        with_model, without = found.values()
        ratio = [one / other for one, other in zip(with_model, without, strict=True)]
        told = {name: tuple(float(each[0]) for each in own) for name, own in gains.items()}
        half = within(ratio)
        rows[delay] = {
            "gains": told,
            "errors": found,
            "ratio": {"mean": float(np.mean(ratio)), "within": half, "worst": max(ratio), "values": ratio},
        }
        columns = [f"{np.mean(found[name]):.4f} ({told[name][0]:g}, {told[name][1]:g})" for name in CONTROLLERS]
        interval = "" if half is None else f"± {half:.3f}"
        print(
            f"{delay:5}  {columns[0]:27}  {columns[1]:24}  {np.mean(ratio):.3f} {interval} ({max(ratio):.3f})",
            flush=True,
        )
    print(f"{options.seeds} pens, {PATHS} paths each, {time.perf_counter() - started:.0f} s with compiling")
    if options.json is not None:
        of = {"babble": options.babble, "seeds": options.seeds, "without a delay": without_delay, "delays": rows}
        options.json.write_text(json.dumps(of, indent=1) + "\n", encoding="utf-8")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delays", type=int, nargs="+", default=[2, 5, 10], help="in ticks (%(default)s)")
    parser.add_argument("--babble", type=int, default=1000, help="ticks to learn from (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="how many pens (%(default)s)")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    try:
        return look(parser.parse_args(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"pen: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
