"""What is taken out of calls of the compiled loop keeps no more than what was recorded."""

import jax.numpy as jnp
import numpy as np

from attractorbind._engine.asking import Outputs
from attractorbind._engine.observe import Record
from attractorbind._engine.taken import Taken


def test_the_room_of_a_call_is_not_kept_with_the_ticks_that_it_took():
    taken, outputs = Taken("states"), Outputs(jnp.zeros((1, 0), jnp.int32), jnp.zeros(1, jnp.int32))
    for end in (3, 7):
        taken.take(outputs, Record(None, states=(jnp.ones((64, 1, 8), bool),)), jnp.int32(end))
    kept = [own.states[0] for own in taken._recorded]
    assert [len(own) for own in kept] == [3, 4]
    # A view would have a base, all 64 ticks of it.
    assert all(own.base is None for own in kept)
    recorded = taken.recorded()
    assert recorded is not None
    np.testing.assert_array_equal(np.asarray(recorded.states[0]), np.ones((7, 1, 8), bool))
