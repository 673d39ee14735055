"""What each kind of layer says of itself: its equations, forward and backward, with their shapes.

Layers know nothing of this page. A layer that is not on it, such as your own, is told in general
terms: its name, its shapes, and the gradients of its weights.
"""

from __future__ import annotations

import numpy as np

from .. import layers
from ..layers.base import ActivatedLayer, Layer
from . import activations
from .convolutions import WINDOWS
from .lines import Line, percent, shape_of, spelled
from .merging import MERGES
from .told import Formulas, Told, bias_lines, dz_of, product_of, z_of


class DenseFormulas(Formulas):
    """Matrix products: the transposed factor is the one that a gradient comes past."""

    letters = ("Z",)

    def forward(self, told: Told) -> list[Line]:
        """Return z = x·W + b."""
        (x,), z, W = told.call.x, z_of(told.call), told.weights["W"]
        formula, shapes = f"{told.x[0]}·{W}", f"{shape_of(x)}·{shape_of(told.layer.W)}"
        if told.layer.use_bias:
            formula += f" + {told.weights['b']}"
            shapes += f" + {shape_of(told.layer.b)}"
        return [Line(told.z, formula, f"{shapes} = {shape_of(z)}", z)]

    def backward(self, told: Told) -> list[Line]:
        """Return dW = xᵀ·dz, db = Σ dz, dx = dz·Wᵀ."""
        call, W, dz = told.call, told.layer.W, "d" + told.z
        x, grad = call.x[0], dz_of(call)
        rows = grad.size // grad.shape[-1]
        lines = []
        if "W" in call.gradients:
            shapes = product_of((x.shape[-1], rows), (rows, grad.shape[-1]))
            lines.append(told.gradient_of("W", f"{told.x[0]}ᵀ·{dz}", shapes))
        lines += bias_lines(told)
        weights = f"{told.weights['W']}ᵀ"
        shapes = f"{shape_of(grad)}·{spelled(W.shape[::-1])} = {shape_of(x)}"
        return lines + told.handed_back(0, f"{dz}·{weights}", shapes)


class ActivationFormulas(Formulas):
    """An activation as a layer: its z is its input, and its derivative has a line already."""

    letters = ("A",)
    starts_a_layer = False

    def forward(self, told: Told) -> list[Line]:
        """Return a = g(z)."""
        a, activation = told.call.output, told.layer.activation
        formula = activations.forward(activation, told.x[0])
        return [Line(told.a, formula, shape_of(a), a, activations.liveliness(activation, a))]

    def backward(self, told: Told) -> list[Line]:
        """Return nothing: see `activation_gradient`."""
        return []


class DropoutFormulas(Formulas):
    """The mask that silenced a unit silences its gradient."""

    letters = ("D",)
    starts_a_layer = False

    def forward(self, told: Told) -> list[Line]:
        """Return a = x ⊙ mask/(1 − rate)."""
        x, a = told.call.x[0], told.call.output
        shown = x != 0
        dropped = f"{percent(float(np.mean(a[shown] == 0)))} dropped" if shown.any() else ""
        formula = f"{told.x[0]} ⊙ mask/(1 − {told.layer.rate:g})"
        return [Line(told.a, formula, shape_of(a), a, dropped)]

    def backward(self, told: Told) -> list[Line]:
        """Return dx = da ⊙ the same mask."""
        return told.handed_back(0, f"d{told.a} ⊙ mask/(1 − {told.layer.rate:g})")


