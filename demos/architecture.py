"""One network, one program, eight tasks: it sees digits of handwriting, remembers, gates, chooses, says and draws.

The tasks are those of Spaun (Eliasmith and others 2012). The first symbol that is seen names the task; nothing else
changes between them. Digits are images that the eyes never learned from. Told is, of each task, how often all that was
said was right, and how often it was where the eyes read all digits right; and the same for any sequence of symbols that
is no task: how often it ended. Of the bandit it is how often the best arm was chosen.

    python demos/architecture.py --task all --trials 200
    python demos/architecture.py --task A3 --trials 20 --noise 0.01 --film film.gif
    python demos/architecture.py --lesions --trials 50
    python demos/architecture.py --positions 0 0.05 0.1
    python demos/architecture.py --procedures 20

Eyes and hand learn first, which takes some minutes; --grown FILE keeps what they have learned, and takes it from there
the next time.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import equinox as eqx
import jax
import numpy as np
from eight_images import SIDE, Images, lessons, read_images
from eight_learning import knows_numbers, learned_to_draw, learned_to_see
from eight_network import EYES, LOOK, architecture, build_network, eyes, written_program
from eight_procedures import learn_procedures
from eight_scores import Whole, asked, lesions, score_all, serial_positions, tell_drawings, tell_scores

import attractorbind as ab
from attractorbind.tasks import SPAUN


def grow(options: argparse.Namespace) -> Whole:
    """The network with all that it learns before it is asked."""
    images = read_images(options.seed)
    updates = options.epochs * (len(lessons(images.train)[1]) // options.batch)
    sight = eyes(SIDE * SIDE, options.hidden, updates)
    parts = architecture(sight, options.units)
    network = build_network(parts, options.seed)
    if options.grown is not None and options.grown.exists():
        try:
            state = eqx.tree_deserialise_leaves(options.grown, network.silent())
        except RuntimeError as error:
            raise ab.FileError(f"--grown {options.grown} is not of this network; name another file") from error
    else:
        state = learned_to_see(network, sight, images, options.epochs, options.batch, seed=options.seed)
        state = learned_to_draw(network, state, images, options.strokes, seed=options.seed)
        state = knows_numbers(network, state)
        if options.grown is not None:
            eqx.tree_serialise_leaves(options.grown, state)
    return Whole(parts, network, state, images, misread(network, state, images))


def misread(network: ab.Network, state: ab.State, images: Images) -> np.ndarray:
    """Of each image for testing, whether the network takes it for something else."""
    trace = ab.run(network, LOOK, state, stimuli={EYES: images.test.images}, throw=False)
    pairs = zip(trace.decode()["seen"], images.test.shown(), strict=True)
    return np.array([seen != shown for seen, shown in pairs])


def film(whole: Whole, task: str, options: argparse.Namespace) -> None:
    """Save one trial as a film."""
    from eight_film import save_film

    questions, seen = asked(whole, task, 1, seed=options.seed)
    trace = ab.run(
        whole.network,
        written_program(),
        whole.state,
        stimuli={EYES: seen.images},
        noise=options.noise,
        key=jax.random.key(options.seed),
        record="decoded",
        throw=False,
    )
    save_film(trace, seen.images[0], options.film)
    print(f"{options.film}: {' '.join(questions.shown[0])} -> {' '.join(map(str, trace.outputs[0]))}")


def look(options: argparse.Namespace) -> int:
    for name in ("trials", "epochs", "batch", "hidden", "units", "strokes"):
        if getattr(options, name) < 1:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; it must be 1 or more")
    if options.json is not None and not options.json.parent.is_dir():
        raise ab.ArgumentError(f"--json is {options.json}, and there is no folder {options.json.parent}")
    started = time.perf_counter()
    whole = grow(options)
    print(whole.parts.report(whole.network))
    right = 100 * float(1 - whole.misread.mean())
    grown = time.perf_counter() - started
    print(
        f"\ndigits never learned from that are read right: {right:.1f} % of {len(whole.misread)}; {grown:.0f} s so far"
    )
    told: dict[str, object] = {"read right": right, "trials": options.trials, "noise": options.noise}
    tasks = list(SPAUN) if options.task == "all" else [options.task]
    if options.lesions:
        told["lesions"] = lesions(whole, tasks, options.trials, options.noise, options.seed)
    elif options.positions:
        noises = options.positions
        told["serial positions"] = serial_positions(whole, options.trials, noises, options.seed)
    elif options.procedures:
        told["procedures"] = learn_procedures(whole, options.procedures, options.rounds, options.seed)
    elif options.film is not None:
        film(whole, tasks[0], options)
    else:
        scores = score_all(whole, tasks, options.trials, options.noise, options.seed)
        tell_scores(scores)
        told["scores"] = {task: score._asdict() for task, score in scores.items()}
        told["drawings"] = tell_drawings(whole, options.trials, options.seed)
    if options.json is not None:
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=["all", *SPAUN], default="all", help="which task (%(default)s)")
    parser.add_argument("--trials", type=int, default=200, help="of each task (%(default)s)")
    parser.add_argument(
        "--noise", type=float, default=0.0, help="probability that a unit flips in a tick (%(default)s)"
    )
    parser.add_argument("--lesions", action="store_true", help="each part removed in turn")
    parser.add_argument(
        "--positions", type=float, nargs="+", metavar="NOISE", help="which places of a list are recalled, under noise"
    )
    parser.add_argument("--procedures", type=int, default=0, metavar="N", help="so many learners learn what to do when")
    parser.add_argument("--rounds", type=int, default=300, help="trials that each of them has (%(default)s)")
    parser.add_argument("--film", type=Path, help="save a trial of the task as a film")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn (%(default)s)")
    parser.add_argument("--epochs", type=int, default=200, help="that the eyes learn (%(default)s)")
    parser.add_argument("--batch", type=int, default=64, help="images in an update (%(default)s)")
    parser.add_argument("--hidden", type=int, default=256, help="units in each of the eyes' layers (%(default)s)")
    parser.add_argument("--units", type=int, default=512, help="in each slot (%(default)s)")
    parser.add_argument("--strokes", type=int, default=2048, help="that the hand babbles (%(default)s)")
    parser.add_argument("--grown", type=Path, help="file of what eyes and hand have learned")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    try:
        return look(options)
    except (ab.AttractorBindError, OSError) as error:
        print(f"architecture.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
