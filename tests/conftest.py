import jax
import pytest
from hypothesis import settings

jax.config.update("jax_numpy_rank_promotion", "raise")

# The first example of a shape compiles, so single examples have no deadline; the suite's own time is watched instead.
settings.register_profile("fast", deadline=None, max_examples=50)
settings.load_profile("fast")


@pytest.fixture(scope="session")
def networks_are_built() -> None:
    """For tests that draw: checking annotations uses the global random state, which Hypothesis forbids meanwhile."""
    # The checks are put in when the library is imported, which must not be before pytest is ready for it.
    from examples import CONFIGURATIONS, MEMORIES, plain

    for configuration in (*CONFIGURATIONS, *MEMORIES):
        plain(configuration)
