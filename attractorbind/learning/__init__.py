"""Sensory hierarchies that learn towards what a buffer holds, and the credit rules that train them.

Needs the extra `learn`: optax.
"""

from attractorbind._learning.angle import cosines as cosines, gradient as gradient
from attractorbind._learning.backpropagation import (
    Backpropagation as Backpropagation,
    FeedbackAlignment as FeedbackAlignment,
)
from attractorbind._learning.base import (
    AbstractCreditRule as AbstractCreditRule,
    Changes as Changes,
    Credit as Credit,
    Teaching as Teaching,
    changes_of as changes_of,
)
from attractorbind._learning.burst import Burst as Burst
from attractorbind._learning.contrastive import ContrastiveHebbian as ContrastiveHebbian
from attractorbind._learning.distortion import Distortion as Distortion
from attractorbind._learning.fit import Fitted as Fitted, fit as fit
from attractorbind._learning.fit_costs import Views as Views, fit_costs as fit_costs
from attractorbind._learning.hierarchy import Hierarchy as Hierarchy
from attractorbind._learning.images import window as window
from attractorbind._learning.lateral import Lateral as Lateral, Silence as Silence, spontaneous as spontaneous
from attractorbind._learning.layers import Forward as Forward, Layer as Layer, Layers as Layers
from attractorbind._learning.learned import Learned as Learned, changes_at as changes_at
from attractorbind._learning.optimiser import (
    AbstractOptimiser as AbstractOptimiser,
    Adam as Adam,
    Descent as Descent,
)
from attractorbind._learning.perturbation import (
    NodePerturbation as NodePerturbation,
    WeightPerturbation as WeightPerturbation,
)
from attractorbind._learning.predictive import PredictiveCoding as PredictiveCoding
from attractorbind._learning.receptive_fields import receptive_field_mask as receptive_field_mask
from attractorbind._learning.reinforce import Reinforce as Reinforce
from attractorbind._learning.scaling import second_moment as second_moment, updates_to_criterion as updates_to_criterion
from attractorbind._learning.seeing import Past as Past, Seeing as Seeing
from attractorbind._learning.two_compartment import (
    Compartments as Compartments,
    TwoCompartment as TwoCompartment,
)
from attractorbind._prediction.foreseeing import Cerebellum as Cerebellum, Foreseeing as Foreseeing, Usual as Usual
from attractorbind._prediction.forward_model import (
    Foresight as Foresight,
    ForwardModel as ForwardModel,
    Situation as Situation,
)
from attractorbind.learning import costs as costs
