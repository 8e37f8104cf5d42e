"""Every wrong call of an architecture gets an error of the library's own, with culprit and cure."""

import bad_architecture
import pytest
from wrong_calls import assert_told, raised_by


@pytest.fixture(scope="module")
def raised() -> dict[str, tuple[list[str], str]]:
    """What each wrong call raised: the names of the error's classes, and its message."""
    return raised_by(bad_architecture)


@pytest.mark.parametrize("name", list(bad_architecture.CALLS))
def test_wrong_call(name, raised):
    assert_told(bad_architecture.CALLS[name], raised[name])
