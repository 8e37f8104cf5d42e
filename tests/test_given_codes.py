"""Codes of a user's own for some buffers: small images that a latch completes and relays pass on."""

import warnings
from functools import cache
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab
from attractorbind._codes import random_codes
from attractorbind._nameless import nameless
from attractorbind._synapses.quality import stabilities
from attractorbind.testing import check_binding, check_capacity

DRAWN = {
    "tee": "########.######.....##......##......##......##......##......##..",
    "ell": "##......##......##......##......##......##......#######.#######.",
    "ring": "..####...######.##....####....####....####....##.######...####..",
    "slope": "##.......##.......##.......##.......##.......##.......##.......#",
    "dot": "..........................####....####..........................",
    "bars": "#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.",
}
NAMES = list(DRAWN)
IMAGES = np.array([[pixel == "#" for pixel in image] for image in DRAWN.values()])


@cache
def build(rule: ab.AbstractStorageRule | None = None, names: tuple[str, ...] = tuple(NAMES), **options) -> ab.Network:
    usual = {"buffers": ("image", "word"), "activity": 0.1, "key": jax.random.key(0)}
    options = usual | options
    buffers = {buffer: IMAGES.shape[1] if buffer == "image" else 96 for buffer in options.pop("buffers")}
    images = IMAGES[[NAMES.index(name) for name in names]]
    return ab.build(
        ab.Vocabulary(names), buffers=buffers, codes={"image": images}, rule=rule or ab.MaximalStability(), **options
    )


def corrupted(network: ab.Network, pixels: int) -> ab.State:
    generator = np.random.default_rng(0)
    images = np.array(network.codes("image"))
    for image in images:
        image[generator.choice(image.size, pixels, replace=False)] ^= True
    return network.silent(len(images)).replace("image", jnp.asarray(images, jnp.float32))


