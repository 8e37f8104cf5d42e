"""How often the tasks draw what, and what they hold out."""

import itertools

import jax
import numpy as np
import pytest

from attractorbind import tasks

KEY = jax.random.key(0)


def share(found: np.ndarray) -> float:
    return float(np.mean(found))


def test_one_two_ax_has_pairs_and_lengths_as_the_paper_has() -> None:
    task = tasks.one_two_ax(25)
    episodes = task.episodes(400, key=KEY)
    shown, target = episodes.shown[..., 0], episodes.target
    digits = (shown == 0) | (shown == 1)
    assert digits.sum(axis=1).tolist() == [25] * 400
    assert share(shown[digits] == 0) == pytest.approx(0.5, abs=0.02)
    seconds = (shown >= 5) & (shown <= 7)
    # Half of the pairs are chosen to be AX or BY, and the digit asks for one of them; so are a ninth of the others.
    assert share(target[seconds] == task.symbols.index("R")) == pytest.approx(0.25 + 0.5 / 9, abs=0.01)
    loops = [np.diff([*np.flatnonzero(row), length]) for row, length in zip(digits, episodes.lengths, strict=True)]
    pairs, counts = np.unique((np.concatenate(loops) - 1) / 2, return_counts=True)
    assert pairs.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(counts / counts.sum(), 0.25, atol=0.02)


def test_targets_alone() -> None:
    episodes = tasks.one_two_ax(25, targets=1.0).episodes(20, key=KEY)
    shown = episodes.shown[..., 0]
    pairs = np.stack([shown[:, :-1], shown[:, 1:]], axis=-1)[shown[:, 1:] >= 5]
    assert np.unique(pairs, axis=0).tolist() == [[2, 5], [3, 6]]
    assert share(pairs[:, 0] == 2) == pytest.approx(0.5, abs=0.05)


def test_operations_are_all_as_likely_once_something_is_stored() -> None:
    episodes = tasks.store_ignore_recall(4).episodes(300, key=KEY)
    counts = np.bincount(episodes.shown[:, 30:, 0].ravel(), minlength=5)
    np.testing.assert_allclose(counts / counts.sum(), 0.2, atol=0.01)
    items = np.bincount(episodes.shown[:, :, 1].ravel() + 1, minlength=10)[6:]
    np.testing.assert_allclose(items / items.sum(), 0.25, atol=0.01)


def test_stores_have_items_of_their_own() -> None:
    episodes = tasks.store_ignore_recall(["a", "b", "c", "d"], shared=False).episodes(50, key=KEY)
    operation, item = episodes.shown[..., 0], episodes.shown[..., 1]
    assert set(item[operation == 0]) == {5, 6}
    assert set(item[operation == 1]) == {7, 8}
    assert set(item[operation == 4]) == {5, 6, 7, 8}


@pytest.mark.parametrize("matches", [0.0, 0.3, 1.0])
def test_matches(matches: float) -> None:
    for task in (tasks.delayed_match(3, 1, matches=matches), tasks.n_back(2, 3, matches=matches)):
        episodes = task.episodes(1000, key=KEY)
        answers = episodes.answer_asked[episodes.steps_asked]
        assert share(answers == 0) == pytest.approx(matches, abs=0.03)
        items = np.bincount(episodes.shown[episodes.shown >= 0])
        np.testing.assert_allclose(items / items.sum(), 1 / 3, atol=0.03)


def sentences(task: tasks.AbstractTask, split: str) -> tuple[set[tuple[int, ...]], set[tuple[int, tuple[int, ...]]]]:
    """The sentences of a split, agent, verb, patient, and each with the role that is asked for."""
    episodes = task.episodes(4000, key=jax.random.key(1), split=split)
    words = np.full((4000, 3), -1)
    for step in range(3):
        words[np.arange(4000), episodes.shown[:, step, 1] - 2] = episodes.shown[:, step, 2]
    asked = episodes.shown[:, 3, 1] - 2
    found = [tuple(row) for row in words.tolist()]
    return set(found), set(zip(asked.tolist(), found, strict=True))


