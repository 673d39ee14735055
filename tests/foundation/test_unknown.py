"""Names that modules do not have, however they are asked for."""

from __future__ import annotations

import sys

import pytest

import nnlite
from nnlite import (
    activations,
    backend,
    callbacks,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from nnlite.foundation.unknown import SEARCHED, public_names

MODULES = [activations, callbacks, datasets, initializers, layers, losses, metrics, models]
MODULES += [optimizers, regularizers, utils, nnlite]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_module_explains_a_name_that_nobody_has(module):
    with pytest.raises(AttributeError) as caught:
        _ = module.Zzyzx
    assert str(caught.value).startswith(f"{module.__name__} has no Zzyzx.\nReceived: ")
    assert "Remedy: Known names: " in str(caught.value)


@pytest.mark.parametrize(
    ("ask", "remedy"),
    [
        (lambda: layers.Linear, "Did you mean nnlite.layers.Dense?"),
        (lambda: nnlite.Linear, "from nnlite.layers import Dense"),
        (lambda: layers.Dnse, "Did you mean nnlite.layers.Dense?"),
        (lambda: layers.Adam, "from nnlite.optimizers import Adam"),
        (lambda: optimizers.Admm, "Did you mean nnlite.optimizers.Adam?"),
        (lambda: metrics.Adam, "from nnlite.optimizers import Adam"),
        (lambda: losses.CrossEntropyLoss, "Did you mean nnlite.losses.CategoricalCrossentropy?"),
        (lambda: callbacks.EarlyStoping, "Did you mean nnlite.callbacks.EarlyStopping?"),
        (lambda: activations.reluu, "Did you mean nnlite.activations.relu?"),
        (lambda: initializers.HeNorml, "Did you mean nnlite.initializers.HeNormal?"),
        (lambda: datasets.fashionmnist, "Did you mean nnlite.datasets.fashion_mnist?"),
        (lambda: utils.to_categoricl, "Did you mean nnlite.utils.to_categorical?"),
        (lambda: nnlite.mnist, "from nnlite.datasets import mnist"),
        (lambda: nnlite.NNRegressor, "from nnlite.estimators import NNRegressor"),
        (lambda: nnlite.estimators.MLPClassifier, "Did you mean nnlite.estimators.NNClassifier?"),
        (lambda: nnlite.mse, "from nnlite.losses import mse"),
        (lambda: backend.square, "nnlite computes with NumPy: np.square."),
        (lambda: backend.clear_session, "Leave out the line"),
        (lambda: nnlite.backend.floatx, "float64"),
        (lambda: backend.rnn, "write it with arrays"),
    ],
)
def test_a_name_leads_to_the_one_that_is_meant(ask, remedy):
    with pytest.raises(AttributeError) as caught:
        ask()
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("from nnlite.layers import Linear", "Did you mean nnlite.layers.Dense?"),
        ("from nnlite.layers import Dense, Adam", "from nnlite.optimizers import Adam"),
        ("from nnlite import Dense", "from nnlite.layers import Dense"),
        ("from nnlite.activations import reluu", "Did you mean nnlite.activations.relu?"),
        ("from nnlite.backend import square", "np.square"),
    ],
)
def test_an_import_of_an_unknown_name_is_explained_too(line, text):
    with pytest.raises(ImportError) as caught:
        exec(line, {})
    assert text in str(caught.value)


def test_who_only_asks_whether_a_name_is_there_gets_an_answer():
    assert not hasattr(layers, "Linear")
    assert getattr(nnlite, "Linear", None) is None
    assert not hasattr(layers, "__wrapped__")


def test_every_name_that_may_be_proposed_is_there():
    for other in SEARCHED:
        module = getattr(nnlite, other)
        names = public_names(module.__name__)
        assert len(names) > 1
        assert all(hasattr(module, name) for name in names)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: optimizers.Adagard,
        lambda: nnlite.Sequentail,
        lambda: nnlite.Sequential().summry,
        lambda: layers.Dense(2).unitz,
        lambda: nnlite.Input((2,)).shap,
    ],
)
def test_python_adds_no_guess_of_its_own_to_ours(ask, capsys):
    with pytest.raises(AttributeError) as caught:
        ask()
    sys.__excepthook__(AttributeError, caught.value.with_traceback(None), None)
    assert capsys.readouterr().err == f"AttributeError: {caught.value}\n"
