"""Every wrong call gets one of the library's own errors, which names the culprit and the cure, before computing."""

import json
import subprocess
import sys

import bad_calls
import pytest

import attractorbind as ab


@pytest.fixture(scope="module")
def raised() -> dict[str, tuple[list[str], str]]:
    """What each wrong call raised: the names of the error's classes, and its message."""
    done = subprocess.run(
        [sys.executable, "-W", "error", bad_calls.__file__], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", list(bad_calls.CALLS))
def test_wrong_call(name, raised):
    _, expected, fragments = bad_calls.CALLS[name]
    classes, message = raised[name]
    assert "AttractorBindError" in classes, f"{classes[:1]}: {message}"
    assert expected in classes, f"{classes[:1]}: {message}"
    for fragment in fragments:
        assert any(choice in message for choice in fragment.split("|")), f"no {fragment!r} in: {message}"
    # A message is for people: they read no more.
    assert 10 < len(message) <= 300


def test_one_hierarchy():
    for error in (
        ab.ArgumentError,
        ab.CapacityError,
        ab.NetworkError,
        ab.ProgramError,
        ab.RunError,
        ab.UnknownNameError,
        ab.VocabularyError,
    ):
        assert issubclass(error, ab.AttractorBindError)
    # Also catchable as what Python itself would raise.
    assert issubclass(ab.UnknownNameError, KeyError)
    assert issubclass(ab.ArgumentError, ValueError)
    assert issubclass(ab.NetworkError, ValueError)
    assert issubclass(ab.ProgramError, ValueError)
    assert issubclass(ab.VocabularyError, ValueError)
    assert issubclass(ab.RunError, RuntimeError)
    assert issubclass(ab.CapacityWarning, UserWarning)
    assert not issubclass(ab.CapacityWarning, ab.AttractorBindError)


def test_unknown_name_reads_without_quotes_around_it():
    with pytest.raises(ab.UnknownNameError) as caught:
        ab.Vocabulary(["dog"])["cat"]
    assert str(caught.value) == "unknown symbol 'cat'; symbols are 'dog'"
