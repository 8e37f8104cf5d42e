"""A distortion shows images from other sides, as scipy's interpolation between pixels does."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage

from attractorbind import learning

KEY, SHAPE = jax.random.key(2), (6, 5)
IMAGES = np.random.default_rng(0).random((7, 30)).astype(np.float32)
STILL: dict[str, float] = {"shift": 0.0, "rotation": 0.0, "scale": 0.0}
MOVES = {
    "all": {"shift": 1.5, "rotation": 0.4, "scale": 0.3},
    "only shifted": {**STILL, "shift": 2.0},
    "only turned": {**STILL, "rotation": 1.0},
    "only scaled": {**STILL, "scale": 0.5},
}


def by_scipy(image: np.ndarray, drawn: np.ndarray, moves: dict[str, float]) -> np.ndarray:
    """Where each pixel looks, as a matrix, and what is there."""
    angle, size = moves["rotation"] * drawn[0], 1 + moves["scale"] * drawn[1]
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (np.array(SHAPE) - 1) / 2
    offset = middle - turn @ middle + moves["shift"] * drawn[2:]
    return ndimage.affine_transform(image.reshape(SHAPE), turn, offset, order=1, mode="grid-constant").reshape(-1)


@pytest.mark.parametrize("moves", list(MOVES))
def test_it_is_an_affine_transform_of_each_image(moves):
    found = learning.Distortion(SHAPE, **MOVES[moves])(jnp.asarray(IMAGES), KEY)
    drawn = np.asarray(jax.random.uniform(KEY, (7, 4), minval=-1.0, maxval=1.0), float)
    for image, own, row in zip(IMAGES.astype(float), drawn, np.asarray(found), strict=True):
        np.testing.assert_allclose(row, by_scipy(image, own, MOVES[moves]), atol=1e-4)
    assert not np.allclose(found, IMAGES, atol=0.05)


def test_without_moves_images_stay_as_they_are():
    np.testing.assert_allclose(learning.Distortion(SHAPE, **STILL)(jnp.asarray(IMAGES), KEY), IMAGES, atol=1e-6)


def test_every_image_is_seen_from_a_side_of_its_own_which_the_key_chooses():
    distortion, same = learning.Distortion(SHAPE), jnp.asarray(np.repeat(IMAGES[:1], 7, axis=0))
    found = np.asarray(jax.jit(distortion)(same, KEY))
    assert len(np.unique(found, axis=0)) == 7
    np.testing.assert_allclose(distortion(same, KEY), found, atol=1e-6)
    assert not np.array_equal(distortion(same, jax.random.key(3)), found)


def test_it_can_be_an_augmentation_while_a_hierarchy_is_fitted():
    def fitted(augment: Any) -> np.ndarray:
        eyes = learning.Hierarchy("eyes", sizes=[30], target="focus", rule=learning.Backpropagation())
        return np.asarray(learning.fit(eyes, IMAGES, np.eye(7), epochs=2, batch=7, key=KEY, augment=augment).loss)

    np.testing.assert_allclose(fitted(learning.Distortion(SHAPE, **STILL)), fitted(None), rtol=1e-5)
    assert not np.allclose(fitted(learning.Distortion(SHAPE)), fitted(None), rtol=1e-3)
