# %% [markdown]
# # 06 Malignant or benign? From one neuron to two layers
#
# A doctor looks at cells from a tumour under the microscope. Thirty numbers describe what there
# is to see: how large the cells are, how smooth, how regular. Is the tumour malignant (class 0)
# or benign (class 1)? One logistic neuron gives the probability that it is benign:
#
#     z = w₁x₁ + w₂x₂ + … + w₃₀x₃₀ + b        one number for each patient
#     a = σ(z) = 1 / (1 + e⁻ᶻ)                a probability between 0 and 1
#     L = −(y ln a + (1 − y) ln(1 − a))       the loss: cross-entropy
#
# The chain rule through σ and L leaves something simple: dL/dz = a − y. So the gradients are
#
#     dL/dwⱼ = (a − y)·xⱼ          dL/db = a − y
#
# We build this four times: one sample at a time, all samples at once, with a second layer, and
# in mini-batches. Each time by hand, then with nnlite.

# %%
import lesson
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from nnlite import Sequential, plot
from nnlite.callbacks import Callback
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lesson.Table("06 Malignant or benign?")

cancer = load_breast_cancer()
x, y = cancer.data, cancer.target
print("x", x.shape, "  y", y.shape)
print("class 0 is", cancer.target_names[0], " class 1 is", cancer.target_names[1])

table.equal("malignant (class 0) and benign (class 1) tumours", np.bincount(y), [212, 357])

# %% [markdown]
# The slide says that the 212 are benign and the 357 malignant. In scikit-learn's data it is the
# other way round: class 0, with 212 tumours, is malignant.
#
# ## Look at the data first
#
# A box plot shows each feature as a box: half of all patients lie inside it, the line in the
# box is the middle one, and dots are patients far away from the rest.

# %%
figure, axes = plt.subplots(figsize=(8, 7))
axes.boxplot(
    x,
    orientation="horizontal",
    tick_labels=cancer.feature_names,
    patch_artist=True,
    boxprops={"facecolor": lesson.SKY, "edgecolor": lesson.BLUE},
    medianprops={"color": lesson.VERMILION},
    flierprops={"marker": ".", "markersize": 3, "markeredgecolor": lesson.GREY},
)
axes.invert_yaxis()
axes.set(title="The 30 features of 569 tumours: areas dwarf all others", xlabel="value")
lesson.save(figure, "06_box_plot")

# %% [markdown]
# Areas go up to thousands, most other features stay below 1. Remember this picture.
#
# ## One sample at a time
#
# A fifth of the patients is kept aside for the test. `stratify=y` gives both parts the same
# share of malignant tumours. All weights start at 1, the learning rate is 1, and the features
# are as they come.

# %%
x_train, x_test, y_train, y_test = train_test_split(
    x, y, stratify=y, test_size=0.2, random_state=42
)
print("training", x_train.shape, " test", x_test.shape)


def sigmoid(z):
    # e¹⁰⁰⁰ is more than the computer can hold, and σ(−100) is as good as 0.
    return 1 / (1 + np.exp(-np.clip(z, -100, None)))


def train_one_by_one(x, y, epochs, rate):
    w, b = np.ones(x.shape[1]), 0.0
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            a = sigmoid(np.sum(x_i * w) + b)
            error = a - y_i
            w -= rate * error * x_i
            b -= rate * error
    return w, b


def accuracy(a, y):
    return np.mean((a > 0.5) == (y == 1))


w, b = train_one_by_one(x_train, y_train, epochs=100, rate=1.0)
by_hand = accuracy(sigmoid(x_test @ w + b), y_test)
print("test accuracy:", by_hand)

table.equal("test accuracy, raw features, one by one", by_hand, 0.8245614035087719, digits=16)

# %% [markdown]
# The same with nnlite. The neuron is a `Dense` layer with one unit.


