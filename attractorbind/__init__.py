"""Attractor networks that bind variables and route symbols: partitionable Hopfield buffers under gated relays."""

from importlib.metadata import version as _version

from attractorbind import actr as actr, gating as gating, learning as learning, spatial as spatial, tasks as tasks
from attractorbind._architecture.account import Account as Account, PartAccount as PartAccount
from attractorbind._architecture.architecture import Architecture as Architecture
from attractorbind._area.activation import (
    Activation as Activation,
    Race as Race,
    Spreading as Spreading,
)
from attractorbind._area.activations import Activated as Activated
from attractorbind._area.base import (
    AbstractArea as AbstractArea,
    AbstractGatingArea as AbstractGatingArea,
    AbstractSensoryArea as AbstractSensoryArea,
    AreaInputs as AreaInputs,
    AreaNoise as AreaNoise,
    Choices as Choices,
    Forecasts as Forecasts,
    Shared as Shared,
    Shown as Shown,
)
from attractorbind._area.ensembles import Ensembles as Ensembles
from attractorbind._area.hippocampus import SnapshotMemory as SnapshotMemory
from attractorbind._area.snapshots import Snapshots as Snapshots
from attractorbind._build import build as build
from attractorbind._cache import cache as cache
from attractorbind._engine.controller import AbstractController as AbstractController
from attractorbind._engine.driver import Outcome as Outcome
from attractorbind._engine.step import step as step
from attractorbind._errors import (
    ArgumentError as ArgumentError,
    AttractorBindError as AttractorBindError,
    CapacityError as CapacityError,
    CapacityWarning as CapacityWarning,
    CodeWarning as CodeWarning,
    FileError as FileError,
    NetworkError as NetworkError,
    ProgramError as ProgramError,
    RunError as RunError,
    UnknownNameError as UnknownNameError,
    VocabularyError as VocabularyError,
)
from attractorbind._explore.live import explore as explore
from attractorbind._imprint import imprint as imprint
from attractorbind._learning.history import History as History
from attractorbind._lesion import lesion as lesion
from attractorbind._measure.chains import Chains as Chains, chains as chains
from attractorbind._measure.crosstalk import Crosstalk as Crosstalk, crosstalk as crosstalk
from attractorbind._measure.descent import Descent as Descent, descend as descend
from attractorbind._measure.energy import energy as energy, fields as fields
from attractorbind._measure.harmony import harmony as harmony
from attractorbind._measure.isolation import Isolation as Isolation, isolation as isolation
from attractorbind._measure.landscape import Landscape as Landscape, landscape as landscape
from attractorbind._measure.proportion import Proportion as Proportion
from attractorbind._measure.stuck_gates import StuckGates as StuckGates, stuck_gates as stuck_gates
from attractorbind._motor.area import Motor as Motor
from attractorbind._motor.hand import Drawing as Drawing, Hand as Hand
from attractorbind._network import Network as Network
from attractorbind._overlap import overlaps as overlaps
from attractorbind._prediction.area import Predictor as Predictor
from attractorbind._program.activating import elapse as elapse, prime as prime, strengthen as strengthen
from attractorbind._program.choosing import (
    choose as choose,
    chosen as chosen,
)
from attractorbind._program.condition import Condition as Condition
from attractorbind._program.control import repeat as repeat, until as until, when as when
from attractorbind._program.drawing import babble as babble, draw as draw, imagine as imagine, write as write
from attractorbind._program.firing import Production as Production
from attractorbind._program.imprinting import imprint_now as imprint_now
from attractorbind._program.listing import Listing as Listing
from attractorbind._program.macros import (
    clear as clear,
    copy as copy,
    hold as hold,
    load as load,
    move as move,
    swap as swap,
)
from attractorbind._program.predicting import predict as predict, surprised as surprised
from attractorbind._program.procedure import procedure as procedure
from attractorbind._program.production import cycle as cycle, production as production
from attractorbind._program.program import Program as Program, gates as gates, present as present
from attractorbind._program.question import empty as empty, equal as equal, holds as holds
from attractorbind._program.recollection import forget as forget, recall as recall, store as store
from attractorbind._program.rewarding import (
    begin_episode as begin_episode,
    next_reward as next_reward,
    reward as reward,
)
from attractorbind._program.schedule import Schedule as Schedule
from attractorbind._program.seeing import learn as learn, see as see
from attractorbind._program.streams import emit as emit, read as read
from attractorbind._program.symbol import arg as arg
from attractorbind._report import CodeReport as CodeReport, ProjectionReport as ProjectionReport, Report as Report
from attractorbind._result import Result as Result
from attractorbind._rule.base import (
    AbstractOneShotRule as AbstractOneShotRule,
    AbstractStorageRule as AbstractStorageRule,
)
from attractorbind._rule.dual import (
    MaximalStability as MaximalStability,
    PseudoInverse as PseudoInverse,
    StabilitySolution as StabilitySolution,
)
from attractorbind._rule.hebbian import Hebbian as Hebbian
from attractorbind._rule.perceptron import Perceptron as Perceptron
from attractorbind._rule.storkey import Storkey as Storkey
from attractorbind._run import run as run
from attractorbind._simulate import simulate as simulate
from attractorbind._state import State as State
from attractorbind._stimuli import show as show
from attractorbind._synapses.base import (
    AbstractExactSynapses as AbstractExactSynapses,
    AbstractSynapses as AbstractSynapses,
    PlasticSynapses as PlasticSynapses,
    Synapses as Synapses,
)
from attractorbind._synapses.factored import FactoredSynapses as FactoredSynapses
from attractorbind._tick import tick as tick
from attractorbind._trace import Trace as Trace
from attractorbind._trace_firings import Firing as Firing, Firings as Firings
from attractorbind._train import Trained as Trained, train as train
from attractorbind._vocabulary import Vocabulary as Vocabulary
from attractorbind._wiring import (
    AreaWiring as AreaWiring,
    Gate as Gate,
    Population as Population,
    Projection as Projection,
)

__version__ = _version("attractorbind")
