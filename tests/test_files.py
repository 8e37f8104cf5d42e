"""Networks in files: the same after as before, or an error that says what is wrong."""

import dataclasses
import os
import pickle
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import CONFIGURATIONS, MEMORIES, network
from files import (
    KINDS,
    NETWORK,
    assert_refused_or_same,
    assert_refused_or_works,
    assert_same,
    is_refused,
    kinds_of_networks,
    mutated,
    unsealed,
    wrongly_described,
    wrongly_kept,
)

import attractorbind as ab
from attractorbind import _on_disk
from attractorbind._sealed import write_sealed
from attractorbind.testing import check_binding


@pytest.mark.parametrize("configuration", [*CONFIGURATIONS, *MEMORIES])
def test_a_network_comes_back_bit_for_bit(configuration: str, tmp_path: Path):
    built = network(configuration)
    built.save(tmp_path / "it")
    assert_same(built, ab.Network.load(tmp_path / "it"))
    # Whatever was there is replaced, and nothing else is left behind.
    network("all, direct").save(str(tmp_path / "it"))
    assert_same(network("all, direct"), ab.Network.load(str(tmp_path / "it")))
    assert os.listdir(tmp_path) == ["it"]


def test_it_runs_and_learns_on(tmp_path: Path):
    built = network("memory")
    built.save(tmp_path / "it")
    loaded = ab.Network.load(tmp_path / "it")
    program = ab.load("a", "s1") + ab.copy("a", "b") + ab.store("m", ["a", "b"])
    state = ab.run(built, program).state
    again = ab.run(loaded, program.compile(built)).state
    assert jax.tree.all(jax.tree.map(lambda one, other: bool((one == other).all()), state, again))
    assert_same(ab.imprint(built, ["new"]), ab.imprint(loaded, ["new"]))


class Own(ab.Hebbian):
    """A rule of the user's own, with settings of all kinds."""

    gain: float = 1.0
    table: jax.Array = eqx.field(default_factory=lambda: jnp.arange(3))
    inner: ab.AbstractStorageRule = ab.Perceptron()
    told: dict = eqx.field(static=True, default_factory=lambda: {"name": "x", "sizes": (1, 2)})


def one_buffer(rule: ab.AbstractStorageRule) -> ab.Network:
    return ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 64}, activity=0.1, rule=rule, key=jax.random.key(0))


def test_a_rule_of_ones_own_comes_back_with_its_settings(tmp_path: Path):
    built = one_buffer(Own(gain=2.0, inner=ab.Perceptron(margin=0.25)))
    built.save(tmp_path / "it")
    for classes in ((), [ab.Hebbian], [AtEnds]):
        with pytest.raises(ab.FileError, match=r"'Own', which is not known; give the class, classes=\[Own\]") as caught:
            ab.Network.load(tmp_path / "it", classes=classes)
        assert repr(str(tmp_path / "it")) in str(caught.value)
    again = ab.Network.load(tmp_path / "it", classes=[Own, AtEnds])
    assert_same(built, again)
    assert eqx.tree_equal(again.rule, built.rule)
    assert_same(ab.imprint(built, ["new"]), ab.imprint(again, ["new"]))


class Unsaveable(ab.Hebbian):
    function: Any = eqx.field(static=True, default=jnp.tanh)


class Holding(ab.Hebbian):
    held: Any = None


def round_in_a_circle() -> ab.AbstractStorageRule:
    circle: list[Any] = []
    rule = Unsaveable(circle)
    circle.append(circle)
    return rule


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Unsaveable(), r"network\.rule\.function is a .*cannot hold"),
        (Holding({"a": [1, {2}]}), r"network\.rule\.held\.a\[1\] is a set"),
        (Holding({1: 2}), r"network\.rule\.held is a mapping with keys that are no strings"),
        (Holding(jnp.zeros(2, jnp.float8_e5m2)), r"network\.rule\.held is an array of float8_e5m2"),
        (Holding(np.zeros(2, complex)), r"network\.rule\.held is an array of complex128"),
        (Holding(np.ma.masked_array([1, 2], [True, False])), r"network\.rule\.held is a MaskedArray"),
        (Holding(np.array(["a"])), r"network\.rule\.held is an array of <U1"),
        (Holding({"a" * 400: {1}}), r"network\.rule\.held\.aaa.*\.\.\. is a set"),
        (round_in_a_circle(), r"network holds what goes too deep, or round in a circle"),
        (Holding(10**5000), r"a number of too many digits"),
        (Holding(type("Own", (Own,), {})()), None),
        (Holding((Own(), type("Own", (Own,), {})())), r"network\.rule\.held\[1\] is a Own, and so is another"),
        (Holding(ab.Hebbian), r"network\.rule\.held is a"),
    ],
)
def test_what_a_file_cannot_hold_is_named_and_nothing_is_written(rule, told, tmp_path: Path):
    built = dataclasses.replace(one_buffer(ab.Hebbian()), rule=rule)
    if told is None:
        return built.save(tmp_path / "it")
    with pytest.raises(ab.FileError, match=told) as caught:
        built.save(tmp_path / "it")
    assert len(str(caught.value)) <= 300
    assert os.listdir(tmp_path) == []
    return None


