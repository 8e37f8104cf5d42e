"""What a hand learns and draws, in NumPy loops over dots, pixels and examples."""

import math

import numpy as np


def paper(pressures, shape, size):
    """The ink that dots of these pressures leave."""
    height, width = shape
    ink = np.zeros(height * width)
    for pixel in range(len(ink)):
        for dot, pressure in enumerate(pressures):
            down, along = pixel // width - dot // width, pixel % width - dot % width
            ink[pixel] += pressure * math.exp(-(down**2 + along**2) / (2 * size**2))
    return np.minimum(ink, 1.0)


def scribble(points, curves, pressed, wide, shape):
    """The ink of so many curves that are joined, at each pixel by its distance from the nearest place on them."""
    height, width = shape
    ink = np.zeros(height * width)
    for pixel in range(len(ink)):
        nearest = math.inf
        for curve in range(curves):
            start, bend, end = points[2 * curve : 2 * curve + 3]
            for time in np.linspace(0, 1, 4 * max(shape)):
                place = (1 - time) ** 2 * start + 2 * time * (1 - time) * bend + time**2 * end
                apart = place - np.array([pixel // width, pixel % width])
                nearest = min(nearest, float(apart @ apart))
        ink[pixel] = pressed * math.exp(-nearest / (2 * wide**2))
    return ink


def seen(synapses, layers, image):
    """What relu layers of an eye make of an image, and 1; `synapses` are weights and biases from the inputs upwards."""
    rates = [np.asarray(image, float)]
    for weights, bias in synapses[:-1]:
        rates.append(np.maximum(rates[-1] @ weights + bias, 0.0))
    return np.concatenate([*(rates[layer] for layer in layers), [1.0]])


class Regression:
    """Ridge regression of all examples at once, solved anew whenever it is asked."""

    def __init__(self, inputs, outputs, ridge):
        self.squares, self.products = ridge * np.eye(inputs), np.zeros((inputs, outputs))

    def learn(self, read, target):
        for row, own in enumerate(read):
            for column, other in enumerate(read):
                self.squares[row, column] += own * other
            self.products[row] += own * np.asarray(target)

    @property
    def weights(self):
        return np.linalg.solve(self.squares, self.products)


class PlainHand:
    """The hand of one trial: what it has learned, `inverse`, `imagery`, `forward`, and the pressures on its sheet."""

    def __init__(self, synapses, layers, shape, size, correction, learned, delay=0):
        self.synapses, self.layers, self.shape, self.size = synapses, layers, shape, size
        self.correction, self.delay, (self.inverse, self.imagery, self.forward) = correction, delay, learned
        self.pressures, self.drawings = np.zeros(shape[0] * shape[1]), []
        self.past = [self.pressures.copy()] * delay  # the first is seen now

    def look(self, image):
        return seen(self.synapses, self.layers, image)

    def babble(self, pressures):
        read = self.look(paper(pressures, self.shape, self.size))
        self.inverse.learn(read, pressures)
        self.forward.learn(np.append(pressures, 1.0), read)

    def imagine(self, held, image):
        if held.any():
            self.imagery.learn(held, self.look(image)[:-1])

    def draw(self, image, held, *, new, foresees=False):
        """One step; `held` is what the buffers hold that are let in, None where it draws what it has seen."""
        wanted = self.look(image) if held is None else np.append(held @ self.imagery.weights, 1.0)
        aim = wanted @ self.inverse.weights
        before = self.past[0] if self.delay else self.pressures
        look = self.look(paper(before, self.shape, self.size))
        if foresees:
            forward = self.forward.weights
            look = look + np.append(self.pressures, 1.0) @ forward - np.append(before, 1.0) @ forward
        own = look @ self.inverse.weights
        passed = [*self.past, self.pressures.copy()][1:]
        for dot in range(len(self.pressures)):
            pressed = aim[dot] if new else self.pressures[dot] + self.correction * (aim[dot] - own[dot])
            self.pressures[dot] = 0.0 if held is not None and not held.any() else max(pressed, 0.0)
        self.past = passed
        if new:
            self.past = [np.zeros_like(self.pressures)] * self.delay
        if new or not self.drawings:
            self.drawings.append(None)
        self.drawings[-1] = paper(self.pressures, self.shape, self.size)
