"""Weights and biases of one projection, in their several forms."""
