"""Every wrong call of a hand gets an error of the library's own, with culprit and cure."""

import bad_motor
import pytest
from wrong_calls import assert_told, raised_by


@pytest.fixture(scope="module")
def raised() -> dict[str, tuple[list[str], str]]:
    """What each wrong call raised: the names of the error's classes, and its message."""
    return raised_by(bad_motor)


@pytest.mark.parametrize("name", list(bad_motor.CALLS))
def test_wrong_call(name, raised):
    assert_told(bad_motor.CALLS[name], raised[name])
