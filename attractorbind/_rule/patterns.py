"""Codes as the patterns that rules store: signs, standardised values, silence beside the symbols."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from attractorbind._synapses.quality import moments


def standardised(codes: Bool[Array, "symbols units"]) -> Float[Array, "symbols units"]:
    """Codes shifted and scaled to mean 0 and variance 1."""
    mean, deviation = moments(codes)
    return (codes.astype(jnp.float32) - mean) / deviation


def with_silence(codes: Bool[Array, "symbols units"]) -> Bool[Array, "patterns units"]:
    """The codes, and silence as one more pattern: an empty source leaves its target empty, noise or not."""
    return jnp.concatenate([codes, jnp.zeros_like(codes[:1])])


def standardised_with_silence(codes: Bool[Array, "symbols units"]) -> Float[Array, "patterns units"]:
    """Codes shifted and scaled to mean 0 and variance 1, and silence by the same shift and scale."""
    mean, deviation = moments(codes)
    return (with_silence(codes).astype(jnp.float32) - mean) / deviation


def signs(codes: Bool[Array, "symbols units"]) -> Float[Array, "symbols units"]:
    """Codes as +1 for on and -1 for off."""
    return jnp.where(codes, jnp.float32(1), jnp.float32(-1))
