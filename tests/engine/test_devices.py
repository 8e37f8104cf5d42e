"""Runs that are spread over devices: the same as on one, bit for bit, and what the devices tell each other."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import pytest
from sharded import cases, names, same

HELPERS = Path(__file__).parents[1] / "helpers"
LIBRARY = Path(__file__).parents[2]
# A flag, or some of them; how many ticks there are until some trial changes its row.
FLAG, TICKS = re.compile(r"all-reduce \(?pred\[[\w,]*\][^sf]*"), re.compile(r"all-reduce s32\[\]")
# States of which each device has some units, as bools.
STATES = re.compile(r"all-gather pred\[4,\d+\]")
# How many of its source's units are on, of each symbol's code.
COUNTS = re.compile(r"all-reduce f32\[4,6\]")


def started(program: str, devices: int, *arguments: str) -> subprocess.Popen[str]:
    """A program among the helpers that has so many devices."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count={devices}".strip()
    path = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(LIBRARY)])
    command = [sys.executable, "-W", "error", str(HELPERS / program), *arguments]
    environment = os.environ | {"XLA_FLAGS": flags, "PYTHONPATH": path}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> Any:
    """The last line that it prints, which is JSON."""
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return json.loads(output.splitlines()[-1])


@pytest.fixture(scope="module", params=["few", pytest.param("all", marks=pytest.mark.slow)])
def spread(request: pytest.FixtureRequest) -> Any:
    """Runs on eight devices of one process."""
    tried = told(started("sharded.py", 8, request.param))
    assert {mesh: tuple(tried[mesh]) for mesh in ("trials", "units")} == names(few=request.param == "few")
    return tried


def test_over_trials_all_is_the_same_as_on_one_device(spread: Any) -> None:
    assert [name for name, run in spread["trials"].items() if not run["same"]] == []


def test_over_trials_devices_tell_each_other_flags_and_one_number_a_stretch(spread: Any) -> None:
    for name, run in spread["trials"].items():
        numbers = sum(count for what, count in run["told"].items() if TICKS.fullmatch(what))
        flags = [what for what in run["told"] if FLAG.fullmatch(what)]
        assert numbers <= 1, name
        assert len(flags) + numbers == len(run["told"]), (name, run["told"])


def test_over_units_all_is_the_same_as_on_one_device(spread: Any) -> None:
    assert [name for name, run in spread["units"].items() if not run["same"]] == []


def test_over_units_devices_tell_each_other_states_as_bools_besides(spread: Any) -> None:
    for name, run in spread["units"].items():
        # Units of populations of several sizes lie otherwise in the array of all, and are moved there.
        if name == "sizes":
            continue
        assert any(STATES.fullmatch(what) for what in run["told"]), name
        kinds = [FLAG, TICKS, STATES, *([COUNTS] if name == "factors" else [])]
        others = [what for what in run["told"] if not any(kind.fullmatch(what) for kind in kinds)]
        assert not others, name


def test_a_device_has_its_share_of_the_weights(spread: Any) -> None:
    assert spread["share"] == {"trials": 1, "units": 1 / 2}


def test_no_call_compiles_anew(spread: Any) -> None:
    runs = [*spread["trials"].values(), *spread["units"].values()]
    assert max(run["compiled"] for run in runs) == 1
    assert max(run["calls"] for run in runs) > 1


def test_what_cannot_be_divided_is_told(spread: Any) -> None:
    assert spread["wrong"] == {
        "trials": "sharding divides the trials by 8, but there are 6: give a number of trials that is a multiple of 8, "
        'or a mesh whose axis "trials" has the length 6, say',
        "units": "sharding divides units by 4, but population 'b' has 63: build it with a multiple of 4 units, or give "
        'a mesh whose axis "units" has a length that divides the units of all populations, 1 at the most',
    }


@pytest.mark.parametrize("name", [pytest.param("memory, branching", marks=pytest.mark.slow), "learning"])
def test_on_a_mesh_of_one_device_as_on_none(name: str) -> None:
    run = cases()[name]
    assert same(run(), run(sharding=jax.make_mesh((1,), ("units",))))


@pytest.fixture
def port() -> str:
    """One that nobody listens at."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return str(free.getsockname()[1])


@pytest.fixture
def processes(port: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Two of them, with two devices each."""
    both = [started("processes.py", 2, port, str(number), "2") for number in range(2)]
    yield both
    for process in both:
        process.kill()


def test_in_two_processes_all_is_the_same_as_on_one_device(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        same = told(process)
        assert len(same) == 4
        assert all(same.values()), same
