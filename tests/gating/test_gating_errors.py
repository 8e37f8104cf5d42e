"""Every wrong call of what chooses gates gets an error of the library's own, with culprit and cure."""

import json
import subprocess
import sys

import bad_gating
import pytest


@pytest.fixture(scope="module")
def raised() -> dict[str, tuple[list[str], str]]:
    """What each wrong call raised: the names of the error's classes, and its message."""
    done = subprocess.run(
        [sys.executable, "-W", "error", bad_gating.__file__], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", list(bad_gating.CALLS))
def test_wrong_call(name, raised):
    _, expected, fragments = bad_gating.CALLS[name]
    classes, message = raised[name]
    assert "AttractorBindError" in classes, f"{classes[:1]}: {message}"
    assert set(expected.split("|")) & set(classes), f"{classes[:1]}: {message}"
    for fragment in fragments:
        assert any(choice in message for choice in fragment.split("|")), f"no {fragment!r} in: {message}"
    # A message is for people: no more than fits on a screen.
    assert 10 < len(message) < 600
