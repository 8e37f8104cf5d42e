import jax
from hypothesis import settings

jax.config.update("jax_numpy_rank_promotion", "raise")

# The first example of a shape compiles, so single examples have no deadline; the suite's own time is watched instead.
settings.register_profile("fast", deadline=None, max_examples=50)
settings.load_profile("fast")
