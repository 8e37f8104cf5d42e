"""One network and one program for Spaun's eight tasks, at a small size: each task, and any sequence of symbols."""

import importlib
import sys
from pathlib import Path

import equinox as eqx
import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import tasks

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
names = ("architecture", "eight_images", "eight_learning", "eight_network", "eight_procedures", "eight_scores")
demo, images_of, growing, whole_network, procedures, scores = map(importlib.import_module, names)

# Of each task, and of any sequences; together one batch, so that the program is compiled once.
EACH, ANY = 3, 40
# What bandits choose here.
CHOICES = 4
LONGEST = 26


@pytest.fixture(scope="module")
def whole():
    """A small whole, which sees well enough: half of the units, and a fifth of the learning."""
    images = images_of.read_images(0)
    epochs, batch = 40, 64
    sight = whole_network.eyes(64, 128, epochs * (len(images_of.lessons(images.train)[1]) // batch))
    parts = whole_network.architecture(sight, 256)
    network = whole_network.build_network(parts, 0)
    state = growing.learned_to_see(network, sight, images, epochs, batch, seed=0)
    state = growing.learned_to_draw(network, state, images, 512, seed=0)
    state = growing.knows_numbers(network, state)
    return scores.Whole(parts, network, state, images, demo.misread(network, state, images))


@pytest.fixture(scope="module")
def asked():
    """Trials of all tasks, bandits cut short, and sequences of any symbols: what is shown, and what is right."""
    shown, answers = [], []
    for task in tasks.SPAUN:
        questions = tasks.spaun(task, EACH, key=jax.random.key(7))
        shown += [own[: 1 + 4 * CHOICES] if task == "A2" else own for own in questions.shown]
        answers += questions.answers
    return [*shown, *images_of.drawn_symbols(ANY, LONGEST - 1, key=jax.random.key(3))], answers


@pytest.fixture(scope="module")
def seen(whole, asked):
    return images_of.images_of(asked[0], whole.images.test, LONGEST, seed=5)


@pytest.fixture(scope="module", params=[0.0, 0.01])
def noise(request):
    return request.param


@pytest.fixture(scope="module")
def trace(noise, whole, seen):
    program, key = whole_network.written_program(), jax.random.key(1)
    given = {"stimuli": {"eyes": seen.images}, "noise": noise, "key": key}
    return ab.run(whole.network, program, whole.state, throw=False, **given)


def test_it_reads_digits_that_it_never_learned_from(whole):
    learned = {image.tobytes() for image in whole.images.train.images}
    assert not learned & {image.tobytes() for image in whole.images.test.images}
    assert whole.misread.mean() < 0.05


def test_one_program_does_all_eight_tasks_and_nothing_but_what_is_seen_tells_them_apart(
    whole, asked, seen, trace, noise
):
    read = ~np.any((seen.which >= 0) & whole.misread[seen.which], axis=1)
    done = {task: [] for task in tasks.SPAUN}
    for number, answer in enumerate(asked[1]):
        task, said = asked[0][number][0], trace.outputs[number]
        assert trace.result[number] == ab.Result.OK
        if task == "A2":
            assert len(said) == CHOICES
            assert set(said) <= {"1", "2", "3"}
        elif read[number]:
            done[task].append(said == list(answer))
    del done["A2"]
    assert all(len(right) > 0 for right in done.values())
    # Noise of one flip in a hundred units at each tick spoils some of the longest trials in so small a network.
    assert np.mean([right for own in done.values() for right in own]) >= 0.9
    if noise == 0:
        assert all(all(right) for right in done.values())


def test_any_sequence_ends_with_names_or_nothing(whole, asked, trace):
    known = {*whole.network.vocabulary.names, None}
    for number in range(len(asked[1]), len(asked[0])):
        shown, said = asked[0][number], trace.outputs[number]
        assert set(said) <= known
        assert trace.result[number] in (ab.Result.OK, ab.Result.LIMIT, ab.Result.UNSETTLED)
        assert np.asarray(trace.ticks)[number] < 3000
        if shown and shown[0] not in tasks.SPAUN:
            assert said == ["?"]
    assert not any(
        np.isnan(np.asarray(leaf)).any() for leaf in jax.tree.leaves(eqx.filter(trace.state, eqx.is_inexact_array))
    )


def test_it_draws_what_it_saw_in_its_hand_and_writes_what_it_says(whole, asked, seen, trace):
    for number in range(EACH):
        sheet = trace.drawings["hand"][number][-1].image.reshape(-1)
        image = seen.images[number, 1]
        others = whole.images.test.images
        apart = np.sum((others - sheet) ** 2, axis=1)
        assert np.sum((image - sheet) ** 2) <= np.quantile(apart, 0.02)
    means = np.stack(
        [whole.images.train.images[whole.images.train.labels == digit].mean(axis=0) for digit in range(10)]
    )
    written = [
        (trace.drawings["hand"][number][-1].image.reshape(-1), trace.outputs[number][-1])
        for number in range(EACH, len(asked[1]))
    ]
    nearest = [str(np.argmin(np.sum((means - image) ** 2, axis=1))) for image, _ in written]
    assert np.mean([digit == said for digit, (_, said) in zip(nearest, written, strict=True)]) > 0.8


def test_what_is_earned_and_when_it_is_learned():
    assert procedures.earned(["A1", "3", "?"], ["3"], ["3"]) == 1
    assert procedures.earned(["A1", "3", "?"], ["3"], ["8"]) == 0
    assert procedures.earned(["A2", "?", "1", "0", "0", "?"], None, ["1", "3"]) == 1
    assert procedures.earned(["A2", "?", "1", "0", "0", "?"], None, ["1"]) == 0
    right = np.array([0.0] * 5 + [1.0] * 30)
    assert procedures.first_at(right, 10, 1.0) == 15
    assert procedures.first_at(right, 10, 0.9) == 14
    assert procedures.first_at(np.zeros(20), 10, 0.5) is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--trials", "0"], "--trials is 0"),
        (["--json", "no/such/folder/file.json"], "there is no folder"),
        (["--epochs", "-1"], "--epochs is -1"),
    ],
)
def test_wrong_options_are_told(arguments, told, capsys):
    assert demo.main(arguments) == 1
    assert told in capsys.readouterr().err
