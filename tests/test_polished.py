"""Runs agree with the oracle also as users compile them: polished by XLA, which most tests leave out to be fast."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import POLISHED, UNPOLISHED

MODULE = Path(__file__).parent / "engine" / "test_oracle.py"


@pytest.mark.slow
def test_the_oracle_agrees_with_what_is_polished():
    # Without the space that is left between flags: XLA takes what does not begin with a dash for the name of a file.
    flags = os.environ["XLA_FLAGS"].replace(UNPOLISHED, "").strip()
    environment = os.environ | {POLISHED: "1", "XLA_FLAGS": flags}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", str(MODULE)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (used,) = re.findall(r"^XLA_FLAGS:(.*)$", done.stdout, re.MULTILINE)
    assert not any(flag in used for flag in UNPOLISHED.split())
    assert re.search(r"^=+ 2 passed", done.stdout, re.MULTILINE)
