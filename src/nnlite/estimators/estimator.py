"""What both estimators share: scikit-learn's conventions around a model that is fitted.

Before `fit` an estimator holds its parameters, untouched. `fit` copies what training changes, and
puts what it has learned into attributes that end in an underscore.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from nnlite.callbacks import EarlyStopping
from nnlite.estimators.building import network, own_copy
from nnlite.estimators.samples import Samples, shares
from nnlite.estimators.settings import Settings
from nnlite.estimators.workers import one_thread_in_a_worker, threads_in_a_worker
from nnlite.foundation.arguments import argument_names, explains_its_arguments
from nnlite.foundation.errors import must_define, shown, value_error
from nnlite.foundation.seeding import new_generator
from nnlite.foundation.types import Array


class NetworkEstimator(BaseEstimator):  # type: ignore[misc]
    """A neural network as scikit-learn has its estimators.

    Parameters
    ----------
    hidden_layer_sizes
        The neurons of each hidden layer.
    activation
        That of the hidden layers.
    dropout
        The share of the neurons of each hidden layer to drop in training.
    optimizer
        A name or an object of `nnlite.optimizers`; of an object, `fit` takes a copy.
    learning_rate
        A number or a schedule; None leaves it to the optimizer.
    batch_size
        Samples per step; "auto" takes all at once, up to 200.
    epochs
        How often to go through the data, at most.
    l2
        The weight of the squared weights in the loss.
    tol, n_iter_no_change
        Training ends when the loss has not fallen by more than `tol` within so many epochs; with
        None for their number, after `epochs`.
    early_stopping
        Whether to watch the loss of a part of the data instead, that is not trained on. In the end
        the weights go back to those with which it fell by more than `tol` for the last time.
    validation_fraction
        The share of that part.
    warm_start
        Whether another `fit` goes on with the weights of the last.
    metrics
        Names or objects of `nnlite.metrics` for `history_`.
    callbacks
        Objects of `nnlite.callbacks`; `fit` takes copies, and leaves them in `callbacks_`.
    model
        A function that takes the numbers of inputs and outputs and returns a new model, instead
        of the hidden layers above. If the model is compiled, optimizer, loss and metrics are its
        own.
    dtype
        "float32" or "float64".
    random_state
        A number or a RandomState, where the random numbers start. NumPy's global one is left
        alone: with None they start from `nnlite.set_random_seed`.
    verbose
        As for `Model.fit`: 1 shows a progress bar, 2 a line per epoch.

    Attributes
    ----------
    model_
        The trained model.
    history_
        Losses and metrics by name, an entry per epoch.
    loss_curve_, validation_loss_curve_
        The losses of training and validation; the second is None without `early_stopping`.
    n_iter_
        How many epochs there have been.
    n_outputs_
        How many numbers the model gives for a sample.
    callbacks_
        The callbacks of the last `fit`.
    """

    _kind_of_y: ClassVar[dict[str, Any]]
    """How scikit-learn shall check y."""
    _activation: ClassVar[str]
    _loss: ClassVar[str]

    @explains_its_arguments
    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        dropout: float = 0.0,
        optimizer: Any = "adam",
        learning_rate: Any = None,
        batch_size: int | str = "auto",
        epochs: int = 200,
        l2: float = 1e-4,
        tol: float = 1e-3,
        n_iter_no_change: int | None = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        warm_start: bool = False,
        metrics: Any = None,
        callbacks: Any = None,
        model: Any = None,
        dtype: Any = "float64",
        random_state: Any = None,
        verbose: Any = 0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.dropout = dropout
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.l2 = l2
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.metrics = metrics
        self.callbacks = callbacks
        self.model = model
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from data, anew, or with `warm_start` from where the last `fit` ended.

        Parameters
        ----------
        X
            A row for each sample.
        y
            The truth for each sample.
        sample_weight
            How much each sample counts; the same multiple of all weights makes no difference.
        """
        settings = self._settings()
        goes_on = settings.warm_start and hasattr(self, "model_")
        samples, watched = self._read(X, y, sample_weight, goes_on), None
        seed = seed_of(settings.random_state)
        if not goes_on:
            self._begin(settings, samples, seed)
        if settings.early_stopping:
            share, strata = settings.validation_fraction, self._strata(samples.targets)
            samples, watched = samples.split(share, seed, strata)
        given = own_copy("callbacks", settings)
        given = list(given) if isinstance(given, list | tuple) else [given] * (given is not None)
        self.callbacks_ = given
        callbacks = [*given, *stopping(settings)]
        return self._train(settings, samples, settings.epochs, callbacks, watched)

    def _go_on(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Self:
        """Go once through this part of the data: what `partial_fit` does."""
        settings = self._settings()
        goes_on = hasattr(self, "model_")
        samples = self._read(X, y, sample_weight, goes_on, classes)
        if not goes_on:
            self._begin(settings, samples, seed_of(settings.random_state))
        return self._train(settings, samples, 1)

    def _settings(self) -> Settings:
        """Return the parameters, checked."""
        names = [name for name in argument_names(Settings) if name != "name"]
        given = {name: getattr(self, name) for name in names}
        return Settings(name=type(self).__name__, **given)

    def _read(
        self, X: Any, y: Any, sample_weight: Any, goes_on: bool, classes: Any = None
    ) -> Samples:
        """Return the samples as the network learns them; at the beginning, meet the truth."""
        how = {"dtype": (np.float64, np.float32), "reset": not goes_on, **self._kind_of_y}
        X, y = validate_data(self, X, y, **how)
        weights = None if sample_weight is None else shares(sample_weight, len(X))
        if not goes_on:
            self._meet(y if classes is None else classes, weights)
        return Samples(X, self._targets(y), weights)

    def _meet(self, y: Array, weights: Array | None) -> None:
        """Learn from the first truth what there is to say, and the number of outputs."""
        raise must_define(self, "_meet(y, weights)")

    def _targets(self, y: Array) -> Array:
        """Return the truth as the network learns it."""
        raise must_define(self, "_targets(y)")

    def _strata(self, targets: Array) -> Array | None:
        """Return what shall be as frequent in the validation part as in the rest."""
        return None

    def _begin(self, settings: Settings, samples: Samples, seed: int) -> None:
        """Make a new network, with an empty history."""
        sizes = self.n_features_in_, self.n_outputs_
        self.model_ = network(settings, *sizes, self._activation, self._loss, seed)
        self.history_: dict[str, list[float]] = {}
        self.n_iter_ = 0

    def _train(
        self,
        settings: Settings,
        samples: Samples,
        epochs: int,
        callbacks: Any = (),
        watched: Samples | None = None,
    ) -> Self:
        """Train the model, and write down how it went."""
        with one_thread_in_a_worker():
            history = self.model_.fit(
                samples.X,
                samples.targets,
                batch_size=min(settings.batch_size, len(samples.X)),
                initial_epoch=self.n_iter_,
                epochs=self.n_iter_ + epochs,
                callbacks=callbacks,
                validation_data=watched,
                sample_weight=samples.weights,
                workers=threads_in_a_worker(),
                verbose=settings.verbose,
            )
        for name, values in history.history.items():
            self.history_[name] = [*self.history_.get(name, ()), *values]
        self.n_iter_ += len(history.epoch)
        self.loss_curve_ = self.history_.get("loss", [])
        self.validation_loss_curve_ = self.history_.get("val_loss")
        return self

    def _outputs(self, X: Any) -> Array:
        """Return what the model gives for each sample."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        with one_thread_in_a_worker():
            outputs: Array = self.model_.predict(X)
        return outputs


def seed_of(random_state: Any) -> int:
    """Return a seed, as scikit-learn reads its `random_state`; for None a new one, as nnlite's."""
    if random_state is None:
        return int(new_generator().integers(2**31 - 1))
    try:
        return int(check_random_state(random_state).randint(2**31 - 1))
    except Exception:
        rule = "random_state must be a whole number from 0 on, a RandomState of NumPy, or None."
        raise value_error(rule, f"random_state={shown(random_state)}") from None


def stopping(settings: Settings) -> list[EarlyStopping]:
    """Return what ends the training when it no longer gets better, and finds the best weights."""
    if settings.n_iter_no_change is None and not settings.early_stopping:
        return []
    return [
        EarlyStopping(
            monitor="val_loss" if settings.early_stopping else "loss",
            min_delta=settings.tol,
            patience=settings.n_iter_no_change or settings.epochs,
            restore_best_weights=settings.early_stopping,
        )
    ]
