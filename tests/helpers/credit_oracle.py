"""The credit rules as their equations stand in the literature: loops over examples and units, in 64 bits.

Every rule returns a change of each layer, a pair of weights and biases. Layers are counted from 0, the first above the
inputs; rates from the inputs, so that rates[n] are below layer n and rates[n + 1] are its own.
"""

from typing import NamedTuple

import numpy as np


class Plain(NamedTuple):
    """A layered network: weights and biases of each layer, and what its hidden and its output units do."""

    weights: list[np.ndarray]
    biases: list[np.ndarray]
    activation: str
    readout: str


class Lesson(NamedTuple):
    """Inputs and targets with a row for every example, and the part that each has in the change."""

    inputs: np.ndarray
    targets: np.ndarray
    share: np.ndarray


def through(weights, sources):
    """What arrives above."""
    arriving = np.zeros(weights.shape[1])
    for source, rate in enumerate(sources):
        for unit in range(len(arriving)):
            arriving[unit] += rate * weights[source, unit]
    return arriving


def rate(net, number, fields):
    """What the units of a layer make of their fields."""
    fields = np.asarray(fields, float)
    if number == len(net.weights) - 1:
        if net.readout == "softmax":
            powers = np.exp(fields - fields.max())
            return powers / powers.sum()
        return 1 / (1 + np.exp(-fields))
    return {
        "relu": lambda: np.maximum(fields, 0.0),
        "tanh": lambda: np.tanh(fields),
        "sigmoid": lambda: 1 / (1 + np.exp(-fields)),
    }[net.activation]()


def slope(net, rates):
    """The derivative of a hidden unit's rate by its field, where it has this rate."""
    return {
        "relu": lambda: (rates > 0) * 1.0,
        "tanh": lambda: 1 - rates**2,
        "sigmoid": lambda: rates * (1 - rates),
    }[net.activation]()


def field(net, number, below):
    return through(net.weights[number], below) + net.biases[number]


def forward(net, inputs, noise=None):
    """The rates of all layers for one example, the inputs first; `noise` is added to the fields of each layer."""
    rates = [inputs]
    for number in range(len(net.weights)):
        fields = field(net, number, rates[-1])
        rates.append(rate(net, number, fields if noise is None else fields + noise[number]))
    return rates


def loss(net, outputs, target):
    """The cross-entropy of one example's answer."""
    if net.readout == "softmax":
        return -np.sum(target * np.log(outputs))
    return -np.sum(target * np.log(outputs) + (1 - target) * np.log(1 - outputs))


def nothing(net):
    return [
        (np.zeros_like(weights), np.zeros_like(biases)) for weights, biases in zip(net.weights, net.biases, strict=True)
    ]


def add(change, below, above, share):
    """Add what a synapse has below and above it, for one example."""
    weights, biases = change
    for unit, error in enumerate(above):
        biases[unit] += share * error
        for source, active in enumerate(below):
            weights[source, unit] += share * active * error


def feedback_alignment(net, lesson, feedback, *, direct):
    """Lillicrap et al. 2016; direct, Nøkland 2016. `feedback[n]` arrives at hidden layer n."""
    changes, top = nothing(net), len(net.weights) - 1
    for inputs, target, share in zip(*lesson, strict=True):
        rates = forward(net, inputs)
        errors = {top: rates[-1] - target}
        for number in reversed(range(top)):
            above = errors[top] if direct else errors[number + 1]
            errors[number] = through(feedback[number], above) * slope(net, rates[number + 1])
        for number in range(top + 1):
            add(changes[number], rates[number], errors[number], share)
    return changes