# %%
def logistic_neuron(rate):
    model = Sequential(
        [Dense(1, activation="sigmoid", kernel_initializer="ones", input_shape=(30,))],
        seed=42,
        dtype="float64",
    )
    model.compile(optimizer=SGD(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


raw_model = logistic_neuron(rate=1.0)
raw_model.fit(x_train, y_train, batch_size=1, epochs=100, shuffle=False, verbose=1)
_, raw_accuracy = raw_model.evaluate(x_test, y_test, verbose=0)
print("test accuracy:", raw_accuracy)

table.equal("the same with nnlite", raw_accuracy, 0.8245614035087719, digits=16)
table.same("weights, loop and nnlite", [*w, b], raw_model.weights_vector)

# %% [markdown]
# ## What scaling the features changes
#
# For each feature, subtract its mean and divide by its standard deviation: then all have mean 0
# and spread 1. Mean and deviation come from the training part alone. The test part must stay
# unseen, even by a mean.
#
# We train the neuron on both, at rate 0.1, and follow it with a callback: an object whose
# `on_epoch_end` is called after each epoch.

# %%
mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
scaled_train = (x_train - mean) / deviation
scaled_test = (x_test - mean) / deviation


class Follow(Callback):
    """Keeps the weights and the test accuracy of every epoch."""

    def __init__(self, x, y):
        self.x, self.y = x, y
        self.path, self.accuracies = [], []

    def on_epoch_end(self, epoch, logs=None):
        self.path.append(self.model.layers[0].W[:, 0].copy())
        self.accuracies.append(accuracy(self.model.predict(self.x)[:, 0], self.y))


raw, scaled = Follow(x_test, y_test), Follow(scaled_test, y_test)
for features, follow in [(x_train, raw), (scaled_train, scaled)]:
    logistic_neuron(rate=0.1).fit(
        features, y_train, batch_size=1, epochs=100, callbacks=[follow], verbose=1
    )

# %% [markdown]
# On raw features z goes to many thousands, so σ(z) is 0 or 1 and nothing between: the neuron
# is always sure, right or wrong. After each mistake the weights jump by 0.1 · x, and x is an
# area of several hundred. So the accuracy jumps, too. On scaled features all weights move at
# the same pace, and the accuracy stays high.

# %%
figure, axes = plt.subplot_mosaic([["top", "top"], ["raw", "scaled"]], figsize=(8, 7))
epochs = np.arange(1, 101)
axes["top"].plot(epochs, raw.accuracies, "--", color=lesson.VERMILION, label="raw features")
axes["top"].plot(epochs, scaled.accuracies, color=lesson.BLUE, label="scaled features")
axes["top"].set(title="Scaling calms the training", xlabel="epoch", ylabel="test accuracy")
axes["top"].legend()
for name, follow, colour in [("raw", raw, lesson.VERMILION), ("scaled", scaled, lesson.BLUE)]:
    path = np.array(follow.path)
    axes[name].plot(path[:, 2], path[:, 3], ".-", color=colour, linewidth=1)
    axes[name].plot(*path[0, 2:4], "o", color=lesson.ORANGE, label="after epoch 1")
    axes[name].plot(*path[-1, 2:4], "s", color=lesson.BLACK, label="after epoch 100")
    axes[name].set(
        title=f"two weights, {name} features", xlabel="w of mean perimeter", ylabel="w of mean area"
    )
    axes[name].legend()
lesson.save(figure, "06_scaling")

# %% [markdown]
# ## All samples at once
#
# The loop over the patients can go. Put the patients into the rows of a matrix X, the weights
# into a column w, and one product does all of them:
#
#     z  = X·w + b         (m, 30)·(30, 1) = (m, 1)
#     dw = Xᵀ·(a − y)/m    (30, m)·(m, 1) = (30, 1)
#
# Xᵀ is X on its side. Row j of Xᵀ holds feature j of all patients, so the product adds up
# (a − y)·xⱼ over them: the gradient of wⱼ. Divided by m it is the mean. Each epoch is now one
# step instead of 455.

# %%
labels = y_train.reshape(-1, 1)


def one_layer_step(x, y, w, b, rate):
    a = sigmoid(x @ w + b)
    error = (a - y) / len(x)
    w -= rate * x.T @ error
    b -= rate * error.sum(axis=0)


w, b = np.ones((30, 1)), np.zeros(1)
for _ in range(100):
    one_layer_step(scaled_train, labels, w, b, rate=1.0)

neuron = logistic_neuron(rate=1.0)
neuron_history = neuron.fit(scaled_train, y_train, batch_size=455, epochs=100, verbose=0)
_, neuron_accuracy = neuron.evaluate(scaled_test, y_test, verbose=0)
print("test accuracy:", neuron_accuracy)

table.same("vectorized, weights by hand and nnlite", [*w[:, 0], *b], neuron.weights_vector)
table.check(
    "test accuracy, scaled and vectorized", neuron_accuracy, "at least .95", neuron_accuracy >= 0.95
)

# %% [markdown]
# ## Two layers
#
# Ten neurons look at the thirty features, and one more neuron looks at those ten.
#
#     A₁ = σ(X·W₁ + b₁)      (m, 30)·(30, 10) = (m, 10)
#     a  = σ(A₁·W₂ + b₂)     (m, 10)·(10, 1) = (m, 1)
#
# On the way back the error of the output goes through W₂ to the hidden layer, and through the
# slope of σ, which is A₁(1 − A₁):
#
#     dz₂ = (a − y)/m                  dW₂ = A₁ᵀ·dz₂
#     dZ₁ = dz₂·W₂ᵀ ⊙ A₁(1 − A₁)       dW₁ = Xᵀ·dZ₁
#
# The weights must start at random. If all ten neurons started alike, they would learn alike and
# stay one neuron, ten times.


# %%
def two_layer_step(x, y, weights, rate):
    W1, b1, W2, b2 = weights
    A1 = sigmoid(x @ W1 + b1)
    a = sigmoid(A1 @ W2 + b2)
    dz2 = (a - y) / len(x)
    dZ1 = dz2 @ W2.T * A1 * (1 - A1)
    gradients = [x.T @ dZ1, dZ1.sum(axis=0), A1.T @ dz2, dz2.sum(axis=0)]
    for weight, gradient in zip(weights, gradients, strict=True):
        weight -= rate * gradient


def two_layers(rate):
    model = Sequential(
        [
            Dense(10, activation="sigmoid", input_shape=(30,), name="hidden"),
            Dense(1, activation="sigmoid", name="output"),
        ],
        seed=42,
        dtype="float64",
    )
    model.compile(optimizer=SGD(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def flat(weights):
    return np.concatenate([weight.ravel() for weight in weights])


full_batch = two_layers(rate=1.0)
weights = full_batch.get_weights()
for _ in range(100):
    two_layer_step(scaled_train, labels, weights, rate=1.0)

full_history = full_batch.fit(scaled_train, y_train, batch_size=455, epochs=100, verbose=0)
_, full_accuracy = full_batch.evaluate(scaled_test, y_test, verbose=0)
print("test accuracy:", full_accuracy)

table.same("two layers, weights by hand and nnlite", flat(weights), full_batch.weights_vector)
table.check("test accuracy, two layers", full_accuracy, "at least .95", full_accuracy >= 0.95)

# %% [markdown]
# ## Mini-batches of 32
#
# One sample at a time is a step in a hasty direction; all samples at once is a good step that
# costs a whole epoch. Mini-batches lie between: 32 samples give a good enough direction, and an
# epoch has fifteen steps: fourteen batches of 32 and a last one of 7.
#
# Usually `fit` shuffles the samples in each epoch. Here `shuffle=False` keeps them in the order
# of the loop.

# %%
mini_batches = two_layers(rate=1.0)
weights = mini_batches.get_weights()
for _ in range(100):
    for start in range(0, len(scaled_train), 32):
        batch = slice(start, start + 32)
        two_layer_step(scaled_train[batch], labels[batch], weights, rate=1.0)

mini_history = mini_batches.fit(
    scaled_train, y_train, batch_size=32, epochs=100, shuffle=False, verbose=0
)
_, mini_accuracy = mini_batches.evaluate(scaled_test, y_test, verbose=0)
print("test accuracy:", mini_accuracy)

table.same("mini-batches, weights by hand and nnlite", flat(weights), mini_batches.weights_vector)
table.check("test accuracy, mini-batches", mini_accuracy, "at least .95", mini_accuracy >= 0.95)

# %% [markdown]
# The curves show the loss after each epoch. Mini-batches are far ahead after a few epochs: they
# have taken fifteen times as many steps.

# %%
axes = plot.history(
    {
        "one neuron, all samples at once": neuron_history,
        "two layers, all samples at once": full_history,
        "two layers, mini-batches of 32": mini_history,
    },
    metrics="loss",
    log=True,
)
axes.set_title("Mini-batches learn more in an epoch")
lesson.save(axes.figure, "06_loss")

# %% [markdown]
# ## The shape of every matrix
#
# Most mistakes in a network by hand are a matrix on its side. `model.explain` takes one step on
# a batch and tells it line by line: the formula, the shapes, and how large the numbers are. Check
# each product: the inner numbers must be equal, the outer ones are the shape of the result. And
# a gradient always has the shape of its weight.

# %%
model = two_layers(rate=1.0)
step = model.explain(scaled_train[:32], y_train[:32])
print(step)

hidden = model.layers[0]
table.equal("W1 and dW1 have the shapes", [hidden.W.shape, step["dW1"].shape], [(30, 10), (30, 10)])

axes = plot.explain(step)
axes.figure.set_figwidth(8)
lesson.save(axes.figure, "06_shapes")

# %% [markdown]
# ## The table

# %%
table.close()
