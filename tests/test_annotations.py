"""The suite runs with the annotations of every function checked; here is the proof."""

import jax.numpy as jnp
import jaxtyping
import pytest
from beartype.roar import BeartypeCallHintParamViolation

import attractorbind as ab


def test_annotations_are_checked() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.gates(open=["focus"], ticks="two")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BeartypeCallHintParamViolation):
        ab.until(ab.empty("focus"), ab.hold(), limit="two")  # pyright: ignore[reportArgumentType]


def test_shapes_are_checked() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.overlaps(jnp.zeros(3), jnp.zeros((2, 4), bool))
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.Synapses(jnp.zeros((3, 4)), jnp.zeros(3))
