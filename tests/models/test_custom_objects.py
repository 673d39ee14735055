"""A user's own classes and functions go into model files and come back."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import Input, Model, Sequential, load_model
from nnlite import layers as known_layers
from nnlite.activations import ActivationFunction, relu
from nnlite.initializers import Initializer
from nnlite.layers import Dense, Layer
from nnlite.losses import Loss, MeanSquaredError
from nnlite.metrics import Metric
from nnlite.optimizers import SGD, Optimizer
from nnlite.optimizers.schedules import LearningRateSchedule
from nnlite.regularizers import Regularizer

X = np.random.default_rng(0).normal(size=(6, 4))
Y = X[:, :1] - 2 * X[:, 1:2]


class Square(ActivationFunction):
    """a = z² + shift; backprop recovers z ≥ 0 alone, which is enough here."""

    def __init__(self, shift: float = 0.0) -> None:
        self.shift = shift

    def forpass(self, z: Any, out: Any = None) -> Any:
        return np.add(z * z, self.shift, out)

    def backprop(self, grad: Any, a: Any, out: Any = None) -> Any:
        return np.multiply(grad, 2 * np.sqrt(a - self.shift), out)


class Ramp(Initializer):
    def __init__(self, top: float = 1.0) -> None:
        super().__init__()
        self.top = top

    def fill(self, shape: Any, rng: Any) -> Any:
        return np.linspace(0, self.top, int(np.prod(shape))).reshape(shape)


class Quartic(Regularizer):
    def __init__(self, share: float = 0.1) -> None:
        self.share = share

    def __call__(self, W: Any) -> float:
        return self.share * float((W**4).sum())

    def gradient(self, W: Any) -> Any:
        return 4 * self.share * W**3


class Cubic(Loss):
    name = "cubic"

    def __init__(self, factors: Any = (1.0,)) -> None:
        self.factors = np.asarray(factors, np.float32)

    def values(self, y: Any, a: Any) -> Any:
        return self.factors.sum() * np.abs(a - y).mean(axis=-1) ** 3

    def gradient(self, y: Any, a: Any) -> Any:
        return self.factors.sum() * 3 * np.abs(a - y) ** 2 * np.sign(a - y)


class Signs(Optimizer):
    def __init__(self, learning_rate: Any = 0.125, sharpness: float = 1.0) -> None:
        super().__init__(learning_rate)
        self.sharpness = sharpness

    def update(self, weights: Any, gradients: Any, learning_rate: float) -> None:
        weights -= learning_rate * np.sign(gradients) * self.sharpness


class Halving(LearningRateSchedule):
    def __init__(self, start: float) -> None:
        self.start = start

    def __call__(self, step: int) -> float:
        return self.start / 2**step


class Worst(Metric):
    def __init__(self, name: str = "worst") -> None:
        super().__init__(name)

    def reset_state(self) -> None:
        self.worst = 0.0

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        self.worst = max(self.worst, float(np.abs(y_true - y_pred).max()))

    def result(self) -> float:
        return self.worst


class Scale(Layer):
    def __init__(self, start: float = 1.0, cost: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.start, self.cost = start, cost

    def build(self, input_shape: Any) -> None:
        self.add_weight("s", input_shape, Ramp(self.start), regularizer=self.cost)

    def forpass(self, x: Any, training: bool = False) -> Any:
        if training:
            self.x = x
        return x * self.s

    def backprop(self, grad: Any) -> Any:
        self.ds = (grad * self.x).sum(axis=0)
        return grad * self.s


def nearly(y: Any, a: Any) -> Any:
    return np.abs(y - a) < 0.5


def compiled(*layers: Any, optimizer: Any = "sgd", loss: Any = "mse", metrics: Any = None) -> Any:
    model = Sequential([Input((4,)), *(layers or [Dense(1)])], seed=0)
    model.compile(optimizer, loss, metrics=metrics)
    return model


OWN: dict[str, tuple[Any, dict[str, Any]]] = {
    "activation": (lambda: compiled(Dense(1, activation=Square(0.5))), {"Square": Square}),
    "initializer": (lambda: compiled(Dense(1, kernel_initializer=Ramp(2.0))), {"Ramp": Ramp}),
    "regularizer": (
        lambda: compiled(Dense(1, kernel_regularizer=Quartic(0.3))),
        {"Quartic": Quartic},
    ),
    "loss": (lambda: compiled(loss=Cubic([1.0, 2.0])), {"Cubic": Cubic}),
    "class of a loss": (lambda: compiled(loss=Cubic), {"Cubic": Cubic}),
    "optimizer": (lambda: compiled(optimizer=Signs(0.25, sharpness=2.0)), {"Signs": Signs}),
    "class of an optimizer": (lambda: compiled(optimizer=Signs), {"Signs": Signs}),
    "schedule": (lambda: compiled(optimizer=SGD(Halving(0.5))), {"Halving": Halving}),
    "both": (
        lambda: compiled(optimizer=Signs(Halving(0.5))),
        {"Halving": Halving, "Signs": Signs},
    ),
    "metric": (lambda: compiled(metrics=[Worst("largest")]), {"Worst": Worst}),
    "class of a metric": (lambda: compiled(metrics=[Worst]), {"Worst": Worst}),
    "function": (lambda: compiled(metrics=["mae", nearly]), {"nearly": nearly}),
    "layer": (
        lambda: compiled(Scale(3.0, cost=Quartic(0.2)), Dense(1)),
        {"Scale": Scale, "Quartic": Quartic},
    ),
}


@pytest.mark.parametrize("kind", OWN)
def test_what_is_ones_own_comes_back(kind: str, tmp_path: Path) -> None:
    make, own = OWN[kind]
    model = make()
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", custom_objects=own)
    before = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert again.evaluate(X, Y, verbose=0, return_dict=True) == before
    for each in (model, again):
        each.fit(X, Y, batch_size=3, epochs=2, shuffle=False, verbose=0)
    for trained, once_more in zip(model.get_weights(), again.get_weights(), strict=True):
        assert once_more.tobytes() == trained.tobytes()


@pytest.mark.parametrize("kind", OWN)
def test_what_is_ones_own_comes_back_from_a_second_file(kind: str, tmp_path: Path) -> None:
    make, own = OWN[kind]
    make().save(tmp_path / "first.npz")
    load_model(tmp_path / "first.npz", own).save(tmp_path / "second.npz")
    with np.load(tmp_path / "first.npz") as first, np.load(tmp_path / "second.npz") as second:
        assert str(second["config"]) == str(first["config"])


@pytest.mark.parametrize("kind", OWN)
def test_the_error_names_what_is_missing_and_the_file(kind: str, tmp_path: Path) -> None:
    make, own = OWN[kind]
    path = tmp_path / "model.npz"
    make().save(path)
    for name, thing in own.items():
        rest = {other: own[other] for other in own if other != name}
        with pytest.raises(ValueError, match=f"own (class|function) '{name}'") as caught:
            load_model(path, custom_objects=rest)
        assert str(path) in str(caught.value)
        assert f'custom_objects={{"{name}": {thing.__name__}}}' in str(caught.value)


def test_the_error_names_all_that_is_missing_at_once(tmp_path: Path) -> None:
    model = compiled(Scale(), Dense(1, activation=Square()), loss=Cubic(), metrics=[nearly])
    model.save(tmp_path / "model.npz")
    with pytest.raises(
        ValueError, match="your own class 'Scale', your own class 'Square'"
    ) as caught:
        load_model(tmp_path / "model.npz")
    wanted = '{"Scale": Scale, "Square": Square, "Cubic": Cubic, "nearly": nearly}'
    assert f"load_model(path, custom_objects={wanted})" in str(caught.value)
    assert "Received: custom_objects=None" in str(caught.value)
    assert "compile=False" not in str(caught.value)


def test_without_compiling_nothing_is_needed_for_loss_optimizer_and_metrics(tmp_path: Path) -> None:
    model = compiled(optimizer=Signs(Halving(0.5)), loss=Cubic(), metrics=[nearly, Worst()])
    model.save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match=r"load_model\(path, compile=False\)"):
        load_model(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", compile=False)
    assert again.optimizer is None
    assert again.predict(X).tobytes() == model.predict(X).tobytes()
    with pytest.raises(ValueError, match="compile comes first"):
        again.evaluate(X, Y)


def test_without_compiling_the_layers_still_need_their_classes(tmp_path: Path) -> None:
    compiled(Scale(), loss=Cubic()).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match=r'custom_objects=\{"Scale": Scale\}\)'):
        load_model(tmp_path / "model.npz", compile=False)


def test_a_function_without_a_name_is_asked_for(tmp_path: Path) -> None:
    model = compiled(metrics=[lambda y, a: abs(y - a)])
    model.save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="your own function '<lambda>'") as caught:
        load_model(tmp_path / "model.npz")
    assert 'custom_objects={"<lambda>": your_function}' in str(caught.value)
    again = load_model(tmp_path / "model.npz", {"<lambda>": lambda y, a: abs(y - a)})
    before = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert again.evaluate(X, Y, verbose=0, return_dict=True) == before


class Apply(Layer):
    def __init__(self, *functions: Any, table: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.functions, self.table = functions, table

    def forpass(self, x: Any, training: bool = False) -> Any:
        for function in self.functions:
            x = function(x)
        return x


def test_two_functions_without_names_are_told_apart(tmp_path: Path) -> None:
    model = compiled(Apply(lambda x: x + 1, lambda x: 2 * x))
    model.save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="own function '<lambda>', your own function '<lambda>_2'"):
        load_model(tmp_path / "model.npz", {"Apply": Apply})
    own = {"Apply": Apply, "<lambda>": lambda x: x + 1, "<lambda>_2": lambda x: 2 * x}
    assert load_model(tmp_path / "model.npz", own).predict([[1, 2, 3, 4]]).tolist() == [
        [4, 6, 8, 10]
    ]


def test_what_no_file_can_hold_is_asked_for_by_the_name_of_its_class(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    compiled(Apply(table=rng)).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="your own object 'Generator'") as caught:
        load_model(tmp_path / "model.npz", {"Apply": Apply})
    assert 'custom_objects={"Generator": your_object}' in str(caught.value)
    again: Any = load_model(tmp_path / "model.npz", {"Apply": Apply, "Generator": rng})
    assert again.layers[0].table is rng


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (np.float32(2), 2.0),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.dtype("float64"), "float64"),
        (np.float32, "float32"),
        ({"a": np.int64(1), "b": [np.float64(0.5)]}, {"a": 1, "b": [0.5]}),
        ({0: 1.0, 1: 5.0}, {0: 1.0, 1: 5.0}),
        ({(0, 1): "a"}, {(0, 1): "a"}),
        ({"class_name": "6b", "config": 30}, {"class_name": "6b", "config": 30}),
        (("a", (1, 2)), ["a", [1, 2]]),
    ],
)
def test_arguments_come_back_as_plain_values(given: Any, found: Any, tmp_path: Path) -> None:
    compiled(Apply(table=given)).save(tmp_path / "model.npz")
    again: Any = load_model(tmp_path / "model.npz", {"Apply": Apply})
    assert again.layers[0].table == found


def test_classes_and_functions_of_nnlite_come_back_as_arguments(tmp_path: Path) -> None:
    from nnlite.losses import mean_squared_error

    compiled(Apply(table=[Dense, mean_squared_error, MeanSquaredError])).save(
        tmp_path / "model.npz"
    )
    again: Any = load_model(tmp_path / "model.npz", {"Apply": Apply})
    assert again.layers[0].table == [Dense, mean_squared_error, MeanSquaredError]


def test_an_object_of_nnlite_inside_an_own_layer_comes_back_as_an_object(tmp_path: Path) -> None:
    compiled(Apply(relu)).save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", {"Apply": Apply})
    assert again.predict([[-1, 2, -3, 4]]).tolist() == [[0, 2, 0, 4]]


class Pair(Loss):
    name = "pair"

    def __init__(self, first: Any, second: Any) -> None:
        self.first, self.second = first, second

    def values(self, y: Any, a: Any) -> Any:
        return self.first.values(y, a) + self.second.values(y, a)

    def gradient(self, y: Any, a: Any) -> Any:
        return self.first.gradient(y, a) + self.second.gradient(y, a)


def test_a_name_of_two_kinds_means_the_kind_it_stands_in(tmp_path: Path) -> None:
    model = compiled(loss=Pair(MeanSquaredError(), Cubic()))
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", {"Pair": Pair, "Cubic": Cubic})
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_ones_own_class_with_a_name_of_nnlite_is_not_taken_for_it(tmp_path: Path) -> None:
    own = type("Dense", (Scale,), {})
    compiled(own(3.0), Dense(1)).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="your own class 'Dense'"):
        load_model(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", custom_objects={"Dense": own})
    assert [type(layer) for layer in again.layers] == [own, Dense]


def without_marks(path: Path) -> None:
    """Make a file say no more than those of version 0.1: only what is not nnlite's is unknown."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    text = str(arrays["config"]).replace(', "own": "class"', "")
    np.savez(path, **{**arrays, "config": np.array(text)})


