"""What a model says of names that it does not have, and of a class that means to be one."""

from __future__ import annotations

from typing import Any

from nnlite.foundation.errors import attribute_error, nearest, type_error

_FILES = 'model.save("model.npz") keeps layers and weights; load_model("model.npz") reads them.'
_BATCHES = "model.fit(batches) takes what gives (x, y); one by one, model.train_on_batch(x, y)."
INSTEAD = {
    "to_json": _FILES,
    "to_yaml": _FILES,
    "to_onnx": 'nnlite.saving.to_onnx(model, "model.onnx").',
    "state_dict": "model.get_weights() and model.set_weights(weights).",
    "load_state_dict": "model.set_weights(weights).",
    "predict_classes": "model.predict(x).argmax(axis=1), or of one output model.predict(x) > 0.5.",
    "predict_proba": "model.predict(x): what softmax and sigmoid give are probabilities.",
    "fit_generator": _BATCHES,
    "evaluate_generator": "model.evaluate(batches) takes what gives (x, y).",
    "predict_generator": "model.predict(batches) takes what gives x or (x, y).",
    "parameters": "model.weights are all, model.weights_vector those that are trained.",
    "call": "model(x), or model.forpass(x).",
    "forward": "model(x), or model.forpass(x).",
    "backward": "model.backprop(grad).",
}
"""What Keras and PyTorch have, and what to write here."""


class ExplainsUnknownNames:
    """A model's first base."""

    name: str

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        foreign = {"call", "forward"} & vars(cls).keys()
        if foreign and "forpass" not in vars(cls):
            rule = "A model is made of its inputs and outputs: layers are joined by calling them."
            received = f"class {cls.__name__} with a method {min(foreign)}"
            remedy = "x = Input(shape=(2,)); model = Model(x, Dense(1)(x)). What computes in its "
            remedy += "own way is a Layer with forpass and backprop."
            raise type_error(rule, received, None, remedy)

    def __getattr__(self, name: str) -> Any:
        kind, made = type(self).__name__, "rng" in vars(self)
        if name.startswith("_" if made else "__"):
            raise AttributeError(f"'{kind}' object has no attribute '{name}'")
        if not made:
            rule = "The constructor of a model begins with that of its base."
            received = f"{kind}.__init__ without it"
            raise attribute_error(rule, received, None, "super().__init__(...)")
        guess = nearest(name, [known for known in dir(self) if not known.startswith("_")])
        nearby = f"Did you mean model.{guess}?" if guess else None
        rule, remedy = f"Model '{self.name}' has no {name}.", INSTEAD.get(name, nearby)
        raise attribute_error(rule, f"model.{name}", None, remedy)
