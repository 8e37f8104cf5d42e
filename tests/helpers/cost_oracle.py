"""What costs are, of all examples together, in NumPy: of a network of tanh layers with a sigmoid or linear output."""

from typing import NamedTuple

import numpy as np


class Examples(NamedTuple):
    """What is seen, and was before; what the buffer holds, what others say, and which have seen anything before."""

    inputs: np.ndarray
    before: np.ndarray
    held: np.ndarray
    said: np.ndarray
    followed: np.ndarray


def fields(weights, inputs):
    """Of every layer above the inputs; the topmost row of the weights of a layer is its bias."""
    found, rates = [], inputs
    for own in weights:
        found.append(own[0] + rates @ own[1:])
        rates = np.tanh(found[-1])
    return found


def _output(field, layer, layers):
    return 1 / (1 + np.exp(-field)) if layer == layers - 1 else np.tanh(field)


def _cross_entropy(field, targets):
    return np.sum(np.logaddexp(0, field) - field * targets, axis=1)


def target(weights, examples, layer, fixed):
    own = [row for row, held in enumerate(examples.held) if held.any()]
    return np.mean([_cross_entropy(fields(weights, examples.inputs)[-1], examples.held)[row] for row in own])


def reward(weights, examples, layer, fixed):
    own = [row for row, held in enumerate(examples.held) if held.any()]
    each = examples.said[:, 0] * _cross_entropy(fields(weights, examples.inputs)[-1], examples.held)
    return np.mean(each[own])


def internal(weights, examples, layer, fixed):
    return -np.mean(examples.said * fields(weights, examples.inputs)[layer])


def slowness(weights, examples, layer, fixed):
    """What units did at the view before is held: it is that of the weights which are fixed."""
    apart = fields(weights, examples.inputs)[layer] - fields(fixed, examples.before)[layer]
    return 0.5 * np.mean(apart[examples.followed] ** 2)


def decorrelation(weights, examples, layer, fixed, variance=0.7, covariance=1.3):
    own = fields(weights, examples.inputs)[layer]
    units = own.shape[1]
    together = np.cov(own.T, bias=True)
    spread = sum(max(0, 1 - np.sqrt(together[unit, unit] + 1e-4)) for unit in range(units))
    alike = sum(together[one, two] ** 2 for one in range(units) for two in range(units) if one != two)
    return (variance * spread + covariance * alike) / units


def prediction(weights, examples, layer, fixed, readout=None, bias=None):
    rates = _output(fields(weights, examples.before)[layer], layer, len(weights))
    apart = examples.inputs - rates @ readout - bias
    return 0.5 * np.mean(apart[examples.followed] ** 2)


def readout_after(weights, examples, layer, readout, bias, rate):
    """The readout of `prediction` after the normalised delta rule."""
    rates = _output(fields(weights, examples.before)[layer], layer, len(weights))
    more, more_bias = np.zeros_like(readout), np.zeros_like(bias)
    own = np.flatnonzero(examples.followed)
    for row in own:
        error = examples.inputs[row] - rates[row] @ readout - bias
        moved = rate * error / (2 + rates[row] @ rates[row]) / len(own)
        more += np.outer(rates[row], moved)
        more_bias += moved
    return readout + more, bias + more_bias
