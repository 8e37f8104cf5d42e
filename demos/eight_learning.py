"""What the network learns before it is asked: to see, which number follows which, to draw; for architecture.py."""

import jax
import numpy as np
from eight_images import Images, distortion, lessons
from eight_network import EYES, HAND, LOOK, learn_numbers

import attractorbind as ab
from attractorbind import learning
from attractorbind.tasks import DIGITS

# Strokes drawn at random, and trials that draw side by side; digits that the hand learns to imagine.
STROKES, TOGETHER, IMAGINED = 2048, 64, 512


def learned_to_see(
    network: ab.Network, sight: learning.Hierarchy, images: Images, epochs: int, batch: int, *, seed: int
) -> ab.State:
    """A state of the network whose eyes have learned to drive the slot "seen" to what they see.

    They grow up in a network of their own, in which that slot has the same codes: each update takes as many ticks, but
    with one slot instead of ten.
    """
    nursery = ab.build(
        network.vocabulary,
        buffers={"seen": network.buffers["seen"]},
        codes={"seen": np.asarray(network.codes("seen"))},
        relays=[],
        areas=[sight],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )
    stimuli, names = lessons(images.train)
    lesson = ab.load("seen", ab.arg("shown")) + ab.see(EYES, write=False) + ab.learn(EYES)
    grown = ab.train(
        nursery,
        lesson,
        stimuli=stimuli,
        args={"shown": names},
        epochs=epochs,
        batch=batch,
        key=jax.random.key(seed),
        augment=distortion(),
        progress=False,
    )
    return network.silent().adopt(grown.state, [EYES])


def learned_to_draw(network: ab.Network, state: ab.State, images: Images, strokes: int, *, seed: int) -> ab.State:
    """A state in which the hand has babbled, and knows what digits look like that the eyes take for these digits."""
    turns = max(strokes // TOGETHER, 1)
    together = network.silent(TOGETHER)
    babbled = ab.run(network, ab.babble(HAND, turns), together.adopt(state, [EYES]), key=jax.random.key(seed)).state
    practised = together.adopt(babbled, [EYES, HAND])
    generator = np.random.default_rng(seed)
    shown = images.train.images[generator.permutation(len(images.train.images))[:IMAGINED]].reshape(TOGETHER, -1, 64)
    known = ab.holds("seen", DIGITS[0])
    for digit in DIGITS[1:]:
        known = known | ab.holds("seen", digit)
    look = LOOK + ab.when(known, ab.copy("seen", "answer") + ab.imagine(HAND))
    imagined = ab.run(network, ab.repeat(shown.shape[1], look), practised, stimuli={EYES: shown}).state
    return network.silent().adopt(imagined, [EYES, HAND])


def knows_numbers(network: ab.Network, state: ab.State) -> ab.State:
    """A state in which the numbers are known, too: each has been stored with the one after it."""
    return ab.run(network, learn_numbers(), state).state
