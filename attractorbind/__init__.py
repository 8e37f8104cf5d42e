"""Attractor networks that bind variables and route symbols: partitionable Hopfield buffers under gated relays."""

from importlib.metadata import version as _version

from attractorbind._build import build as build
from attractorbind._chains import Chains as Chains, chains as chains
from attractorbind._condition import Condition as Condition, empty as empty, equal as equal, holds as holds
from attractorbind._control import procedure as procedure, repeat as repeat, until as until, when as when
from attractorbind._crosstalk import Crosstalk as Crosstalk, crosstalk as crosstalk
from attractorbind._descent import Descent as Descent, descend as descend
from attractorbind._dual_rules import (
    MaximalStability as MaximalStability,
    PseudoInverse as PseudoInverse,
    StabilitySolution as StabilitySolution,
)
from attractorbind._energy import energy as energy, fields as fields
from attractorbind._errors import (
    ArgumentError as ArgumentError,
    AttractorBindError as AttractorBindError,
    CapacityError as CapacityError,
    CapacityWarning as CapacityWarning,
    FileError as FileError,
    NetworkError as NetworkError,
    ProgramError as ProgramError,
    RunError as RunError,
    UnknownNameError as UnknownNameError,
    VocabularyError as VocabularyError,
)
from attractorbind._factors import FactoredSynapses as FactoredSynapses
from attractorbind._harmony import harmony as harmony
from attractorbind._imprint import imprint as imprint
from attractorbind._isolation import Isolation as Isolation, isolation as isolation
from attractorbind._landscape import Landscape as Landscape, landscape as landscape
from attractorbind._lesion import lesion as lesion
from attractorbind._listing import Listing as Listing
from attractorbind._macros import (
    clear as clear,
    copy as copy,
    hold as hold,
    load as load,
    move as move,
    swap as swap,
)
from attractorbind._network import Network as Network
from attractorbind._observe import Result as Result
from attractorbind._overlap import overlaps as overlaps
from attractorbind._production import Production as Production, cycle as cycle, production as production
from attractorbind._program import Program as Program, arg as arg, gates as gates, present as present
from attractorbind._proportion import Proportion as Proportion
from attractorbind._recollection import forget as forget, recall as recall, store as store
from attractorbind._report import ProjectionReport as ProjectionReport, Report as Report
from attractorbind._rules import (
    AbstractLearningRule as AbstractLearningRule,
    AbstractOneShotRule as AbstractOneShotRule,
    Hebbian as Hebbian,
    Perceptron as Perceptron,
    Storkey as Storkey,
)
from attractorbind._run import run as run
from attractorbind._schedule import Schedule as Schedule
from attractorbind._snapshot_memory import SnapshotMemory as SnapshotMemory
from attractorbind._snapshots import Snapshots as Snapshots
from attractorbind._state import State as State
from attractorbind._streams import emit as emit, read as read
from attractorbind._stuck_gates import StuckGates as StuckGates, stuck_gates as stuck_gates
from attractorbind._synapses import AbstractSynapses as AbstractSynapses, Synapses as Synapses
from attractorbind._tick import tick as tick
from attractorbind._trace import Trace as Trace
from attractorbind._vocabulary import Vocabulary as Vocabulary
from attractorbind._wiring import (
    Gate as Gate,
    MemoryWiring as MemoryWiring,
    Population as Population,
    Projection as Projection,
)

__version__ = _version("attractorbind")
