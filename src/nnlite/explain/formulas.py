"""What each kind of layer says of itself: its equations, forward and backward, with their shapes.

Layers know nothing of this page. A layer that is not on it, such as your own, is told in general
terms: its name, its shapes, and the gradients of its weights.
"""

from __future__ import annotations

import numpy as np

from nnlite import layers
from nnlite.explain import activations, general
from nnlite.explain.convolutions import CONVOLUTIONS
from nnlite.explain.general import Formulas, equation, input_line, kernel_lines, weight_line
from nnlite.explain.lines import Line, shape_of, spelled
from nnlite.explain.watching import Call
from nnlite.explain.weightless import WEIGHTLESS
from nnlite.layers.layer import Layer


def _dense_backward(call: Call) -> list[Line | None]:
    """Return dW = xᵀ·dz, db = Σ dz, dx = dz·Wᵀ: transposed is the factor a gradient comes past."""
    features, units = call.layer.W.shape
    rows = call.z.size // units
    of_x = f"{shape_of(call.z)}·{spelled((units, features))} = {shape_of(call.x[0])}"
    shapes = general.product_of((features, rows), (rows, units)), of_x
    return kernel_lines(call, "{x}ᵀ·{dz}", "{dz}·{W}ᵀ", shapes)


def activation_line(call: Call) -> Line:
    """Return a = g(z)."""
    activation = call.layer.activation
    formula, _ = activations.formulas(activation, call.Z)
    return Line(call.A, formula, value=call.a, note=activations.liveliness(activation, call.a))


def activation_gradient(call: Call) -> Line | None:
    """Return dz = da ⊙ g′(z), unless the loss gave dz itself."""
    if call.da is None or call.dz is call.da:
        return None
    _, formula = activations.formulas(call.layer.activation, call.Z, call.A, f"d{call.A}")
    return Line(f"d{call.Z}", formula, value=call.dz)


def _normalization_symbols(call: Call) -> list[str]:
    """Return the symbols of μ, σ and û, with the number of the output."""
    return [letter + call.Z.removeprefix("N") for letter in "μσU"]


def _normalization_forward(call: Call) -> list[Line]:
    """Return û = (x − μ)/σ, a = γ ⊙ û + β: mean and deviation of each channel in the batch."""
    layer, x, X = call.layer, call.x[0], call.X[0]
    rows = x.reshape(-1, x.shape[-1])
    if layer.trainable:
        mean, spread, mu, variance = f"mean({X})", f"var({X})", rows.mean(axis=0), rows.var(axis=0)
    else:
        mean, spread = "moving mean", "moving variance"
        mu, variance = layer.moving_mean, layer.moving_variance
    sigma = np.sqrt(variance + layer.epsilon)
    u = (x - mu) / sigma
    MU, SIGMA, U = _normalization_symbols(call)
    pattern = ("{gamma} ⊙ {x}" if layer.scale else "{x}") + (" + {beta}" if layer.center else "")
    return [
        Line(MU, mean, value=mu),
        Line(SIGMA, f"√({spread} + {layer.epsilon:g})", value=sigma),
        Line(U, f"({X} − {MU})/{SIGMA}", value=u),
        equation(call, pattern, (U, u), "" if layer.scale or layer.center else shape_of(u)),
    ]


def _normalization_backward(call: Call) -> list[Line | None]:
    """Return dγ = Σ da ⊙ û, dβ = Σ da, dx = (dû − mean dû − û ⊙ mean(dû ⊙ û))/σ.

    Mean and deviation move with x: dx has three terms.
    """
    layer, da, dA = call.layer, call.da, f"d{call.A}"
    _, SIGMA, U = _normalization_symbols(call)
    three = f"(d{U} − mean(d{U}) − {U} ⊙ mean(d{U} ⊙ {U}))" if layer.trainable else f"d{U}"
    dx = input_line(call, f"{three}/{SIGMA}")
    du = Line(f"d{U}", dA, value=da)
    if layer.scale and da is not None:
        du = Line(f"d{U}", f"{call.W['gamma']} ⊙ {dA}", value=da * layer.gamma)
    return [
        weight_line(call, "gamma", f"Σ {dA} ⊙ {U}"),
        weight_line(call, "beta", f"Σ {dA}"),
        du if dx else None,
        dx,
    ]


def _standard_symbols(call: Call) -> tuple[str, str]:
    """Return the symbols of mean and deviation, with the number of the output."""
    number = call.Z.removeprefix("N")
    return f"μ{number}", f"σ{number}"


def _standard_forward(call: Call) -> list[Line]:
    """Return a = (x − μ)/σ, or the way back: mean and deviation of other data, that stay."""
    mean, deviation = call.layer.mean_and_deviation(call.x[0])
    (MU, SIGMA), X = _standard_symbols(call), call.X[0]
    formula = f"{MU} + {X} ⊙ {SIGMA}" if call.layer.invert else f"({X} − {MU})/{SIGMA}"
    untouched = not call.layer.is_given and not mean.any() and (deviation == 1).all()
    return [
        Line(MU, "mean of the data", value=mean, note="not adapted yet" if untouched else ""),
        Line(SIGMA, "√(variance of the data)", value=deviation),
        Line(call.Z, formula, shape_of(call.z), call.z),
    ]


def _standard_backward(call: Call) -> list[Line | None]:
    """Return dx = da/σ, or da ⊙ σ."""
    _, SIGMA = _standard_symbols(call)
    return [input_line(call, f"d{call.A}{' ⊙ ' if call.layer.invert else '/'}{SIGMA}")]


DENSE = Formulas("Z", lambda call: [equation(call, "{x}·{W}")], _dense_backward, True)
# Its z is its input, and the line of its derivative is `activation_gradient`.
ACTIVATION = Formulas("", lambda call: [activation_line(call)], lambda call: [])
_KINDS: dict[type[Layer], Formulas] = {
    layers.Dense: DENSE,
    layers.Activation: ACTIVATION,
    layers.BatchNormalization: Formulas("μσUN", _normalization_forward, _normalization_backward),
    layers.Normalization: Formulas("μσN", _standard_forward, _standard_backward),
    **CONVOLUTIONS,
    **WEIGHTLESS,
}


def formulas_of(layer: Layer) -> Formulas:
    """Return what is known of a layer; a subclass that computes in its own way is told in general.

    >>> formulas_of(layers.ReLU()) is ACTIVATION
    True
    """
    computing = {"forpass", "forpass_z", "backprop", "backprop_z", "pool", "spread"}
    for layer_class in type(layer).__mro__:
        if layer_class in _KINDS:
            return _KINDS[layer_class]
        if computing & vars(layer_class).keys():
            break
    return general.GENERAL