KINDS = ("standard", "anticorrelation", "full_combinatorial", "novel_fillers")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_held_out_is_held_out(kind: str, seed: int) -> None:
    task = tasks.role_filler(kind, key=jax.random.key(seed))
    assert task.splits == ("train", "test")
    train, _ = sentences(task, "train")
    test, asked = sentences(task, "test")
    assert len(train) == 200
    assert not train & test
    known = {word for sentence in train for word in sentence}
    fillings = {(role, word) for sentence in train for role, word in enumerate(sentence)}
    together = {pair for sentence in train for pair in itertools.permutations(sentence, 2)}
    if kind == "standard":
        assert len(known) == 10
        assert len(fillings) == 30
        assert len(test) > 700
    if kind == "anticorrelation":
        assert len(fillings) == 30
        for role, sentence in asked:
            others = [sentence[other] for other in range(3) if other != role]
            assert any((sentence[role], word) not in together for word in others)
    if kind == "full_combinatorial":
        assert len(known) == 10
        assert len(fillings) == 24
        assert all((role, sentence[role]) not in fillings for role, sentence in asked)
    if kind == "novel_fillers":
        assert len(known) == 8
        assert all(sentence[role] not in known for role, sentence in asked)


@pytest.mark.parametrize("number", [2, 5, 30])
def test_a_word_that_is_new_in_a_role_is_known_from_others(number: int) -> None:
    task = tasks.role_filler("full_combinatorial", sentences=number, key=jax.random.key(1))
    known = {word for sentence in sentences(task, "train")[0] for word in sentence}
    assert all(sentence[role] in known for role, sentence in sentences(task, "test")[1])


def test_roles_come_in_any_order_and_all_are_asked_for_as_often() -> None:
    episodes = tasks.role_filler(key=KEY).episodes(3000, key=KEY)
    roles = episodes.shown[:, :, 1] - 2
    _, orders = np.unique(roles[:, :3], axis=0, return_counts=True)
    np.testing.assert_allclose(orders / 3000, [1 / 6] * 6, atol=0.03)
    np.testing.assert_allclose(np.bincount(roles[:, 3]) / 3000, [1 / 3] * 3, atol=0.04)
    # Which one is asked for does not depend on the order.
    asked = (roles[:, :3] == roles[:, 3:]).argmax(axis=1)
    np.testing.assert_allclose(np.bincount(asked) / 3000, [1 / 3] * 3, atol=0.04)


def test_items_of_a_list_are_all_as_likely() -> None:
    episodes = tasks.delayed_recall(4, slots=3).episodes(1000, key=KEY)
    items = np.bincount(episodes.shown[:, :6, 2].ravel() - 8)
    np.testing.assert_allclose(items / items.sum(), [1 / 4] * 4, atol=0.03)
    cued = np.bincount(episodes.shown[:, 6, 1] - 2)
    np.testing.assert_allclose(cued / 1000, [1 / 6] * 6, atol=0.06)


def test_other_keys_hold_out_other_sentences() -> None:
    first, second = (sentences(tasks.role_filler(key=jax.random.key(seed)), "train")[0] for seed in (0, 1))
    assert len(first & second) < 100


def test_bandits_pay_and_reverse() -> None:
    episodes = tasks.bandit(["left", "middle", "right"], (0.9, 0.5, 0.1), 10, steps=30).episodes(2000, key=KEY)
    best = episodes.answer_asked
    assert episodes.steps_asked.all()
    np.testing.assert_allclose(np.bincount(best[:, 0]) / 2000, 1 / 3, atol=0.04)
    assert (np.diff(best, axis=1) != 0).any(axis=0).nonzero()[0].tolist() == [9, 19]
    assert ((best[:, 10] - best[:, 9]) % 3 == 1).all()
    for further, often in ((0, 0.9), (1, 0.5), (2, 0.1)):
        paid = np.take_along_axis(episodes.rewards, (best[..., None] + further) % 3, axis=2)
        assert share(paid) == pytest.approx(often, abs=0.01)


def test_bandits_reverse_by_chance_or_not_at_all() -> None:
    changed = np.diff(tasks.bandit(reversal=0.1).episodes(500, key=KEY).target, axis=1) != 0
    assert share(changed) == pytest.approx(0.1, abs=0.01)
    assert not np.diff(tasks.bandit().episodes(20, key=KEY).target, axis=1).any()


def test_cues_come_in_order_or_in_any() -> None:
    positions = tasks.delayed_recall(4, slots=3).episodes(100, key=KEY)
    assert (positions.shown[:, :6, 1] == np.arange(2, 8)).all()
    assert len({tuple(row) for row in positions.shown[:, 6:, 1]}) > 80
    named = tasks.delayed_recall(4, slots=3, cues="names").episodes(100, key=KEY)
    assert len({tuple(row) for row in named.shown[:, :6, 1]}) > 80
