"""Learn by reward alone when to open the gates of working memory, on real buffers with their attractors.

Basal ganglia read the buffers and choose which gates open; a reward of 1 for the right answer, and 0 for a wrong one,
is all that they are told. Every seed is a learner of its own, with its own choices and its own stream of the task; so
many of them at a time are the trials of one network. Beside them the same basal ganglia do without one of the things
that they need, and an LSTM learns the same task, from rewards and from the right answers.

    python demos/learned_gating.py --task one-two-ax --seeds 100
    python demos/learned_gating.py --task role-filler --kind full_combinatorial --seeds 20 --ablations --lstm
"""

import argparse
import dataclasses
import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gating_networks as networks
import jax
import jax.numpy as jnp
import lstm
import numpy as np

import attractorbind as ab
from attractorbind import gating, tasks

UNITS = 128
# Learners that are trained at a time, the trials of one network.
TOGETHER = 25


class Task(NamedTuple):
    """A task, the network that learns it, and after how many epochs to give up."""

    make: Callable[[str, int], tasks.AbstractTask]  # from the kind and a seed
    solution: Callable[[networks.Changes], networks.Solution]
    epochs: int
    ablations: Mapping[str, networks.Changes]


_GATES = {
    "no restart of traces": {"store": {"restart": False}},
    "no traces": {"store": {"trace": 0.0}},
    "no exploration": {"store": {"explore": 0.0}, "route": {"explore": 0.0}},
}
_ROUTING = _GATES | {"no forgetting": {"store": {"forget": 0.0}, "route": {"forget": 0.0}}}
TASKS = {
    "one-two-ax": Task(lambda kind, seed: tasks.one_two_ax(), networks.one_two_ax, 300, _GATES),
    "store-ignore-recall": Task(
        lambda kind, seed: tasks.store_ignore_recall(5), networks.store_ignore_recall, 200, _ROUTING
    ),
    "role-filler": Task(
        lambda kind, seed: tasks.role_filler(kind, key=jax.random.key(seed)), networks.role_filler, 60, _ROUTING
    ),
    "novel-fillers": Task(
        lambda kind, seed: tasks.role_filler("novel_fillers", key=jax.random.key(seed)),
        networks.novel_fillers,
        60,
        _ROUTING,
    ),
    "delayed-recall": Task(lambda kind, seed: tasks.delayed_recall(10, slots=4), networks.delayed_recall, 100, {}),
    "slots-alone": Task(lambda kind, seed: tasks.delayed_recall(10, slots=4), networks.slots_alone, 100, {}),
}


_LSTM = {
    "one-two-ax": "1-2-AX",
    "store-ignore-recall": "SIR-2",
    "novel-fillers": "novel_fillers",
    "delayed-recall": "SIR-2",
    "slots-alone": "SIR-2",
}


class Learned(NamedTuple):
    """How learners learned a task, an entry for each.

    - `epochs`: after how many epochs the criterion was reached; None if it was not.
    - `trials`: how many answers had been asked for by then, or in all.
    - `accuracy`, `held_out`: the fraction of right answers of the policy as it was then, in new episodes and in what
        the task holds out; NaN where it holds nothing out.
    - `seconds`: how long all of them took.
    """

    epochs: list[int | None]
    trials: list[int]
    accuracy: list[float]
    held_out: list[float]
    seconds: float