def node_perturbation(net, lesson, noise, size, *, antithetic):
    """Werfel et al. 2005. `noise[draw][example][layer]`."""
    changes = nothing(net)
    for draw in noise:
        for example, (inputs, target, share) in enumerate(zip(*lesson, strict=True)):
            rates = forward(net, inputs)
            up = loss(net, forward(net, inputs, [size * own for own in draw[example]])[-1], target)
            if antithetic:
                down = loss(net, forward(net, inputs, [-size * own for own in draw[example]])[-1], target)
                slope_of_loss = (up - down) / (2 * size)
            else:
                slope_of_loss = (up - loss(net, rates[-1], target)) / size
            for number, own in enumerate(draw[example]):
                add(changes[number], rates[number], slope_of_loss * own, share / len(noise))
    return changes


def weight_perturbation(net, lesson, noise, size, *, antithetic):
    """Cauwenberghs 1993. `noise[draw][layer]` is a pair: of the weights, of the biases."""

    def mean_loss(draw, sign):
        weights = [own + sign * size * more for own, (more, _) in zip(net.weights, draw, strict=True)]
        biases = [own + sign * size * more for own, (_, more) in zip(net.biases, draw, strict=True)]
        moved = net._replace(weights=weights, biases=biases)
        return sum(
            share * loss(net, forward(moved, inputs)[-1], target) for inputs, target, share in zip(*lesson, strict=True)
        )

    changes = nothing(net)
    for draw in noise:
        before, distance = (mean_loss(draw, -1), 2 * size) if antithetic else (mean_loss(draw, 0), size)
        slope_of_loss = (mean_loss(draw, 1) - before) / distance
        for (weights, biases), (of_weights, of_biases) in zip(changes, draw, strict=True):
            weights += slope_of_loss * of_weights / len(noise)
            biases += slope_of_loss * of_biases / len(noise)
    return changes


def contrastive_hebbian(net, lesson, gamma, sweeps):
    """Xie & Seung 2003: two phases, each long enough to settle."""
    changes, top = nothing(net), len(net.weights)
    for inputs, target, share in zip(*lesson, strict=True):
        phases = []
        for clamped in (None, target):
            rates = forward(net, inputs)
            for _ in range(sweeps):
                for number in range(top - 1):
                    down = through(net.weights[number + 1].T, rates[number + 2])
                    rates[number + 1] = rate(net, number, field(net, number, rates[number]) + gamma * down)
                rates[top] = rate(net, top - 1, field(net, top - 1, rates[top - 1])) if clamped is None else clamped
            phases.append(rates)
        free, held = phases
        for number in range(top):
            scale = share * gamma ** (number + 1 - top)
            add(changes[number], held[number], -held[number + 1], scale)
            add(changes[number], free[number], free[number + 1], scale)
    return changes


def predictive_coding(net, lesson, steps, step_size):
    """Whittington & Bogacz 2017: hidden rates move down the energy, all at the same time."""
    changes, top = nothing(net), len(net.weights) - 1
    for inputs, target, share in zip(*lesson, strict=True):
        rates = forward(net, inputs)[:-1]
        for step in range(steps + 1):
            predicted = [rate(net, number, field(net, number, rates[number])) for number in range(top + 1)]
            missed = [rates[number + 1] - predicted[number] for number in range(top)]
            wanted = [missed[number] * slope(net, predicted[number]) for number in range(top)]
            wanted.append(target - predicted[top])
            if step < steps:
                for number in range(top):
                    from_above = through(net.weights[number + 1].T, wanted[number + 1])
                    rates[number + 1] = rates[number + 1] + step_size * (from_above - missed[number])
        for number in range(top + 1):
            add(changes[number], rates[number], -wanted[number], share)
    return changes


