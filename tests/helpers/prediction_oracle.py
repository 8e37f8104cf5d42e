"""What a predictor foresees, and what it learns, in NumPy loops over trials, time scales and commands."""

import numpy as np


class Plain:
    """A predictor of some trials: `step` is one of its steps, of a trial that takes part or of one that does not."""

    def __init__(self, timescales, units, commands, *, trials, rate=0.5, updates=None, threshold=1.5):
        self.discounts = [1 - 1 / scale for scale in timescales]
        self.weights = np.zeros((len(timescales), commands, units + 1, units))
        self.rate, self.falls, self.threshold = rate, updates, threshold
        self.updates, self.mean, self.variance, self.steps = 0, 0.0, 0.0, 0
        self.before = [None] * trials
        self.error = np.zeros((trials, len(timescales), units))
        self.surprise, self.surprised = np.zeros(trials), np.zeros(trials, bool)

    def predicted(self, scale, state, command):
        out = np.zeros(len(state))
        for number, given in enumerate(command):
            out += given * (np.append(state, 1.0) @ self.weights[scale, number])
        return out

    def step(self, states, commands, takes_part, learns=True):
        """One step of the trials that take part; those whose episode has begun are compared."""
        compared = [trial for trial, takes in enumerate(takes_part) if takes and self.before[trial] is not None]
        change, sizes = np.zeros_like(self.weights), []
        for trial in compared:
            state, command = self.before[trial]
            read = np.append(state, 1.0)
            size = 1 + (command @ command) * (read @ read)
            for scale, discount in enumerate(self.discounts):
                ahead = self.predicted(scale, states[trial], commands[trial])
                upcoming = (1 - discount) * states[trial] + discount * ahead
                self.error[trial, scale] = upcoming - self.predicted(scale, state, command)
                for number, given in enumerate(command):
                    change[scale, number] += given * np.outer(read, self.error[trial, scale]) / size
            sizes.append(np.mean(self.error[trial, 0] ** 2))
            known = self.steps >= 10 and self.variance > 0
            self.surprise[trial] = (sizes[-1] - self.mean) / np.sqrt(self.variance) if known else 0.0
        for trial, takes in enumerate(takes_part):
            if takes:
                self.surprised[trial] = trial in compared and self.surprise[trial] > self.threshold
                self.before[trial] = (states[trial].copy(), commands[trial].copy())
        if compared and learns:
            falling = 1.0 if self.falls is None else max(1 - self.updates / self.falls, 0)
            self.weights += self.rate * falling * change / len(compared)
            self.updates += 1
            forgetting = max(0.01, 1 / (self.steps + 1))
            self.mean += forgetting * (np.mean(sizes) - self.mean)
            self.variance += forgetting * (np.mean((np.array(sizes) - self.mean) ** 2) - self.variance)
            self.steps += 1
