"""A network between inputs and outputs, that learns from data what its weights should be."""

from __future__ import annotations

import copy
from typing import Annotated, Any, Self

import numpy as np

from nnlite.callbacks import History
from nnlite.foundation.arguments import ExplainsItsArguments, explains_its_arguments
from nnlite.foundation.checks import DType, DTypeOrNone, Name, Seed, an, flag
from nnlite.foundation.errors import attribute_error, look_up, shown, told, type_error, value_error
from nnlite.foundation.seeding import new_generator
from nnlite.foundation.undoing import all_or_nothing
from nnlite.given.data import one_or_list
from nnlite.given.numbers import apart
from nnlite.kernels.memory import NEW
from nnlite.layers.joining import Tensor
from nnlite.layers.layer import Layer
from nnlite.models import examining, fitting, pages, reading, saving
from nnlite.models import summary as summaries
from nnlite.models.naming import unique_names
from nnlite.models.unknown import ExplainsUnknownNames
from nnlite.models.weights import WeightsOfLayers
from nnlite.network.branches import Branches, as_tensors, by_depth, check_ends
from nnlite.network.chain import Network
from nnlite.training.compiling import endings
from nnlite.training.ending import Ending
from nnlite.training.figures import Figures


class Model(ExplainsUnknownNames, WeightsOfLayers, metaclass=ExplainsItsArguments):
    """A network between inputs and outputs, with branches and merges.

    Parameters
    ----------
    inputs, outputs
        Tensors: an `Input`, and the output of a layer called on it; or lists of them.
    name
        The model's name in `summary`.
    seed
        Where random numbers start, not those of inner models: `nnlite.set_random_seed` seeds all.
    dtype
        "float32" or "float64".

    Examples
    --------
    >>> import numpy as np
    >>> from nnlite.layers import Add, Dense, Input
    >>> x = Input(shape=(4,))
    >>> a = Dense(3, activation="relu")(x)
    >>> b = Dense(3)(x)
    >>> model = Model(x, Dense(1)(Add()([a, b])), seed=0)
    >>> model.predict(np.zeros((2, 4))).shape
    (2, 1)
    """

    default_name = "model"
    network: Network
    inputs: list[Tensor]
    outputs: list[Tensor]
    stop_training = False
    """Set it to True, in a callback for instance, and `fit` ends after this batch."""
    history: History | None = None
    """What the last `fit` returned."""
    compiled: dict[str, Any] | None = None
    """What `compile` was told: optimizer, loss, metrics, loss_weights, weighted_metrics."""
    figures: Figures | None = None
    """The losses and metrics that added up last."""
    _endings: list[Ending] | None = None

    compile = fitting.compile
    fit = fitting.fit
    evaluate = fitting.evaluate
    predict = fitting.predict
    train_on_batch = fitting.train_on_batch
    test_on_batch = fitting.test_on_batch
    predict_on_batch = fitting.predict_on_batch
    explain = examining.explain
    diagnose = examining.diagnose
    to_html = pages.to_html
    page = pages.page
    checked = reading.checked
    checked_inputs = reading.checked_inputs
    summary = summaries.summary
    _repr_svg_ = summaries.picture
    save = saving.save_model
    save_weights = saving.save_weights
    load_weights = saving.load_weights

    def __init__(
        self,
        inputs: Annotated[Any, as_tensors],
        outputs: Annotated[Any, as_tensors],
        name: Name = None,
        *,
        seed: Seed = None,
        dtype: DType = "float32",
    ) -> None:
        self._start(name, seed, dtype)
        check_ends(inputs, outputs)
        self.network = branches = Branches(inputs, outputs)
        self.inputs, self.outputs, self.nodes = inputs, outputs, branches.nodes
        begins = [tensor.node.layer for tensor in inputs]
        self.layers = list(dict.fromkeys([*begins, *by_depth(self.nodes, outputs)]))
        with all_or_nothing(*self.layers):
            self._name_layers()
            self._build()

    def _start(self, name: str | None, seed: int | None, dtype: Any) -> None:
        self.name = name or self.default_name
        self.dtype = dtype
        self.rng = new_generator(seed)
        self.layers, self.inputs, self.outputs, self.nodes = [], [], [], []
        self._names: dict[Layer, str] = {}
        self._given: list[str | None] = []

    def _build(self) -> None:
        """Make the weights of all layers that have none yet, in their order."""
        for node in self.nodes:
            node.layer.join_model(self.dtype, self.rng)
        for node in self.nodes:
            shapes = [tensor.sample for tensor in node.inputs]
            node.layer.ensure_built(shapes if node.several else shapes[0])

    def _name_layers(self) -> None:
        """Give every layer a name in this model, and one of its own if it has none."""
        self._given = [layer.given_name for layer in self.layers]
        self._names = unique_names(self.layers, self.name)
        for layer, name in self._names.items():
            layer.chosen_name = layer.chosen_name or name

    @explains_its_arguments
    def name_of(self, layer: Annotated[Layer, an("a layer", Layer)]) -> str:
        """Return what a layer is called in this model: in a model of models, names are unique.

        >>> from nnlite.layers import Dense, Input
        >>> x, y = Input(shape=(4,)), Input(shape=(2,))
        >>> encoder, decoder = Model(x, Dense(2)(x)), Model(y, Dense(4)(y))
        >>> whole = Model(x, decoder(encoder(x)))
        >>> decoder.layers[1].name, whole.name_of(decoder.layers[1])
        ('dense', 'dense_1')
        """
        if [inner.given_name for inner in self.layers] != self._given:
            self._name_layers()
        return self._names.get(layer, layer.name)

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [self.name_of(tensor.node.layer) for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers whose outputs the model gives."""
        return [self.name_of(tensor.node.layer) for tensor in self.outputs]

    @property
    def optimizer(self) -> Any:
        """The optimizer given to `compile`."""
        return self.compiled["optimizer"] if self.compiled else None

    @property
    def endings(self) -> list[Ending]:
        """How each output is judged, as `compile` was told."""
        if self.compiled is None:
            rule = "Training and evaluation need to know the loss: compile comes first."
            end = getattr(next(reversed(self.layers), None), "activation", None)
            fits = {"sigmoid": "binary_crossentropy", "softmax": "sparse_categorical_crossentropy"}
            loss = fits.get(getattr(end, "name", ""), "mse")
            remedy = f'model.compile(optimizer="sgd", loss="{loss}")'
            raise value_error(rule, "a model that was not compiled", f"model '{self.name}'", remedy)
        if self._endings is None:
            self._endings = endings(self.compiled, self.network, self.outputs, self.output_names)
        return self._endings

    def forget_endings(self) -> None:
        """Judge the outputs anew: they, or what is wanted of them, are others now."""
        self._endings = self.figures = None

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, once the model has seen data."""
        several = self.output_names if len(self.endings) > 1 else []
        unseen = ["loss", *(f"{name}_loss" for name in several)]
        return [*self.figures.names] if self.figures else unseen

    def build_for(self, x: Any) -> None:
        """Take the shape of the input from the data, where the model was not told."""

    @property
    def input_shape(self) -> Any:
        """The shape of the data, None standing for the number of samples."""
        self.check_built("input_shape")
        return one_or_list([tensor.shape for tensor in self.inputs])

    @property
    def output_shape(self) -> Any:
        """The shape of the predictions, None standing for the number of samples."""
        self.check_built("output_shape")
        return one_or_list([tensor.shape for tensor in self.outputs])

    @property
    def input(self) -> Any:
        """The tensor where data enters, or the list of them."""
        self.check_built("input")
        return one_or_list(self.inputs)

    @property
    def output(self) -> Any:
        """The tensor that the model gives, or the list of them."""
        self.check_built("output")
        return one_or_list(self.outputs)

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the output for a batch: arrays in the model's dtype, as they come."""
        self.check_built("forpass")
        return self.network.forpass(x, training)

    def backprop(self, grad: Any) -> Any:
        """Write the gradients of all weights, and return that of the input."""
        return self.network.backprop(grad)

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Apply the model to data, or join it to the outputs of other layers."""
        tensors = x if isinstance(x, list | tuple) else [x]
        if tensors and all(isinstance(tensor, Tensor) for tensor in tensors):
            self.check_built("A model inside a model")
            made = dict(zip(self.inputs, tensors, strict=True))
            for node in self.nodes:
                given = [made[tensor] for tensor in node.inputs]
                made[node.output] = node.layer(given if node.several else given[0])
            return one_or_list([made[tensor] for tensor in self.outputs])
        self.check_built("A call")
        flag("training", training, f"model '{self.name}'")
        given = self.checked_inputs(x)
        outputs = self.forpass(one_or_list(given), training)
        several = outputs if isinstance(outputs, list) else [outputs]
        return one_or_list([apart(output, given) for output in several])

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name in this model (see `name_of`), or by its place."""
        if name is None or index is not None:
            if not isinstance(index, int) or not -len(self.layers) <= index < len(self.layers):
                rule = f"get_layer takes a name, or an index below {len(self.layers)}."
                where = f"model '{self.name}' of {len(self.layers)} layers"
                raise value_error(rule, f"index={shown(index)}", where)
            return self.layers[index]
        wanted = name if isinstance(name, str) else shown(name)
        return look_up("layer", wanted, {self.name_of(layer): layer for layer in self.layers})

    @explains_its_arguments
    def twin(self, dtype: DTypeOrNone = None) -> Self:
        """Return a copy, perhaps in another dtype, that shares nothing but the history.

        >>> from nnlite.layers import Dense, Input
        >>> x = Input(shape=(1,))
        >>> model = Model(x, Dense(1)(x))
        >>> twin = model.twin(dtype="float64")
        >>> twin.weights_vector[...] = 5
        >>> twin.weights_vector.dtype, bool((model.weights_vector == 5).any())
        (dtype('float64'), False)
        """
        memo: dict[int, Any] = {id(self.history): self.history}
        memo |= {id(self._endings): None, id(self.figures): None}
        try:
            # Call by call, so that a thousand layers in a row do not nest a thousand copies.
            for node in [*(tensor.node for tensor in self.inputs), *self.nodes]:
                copy.deepcopy(node, memo)
            twin = copy.deepcopy(self, memo)
        except TypeError as error:
            rule = "explain and gradcheck work on a copy of the model, so all it holds must be "
            rule += "something that copy.deepcopy can copy."
            remedy = "Keep open files and locks out of layers, losses and metrics, or give the "
            remedy += "layer a __deepcopy__."
            raise type_error(rule, str(error), f"model '{self.name}'", remedy) from error
        twin.dtype = np.dtype(dtype or self.dtype)
        for layer in twin.layers:
            vars(layer).update(memory=NEW, skip_input_gradient=False)
            layer.given_name, layer.dtype = twin.name_of(layer), twin.dtype
        return twin

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("optimizer", "loss", "metrics"):
            rule = f"compile sets the {name} of a model."
            received, where = f"model.{name} = {told(value)}", f"model '{self.name}'"
            raise attribute_error(rule, received, where, f"model.compile({name}=...)")
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.name}' of {len(self.layers)} layers>"
