"""Codes as the patterns that rules store: signs, standardised values, silence beside the symbols."""

import numpy as np
from jaxtyping import Bool, Float

from attractorbind._namespace import Numbers, namespace
from attractorbind._synapses.quality import moments


def standardised(codes: Bool[Numbers, "symbols units"]) -> Float[Numbers, "symbols units"]:
    """Codes shifted and scaled to mean 0 and variance 1."""
    mean, deviation = moments(codes)
    return (codes.astype(np.float32) - mean) / deviation


def with_silence(codes: Bool[Numbers, "symbols units"]) -> Bool[Numbers, "patterns units"]:
    """The codes, and silence as one more pattern: an empty source leaves its target empty, noise or not."""
    xp = namespace(codes)
    return xp.concatenate([codes, xp.zeros_like(codes[:1])])


def standardised_with_silence(codes: Bool[Numbers, "symbols units"]) -> Float[Numbers, "patterns units"]:
    """Codes shifted and scaled to mean 0 and variance 1, and silence by the same shift and scale."""
    mean, deviation = moments(codes)
    return (with_silence(codes).astype(np.float32) - mean) / deviation


def signs(codes: Bool[Numbers, "symbols units"]) -> Float[Numbers, "symbols units"]:
    """Codes as +1 for on and -1 for off."""
    return namespace(codes).where(codes, np.float32(1), np.float32(-1))