HELD = [
    *(jnp.arange(3).astype(dtype) for dtype in ("bool", "int8", "int32", "uint8", "float16", "bfloat16", "complex64")),
    *(np.arange(3).astype(dtype) for dtype in ("int64", "float64")),
    jnp.zeros((0, 3)),
    np.float32(0.1),
    jax.random.key(5),
    jax.random.split(jax.random.key(5, impl="rbg")),
    [float("inf"), 10**300, "\ud800", None, True, (), {}],
]


@pytest.mark.parametrize("held", HELD, ids=lambda held: f"{type(held).__name__} {getattr(held, 'dtype', '')}")
def test_what_a_file_can_hold_comes_back(held: Any, tmp_path: Path):
    dataclasses.replace(one_buffer(ab.Hebbian()), rule=Holding(held)).save(tmp_path / "it")
    rule = ab.Network.load(tmp_path / "it", classes=[Holding]).rule
    assert isinstance(rule, Holding)
    assert eqx.tree_equal(rule.held, held)


def test_numbers_that_jax_would_shorten_are_refused_unless_it_is_set_to_have_them(tmp_path: Path):
    one_buffer(Holding(jnp.zeros(2))).save(tmp_path / "it")
    description, arrays = unsealed(tmp_path / "it")
    wide = np.array([2**40, 1])
    write_sealed(tmp_path / "it", NETWORK, description, arrays | {"network.rule.held": wide})
    with pytest.raises(ab.FileError, match=r"held is of int64, which JAX would shorten; set jax\.config\.update"):
        ab.Network.load(tmp_path / "it", classes=[Holding])


def test_a_class_that_has_changed_is_refused(tmp_path: Path):
    one_buffer(Own()).save(tmp_path / "it")
    changed = type("Own", (ab.Hebbian,), {"__annotations__": {"other": float}, "other": 1.0})
    with pytest.raises(ab.FileError, match=r"its Own has the fields 'gain'.*the class that was given 'other'"):
        ab.Network.load(tmp_path / "it", classes=[changed])
    with pytest.raises(ab.FileError, match="two that are called 'Own'"):
        ab.Network.load(tmp_path / "it", classes=[Own, changed])
    # What makes no setting of a rule is no network, whoever wrote it.
    one_buffer(ab.Perceptron(margin=0.25)).save(tmp_path / "it")
    description, arrays = unsealed(tmp_path / "it")
    description["modules"]["dict"]["rule"]["fields"]["margin"]["plain"] = -0.5
    write_sealed(tmp_path / "it", NETWORK, description, arrays)
    with pytest.raises(ab.FileError, match=r"no network that makes sense \(margin is -0.5"):
        ab.Network.load(tmp_path / "it")


class AtEnds(ab.AbstractSynapses):
    """Weights of so many sources of each target, kept as their numbers and values; settings of all kinds."""

    rows: jax.Array
    values: jax.Array
    bias: jax.Array
    sources: int = eqx.field(static=True)
    scale: float = 1.0

    @property
    def weights(self):
        columns = jnp.arange(self.rows.shape[1])
        return jnp.zeros(self.shape, jnp.float32).at[self.rows, columns].add(self.scale * self.values)

    @property
    def shape(self):
        return self.sources, self.rows.shape[1]

    def weighted(self, activity):
        return self.scale * jnp.sum(activity[:, self.rows] * self.values[None], axis=1)

    def largest_sum(self):
        return self.scale * jnp.sum(jnp.abs(self.values), axis=0).max() + jnp.abs(self.bias).max()