def test_own_classes_in_files_of_version_0_1_come_back(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    compiled(Scale(3.0), optimizer=Signs(), loss=Cubic()).save(path)
    without_marks(path)
    with pytest.raises(
        ValueError, match="class 'Scale', your own class 'Signs', your own class 'Cub"
    ):
        load_model(path)
    own = {"Scale": Scale, "Signs": Signs, "Cubic": Cubic}
    assert [type(layer) for layer in load_model(path, own).layers] == [Scale]


def test_ones_own_class_with_a_name_of_nnlite_comes_back_from_version_0_1(tmp_path: Path) -> None:
    own = type("Dense", (Dense,), {})
    compiled(own(2)).save(tmp_path / "model.npz")
    without_marks(tmp_path / "model.npz")
    assert type(load_model(tmp_path / "model.npz", {"Dense": own}).layers[0]) is own
    assert type(load_model(tmp_path / "model.npz").layers[0]) is Dense


def test_a_class_of_nnlite_gives_way_to_the_one_in_custom_objects(tmp_path: Path) -> None:
    class Wide(Dense):
        pass

    compiled(Dense(2)).save(tmp_path / "model.npz")
    assert type(load_model(tmp_path / "model.npz", {"Dense": Wide}).layers[0]) is Wide


def test_what_is_read_does_not_depend_on_names_in_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(Dense(2)).save(tmp_path / "model.npz")
    monkeypatch.setattr(known_layers, "Dense", Scale)
    assert type(load_model(tmp_path / "model.npz").layers[0]) is Dense


@pytest.mark.parametrize(
    ("given", "received"),
    [
        ({"scale": Scale}, "{'scale': <class"),
        ({"Scale": Scale()}, "{'Scale': <Scale 'scale'>}"),
        ({"Scale": "Scale"}, "{'Scale': 'Scale'}"),
        ({"Scale": nearly}, "{'Scale': <function nearly"),
        ({"Scale": int}, "{'Scale': <class 'int'>}"),
        ({Scale: Scale}, "{<class"),
        ([Scale], "[<class"),
        (Scale, "<class"),
        ({}, "{}"),
    ],
)
def test_wrong_custom_objects_are_explained(given: Any, received: str, tmp_path: Path) -> None:
    compiled(Scale()).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="custom_objects is a dictionary") as caught:
        load_model(tmp_path / "model.npz", custom_objects=given)
    assert f"Received: custom_objects={received}" in str(caught.value)
    assert 'load_model(path, custom_objects={"Scale": Scale})' in str(caught.value)


