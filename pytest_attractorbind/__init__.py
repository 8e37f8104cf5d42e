"""A pytest plugin: the fixture `binding`, which checks a network, and its options.

It is a package of its own, so that pytest does not import the library, and JAX, in suites that do not use it.
"""

from collections.abc import Callable
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options for how much the fixture tries."""
    group = parser.getgroup("attractorbind")
    group.addoption("--binding-examples", type=int, default=100, help="how many programs `binding` draws (100)")
    group.addoption("--binding-seed", type=int, default=0, help="the seed of programs and noise (0)")


@pytest.fixture(scope="session")
def binding(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`attractorbind.testing.check_network`, with the examples and the seed of the command line.

        def test_my_network(binding):
            binding(my_network(), noise=0.01, error_rate=0.01)

    A test fails by `CheckError`; what it tried is printed, and shown by pytest if it fails.
    """
    settings = {name: request.config.getoption(f"binding_{name}") for name in ("examples", "seed")}

    def check(network: Any, **how: Any) -> None:
        from attractorbind.testing import check_network

        check_network(network, **{"max_examples": settings["examples"], "seed": settings["seed"], **how})

    return check
