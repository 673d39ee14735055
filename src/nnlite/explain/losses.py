"""What each loss says of itself: its value, and the gradient that starts the way back.

Regularizers belong to it: they add to the loss a price of the weights, and pull these towards 0.
"""

from __future__ import annotations

from nnlite import losses
from nnlite.explain import activations
from nnlite.explain.watching import Judgement
from nnlite.losses import CrossEntropy, Loss
from nnlite.losses.crossentropy import SmoothedCrossEntropy, are_shares
from nnlite.losses.reduction import times_the_mean
from nnlite.regularizers import L1L2, Regularizer

_FORMULAS: dict[type[Loss], tuple[str, str]] = {
    losses.MeanSquaredError: ("Σ ({a} − {y})²", "2({a} − {y})"),
    losses.HalfSquaredError: ("Σ ½({a} − {y})²", "({a} − {y})"),
    losses.MeanAbsoluteError: ("Σ |{a} − {y}|", "sign({a} − {y})"),
    losses.Huber: ("Σ huber({a} − {y})", "clip({a} − {y}, ±{delta:g})"),
    losses.BinaryCrossentropy: (
        "−Σ ({y}·ln {a} + (1 − {y})·ln(1 − {a}))",
        "({a} − {y})/({a}(1 − {a}))",
    ),
    losses.CategoricalCrossentropy: ("−Σ {y}·ln {a}", "−{y}/{a}"),
    losses.SparseCategoricalCrossentropy: ("−Σ ln {a}[{y}]", "−onehot({y})/{a}"),
    losses.KLDivergence: ("Σ {y}·ln({y}/{a})", "−{y}/{a}"),
    losses.Hinge: ("Σ max(1 − {y}·{a}, 0)", "−{y}·({y}·{a} < 1)"),
}
# Of rows that the loss divides by their sums.
_DIVIDED: dict[type[Loss], tuple[str, str]] = {
    losses.CategoricalCrossentropy: ("−Σ {y}·ln ({a}/Σ{a})", "(Σ{y}/Σ{a} − {y}/{a})"),
    losses.SparseCategoricalCrossentropy: ("−Σ ln ({a}/Σ{a})[{y}]", "(1/Σ{a} − onehot({y})/{a})"),
}
_OF_CLASSES = (
    losses.CategoricalCrossentropy,
    losses.SparseCategoricalCrossentropy,
    losses.KLDivergence,
)


def formulas(judged: Judgement) -> tuple[str, str]:
    """Return the formula of J, the mean over the samples, and that of its gradient.

    Where loss and activation are taken together, it is the gradient of z.
    """
    loss, y, a, together = judged.loss, _truth(judged), judged.call.A, judged.at_logits
    if isinstance(loss, CrossEntropy) and loss.from_logits:
        together, (a, _) = True, activations.formulas(loss.activation, judged.call.Z)
    name, output = loss.name, judged.gradient
    # What a sum is divided by: m samples, and k judged numbers each; classes are judged together.
    places = output.size // max(len(output), 1)
    places //= output.shape[-1] if isinstance(loss, _OF_CLASSES) else 1
    count = "/m" if places == 1 else f"/({places}·m)"
    times = times_the_mean(loss.reduction, output)
    if times > 1:
        # A sum over the samples, and over their places.
        places = places * len(output) // int(times)
        count = "" if places == 1 else f"/{places}"
    value, slope = f"mean {name}({y}, {a})", f"∂{name}/∂{a}"
    patterns = (_DIVIDED if judged.divided else _FORMULAS).get(type(loss))
    if patterns:
        symbols = {"a": a, "y": y, "delta": getattr(loss, "delta", 1)}
        value, slope = (f"{text.format(**symbols)}{count}" for text in patterns)
    if together:
        truth = f"onehot({y})" if isinstance(loss, losses.SparseCategoricalCrossentropy) else y
        share = a
        if isinstance(loss, losses.CategoricalCrossentropy) and not are_shares(judged.y).all():
            share = f"{a}·Σ{y}"
        slope = f"({share} − {truth}){count}"
    return value, slope if judged.weight == 1 else f"{judged.weight:g}·{slope}"


def _truth(judged: Judgement) -> str:
    """Return the symbol of y, or what the loss makes of y."""
    loss, y = judged.loss, judged.Y
    if isinstance(loss, losses.Hinge) and (judged.y == 0).any():
        return f"(2·{y} − 1)"
    if isinstance(loss, SmoothedCrossEntropy) and loss.label_smoothing:
        s = loss.label_smoothing
        return f"({1 - s:g}·{y} + {s * loss.even(judged.y.shape[-1]):.4g})"
    return y


def penalty(regularizer: Regularizer, W: str) -> tuple[str, str]:
    """Return the price of one weight, and what it adds to the weight's gradient.

    >>> penalty(L1L2(l1=0.1, l2=0.01), "W1")
    ('0.1·Σ |W1| + 0.01·Σ W1²', ' + 0.1·sign(W1) + 0.02·W1')
    """
    if not isinstance(regularizer, L1L2):
        name = type(regularizer).__name__
        return f"{name}({W})", f" + ∂{name}/∂{W}"
    l1, l2 = regularizer.l1, regularizer.l2
    price = [f"{l1:g}·Σ |{W}|"] * bool(l1) + [f"{l2:g}·Σ {W}²"] * bool(l2)
    pull = f" + {l1:g}·sign({W})" * bool(l1) + f" + {2 * l2:g}·{W}" * bool(l2)
    return " + ".join(price), pull
