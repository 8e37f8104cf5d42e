"""A hand learns and draws what loops in NumPy do, in programs of any kind, and leaves all else as it was."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from motor_oracle import PlainHand, Regression, paper, scribble

import attractorbind as ab
from attractorbind import learning
from attractorbind._motor.least_squares import refitted, unfitted

SHAPE, SIZES, UNITS = (3, 4), (12, 6, 5), 20
NAMES = ("bar", "dot", "step")
PICTURES = np.zeros((3, *SHAPE), np.float32)
PICTURES[0, 1, :3] = PICTURES[1, 2, 2] = PICTURES[2, 0, 0] = PICTURES[2, 1, 1] = 1


def built(hidden, **changes):
    eyes = learning.Hierarchy("eyes", sizes=[SIZES[0], *hidden], target="name", rule=learning.Backpropagation())
    settings = {"reads": ["name", "answer"], "shape": SHAPE, "pen": 0.6, "ridge": 0.5, "correction": 0.7} | changes
    return ab.build(
        ab.Vocabulary(NAMES),
        buffers={"name": UNITS, "answer": 2 * UNITS},
        relays=[("name", "answer")],
        areas=[ab.Motor("hand", eye=eyes, **settings), eyes],
        activity=0.2,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


@pytest.fixture(scope="module")
def network():
    """A hand whose eye is large enough to see each pixel."""
    return built([40, 30], sheets=3)


@pytest.fixture(scope="module")
def practised(network):
    """What it knows after it has babbled, and seen and named the three pictures."""
    lesson = ab.load("name", ab.arg("name")) + ab.copy("name", "answer") + ab.see("eyes", write=False)
    lesson += ab.imagine("hand", "answer") + ab.clear("name") + ab.imagine("hand", "name")
    state = ab.run(network, ab.babble("hand", 150), key=jax.random.key(1)).state
    trace = ab.run(network, lesson, state, args={"name": list(NAMES)}, stimuli={"eyes": PICTURES})
    return trace.state


def nearest(image):
    return NAMES[int(np.argmin(np.sum((PICTURES - image) ** 2, axis=(1, 2))))]


@pytest.mark.parametrize("delay", [0, 2])
def test_it_does_what_loops_do(delay):
    network = built(SIZES[1:], delay=delay, sheets=64)
    hand = network.areas[0]
    state = ab.show(network, network.silent(trials=2), {"eyes": PICTURES[[0, 2]].reshape(2, 1, -1)})
    layers = state["eyes"].learned.value.layers.layers
    synapses = [(np.asarray(layer.weights, float), np.asarray(layer.bias, float)) for layer in layers]
    inverse, imagery = Regression(sum(SIZES[1:]) + 1, SIZES[0], 0.5), Regression(3 * UNITS, sum(SIZES[1:]), 0.5)
    learned = inverse, imagery, Regression(SIZES[0] + 1, sum(SIZES[1:]) + 1, 0.5)
    plain = [PlainHand(synapses, (1, 2), SHAPE, 0.6, 0.7, learned, delay) for _ in range(2)]
    rng, switches, key = np.random.default_rng(1), ("babble", "imagine", "new", "draw"), jax.random.key(5)
    for number in range(40 + 20 * delay):
        # Babble and imagine first, then draw; some buffers are silent.
        choice = int(rng.integers(2)) if number < 20 else int(rng.integers(2, 4))
        let_in = [buffer for buffer in ("name", "answer") if rng.random() < 0.5]
        takes_part, foresees, writes = rng.random(2) < 0.8, bool(rng.random() < 0.5), bool(rng.random() < 0.6)
        for buffer in ("name", "answer"):
            codes = np.asarray(network.codes(buffer)[rng.integers(3, size=2)], np.float32)
            state = state.replace(buffer, jnp.asarray(codes * (rng.random((2, 1)) < 0.7)))
        opened = [f"hand:{switches[choice]}", *(f"{buffer}->hand" for buffer in let_in)]
        opened += ["eyes:next"] * (number == 10) + ["hand:foresee"] * foresees
        opened += ["hand:write"] * writes
        rows = np.stack([network.gating(opened) if takes else network.gating() for takes in takes_part])
        held = np.concatenate([state[name] * (name in let_in) for name in ("name", "answer")], axis=1).astype(float)
        images = np.asarray(state["eyes"].stimulus, float)
        own_key = jax.random.fold_in(key, number)
        # As a tick gives each trial of each area a key of its own; the first area is numbered after the buffers.
        area_keys = jax.vmap(lambda trial, k=own_key: jax.random.fold_in(jax.random.fold_in(k, trial), 2))(np.arange(2))
        scribbled = np.asarray(hand.pen.scribbles(area_keys), float)
        for trial in np.flatnonzero(takes_part):
            match switches[choice]:
                case "babble":
                    plain[trial].babble(scribbled[trial])
                case "imagine":
                    plain[trial].imagine(held[trial], images[trial])
                case how:
                    own_held = held[trial] if writes else None
                    plain[trial].draw(images[trial], own_held, new=how == "new", foresees=foresees)
        state = ab.tick(network, state, rows, key=own_key)
        own = state["hand"]
        for fitted, regression in zip(own.learned.value, learned, strict=True):
            np.testing.assert_allclose(fitted.weights, regression.weights, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(own.pressures, [each.pressures for each in plain], rtol=1e-3, atol=2e-4)
        assert own.count.tolist() == [len(each.drawings) for each in plain]
        for trial, each in enumerate(plain):
            for drawing, image in enumerate(each.drawings):
                np.testing.assert_allclose(own.sheets[trial, drawing], image, rtol=1e-3, atol=2e-4)
    assert all(len(each.drawings) > 2 for each in plain)
    assert all(max(image.max() for image in each.drawings) > 0.05 for each in plain)


def test_ink_and_scribbles_are_those_of_loops():
    pen = built(SIZES[1:]).areas[0].pen
    keys = jax.random.split(jax.random.key(3), 16)
    drawn = pen.scribbles(keys)
    middle = sum(np.exp(-np.square(step) / (2 * 0.6**2)) for step in (-1, 0, 1))
    beside = max(sum(np.exp(-np.square(step - at) / (2 * 0.6**2)) for step in range(4)) for at in range(4))
    lengths = []
    for key, pressures in zip(keys, np.asarray(drawn), strict=True):
        how_many, points, pressure, width = jax.random.split(key, 4)
        curves = 1 + int(jax.random.randint(how_many, (), 0, 3, jnp.int32))
        places = [2.0, 3.0] * np.asarray(jax.random.uniform(points, (7, 2)), float)
        pressed = float(jax.random.uniform(pressure, minval=0.5, maxval=1.0))
        wide = 0.6 * float(jax.random.uniform(width, minval=1.0, maxval=2.5))
        ink = scribble(places, curves, pressed, wide, SHAPE)
        np.testing.assert_allclose(pressures, ink / (middle * beside), rtol=1e-4, atol=1e-6)
        lengths.append(curves)
    assert set(lengths) == {1, 2, 3}
    pressures = np.random.default_rng(0).random((2, 12)).astype(np.float32)
    np.testing.assert_allclose(
        pen.paper(jnp.asarray(pressures)), [paper(each, SHAPE, 0.6) for each in pressures], rtol=1e-5
    )


def test_what_is_learned_one_by_one_is_the_regression_of_all_whatever_the_order():
    rng = np.random.default_rng(2)
    read, targets = rng.random((300, 40)).astype(np.float32), rng.random((300, 3)).astype(np.float32)
    counting = rng.random(300) < 0.9
    right = np.linalg.solve(read[counting].T @ read[counting] + 2 * np.eye(40), read[counting].T @ targets[counting])
    order = rng.permutation(300)
    start = unfitted(40, 3, jnp.float32(2))
    for rows in (np.arange(300), order):
        fitted = jax.jit(refitted)(start, *map(jnp.asarray, (read[rows], targets[rows], counting[rows])))
        np.testing.assert_allclose(fitted.weights, right, atol=2e-4)
        np.testing.assert_allclose(fitted.unknown, fitted.unknown.T, atol=1e-7)


def test_it_draws_what_was_seen_and_writes_what_is_held(network, practised):
    # A branch for each trial: one writes, the others draw; the second of them draws more than there are sheets for.
    once = ab.see("eyes", write=False) + ab.draw("hand", steps=6)
    program = ab.load("answer", ab.arg("answer"))
    program += ab.when(ab.holds("answer", "bar"), ab.write("hand", "answer"), once)
    program += ab.when(ab.holds("answer", "dot"), ab.repeat(3, ab.draw("hand", steps=0)))
    # What the eye of the trial that writes has seen last is something else than it writes.
    given = {"args": {"answer": ["dot", "bar", "step"]}, "stimuli": {"eyes": PICTURES[[0, 2, 1]]}}
    for noise in (0.0, 0.01):
        trace = ab.run(network, program, practised, noise=noise, key=jax.random.key(4), throw=False, **given)
        drawn = trace.drawings["hand"]
        assert [len(trial) for trial in drawn] == [3, 1, 1]
        assert [nearest(trial[0].image) for trial in drawn] == ["bar", "bar", "dot"]
    trace = ab.run(network, program, practised, record="decoded", **given)
    drawn, open_at = trace.drawings["hand"], trace.gates[:, :, list(network.gates).index("hand:draw")]
    new_at = trace.gates[:, :, list(network.gates).index("hand:new")]
    for trial, last in enumerate([new_at[:, 0], open_at[:, 1], open_at[:, 2]]):
        assert drawn[trial][-1].tick == np.flatnonzero(last)[-1]
        assert all(drawing.image.shape == SHAPE for drawing in drawn[trial])
    assert [drawing.tick for drawing in drawn[0]] == np.flatnonzero(new_at[:, 0])[-3:].tolist()
    # What it saw, and what it drew, teach it nothing, and leave what it sees by as it was.
    assert eqx.tree_equal(trace.state["hand"].learned, practised["hand"].learned)
    assert eqx.tree_equal(trace.state["eyes"].learned, practised["eyes"].learned)


def test_a_run_goes_on_from_what_was_learned_and_has_drawings_of_its_own(network, practised):
    write = ab.load("answer", ab.arg("answer")) + ab.write("hand", "answer", steps=2)
    args = {"answer": list(NAMES)}
    first = ab.run(network, write, practised, args=args)
    again = ab.run(network, write, first.state, args=args)
    for one, other in zip(first.drawings["hand"], again.drawings["hand"], strict=True):
        np.testing.assert_array_equal(one[0].image, other[0].image)
        assert one[0].tick == other[0].tick
        assert len(one) == len(other) == 1
    # Corrections without a new sheet go on with what was drawn in the run before.
    gone_on = ab.run(
        network,
        ab.load("answer", ab.arg("answer")) + ab.gates(open=["answer->hand", "hand:write", "hand:draw"], ticks=3),
        first.state,
        args=args,
    )
    longer = ab.run(
        network, ab.load("answer", ab.arg("answer")) + ab.write("hand", "answer", steps=5), practised, args=args
    )
    for one, other in zip(gone_on.drawings["hand"], longer.drawings["hand"], strict=True):
        np.testing.assert_allclose(one[0].image, other[0].image, atol=1e-6)


def test_a_hand_that_sees_late_goes_on_in_another_run_as_in_the_same():
    network = built([40, 30], delay=3)
    state = ab.run(network, ab.babble("hand", 150), key=jax.random.key(1)).state
    begins = ab.see("eyes", write=False) + ab.draw("hand", steps=4)
    goes_on = ab.gates(open=["hand:draw", "hand:foresee"], ticks=5)
    given = {"stimuli": {"eyes": PICTURES}}
    whole = ab.run(network, begins + goes_on, state, **given)
    later = ab.run(network, goes_on, ab.run(network, begins, state, **given).state)
    np.testing.assert_array_equal(later.state["hand"].pressures, whole.state["hand"].pressures)


def test_a_hand_whose_buffer_is_cut_off_writes_nothing(network, practised):
    program = ab.see("eyes", write=False) + ab.load("answer", "bar") + ab.write("hand", "answer")
    given = {"stimuli": {"eyes": PICTURES[[2, 2, 2]]}}
    intact, cut = (ab.run(network, program, practised, stuck=stuck, **given) for stuck in ({}, {"answer->hand": 0.0}))
    assert nearest(intact.drawings["hand"][0][0].image) == "bar"
    assert not cut.drawings["hand"][0][0].image.any()


def test_babbling_leaves_buffers_eyes_and_the_sheet_alone_and_needs_a_key(network, practised):
    before = ab.run(network, ab.load("answer", "bar") + ab.hold(4), practised)
    after = ab.run(network, ab.load("answer", "bar") + ab.babble("hand", 4), practised, key=jax.random.key(8))
    for name in ("name", "answer", "eyes"):
        assert eqx.tree_equal(before.state[name], after.state[name])
    assert eqx.tree_equal(before.state["hand"].pressures, after.state["hand"].pressures)
    assert not eqx.tree_equal(before.state["hand"].learned, after.state["hand"].learned)
    assert after.drawings["hand"] == [[], [], []]
    with pytest.raises(ab.ArgumentError, match="hand:babble"):
        ab.run(network, ab.babble("hand"))
    with pytest.raises(ab.UnknownNameError):
        after.drawings["foot"]


def test_a_file_keeps_the_hand(network, practised, tmp_path):
    network.save(tmp_path / "network")
    loaded = ab.Network.load(tmp_path / "network")
    assert eqx.tree_equal(loaded.areas, network.areas)
    assert loaded.wiring == network.wiring
    program = ab.see("eyes", write=False) + ab.draw("hand", steps=3)
    one, other = (ab.run(each, program, practised, stimuli={"eyes": PICTURES}) for each in (network, loaded))
    assert eqx.tree_equal(one.state, other.state)
    eqx.tree_serialise_leaves(tmp_path / "state", practised)
    kept = eqx.tree_deserialise_leaves(tmp_path / "state", network.silent(3))
    assert eqx.tree_equal(kept["hand"].learned, practised["hand"].learned)


def test_it_works_under_jit_and_passes_no_derivative(network, practised):
    gates = jnp.asarray(network.gating(["answer->hand", "hand:write", "hand:new"]))
    held = practised.replace("answer", jnp.asarray(network.codes("answer"), jnp.float32))

    def ink(code):
        after = ab.step(network, held.replace("answer", code), gates, key=jax.random.key(0))
        return jnp.sum(after["hand"].pressures)

    inked, slope = jax.jit(jax.value_and_grad(ink))(held["answer"])
    assert inked > 0.5
    assert not slope.any()


def test_training_that_was_stopped_goes_on_with_what_the_hand_had_learned(tmp_path):
    network = built(SIZES[1:], reads="name")
    lesson = ab.load("name", ab.arg("name")) + ab.see("eyes", write=False)
    lesson += ab.learn("eyes") + ab.imagine("hand") + ab.babble("hand")

    def trained(epochs, checkpoint=None):
        return ab.train(
            network,
            lesson,
            stimuli=PICTURES,
            args={"name": list(NAMES)},
            epochs=epochs,
            batch=3,
            key=jax.random.key(6),
            checkpoint=checkpoint,
            progress=False,
        ).state

    stopped = trained(2, tmp_path / "checkpoint")
    whole, gone_on = trained(4), trained(4, tmp_path / "checkpoint")
    assert eqx.tree_equal(gone_on["hand"], whole["hand"])
    assert not eqx.tree_equal(stopped["hand"].learned, whole["hand"].learned)
    assert whole["hand"].learned.value.inverse.weights.any()
    assert whole["hand"].learned.value.imagery.weights.any()