def test_custom_objects_that_are_no_dictionary_are_explained_if_nothing_needs_them(
    tmp_path: Path,
) -> None:
    compiled(Dense(1)).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="custom_objects is a dictionary") as caught:
        load_model(tmp_path / "model.npz", custom_objects=[Scale])
    assert "Remedy: Leave it out: the file has nothing of your own." in str(caught.value)


def test_custom_objects_may_hold_more_than_the_file_needs(tmp_path: Path) -> None:
    compiled(Scale(2.0)).save(tmp_path / "model.npz")
    again: Any = load_model(tmp_path / "model.npz", {"Scale": Scale, "nearly": nearly})
    assert again.layers[0].start == 2.0


def test_an_error_in_ones_own_constructor_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    class Picky(Scale):
        def __init__(self, **options: Any) -> None:
            options.pop("name").no_such_method()

    compiled(Scale()).save(tmp_path / "model.npz")
    with pytest.raises(AttributeError, match="no_such_method"):
        load_model(tmp_path / "model.npz", custom_objects={"Scale": Picky})


def test_loss_weights_of_numpy_keep_the_model_compiled(tmp_path: Path) -> None:
    x = Input((4,))
    outputs = [Dense(1, name="o")(x), Dense(1, name="p")(x)]
    for weights in (
        {"o": np.float32(2), "p": np.int64(1)},
        np.array([2.0, 1.0]),
        [2, np.float64(1)],
    ):
        model = Model(x, outputs, seed=0)
        model.compile("sgd", "mse", loss_weights=weights)
        model.save(tmp_path / "model.npz")
        again = load_model(tmp_path / "model.npz")
        expected = model.evaluate(X, [Y, Y], verbose=0)
        assert again.evaluate(X, [Y, Y], verbose=0) == expected
        assert expected[0] == pytest.approx(2 * expected[1] + expected[2])


