"""How weights start. A net whose neurons all start alike stays alike, so they start at random.

Every initializer is called with a shape, a dtype and a random generator, and returns an array.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import AnyDType, NotNegative, Number, Seed, or_none, require
from nnlite.foundation.configuration import Configurable, snake_case
from nnlite.foundation.errors import must_define, shown, value_error
from nnlite.foundation.registry import Registry
from nnlite.foundation.seeding import new_generator
from nnlite.foundation.shapes import ArrayShape
from nnlite.foundation.types import Array, Shape
from nnlite.foundation.unknown import explains_unknown_names
from nnlite.given.numbers import as_numbers

GeneratorOrNone = Annotated[
    np.random.Generator | None,
    or_none(
        require(
            lambda rng: isinstance(rng, np.random.Generator),
            "Random numbers come from a generator of NumPy.",
            "rng=np.random.default_rng(0)",
            TypeError,
        )
    ),
]


class Initializer(Configurable):
    """The start of an array of weights.

    A subclass writes `fill(shape, rng)`. With `seed=` an initializer gives the same numbers
    whatever the model's seed.
    """

    def __init__(self, seed: Seed = None) -> None:
        self.seed = seed

    @explains_its_arguments
    def __call__(
        self, shape: ArrayShape, dtype: AnyDType = "float32", rng: GeneratorOrNone = None
    ) -> Array:
        """Return a new array of that shape and dtype."""
        if self.seed is not None or rng is None:
            rng = new_generator(self.seed)
        return np.asarray(self.fill(shape, rng)).astype(dtype)

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return the numbers, in float64."""
        raise must_define(self, "fill(shape, rng)")


def fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs a neuron with these weights has, and how many outputs each feeds.

    For a kernel (height, width, in, out), every place under the window counts.

    >>> fans((30, 10)), fans((3, 3, 8, 16))
    ((30, 10), (72, 144))
    """
    if len(shape) < 2:
        shape = (math.prod(shape),) * 2
    places = math.prod(shape[:-2])
    # A weight without numbers has no inputs either; whatever is divided by 1 will do.
    return max(1, places * shape[-2]), max(1, places * shape[-1])


def as_constant(name: str, value: Any, where: str | None) -> Array:
    """Return numbers as an array in float64."""
    return as_numbers(value, name).astype(np.float64)


class Constant(Initializer):
    """One number everywhere, or an array of the right shape.

    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: Annotated[Any, as_constant] = 0.0) -> None:
        super().__init__()
        self.value = value

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return the value in that shape."""
        try:
            return np.broadcast_to(self.value, shape)
        except ValueError:
            rule = "A constant must be one number or have the shape of the weight."
            received = f"a constant of shape {self.value.shape} for a weight of shape {shape}"
            raise value_error(rule, received) from None


class Zeros(Constant):
    """All zeros: the usual start of a bias.

    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    def __init__(self) -> None:
        super().__init__(0.0)


class Ones(Constant):
    """All ones.

    >>> Ones()((2,), "float64")
    array([1., 1.])
    """

    def __init__(self) -> None:
        super().__init__(1.0)


class RandomNormal(Initializer):
    """The bell curve N(mean, stddev²).

    >>> RandomNormal(seed=0)((1000,)).std().round(2)
    np.float32(0.05)
    """

    def __init__(self, mean: Number = 0.0, stddev: NotNegative = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return samples of N(mean, stddev²)."""
        return rng.normal(self.mean, self.stddev, shape)


class RandomUniform(Initializer):
    """Every number between minval and maxval equally likely.

    >>> bool(abs(RandomUniform(seed=0)((1000,))).max() <= 0.05)
    True
    """

    def __init__(self, minval: Number = -0.05, maxval: Number = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        if not minval <= maxval:
            received = f"minval={shown(minval)}, maxval={shown(maxval)}"
            raise value_error("minval must not be above maxval.", received)
        self.minval, self.maxval = minval, maxval

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return samples between minval and maxval."""
        return rng.uniform(self.minval, self.maxval, shape)


class GlorotUniform(Initializer):
    """±√(6 / (in + out)): keeps the size of values and gradients alike in both directions.

    >>> bool(abs(GlorotUniform(seed=0)((3, 3))).max() <= 1)
    True
    """

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return samples between −√(6/(in+out)) and +√(6/(in+out))."""
        limit = math.sqrt(6 / sum(fans(shape)))
        return rng.uniform(-limit, limit, shape)


class GlorotNormal(Initializer):
    """N(0, 2 / (in + out)), without the tails beyond two deviations.

    >>> GlorotNormal(seed=0)((500, 500)).std().round(3)
    np.float32(0.045)
    """

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return samples of the cut bell curve with variance 2/(in+out)."""
        return truncated_normal(math.sqrt(2 / sum(fans(shape))), shape, rng)


class HeNormal(Initializer):
    """N(0, 2 / in), without the tails: for ReLU, which throws half of the values away.

    >>> HeNormal(seed=0)((500, 500)).std().round(3)
    np.float32(0.063)
    """

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return samples of the cut bell curve with variance 2/in."""
        return truncated_normal(math.sqrt(2 / fans(shape)[0]), shape, rng)


class HeUniform(Initializer):
    """±√(6 / in): the variance of HeNormal, equally spread.

    >>> bool(abs(HeUniform(seed=0)((6, 50))).max() <= 1)
    True
    """

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return samples between −√(6/in) and +√(6/in)."""
        limit = math.sqrt(6 / fans(shape)[0])
        return rng.uniform(-limit, limit, shape)


class LecunNormal(Initializer):
    """N(0, 1 / in), without the tails.

    >>> LecunNormal(seed=0)((500, 500)).std().round(3)
    np.float32(0.045)
    """

    def fill(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return samples of the cut bell curve with variance 1/in."""
        return truncated_normal(math.sqrt(1 / fans(shape)[0]), shape, rng)


# Cutting N(0, 1) at two deviations leaves this standard deviation.
_CUT_DEVIATION = 0.87962566103423978


def truncated_normal(stddev: float, shape: Shape, rng: np.random.Generator) -> Array:
    """Return samples of N(0, 1) cut at ±2 and scaled so that `stddev` is what comes out."""
    samples = np.asarray(rng.standard_normal(shape))
    while (outside := np.abs(samples) > 2).any():
        samples[outside] = rng.standard_normal(int(outside.sum()))
    return samples * (stddev / _CUT_DEVIATION)


zeros, ones, constant = Zeros, Ones, Constant
normal = random_normal = RandomNormal
uniform = random_uniform = RandomUniform
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_normal, he_uniform, lecun_normal = HeNormal, HeUniform, LecunNormal

_CLASSES = [*Initializer.__subclasses__(), *Constant.__subclasses__()]
_NAMED = {snake_case(c.__name__): c for c in _CLASSES} | {"normal": normal, "uniform": uniform}
KNOWN = Registry("initializer", Initializer, _NAMED)


def get(identifier: Any) -> Initializer:
    """Return the initializer that a name, an object or a class means.

    >>> get("zeros")
    Zeros()
    """
    return KNOWN.get(identifier)


__all__ = [
    *(kind.__name__ for kind in _CLASSES),
    *_NAMED,
    "Initializer",
    "get",
]

explains_unknown_names(__name__)
