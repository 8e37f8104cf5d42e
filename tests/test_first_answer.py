"""What a fresh process waits for before its first answer."""

import json
import subprocess
import sys

# Each takes a tenth of a second or more to import, and most users' programs need none of them.
NEEDED_BY_FEW = ("scipy.stats", "hypothesis", "matplotlib", "optax", "gymnasium", "sklearn")


def printed(code: str) -> str:
    """What a fresh process prints that runs this code, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_what_few_need_is_not_imported() -> None:
    imported = json.loads(printed("import attractorbind, json, sys; print(json.dumps([*sys.modules]))"))
    assert "jax" in imported
    assert not set(NEEDED_BY_FEW) & set(imported)