def test_own_losses_and_metrics_of_several_outputs_come_back(tmp_path: Path) -> None:
    x = Input((4,))
    model = Model(x, [Dense(1, name="o")(x), Dense(1, name="p")(x)], seed=0)
    model.compile(
        "sgd",
        {"o": Cubic([2.0]), "p": "mae"},
        metrics={"o": [nearly, "mse"], "p": Worst()},
    )
    model.save(tmp_path / "model.npz")
    own = {"Cubic": Cubic, "nearly": nearly, "Worst": Worst}
    again = load_model(tmp_path / "model.npz", own)
    before = model.evaluate(X, [Y, Y], verbose=0, return_dict=True)
    assert again.evaluate(X, [Y, Y], verbose=0, return_dict=True) == before
    assert list(before)[3:] == ["o_nearly", "o_mse", "p_worst"]


def test_a_file_says_what_is_ones_own(tmp_path: Path) -> None:
    compiled(Dense(1, kernel_regularizer=Quartic(0.5)), metrics=[nearly]).save(tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz") as archive:
        file = json.loads(str(archive["config"]))
    assert file["model"]["layers"][0]["config"]["kernel_regularizer"] == {
        "class_name": "Quartic",
        "config": {"share": 0.5},
        "own": "class",
    }
    function = {"class_name": "nearly", "config": None, "own": "function"}
    assert file["compiled"]["metrics"] == [function]
    assert "own" not in file["model"]["layers"][0]


def test_a_config_makes_a_layer_with_its_own_things_again_at_once() -> None:
    layer = Dense(1, activation=Square(0.5), kernel_regularizer=Quartic(0.3))
    config = layer.get_config()
    assert config["activation"] == {"class_name": "Square", "config": {"shift": 0.5}}
    for again in (Dense.from_config(config), Dense.from_config(copy.deepcopy(config))):
        assert again.activation.shift == 0.5
        assert again.kernel_regularizer is not layer.kernel_regularizer
        assert again.kernel_regularizer(np.array([1.0])) == pytest.approx(0.3)


def test_a_metric_class_keeps_the_name_that_its_constructor_gives() -> None:
    results = compiled(metrics=[Worst]).evaluate(X, Y, verbose=0, return_dict=True)
    assert list(results) == ["loss", "worst"]


def test_float_as_a_dtype_is_written_by_its_name(tmp_path: Path) -> None:
    compiled(Dense(1, dtype=np.float32)).save(tmp_path / "model.npz")
    assert load_model(tmp_path / "model.npz").layers[0].dtype == np.float32
