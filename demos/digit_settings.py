"""How each credit rule is trained to read digits, for digits.py."""

from typing import NamedTuple

from attractorbind import learning


class Setting(NamedTuple):
    """A credit rule, and how it is trained."""

    rule: learning.AbstractCreditRule
    rate: float
    epochs: int
    batch: int
    readout: str = "softmax"  # where there is one output unit per class


class Settings(NamedTuple):
    """How a rule is trained towards one unit per class, by itself, and towards the codes of a buffer, in a network.

    `augmented` is towards one unit per class, with pictures that are shown from another side at every update. Most were
    chosen on parts of the training pictures, see --validate; docs/learning.md says which were not.
    """

    classes: Setting
    codes: Setting
    augmented: Setting


def settings(
    rule: learning.AbstractCreditRule, rate: float, epochs: int, *, codes: Setting | None = None, longer: Setting
) -> Settings:
    """Settings of a rule that is trained in batches of 32."""
    usual = Setting(rule, rate, epochs, 32)
    return Settings(usual, usual if codes is None else codes, longer)


BACKPROPAGATION, ALIGNMENT = learning.Backpropagation(), learning.FeedbackAlignment()
DIRECT, BURST, LEARNED = learning.FeedbackAlignment(direct=True), learning.Burst(), learning.Burst(learned=True)
HEBBIAN, NODE = learning.ContrastiveHebbian(), learning.NodePerturbation(draws=4)
PREDICTIVE, COMPARED = learning.PredictiveCoding(), learning.TwoCompartment(before_and_after=True)
SETTINGS = {
    "backpropagation": settings(
        BACKPROPAGATION,
        1e-3,
        30,
        codes=Setting(BACKPROPAGATION, 2e-3, 30, 32),
        longer=Setting(BACKPROPAGATION, 2e-3, 300, 32),
    ),
    "contrastive-hebbian": Settings(
        Setting(HEBBIAN, 1e-3, 30, 32, "sigmoid"),
        Setting(HEBBIAN, 1e-3, 30, 32),
        Setting(HEBBIAN, 1e-3, 90, 32, "sigmoid"),
    ),
    "burst": settings(BURST, 4e-3, 60, longer=Setting(BURST, 8e-3, 600, 32)),
    "burst-learned-feedback": settings(LEARNED, 4e-3, 60, longer=Setting(LEARNED, 4e-3, 300, 32)),
    "feedback-alignment": settings(
        ALIGNMENT, 1e-3, 30, codes=Setting(ALIGNMENT, 2e-3, 60, 32), longer=Setting(ALIGNMENT, 2e-3, 300, 32)
    ),
    "direct-feedback-alignment": settings(
        DIRECT, 1e-3, 30, codes=Setting(DIRECT, 2e-3, 60, 32), longer=Setting(DIRECT, 2e-3, 300, 32)
    ),
    "two-compartment": Settings(
        Setting(learning.TwoCompartment(), 1e-3, 30, 32, "sigmoid"),
        Setting(COMPARED, 1e-3, 30, 32),
        Setting(COMPARED, 1e-3, 300, 32, "sigmoid"),
    ),
    "predictive-coding": settings(
        PREDICTIVE, 1e-3, 30, codes=Setting(PREDICTIVE, 2e-3, 60, 32), longer=Setting(PREDICTIVE, 1e-3, 300, 32)
    ),
    "node-perturbation": Settings(
        Setting(NODE, 3e-3, 150, 128), Setting(NODE, 3e-3, 150, 128), Setting(NODE, 3e-3, 600, 128)
    ),
    "weight-perturbation": Settings(
        Setting(learning.WeightPerturbation(), 3e-3, 400, 128),
        Setting(learning.WeightPerturbation(draws=16), 1e-2, 100, 32),
        Setting(learning.WeightPerturbation(), 3e-3, 800, 128),
    ),
    "reinforce": Settings(
        Setting(learning.Reinforce(), 1e-3, 300, 128),
        Setting(learning.Reinforce(critic=False), 2e-3, 600, 128),
        Setting(learning.Reinforce(), 1e-3, 600, 128),
    ),
}