class Sparse(ab.AbstractStorageRule):
    """A rule that returns them."""

    kept: int = 32

    def learn(self, source, target, *, recurrent):
        full = ab.PseudoInverse().learn(source, target, recurrent=recurrent)
        rows = jnp.argsort(-jnp.abs(full.weights), axis=0)[: self.kept]
        values = jnp.take_along_axis(full.weights, rows, axis=0)
        # A third is no multiple of any quantum.
        return AtEnds(rows, values / 3, full.bias / 3 - 0.1, source.shape[1])


PROGRAM = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.clear("a") + ab.copy("b", "a") + ab.hold(3)


def test_synapses_of_ones_own_keep_their_form(tmp_path: Path):
    names = [f"s{number}" for number in range(5)]
    options = {"buffers": {"a": 64, "b": 80}, "activity": 0.15, "key": jax.random.key(1), "strict": True}
    built = ab.build(ab.Vocabulary(names), rule=Sparse(), **options)
    assert {type(each) for each in built.synapses} == {AtEnds}
    learned = Sparse().learn(built.codes("a"), built.codes("b"), recurrent=False)
    # Not rounded, and of float32.
    np.testing.assert_array_equal(built.synapses_between("a", "b").values, learned.values)
    assert built.synapses_between("a", "b").rows.dtype == jnp.int32
    trace = ab.run(built, PROGRAM, args={"x": names})
    assert trace.decode() == {"a": names, "b": names}
    check_binding(built, max_examples=3)
    built.save(tmp_path / "it")
    with pytest.raises(ab.FileError, match="'Sparse'"):
        ab.Network.load(tmp_path / "it")
    with pytest.raises(ab.FileError, match="'AtEnds'"):
        ab.Network.load(tmp_path / "it", classes=[Sparse])
    again = ab.Network.load(tmp_path / "it", classes=[Sparse, AtEnds])
    assert_same(built, again)
    assert eqx.tree_equal(built.synapses, again.synapses)
    assert jax.tree.structure(built) == jax.tree.structure(again)
    assert ab.imprint(again, ["new"]).report().wrong_bits == 0
    hurt = ab.lesion(built, synapses=0.1, key=jax.random.key(2))
    assert {type(each) for each in hurt.synapses} == {ab.PlasticSynapses}


class OwnMemory(ab.SnapshotMemory):
    """An area of the user's own class."""


def test_an_area_of_ones_own_comes_back(tmp_path: Path):
    memory = OwnMemory("m", units=256, capacity=4)
    options = {"buffers": {"a": 64, "b": 64}, "activity": 0.1, "rule": ab.PseudoInverse(), "key": jax.random.key(0)}
    built = ab.build(ab.Vocabulary(["dog", "cat"]), areas=[memory], **options)
    built.save(tmp_path / "it")
    with pytest.raises(ab.FileError, match=r"classes=\[OwnMemory\]"):
        ab.Network.load(tmp_path / "it")
    assert eqx.tree_equal(ab.Network.load(tmp_path / "it", classes=[OwnMemory]), built)