class NormalizationFormulas(Formulas):
    """Mean and deviation of each channel in the batch; both move with x: dx has three terms."""

    letters = ("μ", "σ", "U", "N")
    starts_a_layer = False

    def forward(self, told: Told) -> list[Line]:
        """Return û = (x − μ)/σ, a = γ ⊙ û + β."""
        layer, x, a = told.layer, told.call.x[0], told.call.output
        rows = x.reshape(-1, x.shape[-1])
        source, running = told.x[0], not layer.trainable
        mu = layer.moving_mean if running else rows.mean(axis=0)
        variance = layer.moving_variance if running else rows.var(axis=0)
        s = np.sqrt(variance + layer.epsilon)
        mean = "moving mean" if running else f"mean({source})"
        spread = "moving variance" if running else f"var({source})"
        u, symbol = (x - mu) / s, self.symbols(told)
        formula, shapes = symbol["u"], shape_of(a)
        if layer.scale:
            formula = f"{told.weights['gamma']} ⊙ {formula}"
            shapes = f"{shape_of(layer.gamma)}·{shape_of(u)}"
        if layer.center:
            formula += f" + {told.weights['beta']}"
            shapes += f" + {shape_of(layer.beta)}"
        if layer.scale or layer.center:
            shapes += f" = {shape_of(a)}"
        return [
            Line(symbol["mu"], mean, shape_of(mu), mu),
            Line(symbol["s"], f"√({spread} + {layer.epsilon:g})", shape_of(s), s),
            Line(symbol["u"], f"({source} − {symbol['mu']})/{symbol['s']}", shape_of(u), u),
            Line(told.a, formula, shapes, a),
        ]

    def symbols(self, told: Told) -> dict[str, str]:
        """Return the symbols of μ, σ and û, with the number of the output."""
        number = told.a.removeprefix("N")
        return {"mu": f"μ{number}", "s": f"σ{number}", "u": f"U{number}"}

    def backward(self, told: Told) -> list[Line]:
        """Return dγ = Σ da ⊙ û, dβ = Σ da, dx = (dû − mean dû − û ⊙ mean(dû ⊙ û))/σ."""
        symbol, da = self.symbols(told), f"d{told.a}"
        u, du, gradients = symbol["u"], f"d{symbol['u']}", told.call.gradients
        lines = []
        if "gamma" in gradients:
            shapes = shape_of(gradients["gamma"])
            lines.append(told.gradient_of("gamma", f"Σ {da} ⊙ {u}", shapes))
        if "beta" in gradients:
            lines.append(told.gradient_of("beta", f"Σ {da}", shape_of(gradients["beta"])))
        formula = f"{du}/{symbol['s']}"
        if told.layer.trainable:
            formula = f"({du} − mean({du}) − {u} ⊙ mean({du} ⊙ {u}))/{symbol['s']}"
        back = told.handed_back(0, formula)
        if back and told.call.da is not None:
            value = told.call.da * told.layer.gamma if told.layer.scale else told.call.da
            scaled = f"{told.weights['gamma']} ⊙ {da}" if told.layer.scale else da
            lines.append(Line(du, scaled, shape_of(value), value))
        return lines + back


class ReshapeFormulas(Formulas):
    """The numbers stay; only the shape changes, there and back."""

    letters = ("R",)
    starts_a_layer = False
    verb = "reshape"

    def forward(self, told: Told) -> list[Line]:
        """Return a = x in another shape."""
        x, a = told.call.x[0], told.call.output
        change = f"{shape_of(x)} → {shape_of(a)}"
        if a.ndim == 2 and x.ndim > 2:
            sizes = "·".join(str(size) for size in x.shape[1:])
            change = f"{shape_of(x)} → ({len(x)}, {sizes}) = {shape_of(a)}"
        return [Line(told.a, f"{self.verb}({told.x[0]})", change, a)]

    def backward(self, told: Told) -> list[Line]:
        """Return dx = da in the old shape."""
        change = f"{shape_of(told.call.output)} → {shape_of(told.call.x[0])}"
        return told.handed_back(0, f"reshape(d{told.a})", change)


class FlattenFormulas(ReshapeFormulas):
    """Every sample as one row."""

    letters = ("F",)
    verb = "flatten"


def activation_line(told: Told) -> Line:
    """Return a = g(z) of a layer that ends with an activation."""
    a, activation = told.call.output, told.layer.activation
    formula = activations.forward(activation, told.z)
    return Line(told.a, formula, shape_of(a), a, activations.liveliness(activation, a))


def activation_gradient(told: Told) -> Line | None:
    """Return dz = da ⊙ g′(z), unless the loss gave dz itself."""
    if told.call.da is None or told.call.dz is None:
        return None
    formula = activations.backward(told.layer.activation, told.z, told.a, f"d{told.a}")
    return Line("d" + told.z, formula, shape_of(told.call.dz), told.call.dz)


_KINDS: dict[type[Layer], Formulas] = {
    layers.Dense: DenseFormulas(),
    layers.Activation: ActivationFormulas(),
    layers.Dropout: DropoutFormulas(),
    layers.BatchNormalization: NormalizationFormulas(),
    layers.Flatten: FlattenFormulas(),
    layers.Reshape: ReshapeFormulas(),
    **MERGES,
    **WINDOWS,
}


def formulas_of(layer: Layer) -> Formulas:
    """Return what is known of a layer; a subclass that computes in its own way is told in general.

    >>> type(formulas_of(layers.ReLU())).__name__
    'ActivationFormulas'
    """
    computing = {"forpass", "forpass_z", "backprop", "backprop_z", "pool", "spread"}
    for layer_class in type(layer).__mro__:
        if layer_class in _KINDS:
            return _KINDS[layer_class]
        if computing & vars(layer_class).keys():
            break
    return Formulas()


def ends_bent(layer: Layer) -> bool:
    """Return whether an activation other than the linear one follows z."""
    return isinstance(layer, ActivatedLayer) and layer.activation.name != "linear"
