"""Result codes: runs that settle, runs that do not, and weights that are no numbers."""

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest
from examples import PROGRAM, XS, YS, network, pair

import attractorbind as ab


def test_a_settled_run_is_ok():
    trace = ab.run(pair(), PROGRAM, args={"x": XS, "y": YS})
    assert trace.result.tolist() == [ab.Result.OK] * 4
    assert trace.ok
    assert repr(trace) == f"Trace(4 trials, {trace.program.ticks} ticks: 4 ok)"


def unsettled() -> tuple[ab.Program, ab.State]:
    """The relays both ways stay open and the latches closed: two symbols change places at every tick."""
    built = pair()
    exchange = ab.gates(open=["focus->agent", "agent->focus"], closed=["focus", "agent"], ticks=5)
    start = built.silent(trials=4).replace("focus", built.codes("focus")[jnp.array([0, 1, 1, 1])].astype(float))
    return exchange, start.replace("agent", built.codes("agent")[jnp.array([1, 1, 1, 1])].astype(float))


def test_a_run_that_would_go_on_changing_is_unsettled():
    exchange, start = unsettled()
    trace = ab.run(pair(), exchange, start, throw=False)
    assert trace.result.tolist() == [ab.Result.UNSETTLED] + [ab.Result.OK] * 3
    assert not trace.ok
    assert "1 unsettled" in repr(trace)
    assert trace.decode() == {"focus": ["s1"] * 4, "agent": ["s0"] + ["s1"] * 3}
    with pytest.raises(ab.RunError, match=r"1 of 4 trials unsettled.*hold\(\).*first is trial 0.*throw=False"):
        ab.run(pair(), exchange, start)
    with pytest.raises(ab.RunError) as raised:
        trace.check()
    # The trials that ended well are not lost.
    assert raised.value.trace is trace


def test_a_buffer_at_rest_does_not_make_up_for_others():
    built = network("all, direct")
    whole = ab.load("a", "s0") + ab.load("b", "s1") + ab.load("c", "s2")
    whole += ab.gates(open=["a->b", "b->a"], closed=["a", "b"], ticks=3)
    assert ab.run(built, whole, throw=False).result.tolist() == [ab.Result.UNSETTLED]
    assert ab.run(built, whole + ab.hold(), throw=False).ok


def test_noise_alone_does_not_make_a_run_unsettled():
    trace = ab.run(pair(), ab.load("focus", "s0"), noise=0.02, key=jax.random.key(0), throw=False)
    assert trace.ok


def spoiled(value: float) -> ab.Network:
    """A weight of the relay from focus to agent is no number."""
    place = pair().wiring.projections.index(
        next(p for p in pair().wiring.projections if pair().gates[p.gate] == "focus->agent")
    )
    return eqx.tree_at(
        lambda network: network.synapses[place].weights, pair(), replace_fn=lambda w: w.at[0, 0].set(value)
    )


@pytest.mark.parametrize("value", [jnp.inf, jnp.nan])
def test_weights_that_are_no_numbers_are_non_finite(value):
    broken = spoiled(value)
    crossing = ab.load("focus", ab.arg("x")) + ab.copy("focus", "agent")
    trace = ab.run(broken, crossing, args={"x": XS}, throw=False)
    assert trace.result.tolist() == [ab.Result.NON_FINITE] * 4
    with pytest.raises(ab.RunError, match=r"4 of 4 trials non-finite.*network\.synapses"):
        ab.run(broken, crossing, args={"x": XS})
    # What is not read does no harm.
    assert ab.run(broken, ab.load("focus", ab.arg("x")), args={"x": XS}).ok


@pytest.mark.parametrize(
    "after",
    [ab.repeat(65, ab.emit("focus")), ab.until(ab.empty("focus"), ab.hold(), limit=1)],
    ids=["more outputs than there is room for at once", "a limit"],
)
def test_what_was_no_number_once_is_non_finite_whatever_comes_after(after):
    trace = ab.run(spoiled(jnp.nan), ab.load("focus", "s1") + ab.copy("focus", "agent") + after, throw=False)
    assert trace.result.tolist() == [ab.Result.NON_FINITE]


def test_a_rule_without_finite_weights_is_refused():
    class Broken(ab.AbstractStorageRule):
        def learn(self, source, target, *, recurrent):
            return ab.Synapses(jnp.full((source.shape[1], target.shape[1]), jnp.nan), jnp.zeros(target.shape[1]))

    with pytest.raises(ab.NetworkError, match="Broken returned weights or biases that are not finite"):
        ab.build(ab.Vocabulary(["s0", "s1"]), buffers={"a": 16}, activity=0.2, rule=Broken(), key=jax.random.key(0))
