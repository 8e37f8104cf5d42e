import jax
import pytest
from hypothesis import settings

jax.config.update("jax_numpy_rank_promotion", "raise")
jax.config.update("jax_debug_nans", False)

# The first example of a shape compiles, so single examples have no deadline; the suite's own time is watched in CI.
settings.register_profile("fast", deadline=None, max_examples=50)
settings.load_profile("fast")


@pytest.fixture(autouse=True)
def _public_names_in_doctests(doctest_namespace: dict) -> None:
    jax.config.update("jax_numpy_rank_promotion", "raise")