def test_exact_synapses_stay_on_their_grid_beside_plastic_ones(tmp_path: Path):
    built = network("all, direct")
    relay = built.synapses_between("a", "b")
    plastic = ab.PlasticSynapses(relay.weights / 3, relay.bias / 3)
    mixed = built.replace("a", "b", plastic)
    for before, after, each in zip(built.synapses, mixed.synapses, built.wiring.projections, strict=True):
        expected = plastic if (each.source, each.target) == (0, 1) else before
        assert eqx.tree_equal(after, expected)
    assert mixed.drive == built.drive
    check_binding(mixed, max_examples=3)
    mixed.save(tmp_path / "it")
    assert eqx.tree_equal(ab.Network.load(tmp_path / "it").synapses, mixed.synapses)
    large = built.replace("a", "b", ab.PlasticSynapses(1000 * relay.weights, 1000 * relay.bias))
    assert large.drive > 500 * built.drive
    with pytest.raises(ab.NetworkError, match="rounded away"):
        built.replace("a", "b", ab.PlasticSynapses(1e8 * relay.weights, 1e8 * relay.bias))


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path):
    path = tmp_path / "it"
    network("memory").save(path)
    whole = path.read_bytes()

    def told(content: bytes) -> str:
        path.write_bytes(content)
        with pytest.raises(ab.FileError) as caught:
            ab.Network.load(path)
        assert repr(str(path)) in str(caught.value)
        assert len(str(caught.value)) <= 300
        return str(caught.value)

    for foreign in (b"", b"hello", b"PK\x03\x04" * 20, pickle.dumps({"a": 1}), b"\x93NUMPY", whole[1:], whole[:40]):
        assert "is no network of attractorbind's" in told(foreign)
    for length in (200, len(whole) // 2, len(whole) - 1):
        assert "truncated" in told(whole[:length])
    for place in (2, 120, 200, 300, len(whole) // 2, len(whole) - 1):
        assert "altered" in told(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert "altered" in told(whole + b"x")


@pytest.mark.parametrize("kind", ["memory", "hierarchy", "factors"])
def test_arrays_that_do_not_fit_are_refused_behind_a_right_checksum(kind: str, tmp_path: Path):
    path, built = tmp_path / "it", kinds_of_networks()[kind]
    built.save(path)
    description, arrays = unsealed(path)
    taken = []
    for change, changed in wrongly_kept(arrays):
        write_sealed(path, NETWORK, description, changed)
        if not is_refused(lambda: ab.Network.load(path), path):
            taken.append(change)
    assert taken == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_value_anywhere_in_the_description_is_refused_or_makes_a_network_that_works(kind: str, tmp_path: Path):
    path, built = tmp_path / "it", kinds_of_networks()[kind]
    built.save(path)
    description, arrays = unsealed(path)
    changes = list(wrongly_described(description))
    for number in np.random.default_rng(0).choice(len(changes), 30, replace=False):
        _, changed = changes[number]
        write_sealed(path, NETWORK, changed, arrays)
        assert_refused_or_works(built, path)


def test_other_wiring_than_its_buffers_relays_and_areas_make_is_refused(tmp_path: Path):
    path = tmp_path / "it"
    network("memory").save(path)
    description, arrays = unsealed(path)
    wiring = description["wiring"]
    for part, field, wrong in (
        ("projections", "gate", 99),
        ("projections", "gate", -1),
        ("projections", "gate", 1),
        ("projections", "source", 7),
        ("projections", "target", -1),
        ("populations", "name", "z"),
        ("populations", "kind", "nucleus"),
        ("populations", "units", 41),
        ("gates", "kind", "relay"),
        ("gates", "kind", "nothing"),
        ("gates", "name", "b"),
        ("gates", "delay", 3),
        ("gates", "target", "z"),
        ("areas", "name", "b"),
        ("areas", "reads", ["z"]),
        ("areas", "writes", []),
        ("areas", "largest_field", float("nan")),
        ("areas", "units", 2**40),
    ):
        changed = {**wiring, part: [{**wiring[part][0], field: wrong}, *wiring[part][1:]]}
        write_sealed(path, NETWORK, {**description, "wiring": changed}, arrays)
        with pytest.raises(ab.FileError, match="no network that makes sense"):
            ab.Network.load(path)


@pytest.mark.parametrize("wrong", [jnp.nan, jnp.inf, 1e38])
def test_what_could_not_be_loaded_is_not_saved(wrong: float, tmp_path: Path):
    built = network("all, direct")
    broken = eqx.tree_at(lambda each: each.synapses[0].weights, built, replace_fn=lambda weights: weights + wrong)
    with pytest.raises(ab.FileError, match="a file cannot hold this network"):
        broken.save(tmp_path / "it")
    assert os.listdir(tmp_path) == []


def test_paths(tmp_path: Path):
    built = network("all, direct")
    with pytest.raises(ab.FileError, match=r"cannot read .*No such file"):
        ab.Network.load(tmp_path / "none")
    for path in ("", "new/", "a\0b"):
        for call in (built.save, ab.Network.load):
            with pytest.raises(ab.FileError, match="path is"):
                call(path)
    with pytest.raises(ab.FileError, match=r"cannot read .*directory"):
        ab.Network.load(tmp_path)
    with pytest.raises(ab.FileError, match=r"cannot write .*No such file"):
        built.save(tmp_path / "none" / "it")
    with pytest.raises(ab.FileError, match="cannot write"):
        built.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "it"
    network("all, direct").save(path)

    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_on_disk.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        network("memory").save(path)
    monkeypatch.undo()
    assert_same(network("all, direct"), ab.Network.load(path))
    assert os.listdir(tmp_path) == ["it"]


def test_mutated_files_are_refused_or_the_same(tmp_path: Path):
    path = tmp_path / "it"
    built = network("all, direct")
    built.save(path)
    whole = path.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(200):
        assert_refused_or_same(built, whole, mutated(whole, generator), path)
