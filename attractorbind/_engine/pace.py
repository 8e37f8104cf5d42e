"""How many ticks one call of the compiled loop takes, so that the user can stop a run, or be told how far it has come.

While a compiled function runs, Python hears no Ctrl-C.
"""

import time
from typing import Any

import numpy as np

from attractorbind._devices import Devices
from attractorbind._network import Network

# Seconds that a call should take, and multiplications in a second on a slow processor.
_CALL, _SPEED = 0.25, 1e10
# However small a network is, a tick takes some microseconds.
_MOST = 2**14


class Pace:
    """Ticks of the next call: at first by what a tick computes, then by how long the calls before took.

    Where the trials are spread over devices of several processes, all take as many ticks as the first one says.
    """

    def __init__(self, network: Network, trials: int, devices: Devices | None = None) -> None:
        sizes = [population.units for population in network.wiring.populations]
        weights = sum(sizes[projection.source] * sizes[projection.target] for projection in network.wiring.projections)
        parts = 1 if devices is None else devices.parts * devices.columns
        self.most = int(np.clip(_CALL * _SPEED * parts / (weights * trials), 1, _MOST))
        self._devices = devices
        self._begun = time.perf_counter()

    def begin(self) -> Any:
        """The number of ticks that a call may take, as it begins."""
        self._begun = time.perf_counter()
        return np.int32(self.most)

    def end(self) -> None:
        """A call has taken all its ticks: the next may take more or fewer."""
        # The time of the first call may be that of compiling it, so no call counts for much.
        took = max(time.perf_counter() - self._begun, 1e-6)
        most = int(np.clip(self.most * np.clip(_CALL / took, 0.5, 2.0), 1, 2**30))
        self.most = most if self._devices is None else self._devices.agreed(most)
