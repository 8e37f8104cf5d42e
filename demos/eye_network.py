"""The moving eye in a network, for moving_eye.py: a predictor that learns while a program runs."""

import jax
import numpy as np
from eye_views import Eye, Images, moved

import attractorbind as ab


def network_with_eyes(eye: Eye, moves: int) -> ab.Network:
    """A network that sees through a window, with a buffer for the command."""
    names, pixels = [f"{down:+d}{right:+d}" for down, right in eye.commands], eye.window**2
    eyes = ab.learning.Hierarchy("eyes", sizes=[pixels], target="name", rule=ab.learning.Backpropagation())
    cerebellum = ab.Predictor("cerebellum", reads=[(eyes, 0)], efference=["command"], updates=moves)
    return ab.build(
        ab.Vocabulary(names),
        buffers={"command": 64, "name": 64},
        relays=[],
        areas=[eyes, cerebellum],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


def learned_in_network(images: Images, eye: Eye, moves: int, seed: int) -> dict[str, float]:
    """The error on held-out images of a predictor in a network, beside that of the view before."""
    network, rng = network_with_eyes(eye, moves), np.random.default_rng(seed)
    names = network.vocabulary.names
    look = ab.see("eyes", write=False)
    # A view and a command, then the view that follows, with which what was foreseen is compared.
    foresee = ab.begin_episode("cerebellum") + look + ab.read("command") + ab.predict("cerebellum")
    learn = ab.repeat(moves, foresee + look + ab.predict("cerebellum"))
    some = moved(images.shown, eye, moves, rng)
    seen = np.stack([some.before, some.after], axis=1).reshape(1, 2 * moves, -1)
    commands = [[names[command] for command in some.command]]
    state = ab.run(network, learn, inputs=commands, stimuli={"eyes": seen}).state
    test = moved(images.held_out, eye, 500, np.random.default_rng(1000 + seed))
    tried = foresee + look + ab.predict("cerebellum", learn=False)
    shown = np.stack([test.before, test.after], axis=1)
    after = ab.run(
        network, tried, state, inputs=[[names[each]] for each in test.command], stimuli={"eyes": shown}
    ).state
    error = float(np.mean(np.square(after["cerebellum"].error[:, 0])))
    still = float(np.mean((test.after - test.before) ** 2))
    return {"error: in a network": error, "in a network / nothing changes": error / still}
