"""What JAX compiles, as it logs it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import jax


class _Compilations(logging.Handler):
    """Notes what JAX logs of each compilation."""

    def __init__(self):
        super().__init__()
        self.names: list[str] = []

    def emit(self, record):
        if record.getMessage().startswith("Compiling "):
            self.names.append(record.getMessage())


@contextmanager
def compilations() -> Iterator[list[str]]:
    """A list that grows by a line for each compilation."""
    handler = _Compilations()
    logger = logging.getLogger("jax")
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        with jax.log_compiles():
            yield handler.names
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
