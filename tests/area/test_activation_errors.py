"""Every wrong call of what goes by activation and by utility is told in words that help."""

import bad_activation
import pytest
from wrong_calls import assert_told, raised_by


@pytest.fixture(scope="module")
def raised() -> dict[str, tuple[list[str], str]]:
    """What each wrong call raised: the names of the error's classes, and its message."""
    return raised_by(bad_activation)


@pytest.mark.parametrize("name", list(bad_activation.CALLS))
def test_wrong_call(name, raised):
    assert_told(bad_activation.CALLS[name], raised[name])