def learn(
    setting: Task, kind: str, seeds: Sequence[int], *, noise: float, changes: networks.Changes, progress: bool
) -> tuple[ab.Network, ab.State, Learned]:
    """Train learners side by side until all meet the criterion, or time is up.

    **Returns:** the network, its state with every learner as it was when it met the criterion, and how it went.
    """
    started, learners = time.perf_counter(), len(seeds)
    own = [setting.make(kind, seed) for seed in seeds]
    solution, criterion = setting.solution(changes), own[0].criterion
    network = networks.build(own[0], solution, UNITS, seeds[0])
    program = networks.lesson(own[0], solution, _limit(own[0], solution)).compile(network)
    keys = jax.vmap(jax.random.key)(jnp.array(seeds))
    state = kept = network.silent(learners)
    counted = solution.through or "answer"
    scores: list[list[float]] = [[] for _ in seeds]
    trials = np.zeros(learners, int)
    reached: list[int | None] = [None] * learners
    for epoch in range(1, setting.epochs + 1):
        now = [jax.random.fold_in(jax.random.key(seed), epoch) for seed in seeds]
        streams = [stream(task, criterion.episodes, key, targets=True) for task, key in zip(own, now, strict=True)]
        before = state[counted].outcomes, state[counted].reward
        epoch_keys = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, epoch)
        state = ab.run(network, program, state, inputs=streams, noise=noise, key=epoch_keys, throw=False).state
        outcomes = np.asarray(state[counted].outcomes - before[0])
        right = np.asarray(state[counted].reward - before[1]) / outcomes
        waiting = np.array([own is None for own in reached])
        for learner in np.flatnonzero(waiting):
            scores[learner].append(float(right[learner]))
            trials[learner] += outcomes[learner]
            reached[learner] = criterion.reached(scores[learner])
        # Until it meets the criterion a learner is kept as it is now, and no longer after that.
        kept = _replaced(kept, state, waiting)
        if progress:
            told = f"epoch {epoch}: {right.mean():.3f} right, {learners - reached.count(None)} of {learners} there"
            print(told, file=sys.stderr, flush=True)
        if None not in reached:
            break
    seconds = time.perf_counter() - started
    accuracy, held_out = (
        examine(network, kept, solution, own, split, noise=noise, key=jax.random.key(seeds[0]))
        for split in ("train", "test")
    )
    return network, kept, Learned(reached, trials.tolist(), accuracy, held_out, seconds)


def stream(
    task: tasks.AbstractTask, episodes: int, key: jax.Array, *, targets: bool, split: str = "train"
) -> list[str]:
    """The names that one learner reads: episodes one after the other."""
    drawn = task.episodes(episodes, key=key, split=split).inputs(targets=targets, nothing=networks.NOTHING)
    return [name for episode in drawn for name in episode]


def _limit(task: tasks.AbstractTask, solution: networks.Solution) -> int:
    """More rounds than an epoch can have, for the one loop of a program."""
    return 10 * task.criterion.episodes if solution.steps else 1000


def _replaced(state: ab.State, by: ab.State, which: np.ndarray) -> ab.State:
    """A state with some trials of another one; no part of it is shared by trials."""
    return jax.tree.map(lambda own, other: jnp.where(which.reshape(-1, *[1] * (own.ndim - 1)), other, own), state, by)


def examine(
    network: ab.Network,
    state: ab.State,
    solution: networks.Solution,
    own: Sequence[tasks.AbstractTask],
    split: str,
    *,
    noise: float,
    key: jax.Array,
) -> list[float]:
    """The fraction of each learner's likeliest answers that are right, in new episodes; NaN where there are none.

    Every episode is a trial that begins with silent buffers.
    """
    if split not in own[0].splits:
        return [math.nan] * len(own)
    episodes = 4 if solution.steps is None else 50
    streams: list[Sequence[str]] = []
    answers: list[list[Any]] = []
    for learner, task in enumerate(own):
        drawn = task.episodes(episodes, key=jax.random.fold_in(key, 10_000 + learner), split=split)
        called = _new_names(task, split) if solution.new else {}
        streams += [[called.get(name, name) for name in read] for read in drawn.inputs(nothing=networks.NOTHING)]
        names = np.array(drawn.symbols, object)[drawn.target]
        asked = zip(names, drawn.steps_asked, strict=True)
        answers += [[called.get(name, name) for name in row[steps]] for row, steps in asked]
    program = networks.examination(own[0], solution, _limit(own[0], solution))
    silent = network.silent(len(streams))
    each = jax.tree.map(lambda leaf: jnp.repeat(leaf, episodes, axis=0), state.areas)
    start = dataclasses.replace(silent, areas=each)
    draws = jax.random.fold_in(key, 9_999)
    said = ab.run(network, program, start, inputs=streams, noise=noise, key=draws, throw=False).outputs
    right = [
        np.mean([one == other for one, other in zip(*pair, strict=True)]) for pair in zip(said, answers, strict=True)
    ]
    return np.reshape(right, (len(own), episodes)).mean(axis=1).tolist()


def _new_names(task: tasks.AbstractTask, split: str) -> dict[str, str]:
    """What words of a split are called that are never there in training: names without synapses."""
    words = {
        name: {word for read in task.episodes(500, key=jax.random.key(0), split=name).inputs() for word in read}
        for name in (split, "train")
    }
    return dict(zip(sorted(words[split] - words["train"]), networks.NEW, strict=False))