def reinforce(net, lesson, noise, chance, size, predicted, betters=None):
    """Williams 1992. Returns the changes and the mean reward.

    `noise[layer][example]` moves units: the hidden ones, and with other readouts than softmax those of the output.
    `chance[example]`, a Gumbel variable for each class, draws a class. `predicted` is the reward that is expected,
    given the last hidden layer; to `betters` is added by how much the reward was better.
    """
    changes, top, mean = nothing(net), len(net.weights) - 1, 0.0
    for example, (inputs, target, share) in enumerate(zip(*lesson, strict=True)):
        moved = [size * own[example] for own in noise]
        moved += [np.zeros_like(target)] * (len(net.weights) - len(noise))
        rates = forward(net, inputs, moved)
        outputs = rates[-1]
        if net.readout == "softmax":
            answer = np.zeros_like(target)
            answer[np.argmax(np.log(outputs) + chance[example])] = 1
            reward, surprise = answer @ target, answer - outputs
        else:
            likelihood = target * np.log(outputs) + (1 - target) * np.log(1 - outputs)
            reward, surprise = likelihood.mean(), noise[top][example] / size
        better = reward - predicted(rates[-2])
        if betters is not None:
            betters.append(better)
        for number in range(top):
            add(changes[number], rates[number], -better * noise[number][example] / size, share)
        add(changes[top], rates[top], -better * surprise, share)
        mean += share * reward
    return changes, mean


def two_compartment(net, lesson, feedback, predict, cancel, settings):
    """Sacramento et al. 2018. Returns the changes of the layers, and those of the lateral cells' own synapses.

    `feedback[n]`, `predict[n]` (a pair: weights, biases) and `cancel[n]` belong to hidden layer n. The settings are
    nudge, apical, lateral, sweeps and before_and_after.
    """
    nudge, apical, lateral, sweeps, before_and_after = settings
    top = len(net.weights)

    def twins(number, own):
        weights, biases = predict[number]
        return rate(net, number + 1, through(weights, own) + biases)

    def settled(inputs, target):
        rates = forward(net, inputs)
        for _ in range(sweeps):
            for number in range(top - 1):
                above = rates[number + 2]
                cells = (1 - lateral) * twins(number, rates[number + 1]) + lateral * above
                dendrite = through(feedback[number], above) + through(cancel[number], cells)
                rates[number + 1] = rate(net, number, field(net, number, rates[number]) + apical * dendrite)
            outputs = rate(net, top - 1, field(net, top - 1, rates[top - 1]))
            rates[top] = outputs if target is None else (1 - nudge) * outputs + nudge * target
        return rates

    def told(rates, number):
        """By how much the soma differs from what its basal dendrite predicts."""
        return rates[number + 1] - rate(net, number, field(net, number, rates[number]))

    changes = nothing(net)
    of_lateral = [(np.zeros_like(weights), np.zeros_like(biases)) for weights, biases in predict]
    for inputs, target, share in zip(*lesson, strict=True):
        rates, before = settled(inputs, target), settled(inputs, None)
        for number in range(top):
            scale = nudge * ((1 - lateral) * apical) ** (top - 1 - number)
            heard = told(rates, number) - (told(before, number) if before_and_after else 0.0)
            add(changes[number], rates[number], -heard, share / scale)
            if number:
                missed = twins(number - 1, rates[number]) - rates[number + 1]
                add(of_lateral[number - 1], rates[number], missed, share / scale)
    return changes, of_lateral


def burst(net, lesson, feedback, probability, decay):
    """Payeur et al. 2021, and Kolen & Pollack 1994 for the feedback. Returns both changes."""
    changes, top = nothing(net), len(net.weights) - 1
    for inputs, target, share in zip(*lesson, strict=True):
        events = forward(net, inputs)
        before = {top: probability * events[-1]}
        after = {top: np.clip(before[top] + probability * (target - events[-1]), 0, 1)}
        for number in reversed(range(top)):
            own = events[number + 1]
            expected = through(feedback[number], before[number + 1])
            for bursts in (before, after):
                heard = through(feedback[number], bursts[number + 1]) - expected
                bursts[number] = own / (1 + np.exp(-(1 - own) * heard))
        for number in range(top + 1):
            factor = 1 if number == top else 4
            add(changes[number], events[number], -factor / probability * (after[number] - before[number]), share)
    following = [changes[number + 1][0].T + decay * own for number, own in enumerate(feedback)]
    return changes, following
