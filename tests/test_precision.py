"""The same bits whatever JAX is told about types: with 64-bit numbers, without promotion, while looking for NaNs."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

# Of every rule, direct and by way of nuclei; with 256 units some rules keep factors.
BUILDS = """
import hashlib, warnings
import jax, numpy as np
import attractorbind as ab
warnings.simplefilter("ignore", ab.CapacityWarning)
for rule in (ab.Hebbian(), ab.Storkey(), ab.PseudoInverse(), ab.Perceptron(), ab.MaximalStability()):
    for units, kinds in ((256, {}), (40, {"relay": "nucleus", "latch": "loop"})):
        network = ab.build(ab.Vocabulary(["dog", "cat", "yak"]), buffers={"a": units, "b": units + 8}, activity=0.1,
            rule=rule, key=jax.random.key(0), free=2, **kinds)
        larger = ab.imprint(network, ["gnu"], strict=False)
        hurt = ab.lesion(larger, synapses=0.2, units=0.1, key=jax.random.key(1))
        target = "a->b" if kinds else "b"
        replaced = network.replace("a", target, network.synapses_between("a", target))
        for each in (network, larger, hurt, replaced):
            told = each.report()
            for leaf in jax.tree.leaves((each.all_codes, each.synapses, each.drive)):
                array = np.asarray(leaf)
                assert array.dtype in (np.float32, bool), array.dtype
                print(hashlib.sha256(array.tobytes()).hexdigest()[:16], told.wrong_bits, told.stability)
"""


SETTINGS = {
    "64-bit numbers, looking for NaNs": {"JAX_ENABLE_X64": "1", "JAX_DEBUG_NANS": "1"},
    "without promotion": {"JAX_NUMPY_DTYPE_PROMOTION": "strict"},
}


def printed(folder: Path, settings: Mapping[str, str]) -> str:
    """What the builds print; what one setting has compiled serves the others, where it is the same."""
    cached = {"JAX_COMPILATION_CACHE_DIR": str(folder), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    done = subprocess.run(
        [sys.executable, "-c", BUILDS], capture_output=True, text=True, check=False, env=os.environ | cached | settings
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def usual(compiled: Path) -> str:
    return printed(compiled, {})


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["64-bit numbers, looking for NaNs", "without promotion"])
def test_networks_are_the_same_bit_for_bit(setting: str, compiled: Path, usual: str):
    assert len(usual.splitlines()) > 100
    assert printed(compiled, SETTINGS[setting]) == usual
