"""Whatever users set JAX to, the states are the same, bit for bit."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import everyday
import pytest

SETTINGS = {
    "JAX_ENABLE_X64": "1",
    "JAX_NUMPY_DTYPE_PROMOTION": "strict",
    "JAX_DEBUG_NANS": "1",
    "JAX_NUMPY_RANK_PROMOTION": "raise",
}


# A process for each setting; test_precision.py tries two in every run.
pytestmark = pytest.mark.slow


def outcome(folder: Path, **setting: str) -> dict[str, Any]:
    """What the program prints under this setting, with warnings as errors."""
    usual = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    # What one of them has compiled serves the others, where the setting does not change it.
    cached = {
        "JAX_COMPILATION_CACHE_DIR": str(folder),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    command = [sys.executable, "-W", "error", everyday.__file__]
    done = subprocess.run(command, env=usual | cached | setting, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def usual(compiled: Path) -> dict[str, Any]:
    return outcome(compiled)


def test_the_program_does_what_it_is_to_do(usual):
    assert usual["README"]["decoded"] == {"focus": ["cat", "dog"], "agent": ["dog"] * 2, "patient": ["cat", "dog"]}
    assert usual["memory"]["decoded"]["focus"] == ["dog", "dog", None]
    assert len(usual["memory"]["snapshots"]) == 3
    assert usual["branching"]["outputs"][1:] == [["dog"], ["cat"] * 2]
    assert usual["by hand"]["tick"] != usual["by hand"]["step"]


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_the_states_are_the_same(setting, usual, compiled):
    assert outcome(compiled, **{setting: SETTINGS[setting]}) == usual
