"""Networks that live on: built, imprinted, bound, compared, stored, recalled, saved and loaded, in any order.

All along they hold, put out and remember what the reference machine says.
"""

import tempfile
from pathlib import Path

import pytest
from examples import network as example
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import attractorbind as ab
from attractorbind.testing import programs, reference

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")

# Networks with a memory "m"; in the second it does not know of buffer "c", and relays lead through "b".
CONFIGURATIONS = ("memory", "memory, loop")
BUFFERS = st.sampled_from("abc")
SYMBOLS = st.sampled_from(["s0", "s1", "s2", "s3", "s4"])
NEW = ("yak", "gnu")


class Living(RuleBasedStateMachine):
    """A network, its state, and the whole program so far, which the reference machine runs from the beginning."""

    @initialize(configuration=st.sampled_from(CONFIGURATIONS))
    def build(self, configuration: str) -> None:
        self.network = example(configuration)
        self.state = self.network.silent()
        self.program = ab.Program()
        self.outputs: list[str | None] = []

    def go_on(self, program: ab.Program) -> None:
        trace = ab.run(self.network, program, self.state)
        self.state = trace.state
        self.trace = trace
        self.outputs += trace.outputs[0]
        self.program += program

    @rule(buffer=BUFFERS, symbol=SYMBOLS)
    def load(self, buffer: str, symbol: str) -> None:
        self.go_on(ab.load(buffer, symbol))

    @precondition(lambda self: len(self.network.vocabulary) > 5)
    @rule(buffer=BUFFERS, new=st.integers(0, 1))
    def load_what_is_new(self, buffer: str, new: int) -> None:
        added = self.network.vocabulary.names[5:]
        self.go_on(ab.load(buffer, added[new % len(added)]))

    @rule(pair=st.permutations("abc"))
    def bind(self, pair: list[str]) -> None:
        self.go_on(ab.copy(*pair[:2]))

    @rule(buffer=BUFFERS)
    def clear(self, buffer: str) -> None:
        self.go_on(ab.clear(buffer))

    @rule(other=st.sampled_from("ac"), symbol=SYMBOLS)
    def compare(self, other: str, symbol: str) -> None:
        """Whether two buffers hold the same, and whether one holds a symbol, decides what is put out and done."""
        program = ab.when(ab.equal("b", other), ab.emit(other), ab.copy("b", other))
        self.go_on(program + ab.when(ab.holds(other, symbol) | ab.empty("b"), ab.load("b", symbol) + ab.emit("b")))

    @rule(buffers=st.sampled_from([["a"], ["b"], ["a", "b"]]))
    def store(self, buffers: list[str]) -> None:
        self.go_on(ab.store("m", buffers))

    @rule(cue=st.sampled_from("ab"), older=st.booleans())
    def recall(self, cue: str, older: bool) -> None:
        self.go_on(ab.recall("m", [cue], older=older))

    @rule(cue=st.sampled_from("ab"))
    def forget(self, cue: str) -> None:
        self.go_on(ab.forget("m", [cue]))

    @rule(data=st.data())
    def run_any_straight_line(self, data: st.DataObject) -> None:
        self.go_on(data.draw(programs(self.network, branches=False, symbols=SYMBOLS)))

    @precondition(lambda self: len(self.network.vocabulary) < 7)
    @rule()
    def imprint(self) -> None:
        self.network = ab.imprint(self.network, [NEW[len(self.network.vocabulary) - 5]])
        self.go_on(ab.hold())

    @rule()
    def save_and_load(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "it"
            self.network.save(path)
            self.network = ab.Network.load(path)
        self.go_on(ab.hold())

    @invariant()
    def is_what_the_reference_says(self) -> None:
        if not self.program.statements:
            return
        expected = reference(self.network, self.program)
        assert {buffer: held for buffer, (held,) in self.trace.decode().items()} == expected.boxes
        assert self.outputs == expected.outputs
        slips = [slip for _, slip in sorted(expected.slips["m"].items())]
        kept = [{buffer: name for buffer, name in slip.items() if name} for slip in slips]
        found = [{buffer: name for buffer, name in slip.items() if name} for slip in self.trace.snapshots("m")]
        assert found == kept


TestLiving = pytest.mark.usefixtures("networks_are_built")(Living.TestCase)
TestLiving.settings = settings(
    max_examples=2, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
