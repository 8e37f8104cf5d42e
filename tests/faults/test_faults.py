"""Faults as a yardstick: how many of those that are planted are found, by `check_binding` and by the fast tests.

    nox -s slow -- tests/faults

It takes tens of minutes; pytest's -k picks the faults of the "reference" or of the "engine".
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import jax
import pytest
from engine_faults import ENGINE_FAULTS
from fault import Fault
from planted import REPOSITORY, Planted
from reference_faults import REFERENCE_FAULTS

import attractorbind as ab
from attractorbind.testing import CheckError, _binding, check_binding

SEEDS = (0, 1, 2)
# Between all buffers there are relays in the first; in the second the way from one to another leads through others.
RELAYS: list[Any] = ["all", [("a", "b"), ("b", "a"), ("b", "c")]]
# The least share of the reference's faults that is found with every seed.
LEAST = 0.95


@pytest.mark.parametrize("fault", [*REFERENCE_FAULTS, *ENGINE_FAULTS], ids=lambda fault: fault.name)
def test_it_can_be_planted(fault: Fault):
    assert fault.wrong != fault.right
    compile(fault.source(), fault.name, "exec")
    missing = [path for path in fault.tests if not (REPOSITORY / path.partition("::")[0]).exists()]
    assert not missing


def test_names_are_different():
    for faults in (REFERENCE_FAULTS, ENGINE_FAULTS):
        assert len({fault.name for fault in faults}) == len(faults)


def told(rows: Sequence[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in rows)
    print("\n", *(f"{name:{width}}  {found}" for name, found in rows), sep="\n")


def built(relays: Any) -> ab.Network:
    return ab.build(
        ab.Vocabulary([f"s{number}" for number in range(20)]),
        buffers=dict.fromkeys("abc", 128),
        relays=relays,
        areas=[ab.SnapshotMemory("m", units=512, capacity=3)],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


@pytest.fixture
def found_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sound network does is computed once for all faults, and a program that fails is not made shorter."""
    run, traces = _binding.run, {}

    def run_once(network: ab.Network, program: Any, *, args: Any, inputs: Any, **how: Any) -> ab.Trace:
        # Of a program that fails, the record of its ticks is wanted, too; what it ends in will do.
        key = network.wiring, str(program), str(args), str(inputs)
        if key not in traces:
            traces[key] = run(network, program, args=args, inputs=inputs, **how | {"record": "final"})
        return traces[key]

    monkeypatch.setattr(_binding, "run", run_once)
    monkeypatch.setattr(_binding, "_simplest", lambda network, case, trial, fails: case)
    monkeypatch.setattr(_binding, "first_difference", lambda trace, trial, expected: (0, ""))
    monkeypatch.setattr(_binding, "_told", lambda case, trial, trace, expected, where: str(case.program))


@pytest.mark.slow
def test_checks_of_binding_find_the_faults_of_the_reference(
    found_quickly: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = [built(relays) for relays in RELAYS]
    for network in networks:
        for seed in SEEDS:
            check_binding(network, seed=seed)

    @cache
    def found(fault: Fault, seed: int) -> bool:
        for network in networks:
            try:
                check_binding(network, seed=seed)
            except CheckError:
                return True
        return False

    rows = []
    for fault in REFERENCE_FAULTS:
        with monkeypatch.context() as planted:
            planted.setattr(_binding, "reference", fault.faulty().reference)
            rows.append((fault.name, [seed for seed in SEEDS if found(fault, seed)]))
        print(f"{fault.name}: found with seeds {rows[-1][1]}", flush=True)
    told([(name, f"seeds {', '.join(map(str, seeds)) or 'none'}") for name, seeds in rows])
    always = sum(len(seeds) == len(SEEDS) for _, seeds in rows)
    print(f"\n{always} of {len(rows)} faults of the reference are found with each of {len(SEEDS)} seeds")
    assert always >= LEAST * len(rows)


def found_by(faults: Sequence[Fault], copies: Sequence[Planted]) -> Iterator[tuple[Fault, str]]:
    """Each fault with the first test that fails; as many at once as there are copies of the library."""
    free: SimpleQueue[Planted] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def find(fault: Fault) -> str:
        copy = free.get()
        try:
            return copy.finding(fault)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from zip(faults, pool.map(find, faults), strict=True)


@pytest.mark.slow
def test_fast_tests_find_the_faults_of_the_engine(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    assert pytestconfig.cache is not None
    programs = pytestconfig.cache.mkdir("faults")
    copies = [Planted(tmp_path / str(number), programs) for number in range(os.cpu_count() or 1)]
    rows = []
    for fault, test in found_by(ENGINE_FAULTS, copies):
        rows.append((f"{fault.module}: {fault.name}", test or "nothing"))
        print(f"{fault.name}: found by {rows[-1][1]}", flush=True)
    told(rows)
    missed = [name for name, test in rows if test == "nothing"]
    print(f"\n{len(rows) - len(missed)} of {len(rows)} faults of the engine are found")
    assert not missed
