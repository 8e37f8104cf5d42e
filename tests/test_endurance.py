"""Endurance: what must not go wrong once in ten thousand programs, files and calls, and in a million copies.

    nox -s slow

In one process, and without the checks of annotations, which would take ten times as long. Prints progress and tables,
and writes benchmarks/results/endurance_*.json.
"""

import itertools
import json
import subprocess
import sys
import time
from pathlib import Path

import fuzz
import jax
import numpy as np
import pytest
from examples import network as example
from files import (
    KINDS,
    NETWORK,
    assert_refused_or_same,
    assert_refused_or_works,
    kinds_of_networks,
    mutated,
    unsealed,
    wrongly_described,
)
from hypothesis import strategies as st
from tqdm import tqdm

import attractorbind as ab
from attractorbind._sealed import write_sealed
from attractorbind.testing import check_binding, programs

COMMAND = ["nox", "-s", "slow"]
TEN_THOUSAND = 10_000


def short_enough(built: ab.Network) -> st.SearchStrategy[ab.Program]:
    """Programs of which `check_binding` passes over none for its length, so that all that are drawn are run."""
    return programs(built).filter(lambda program: len(program.compile(built).labels) <= 64)


def told(part: str, row: dict) -> None:
    from recording import record  # benchmarks/ is not part of a source distribution

    print()
    record("endurance", [row], part, COMMAND)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_ten_thousand_programs_mean_on_the_network_what_they_mean_in_names():
    started, seen, drawn = time.monotonic(), set(), 0
    each = 250
    configurations = ["all, direct", "hub, nucleus", "line, nucleus and loop", "memory"]
    rounds = list(itertools.product(range(TEN_THOUSAND // each // len(configurations)), configurations))
    for seed, configuration in tqdm(rounds, desc="rounds of 250 random programs"):
        built = example(configuration)

        def noted(program: ab.Program, configuration: str = configuration) -> ab.Program:
            nonlocal drawn
            drawn += 1
            seen.add((configuration, str(program)))
            return program

        check_binding(built, max_examples=each, seed=seed, programs=short_enough(built).map(noted))
    assert drawn >= TEN_THOUSAND
    told(
        "programs",
        {
            "programs": len(rounds) * each,
            "different ones": len(seen),
            "networks": len(configurations),
            "mismatches": 0,
            "seconds": time.monotonic() - started,
        },
    )


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.02, 0.05])
def test_a_million_copies_around_a_ring_of_three_buffers(noise):
    """Fifty symbols, ten trials each, 512 units a buffer: around and around, and none goes wrong."""
    started, symbols, each, rounds, runs = time.monotonic(), 50, 10, 29, 23
    names = [f"s{number}" for number in range(symbols)] * each
    ring = [("a", "b"), ("b", "c"), ("c", "a")]
    built = ab.build(
        ab.Vocabulary(names[:symbols]),
        buffers=dict.fromkeys("abc", 512),
        relays=ring,
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )
    around = sum((ab.copy(*pair) for pair in ring), ab.Program())
    program = (around * rounds).compile(built)
    state = ab.run(built, ab.load("a", ab.arg("symbol")), args={"symbol": names}).state
    wrong = np.zeros(len(names), bool)
    for number in tqdm(range(runs), desc=f"runs of {len(names) * rounds * 3} copies, noise {noise}"):
        key = jax.random.fold_in(jax.random.key(1), number)
        trace = ab.run(built, program, state, noise=noise, key=key, throw=False)
        state = trace.state
        for held in trace.decode().values():
            wrong |= np.array([one != other for one, other in zip(held, names, strict=True)])
    copies = len(names) * rounds * len(ring) * runs
    told(
        f"copies_{noise}",
        {
            "noise a tick": noise,
            "units": 512,
            "copies": copies,
            "copies in a row": copies // len(names),
            "trials wrong": int(wrong.sum()),
            "seconds": time.monotonic() - started,
        },
    )
    assert copies >= 1_000_000
    assert not wrong.any()


@pytest.mark.slow
def test_ten_thousand_mutated_files_are_refused_or_the_same(tmp_path: Path):
    started, path, generator = time.monotonic(), tmp_path / "it", np.random.default_rng(1)
    refused = 0
    for configuration in ("all, direct", "memory, loop"):
        built = example(configuration)
        built.save(path)
        whole = path.read_bytes()
        for _ in tqdm(range(TEN_THOUSAND // 2), desc=f"mutated files: {configuration}"):
            refused += assert_refused_or_same(built, whole, mutated(whole, generator), path)
    row = {"files": TEN_THOUSAND, "refused": refused, "taken for another network": 0}
    told("files", row | {"seconds": time.monotonic() - started})
    assert refused == TEN_THOUSAND


def fuzzed(calls: int, seed: int) -> dict:
    command = [sys.executable, "-W", "error", fuzz.__file__, str(calls), str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120 + calls / 10)
    return json.loads(done.stdout)


def test_malformed_programs_and_arguments_get_the_librarys_own_errors():
    found = fuzzed(250, 0)
    assert found["failures"] == []
    assert sum(found["raised"].values()) == 250


@pytest.mark.slow
def test_ten_thousand_malformed_programs_and_arguments_get_the_librarys_own_errors():
    started = time.monotonic()
    found = fuzzed(TEN_THOUSAND, 1)
    row = {"malformed calls": found["calls"], **found["raised"], "other errors, or none": len(found["failures"])}
    told("calls", row | {"seconds": time.monotonic() - started})
    assert found["failures"] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_wrong_descriptions_are_refused_or_make_networks_that_work(kind: str, tmp_path: Path):
    path, built = tmp_path / "it", kinds_of_networks()[kind]
    built.save(path)
    description, arrays = unsealed(path)
    changes = list(wrongly_described(description))
    chosen = np.random.default_rng(2).choice(len(changes), min(1000, len(changes)), replace=False)
    for number in tqdm(chosen, desc=f"wrong descriptions: {kind}"):
        write_sealed(path, NETWORK, changes[number][1], arrays)
        assert_refused_or_works(built, path)
