"""What rules compute with NumPy, where codes are few, is what JAX comes to where they are many, or traced."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab
from attractorbind._codes import random_codes
from attractorbind._namespace import at_hand, compiled, namespace, on_device, on_host

RULES = [ab.Hebbian(), ab.Storkey(), ab.PseudoInverse(), ab.Perceptron(), ab.MaximalStability()]


def codes(units: int) -> np.ndarray:
    return random_codes(6, units, units // 8, key=jax.random.key(units))


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("target", [48, 64])
def test_numpy_and_jax_learn_the_same(rule: ab.AbstractStorageRule, target: int) -> None:
    pair, recurrent = on_device((codes(64), codes(target))), target == 64
    own = rule.learn(*pair, recurrent=recurrent)
    # A user's own rule may call one of ours, and gets JAX's arrays.
    assert all(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(own))
    assert own.weights.dtype == own.bias.dtype == jnp.float32
    traced = jax.jit(lambda *given: rule.learn(*given, recurrent=recurrent).dense())(*pair)
    np.testing.assert_allclose(own.weights, traced.weights, atol=1e-5)
    np.testing.assert_allclose(own.bias, traced.bias, atol=1e-5)


def test_a_kernel_without_an_inverse_gives_no_numbers() -> None:
    alike = jnp.asarray(np.repeat(codes(64)[:1], 3, axis=0))
    assert jnp.isnan(ab.PseudoInverse(ridge=1e-30).learn(alike, alike, recurrent=False).bias).all()


def test_what_is_at_hand() -> None:
    few, many = jnp.zeros(3), jnp.zeros(4)
    assert isinstance(at_hand(few, 3), np.ndarray)
    assert at_hand(many, 3) is many
    # Together they are too many, and then all are JAX's.
    assert not any(map(on_host, at_hand((few, np.zeros(1)), 3)))
    assert at_hand((few, 0.5), 4)[1] == 0.5
    traced = []
    jax.jit(lambda array: traced.append(on_host(at_hand(array, 3))))(few)
    assert traced == [False]
    assert namespace(np.zeros(1), np.float32(1)) is np
    assert namespace(np.zeros(1), few) is jnp


def test_numpy_is_not_compiled_and_divides_by_zero_in_silence() -> None:
    seen = []

    @compiled("by")
    def divided(array: object, by: int) -> object:
        seen.append(type(array))
        return namespace(array).divide(array, by)

    assert np.isnan(divided(np.zeros(2, np.float32), by=0)).all()
    assert seen == [np.ndarray]
    assert jnp.isnan(divided(jnp.zeros(2), by=0)).all()
    assert issubclass(seen[1], jax.core.Tracer)
