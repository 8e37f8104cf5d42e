"""Runs agree with the oracle also as users compile them, polished by XLA, which other tests leave out to be fast."""

import os
import re
import subprocess
import sys
from pathlib import Path

MODULE = Path(__file__).with_name("test_oracle.py")


def test_the_oracle_agrees_with_what_is_polished():
    assert "--xla_backend_optimization_level=0" in os.environ["XLA_FLAGS"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", str(MODULE)],
        env=os.environ | {"ATTRACTORBIND_TESTS_POLISHED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (flags,) = re.findall(r"^XLA_FLAGS:(.*)$", done.stdout, re.MULTILINE)
    assert "xla_backend_optimization_level" not in flags
    assert "xla_cpu_use_fusion_emitters" not in flags
    assert re.search(r"^=+ 2 passed", done.stdout, re.MULTILINE)
