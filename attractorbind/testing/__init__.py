"""Property tests of binding, for a network of one's own; needs the extra `testing`.

- Checks: `check_network` for all of a network, and its parts `check_binding`, `check_isolation`, `check_capacity`;
  `check_program` for a program of yours. They raise `CheckError`.
- What programs mean: `reference`, a `Reference` with its `Moment`s.
- Hypothesis strategies: `vocabularies`, `networks`, `states`, `gatings`, `programs`, `cases`; a `Case` is a
  program with what its trials are given.
"""

try:
    import hypothesis as _  # noqa: F401
except ImportError as error:
    raise ImportError("attractorbind.testing needs hypothesis; pip install 'attractorbind[testing]'") from error

from attractorbind.testing._binding import check_binding as check_binding
from attractorbind.testing._cases import Case as Case, cases as cases
from attractorbind.testing._check_error import CheckError as CheckError
from attractorbind.testing._network_checks import check_capacity as check_capacity, check_isolation as check_isolation
from attractorbind.testing._program_checks import check_program as check_program
from attractorbind.testing._program_strategies import programs as programs
from attractorbind.testing._reference import Moment as Moment, Reference as Reference, reference as reference
from attractorbind.testing._strategies import (
    gatings as gatings,
    networks as networks,
    states as states,
    vocabularies as vocabularies,
)
from attractorbind.testing._whole import check_network as check_network
