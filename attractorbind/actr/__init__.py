"""Models of ACT-R, run on buffers of attractor networks."""

from attractorbind._actr.chunks import Chunk as Chunk, ChunkType as ChunkType
from attractorbind._actr.clock import Timed as Timed
from attractorbind._actr.from_pyactr import from_pyactr as from_pyactr
from attractorbind._actr.model import Model as Model
from attractorbind._actr.parts import (
    Clear as Clear,
    Match as Match,
    Modify as Modify,
    Output as Output,
    Query as Query,
    Request as Request,
    Stop as Stop,
    Test as Test,
)
from attractorbind._actr.reading import parse as parse, read as read
from attractorbind._actr.rules import Rule as Rule
from attractorbind._actr.run import Run as Run, run as run
from attractorbind._actr.settings import Activation as Activation, Settings as Settings, Utility as Utility
