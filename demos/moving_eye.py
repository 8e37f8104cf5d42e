"""Predict what an eye sees next, from what it sees and a copy of the command that moves it.

A window moves over images, a few pixels at a time, and the next view is predicted by one map per command, learned
online by the delta rule, one view after the other. The same is done without the copy of the command, and with the
command as two numbers, with their squares and product. The error on images never shown is told beside that of the
prediction that nothing changes.

Then an eye wanders at random, and discounted means of what it will see are learned at time scales of 1, 10 and 100
moves: the ink in its window, from the place alone (tabular, one image) and from what it sees (images never shown).
Right is the exact mean over all walks; told is the correlation with it.

Last, a network does the first: a program reads commands into a buffer, a predictor reads what the eyes see and that
buffer, and learns while the program runs.

    python demos/moving_eye.py --seeds 5 --json moving_eye.json --picture moving_eye.png
    python demos/moving_eye.py images_background_small1.zip --side 28 --window 12 --moves 3
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from eye_network import learned_in_network
from eye_views import Eye, Images, Moves, characters, digits, moved, places, views, walk, what_follows
from intervals import within

import attractorbind as ab
from attractorbind.learning import Foresight, ForwardModel, Situation

TIMESCALES = (1.0, 10.0, 100.0)
# Views in a scan at a time, so that not all of them are on the device.
CHUNK = 10_000


@jax.jit
def learned(model: ForwardModel, foresight: Foresight, before: Situation, after: Situation) -> Foresight:
    """What is learned online, by one step after the other."""

    def step(foresight: Foresight, pair: tuple[Situation, Situation]) -> tuple[Foresight, None]:
        one, other = (Situation(each.state[None], each.command[None]) for each in pair)
        return model.learn(foresight, one, other, share=jnp.ones(1))[0], None

    return jax.lax.scan(step, foresight, (before, after))[0]


def one_map_each(moves: Moves, eye: Eye) -> np.ndarray:
    return np.eye(len(eye.commands), dtype=np.float32)[moves.command]


def no_copy(moves: Moves, eye: Eye) -> np.ndarray:
    return np.ones((len(moves.command), 1), np.float32)


def two_numbers(moves: Moves, eye: Eye) -> np.ndarray:
    down, right = (eye.commands[moves.command] / eye.moves).T
    return np.stack([np.ones_like(down), down, right, down**2, right**2, down * right], axis=1).astype(np.float32)


# Each with its rate, as measured before on other images.
COPIES = {"one map per command": (one_map_each, 0.5), "no copy": (no_copy, 0.2), "two numbers": (two_numbers, 0.5)}


def next_view(images: Images, eye: Eye, samples: int, seed: int) -> tuple[dict[str, float], Any]:
    """The mean squared error of each prediction of held-out views; and what the first has learned."""
    rng, test = np.random.default_rng(seed), moved(images.held_out, eye, 5000, np.random.default_rng(1000 + seed))
    found = {"nothing changes": float(np.mean((test.after - test.before) ** 2))}
    models = {name: ForwardModel([1], rate=rate, updates=samples) for name, (_, rate) in COPIES.items()}
    known = {
        name: model.init(units=eye.window**2, commands=COPIES[name][0](test, eye).shape[1])
        for name, model in models.items()
    }
    for _ in range(0, samples, CHUNK):
        some = moved(images.shown, eye, min(CHUNK, samples), rng)
        for name, (copy, _) in COPIES.items():
            given = jnp.asarray(copy(some, eye))
            before, after = (Situation(jnp.asarray(view), given) for view in (some.before, some.after))
            known[name] = learned(models[name], known[name], before, after)
    for name, (copy, _) in COPIES.items():
        given = Situation(jnp.asarray(test.before), jnp.asarray(copy(test, eye)))
        foreseen = np.concatenate(
            [
                models[name].predict(known[name], Situation(*(part[rows] for part in given)))[:, 0]
                for rows in np.array_split(np.arange(len(test.before)), 50)
            ]
        )
        found[name] = float(np.mean((test.after - foreseen) ** 2))
    return found, (models["one map per command"], known["one map per command"])


def at_timescales(images: Images, eye: Eye, walks: int, seed: int) -> dict[str, float]:
    """The correlation of each prediction of ink with the exact discounted mean."""
    rng, side = np.random.default_rng(seed), images.shown.shape[1]
    exact, found = {scale: what_follows(side, eye, scale) for scale in TIMESCALES}, {}
    where, steps = np.eye(len(places(side, eye)), dtype=np.float32), 150

    def followed(model: ForwardModel, foresight: Foresight, seen: np.ndarray) -> Foresight:
        states = Situation(jnp.asarray(seen, jnp.float32), jnp.ones((len(seen), 1)))
        return learned(
            model, foresight, Situation(*(part[:-1] for part in states)), Situation(*(part[1:] for part in states))
        )

    def told(model: ForwardModel, foresight: Foresight, seen: np.ndarray) -> np.ndarray:
        given = Situation(jnp.asarray(seen, jnp.float32), jnp.ones((len(seen), 1)))
        return np.asarray(model.predict(foresight, given))

    model = ForwardModel(TIMESCALES, updates=100_000)
    tabular = followed(model, model.init(units=len(where), commands=1), where[walk(side, eye, 100_000, rng)])
    ink = views(images.shown[0], eye).mean(axis=1)
    foreseen = told(model, tabular, where) @ ink
    for number, scale in enumerate(TIMESCALES):
        found[f"place, {scale:g}"] = float(np.corrcoef(foreseen[:, number], exact[scale] @ ink)[0, 1])
    model = ForwardModel(TIMESCALES, updates=walks * steps)
    seen = model.init(units=eye.window**2, commands=1)
    for image in rng.integers(len(images.shown), size=walks):
        seen = followed(model, seen, views(images.shown[image], eye)[walk(side, eye, steps, rng)])
    of_views = [views(image, eye) for image in images.held_out[:200]]
    foreseen = np.concatenate([told(model, seen, each).mean(axis=2) for each in of_views])
    for number, scale in enumerate(TIMESCALES):
        right = np.concatenate([exact[scale] @ each.mean(axis=1) for each in of_views])
        found[f"view, {scale:g}"] = float(np.corrcoef(foreseen[:, number], right)[0, 1])
    return found


def ratios(errors: dict[str, float]) -> dict[str, float]:
    """Errors beside those that they are to be smaller than."""
    with_copy, without = errors["one map per command"], errors["no copy"]
    return {
        "with the copy / without": with_copy / without,
        "with the copy / nothing changes": with_copy / errors["nothing changes"],
        "two numbers / without": errors["two numbers"] / without,
    }


def draw(path: Path, images: Images, eye: Eye, model: ForwardModel, foresight: Foresight) -> None:
    """Six held-out views, what came of a move, what was predicted, and the error."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise ab.ArgumentError("pictures need matplotlib; pip install 'attractorbind[plot]'") from error
    some = moved(images.held_out, eye, 6, np.random.default_rng(7))
    given = Situation(jnp.asarray(some.before), jnp.asarray(one_map_each(some, eye)))
    foreseen = np.asarray(model.predict(foresight, given))[:, 0]
    rows = {"seen": some.before, "predicted": foreseen, "came": some.after, "error": some.after - foreseen}
    figure, axes = plt.subplots(len(rows), 6, figsize=(7, 5), constrained_layout=True)
    for line, (name, pictures) in zip(axes, rows.items(), strict=True):
        for column, (panel, picture) in enumerate(zip(line, pictures, strict=True)):
            low, colours = (-1, "RdBu") if name == "error" else (0, "gray_r")
            panel.imshow(picture.reshape(eye.window, eye.window), cmap=colours, vmin=low, vmax=1)
            panel.set_xticks([])
            panel.set_yticks([])
            if name == "seen":
                down, right = eye.commands[some.command[column]]
                panel.set_title(f"{down:+d}, {right:+d}", fontsize=9)
        line[0].set_ylabel(name)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def look(options: argparse.Namespace) -> int:
    for name in ("samples", "walks", "seeds", "side", "window", "moves"):
        if getattr(options, name) < 1:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; it must be 1 or more")
    for path in (options.json, options.picture):
        if path is not None and not path.parent.is_dir():
            raise ab.ArgumentError(f"{path} cannot be written, for there is no folder {path.parent}")
    eye, started, figures = Eye(options.window, options.moves), time.perf_counter(), []
    for seed in range(options.seeds):
        if options.file is None:
            images = digits(seed, enlarged=options.enlarged)
        else:
            images = characters(options.file, options.side, seed)
        errors, (model, foresight) = next_view(images, eye, options.samples, seed)
        found = {f"error: {name}": error for name, error in errors.items()} | ratios(errors)
        found |= {f"r: {name}": r for name, r in at_timescales(images, eye, options.walks, seed).items()}
        if options.network:
            found |= learned_in_network(images, eye, options.network, seed)
        figures.append(found)
        if options.picture and not seed:
            draw(options.picture, images, eye, model, foresight)
        print(f"seed {seed}: " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()), flush=True)
    print(f"\n{options.samples} views, window {eye.window}, moves up to {eye.moves}; mean, 95% interval, worst")
    rows = {}
    for name in figures[0]:
        values = [found[name] for found in figures]
        worst, half = (min if name.startswith("r:") else max)(values), within(values)
        rows[name] = {"mean": float(np.mean(values)), "within": half, "worst": worst, "values": values}
        print(f"{name:40} {np.mean(values):7.4f}  {'' if half is None else f'+/- {half:.4f}':>12}  {worst:7.4f}")
    print(f"{options.seeds} seeds, {time.perf_counter() - started:.0f} s with compiling")
    if options.json is not None:
        told = {name: getattr(options, name) for name in ("samples", "walks", "side", "window", "moves", "enlarged")}
        of = {"file": options.file and options.file.name, **told, "rows": rows}
        options.json.write_text(json.dumps(of, indent=1) + "\n", encoding="utf-8")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="a zip file of Omniglot's images; scikit-learn's digits")
    parser.add_argument("--side", type=int, default=28, help="pixels that characters are shrunk to (%(default)s)")
    parser.add_argument("--enlarged", type=int, default=2, help="how many times digits are enlarged (%(default)s)")
    parser.add_argument("--window", type=int, default=8, help="pixels along a side of the window (%(default)s)")
    parser.add_argument("--moves", type=int, default=2, help="pixels that it moves at the most (%(default)s)")
    parser.add_argument("--samples", type=int, default=200_000, help="views to learn from (%(default)s)")
    parser.add_argument("--walks", type=int, default=2400, help="walks of 150 moves to learn from (%(default)s)")
    parser.add_argument("--network", type=int, default=0, help="moves that a network learns from (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="how many (%(default)s)")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--picture", type=Path, help="a file for a picture of seen, predicted, and error")
    try:
        return look(parser.parse_args(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"moving_eye: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