def test_codes_are_those_given_and_all_others_are_drawn_as_ever():
    network = build()
    assert network.given == ("image",)
    assert network.codes("image").dtype == bool
    np.testing.assert_array_equal(network.codes("image"), IMAGES)
    plain = ab.build(
        network.vocabulary,
        buffers=network.buffers,
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    np.testing.assert_array_equal(network.codes("word"), plain.codes("word"))
    for kind in (np.float32, np.int8):
        again = ab.build(
            network.vocabulary,
            buffers=network.buffers,
            codes={"image": IMAGES.astype(kind)},
            activity=0.1,
            rule=ab.MaximalStability(),
            key=jax.random.key(0),
        )
        assert eqx.tree_equal(again, network)


def test_a_corrupted_image_is_completed_and_copied_to_codes_that_are_drawn():
    network = build()
    state = corrupted(network, pixels=3)
    program = ab.hold(3) + ab.copy("image", "word") + ab.clear("image") + ab.hold(2)
    trace = ab.run(network, program, state)
    assert trace.decode() == {"image": [None] * 6, "word": NAMES}
    back = ab.run(network, ab.copy("word", "image") + ab.hold(2), trace.state)
    assert back.decode() == {"image": NAMES, "word": NAMES}
    np.testing.assert_array_equal(back.state["image"], IMAGES)
    completed = ab.run(network, ab.hold(5), state).state
    np.testing.assert_array_equal(completed["image"], IMAGES)
    check_capacity(network, corruption=0.1)


@pytest.mark.parametrize("rule", [ab.PseudoInverse(), ab.Perceptron(), ab.MaximalStability()], ids=lambda r: str(r)[:5])
@pytest.mark.parametrize("kinds", [{}, {"relay": "nucleus", "latch": "loop"}], ids=str)
def test_networks_with_images_bind(rule: ab.AbstractStorageRule, kinds: dict):
    network = build(rule, strict=True, **kinds)
    check_binding(network, max_examples=3)


def test_local_rules_store_a_few_images():
    for rule in (ab.Hebbian(), ab.Storkey()):
        network = build(rule, ("tee", "ell", "slope"), strict=True)
        still = network.silent(3).replace("image", network.codes("image").astype(float))
        np.testing.assert_array_equal(ab.tick(network, still)["image"], still["image"])


def test_conditions_and_snapshots_read_images():
    memory = ab.SnapshotMemory("m", units=256, capacity=8)
    network = build(areas=(memory,))
    asked = ab.when(ab.equal("image", "word"), ab.load("word", "dot"), ab.clear("word"))
    program = ab.load("image", ab.arg("x")) + ab.load("word", ab.arg("y")) + ab.store(memory, ["image", "word"]) + asked
    trace = ab.run(network, program, args={"x": NAMES, "y": ["tee"] * 6})
    assert trace.decode()["word"] == ["dot", *[None] * 5]
    recalled = ab.run(network, ab.clear("word") + ab.recall(memory, ["image"]), trace.state)
    assert recalled.decode()["word"] == ["tee"] * 6
    by_word = ab.load("word", "tee") + ab.clear("image") + ab.recall(memory, ["word"])
    assert ab.run(network, by_word, trace.state).decode()["image"] == NAMES


def test_the_report_says_what_the_codes_cost():
    (told,) = build().report().codes
    assert (told.buffer, told.units, told.active) == ("image", 64, (8, 36))
    correlations = np.corrcoef(IMAGES)
    np.fill_diagonal(correlations, -1)
    first, second = np.unravel_index(correlations.argmax(), correlations.shape)
    assert told.alike == (NAMES[first], NAMES[second])
    assert told.correlation == pytest.approx(correlations.max())
    rows = build().report().projections
    assert told.stability == min(row.stability for row in rows if "image" in (row.source, row.target))
    assert told.stability_elsewhere == min(row.stability for row in rows if row.gate == "word")
    assert told.stability < told.stability_elsewhere
    line = str(build().report()).splitlines()[-1]
    assert line.startswith("codes given for 'image': 8 to 36 of 64 units on; most alike ")
    alone = build(buffers=("image",)).report()
    assert alone.codes[0].stability_elsewhere == float("inf")
    assert "elsewhere" not in str(alone)


def test_of_codes_that_differ_in_number_the_weights_common_part_counts():
    source = np.array(random_codes(5, 60, 12, key=jax.random.key(1)))
    target = np.array(random_codes(5, 40, 8, key=jax.random.key(2)))
    synapses = ab.PseudoInverse().learn(jnp.asarray(source), jnp.asarray(target), recurrent=False)
    raised = ab.Synapses(synapses.weights + 1.0, synapses.bias - 12.0)
    same = [stabilities(each, jnp.asarray(source), jnp.asarray(target), recurrent=False) for each in (synapses, raised)]
    np.testing.assert_allclose(*same, rtol=1e-3)
    source[0, np.flatnonzero(source[0])[0]] = False
    told = stabilities(raised, jnp.asarray(source), jnp.asarray(target), recurrent=False)
    fields = np.where(target, 1, -1) * (source @ np.array(raised.weights, float) + np.array(raised.bias))
    expected = fields.min(axis=0) / np.linalg.norm(source.std() * np.array(raised.weights), axis=0)
    np.testing.assert_allclose(told, expected, rtol=1e-3)


def test_it_comes_back_from_a_file(tmp_path: Path):
    build().save(tmp_path / "it")
    assert eqx.tree_equal(ab.Network.load(tmp_path / "it"), build())


@pytest.mark.parametrize("free", [0, 2])
def test_new_symbols_are_drawn_at_the_mean_activity_or_given(free: int):
    four = build(names=tuple(NAMES[:4]), free=free)
    larger = ab.imprint(four, ["new"])
    np.testing.assert_array_equal(larger.codes("image")[:4], IMAGES[:4])
    assert larger.codes("image")[4].sum() == round(IMAGES[:4].sum(axis=1).mean())
    assert larger.report().wrong_bits == 0
    given = ab.imprint(four, NAMES[4:], codes={"image": IMAGES[4:]})
    np.testing.assert_array_equal(given.codes("image"), IMAGES)
    np.testing.assert_array_equal(given.codes("word"), build().codes("word"))
    program = ab.load("image", "dot") + ab.copy("image", "word")
    assert ab.run(given, program).decode() == {"image": ["dot"], "word": ["dot"]}
    # Where codes were drawn so far, they may be given from then on.
    word = np.zeros((1, 96), bool)
    word[0, :7] = True
    assert ab.imprint(four, ["new"], codes={"word": word}).given == ("image", "word")
    with pytest.raises(ab.NetworkError, match=r"'tee' and 'new' have the same code in buffer 'image'"):
        ab.imprint(four, ["new"], codes={"image": IMAGES[:1]})


def test_activity_is_asked_for_only_where_codes_are_drawn():
    alone = build(buffers=("image",), activity=None)
    assert eqx.tree_equal(alone, build(buffers=("image",)))
    with pytest.raises(ab.ArgumentError, match=r"activity is None.*from 0 to 1.*'word'"):
        build(activity=None)


def test_codes_that_are_too_much_alike_are_told():
    nearly = IMAGES.copy()
    nearly[1] = nearly[0]
    nearly[1, 62:] = True
    options = {
        "buffers": {"image": 64},
        "relays": [],
        "rule": ab.MaximalStability(),
        "key": jax.random.key(0),
    }
    with pytest.warns(ab.CodeWarning, match=r"'tee' and 'ell' in buffer 'image' correlate by 0\.9\d.*differ more"):
        network = ab.build(ab.Vocabulary(NAMES), codes={"image": nearly}, **options)
    assert network.report().codes[0].alike == ("tee", "ell")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ab.build(ab.Vocabulary(NAMES), codes={"image": IMAGES}, **options)


def test_drivers_do_not_know_whose_codes_they_are():
    plain = ab.build(
        ab.Vocabulary(NAMES), buffers=build().buffers, activity=0.1, rule=ab.MaximalStability(), key=jax.random.key(0)
    )
    one, other = (jax.tree.structure(nameless(each)) for each in (plain, build()))
    assert one == other