def summary(learned: Sequence[Learned]) -> str:
    """How many learners met the criterion, after how many epochs and trials, and what they had learned."""
    epochs = [epoch for own in learned for epoch in own.epochs]
    trials = [count for own in learned for count in own.trials]
    told = f"criterion {len(epochs) - epochs.count(None)} of {len(epochs)}"
    ended = [math.inf if epoch is None else epoch for epoch in epochs]
    counts = [math.inf if epoch is None else count for epoch, count in zip(epochs, trials, strict=True)]
    for name, numbers in (("epochs", ended), ("trials", counts)):
        low, middle, high = np.percentile(numbers, [25, 50, 75], method="lower")
        told += f" | {name} {middle:g} [{low:g}, {high:g}], worst {max(numbers):g}"
    for name, scores in (
        ("accuracy", [score for own in learned for score in own.accuracy]),
        ("held out", [score for own in learned for score in own.held_out]),
    ):
        if not any(map(math.isnan, scores)):
            told += f" | {name} {np.mean(scores):.3f}, worst {min(scores):.3f}"
    return f"{told} | {sum(own.seconds for own in learned):.0f} s"


def show(setting: Task, kind: str, network: ab.Network, state: ab.State, *, rules: bool, plot: Path | None) -> None:
    """What the first learner has learned, in words, and what it does in one episode, as a picture."""
    solution, task = setting.solution({}), setting.make(kind, 0)
    for area in solution.areas:
        if rules and isinstance(area, gating.BasalGanglia):
            print(gating.rules(network, state, area.name, compete=area.name != "store"))
    if plot is not None:
        import matplotlib.pyplot as plt

        from attractorbind.plotting import plot_choices

        first = dataclasses.replace(network.silent(), areas=jax.tree.map(lambda leaf: leaf[:1], state.areas))
        program = networks.examination(task, solution, _limit(task, solution))
        read = stream(task, 1, jax.random.key(1), targets=False)[:60]
        trace = ab.run(network, program, first, inputs=read, key=jax.random.key(2), record="decoded", throw=False)
        figure, axes = plt.subplots(layout="constrained")
        plot_choices(trace, next(iter(trace.choices)), axes=axes)
        figure.savefig(plot)
        plt.close(figure)


def main(arguments: Sequence[str]) -> None:
    """Learn a task, and print how that went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=TASKS, default="one-two-ax")
    parser.add_argument("--kind", default="standard", help="of role-filler: what is held out")
    parser.add_argument("--seeds", type=int, default=20, help="how many learners")
    parser.add_argument("--first", type=int, default=0, help="the first learner's seed")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit's output flips at a tick")
    parser.add_argument("--ablations", action="store_true", help="also without what the rule needs, one at a time")
    parser.add_argument("--lstm", action="store_true", help="also an LSTM, by rewards and by the right answers")
    parser.add_argument("--rules", action="store_true", help="also what the first learner has learned, as rules")
    parser.add_argument("--plot", type=Path, help="draw an episode of the first learner to this file")
    parser.add_argument("--together", type=int, default=TOGETHER, help="learners that are trained at a time")
    parser.add_argument("--progress", action="store_true", help="tell how each epoch went")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args(arguments)
    setting = TASKS[chosen.task]
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    figures: dict[str, Any] = {}
    for name, changes in {"learned gates": {}, **(setting.ablations if chosen.ablations else {})}.items():
        results = []
        for start in range(0, chosen.seeds, chosen.together):
            group = list(seeds[start : start + chosen.together])
            how = {"noise": chosen.noise, "changes": changes, "progress": chosen.progress}
            network, state, learned = learn(setting, chosen.kind, group, **how)
            results.append(learned)
            if not changes and not start:
                show(setting, chosen.kind, network, state, rules=chosen.rules, plot=chosen.plot)
        figures[name] = [own._asdict() for own in results]
        print(f"{chosen.task} | {name} | {summary(results)}", flush=True)
    for teaching in ("reward", "answers") if chosen.lstm else ():
        known = chosen.kind if chosen.task == "role-filler" else _LSTM[chosen.task]
        own = [setting.make(chosen.kind, seed) for seed in seeds]
        how = {"teaching": teaching, "epochs": 3000, "setting": lstm.SETTINGS[known, teaching]}
        compared = lstm.train(own, **how, key=jax.random.key(chosen.first))
        figures[f"LSTM by {teaching}"] = compared._asdict()
        print(f"{chosen.task} | LSTM taught by {teaching} | {compared}", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
