"""What theory says that synapses can store: Gardner's limits, and that of Hopfield's rule."""

import numpy as np
from scipy.optimize import minimize_scalar, root_scalar
from scipy.special import erf
from scipy.stats import norm


def critical_load(activity: float, margin: float = 0.0) -> float:
    r"""The largest load S/N at which a unit can be given a stability, in the limit of many units.

    $1/\alpha = f \, J_2(M + \kappa) + (1 - f) \, J_2(\kappa - M)$ with $J_n(a) = \int_{-a}^\infty Dt \, (t + a)^n$, and
    the bias M from $f \, J_1(M + \kappa) = (1 - f) \, J_1(\kappa - M)$.

    **Arguments:**

    - `activity`: f, the fraction of symbols for which a unit is on.
    - `margin`: the stability kappa.

    **Reference:** E. Gardner 1988, J. Phys. A 21:257.
    """
    reach = 20.0 + margin
    bias = root_scalar(
        lambda m: activity * _first(m + margin) - (1 - activity) * _first(margin - m), bracket=(-reach, reach)
    ).root
    return 1 / (activity * _second(bias + margin) + (1 - activity) * _second(margin - bias))


def largest_stability(load: float, activity: float) -> float:
    """The largest stability that a unit can be given, at a load below the critical one."""
    return float(root_scalar(lambda margin: critical_load(activity, margin) - load, bracket=(0.0, 50.0)).root)


def _first(a: float) -> float:
    return float(a * norm.cdf(a) + norm.pdf(a))


def _second(a: float) -> float:
    return float((1 + a * a) * norm.cdf(a) + a * norm.pdf(a))


def _hopfield_load() -> float:
    r"""The largest load at which the retrieval state of Hopfield's network survives, without a temperature.

    With overlap $m = \mathrm{erf}(y)$ the load is $\alpha(y) = \big(\mathrm{erf}(y) / y -
    2 e^{-y^2} / \sqrt{\pi}\big)^2 / 2$ for some y, and the largest of them is the limit, 0.138.
    """

    def load(y: float) -> float:
        return (erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-(y**2))) ** 2 / 2

    best = minimize_scalar(lambda y: -load(y), bounds=(0.5, 4.0), method="bounded")
    return float(load(best.x))  # pyright: ignore[reportAttributeAccessIssue]


# Amit, Gutfreund & Sompolinsky 1985, Phys. Rev. Lett. 55:1530.
HOPFIELD_LOAD = _hopfield_load()
