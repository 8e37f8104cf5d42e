"""A memory of a thousand snapshots gives back what was stored, and nothing for what was not."""

from functools import cache
from typing import Any

import jax
import numpy as np
import pytest

import attractorbind as ab


def many(episodes: int, trials: int, noise: float, *, cues: str, common: float) -> tuple[list[Any], list[Any]]:
    """Four buffers of 512 units, 100 symbols: what cues of three buffers bring back, and what they should.

    **Arguments:**

    - `cues`: "stored" for three buffers of a snapshot; "mixed" for such as were never stored together, though each
        pair of them was.
    - `common`: the fraction of snapshots that have the same symbol in the fourth buffer.
    """
    names = [f"s{i}" for i in range(100)]
    buffers = ["a", "b", "c", "d"]
    built = large_memory(episodes)
    generator = np.random.default_rng(0)
    told = generator.integers(100, size=(episodes, 4))
    told[generator.random(episodes) < common, 3] = 0
    mixed = []
    for one, other in zip(told[0:300:3], told[1:300:3], strict=True):
        # a and b of one, c of the other; then a and c, b and c go together elsewhere.
        told[len(mixed) + 500, [0, 2]] = one[0], other[2]
        told[len(mixed) + 700, [1, 2]] = one[1], other[2]
        mixed.append((one[0], one[1], other[2]))
    body = sum((ab.read(buffer) for buffer in buffers), ab.Program()) + ab.store("m", buffers)
    stream = [names[symbol] for symbol in told.ravel()]
    state = ab.run(built, ab.repeat(episodes, body), inputs=stream, noise=noise, key=jax.random.key(1)).state
    newest = {tuple(cue): answer for *cue, answer in told.tolist()}
    asked = list(newest) if cues == "stored" else [cue for cue in mixed if cue not in newest]
    asked = [asked[i] for i in generator.permutation(len(asked))[:trials]]
    question = sum((ab.load(buffer, ab.arg(buffer)) for buffer in buffers[:3]), ab.Program())
    question += ab.recall("m", buffers[:3])
    args = {buffer: [names[cue[i]] for cue in asked] for i, buffer in enumerate(buffers[:3])}
    got = ab.run(built, question, state, args=args, noise=noise, key=jax.random.key(2), throw=False).decode()["d"]
    return got, [names[newest[cue]] if cue in newest else None for cue in asked]


@cache
def large_memory(capacity: int) -> ab.Network:
    return ab.build(
        ab.Vocabulary([f"s{i}" for i in range(100)]),
        buffers=dict.fromkeys("abcd", 512),
        relays=[],
        areas=[ab.SnapshotMemory("m", units=4096, capacity=capacity)],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "common"), [(0.0, 0.0), (0.02, 0.0), (0.0, 1.0), (0.0, 0.05)])
def test_a_thousand_snapshots_come_back_from_three_buffers(noise: float, common: float):
    got, right = many(1000, 256, noise, cues="stored", common=common)
    assert got == right


@pytest.mark.parametrize(("noise", "common"), [(0.0, 0.0), pytest.param(0.02, 1.0, marks=pytest.mark.slow)])
def test_what_was_never_stored_together_is_not_recalled(noise: float, common: float):
    got, right = many(1000, 90, noise, cues="mixed", common=common)
    assert right == [None] * len(right)
    assert len(right) > 80
    assert got == right
