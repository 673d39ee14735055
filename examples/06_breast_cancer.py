# %% [markdown]
# # 06 Malignant or benign? From one neuron to two layers
#
# A doctor looks at cells from a tumour under the microscope. Thirty numbers describe what there
# is to see: how large the cells are, how smooth, how regular. Is the tumour malignant (class 0)
# or benign (class 1)? One logistic neuron gives the probability that it is benign:
#
# - $z = w_1·x_1 + w_2·x_2 + … + w_{30}·x_{30} + b$, one number for each patient
# - $a = σ(z) = 1/(1 + e^{-z})$, a probability between 0 and 1
# - $L = −(y·\ln a + (1 − y)·\ln(1 − a))$, the loss of one patient: cross-entropy
#
# L belongs to one patient. J is the mean of L over all of them: that is what we want small.
#
# We build this four times: one sample at a time, all samples at once, with a second layer, and
# in mini-batches. Each time as a class by hand, then with nnlite.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from nnlite import Sequential, exercises, lessons, plot
from nnlite.callbacks import Callback
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lessons.begin("06 Malignant or benign?")

cancer = load_breast_cancer()
x, y = cancer.data, cancer.target
print("x", x.shape, "  y", y.shape)
print("class 0 is", cancer.target_names[0], " class 1 is", cancer.target_names[1])

table.equal("malignant and benign tumours", np.bincount(y), [212, 357])

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
    boxprops={"facecolor": lessons.SKY, "edgecolor": lessons.BLUE},
    medianprops={"color": lessons.VERMILION},
    flierprops={"marker": ".", "markersize": 3, "markeredgecolor": lessons.GREY},
)
axes.invert_yaxis()
axes.set(title="The 30 features of 569 tumours: areas dwarf all others", xlabel="value")
lessons.save(figure, "06_box_plot")

# %% [markdown]
# How many features never reach 1, and how far does the largest go?

# %%
largest = x.max(axis=0)
print((largest < 1).sum(), "of 30 features stay below 1;", end=" ")
print("the largest number is", largest.max(), "of", cancer.feature_names[largest.argmax()])
table.equal("features that stay below 1", (largest < 1).sum(), 16)

# %% [markdown]
# Areas go up to thousands, and half of the features stay below 1. Remember this picture.

# %% [markdown]
# ## a − y, step by step
#
# How does L change when a weight changes? The way from w to L has three stages, w → z → a → L.
# The chain rule multiplies their slopes.
#
# The last stage first. The slope of $\ln a$ is $1/a$, that of $\ln(1 − a)$ is $−1/(1 − a)$:
#
# $dL/da = −y/a + (1 − y)/(1 − a) = (a − y)/(a·(1 − a))$
#
# The middle stage is the slope of σ, from lesson 05:
#
# $da/dz = a·(1 − a)$
#
# Multiply both. $a·(1 − a)$ cancels:
#
# $dL/dz = (a − y)/(a·(1 − a)) · a·(1 − a) = a − y$
#
# The first stage: $z$ changes by $x_j$ when $w_j$ changes by 1, and by 1 when b does. So
#
# $dL/dw_j = (a − y)·x_j$ and $dL/db = a − y$
#
# A number for each stage, at z = 0.5 and y = 1. To compare, we move z a little and look at L.


# %%
def sigmoid(z):
    # e¹⁰⁰⁰ is more than the computer can hold, and σ(−100) is as good as 0.
    return 1 / (1 + np.exp(-np.clip(z, -100, None)))


def loss(a, y):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


z, truth = 0.5, 1
a = sigmoid(z)
stages = [(a - truth) / (a * (1 - a)), a * (1 - a)]
print(f"dL/da = {stages[0]:.4f}   da/dz = {stages[1]:.4f}   product = {stages[0] * stages[1]:.4f}")
print(f"a − y = {a - truth:.4f}")

little = 1e-5
moved = (loss(sigmoid(z + little), truth) - loss(sigmoid(z - little), truth)) / (2 * little)
table.same("dL/dz: a − y, and z moved", a - truth, moved, tolerance=1e-9)

# %% [markdown]
# ## The words of training
#
# - A **sample** is one patient: a row of x. A **feature** is one of its thirty numbers.
# - An **epoch** is one walk through all samples of the training part.
# - A **batch** is how many samples are seen before the weights take a step.
# - A **metric** is a number for people, such as the accuracy. The loss is for the gradient.
#
# A fifth of the patients is kept aside for the test. `stratify=y` gives both parts the same
# share of malignant tumours.

# %%
x_train, x_test, y_train, y_test = train_test_split(
    x, y, stratify=y, test_size=0.2, random_state=42
)
print("training", x_train.shape, " test", x_test.shape)

# %% [markdown]
# ## The neuron as a class: one sample at a time
#
# It is the `LogisticNeuron` of lesson 05, with thirty weights in place of one. `forpass` goes
# forward, from x to z. `activation` makes a probability of z.


# %%
class LogisticNeuron:
    def __init__(self, features, rate):
        self.w, self.b = np.ones(features), 0.0
        self.rate = rate

    def forpass(self, x):
        return np.sum(x * self.w) + self.b

    def activation(self, z):
        return sigmoid(z)


neuron = LogisticNeuron(features=2, rate=0.1)
sample, truth = np.array([0.5, -1.0]), 1
z = neuron.forpass(sample)
a = neuron.activation(z)
print(f"z = {z}   a = {a:.4f}   error a − y = {a - truth:.4f}")
table.equal("z = 0.5·1 − 1·1 + 0", z, -0.5)

# %% [markdown]
# `backprop` goes back: from the error a − y to the gradients of w and b.


# %%
def backprop(self, x, error):
    """Return dL/dw and dL/db."""
    return error * x, error


LogisticNeuron.backprop = backprop

dw, db = neuron.backprop(sample, a - truth)
print("dw =", dw.round(4), "  db =", db.round(4))

# %% [markdown]
# `fit` does this for one patient after the other, and after each it takes a step: against the
# gradient, as long as the rate says. `score` is the accuracy: the share of patients for whom
# a > 0.5 says the right class.


# %%
def fit(self, x, y, epochs):
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            a = self.activation(self.forpass(x_i))
            dw, db = self.backprop(x_i, a - y_i)
            self.w -= self.rate * dw
            self.b -= self.rate * db


def score(self, x, y):
    return np.mean([(self.activation(self.forpass(x_i)) > 0.5) for x_i in x] == y)


LogisticNeuron.fit, LogisticNeuron.score = fit, score

# %% [markdown]
# The course starts all weights at 1, takes the rate 1, and the features as they come.

# %%
by_hand = LogisticNeuron(features=30, rate=1.0)
by_hand.fit(x_train, y_train, epochs=100)
print("test accuracy:", by_hand.score(x_test, y_test))

table.equal(
    "test accuracy, raw, one by one",
    by_hand.score(x_test, y_test),
    0.8245614035087719,
    digits=16,
)

# %% [markdown]
# The same with nnlite. The neuron is a `Dense` layer with one unit. `compile` says how to train:
# with which optimizer, which loss, and which metrics to report. `fit` trains.


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
table.same("weights, loop and nnlite", [*by_hand.w, by_hand.b], raw_model.weights_vector)

# %% [markdown]
# ## What scaling the features changes
#
# For each feature, subtract its mean and divide by its standard deviation: then all have mean 0
# and spread 1. Mean and deviation come from the training part alone. The test part must stay
# unseen, even by a mean.
#
# We train the neuron on both, at rate 0.1, for 30 epochs. A callback follows it: an object whose
# `on_epoch_end` is called after each epoch. It looks at the test part each time, to show how calm
# the training is. Nothing is chosen by it: from lesson 08 on, that is the work of validation data.

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
        self.accuracies.append(self.model.evaluate(self.x, self.y, verbose=0)[1])


raw, scaled = Follow(x_test, y_test), Follow(scaled_test, y_test)
for features, follow in [(x_train, raw), (scaled_train, scaled)]:
    logistic_neuron(rate=0.1).fit(
        features, y_train, batch_size=1, epochs=30, callbacks=[follow], verbose=1
    )

# %% [markdown]
# How large is z, and how much does the accuracy jump from epoch to epoch?

# %%
for name, features, follow in [("raw", x_train, raw), ("scaled", scaled_train, scaled)]:
    z = features @ follow.path[-1]
    jumps = np.abs(np.diff(follow.accuracies))
    print(f"{name:6} half of all |z| above {np.median(np.abs(z)):8.1f};", end=" ")
    print(f"accuracy {min(follow.accuracies):.3f} to {max(follow.accuracies):.3f},", end=" ")
    print(f"jumps up to {max(jumps):.3f}")

calmer = np.std(scaled.accuracies) < np.std(raw.accuracies) / 5
table.check("scaling calms the accuracy", "yes" if calmer else "no", "5 times at least", calmer)

# %% [markdown]
# On raw features z is huge, so σ(z) is 0 or 1 and nothing between: the neuron is always
# sure, right or wrong. After each mistake the weights jump by 0.1 · x, and x is an area of several
# hundred. So the accuracy jumps, too. On scaled features a step is small, and the accuracy stays
# high.

# %%
figure, axes = plt.subplot_mosaic([["top", "top"], ["raw", "scaled"]], figsize=(8, 7))
epochs = np.arange(1, 31)
axes["top"].plot(epochs, raw.accuracies, "--", color=lessons.VERMILION, label="raw features")
axes["top"].plot(epochs, scaled.accuracies, color=lessons.BLUE, label="scaled features")
axes["top"].set(title="Scaling calms the training", xlabel="epoch", ylabel="test accuracy")
axes["top"].legend()
for name, follow, colour in [("raw", raw, lessons.VERMILION), ("scaled", scaled, lessons.BLUE)]:
    path = np.array(follow.path)
    axes[name].plot(path[:, 2], path[:, 3], ".-", color=colour, linewidth=1)
    axes[name].plot(*path[0, 2:4], "o", color=lessons.ORANGE, label="after epoch 1")
    axes[name].plot(*path[-1, 2:4], "s", color=lessons.BLACK, label="after epoch 30")
    axes[name].set(
        title=f"two weights, {name} features", xlabel="w of mean perimeter", ylabel="w of mean area"
    )
    axes[name].legend()
lessons.save(figure, "06_scaling")

# %% [markdown]
# ## All samples at once: SingleLayer
#
# The loop over the patients can go. Put the patients into the rows of a matrix X, the weights
# into a column w. Then one product does the `forpass` of all of them:
#
# $z = X·w + b$ with the shapes $(m, 30)·(30, 1) = (m, 1)$


# %%
class SingleLayer:
    def __init__(self, weights, rate):
        self.weights, self.rate = weights, rate

    def forpass(self, x):
        w, b = self.weights
        return x @ w + b

    def activation(self, z):
        return sigmoid(z)


labels, test_labels = y_train.reshape(-1, 1), y_test.reshape(-1, 1)
single = SingleLayer([np.ones((30, 1)), np.zeros(1)], rate=1.0)
z = single.forpass(scaled_train)
print("X", scaled_train.shape, " w", single.weights[0].shape, " z", z.shape)
table.equal("shape of z", z.shape, (455, 1))

# %% [markdown]
# For `backprop` we need the mean of all gradients. That of wⱼ is the sum of (a − y)·xⱼ over the
# patients, divided by m. Xᵀ is X on its side: its row j holds feature j of all patients. So one
# product adds up all of it:
#
# $dw = X^T·(a − y)/m$ with the shapes $(30, m)·(m, 1) = (30, 1)$
#
# Let us see that the loop and the product give the same.


# %%
def backprop(self, x, error):
    """Return the gradients of w and b, from the errors divided by m."""
    return x.T @ error, error.sum(axis=0)


SingleLayer.backprop = backprop

errors = single.activation(z) - labels
looped = np.zeros((30, 1))
for x_i, error in zip(scaled_train, errors, strict=True):
    looped += (error * x_i / len(scaled_train)).reshape(-1, 1)
dw, db = single.backprop(scaled_train, errors / len(scaled_train))
print("dw", dw.shape, " db", db.shape)
table.same("mean gradient: loop, product", looped, dw)

# %% [markdown]
# `step` is one step of descent on what it is given. In `fit` an epoch is now one step instead of
# 455, because the batch is all 455 patients.


# %%
def step(self, x, y):
    a = self.activation(self.forpass(x))
    gradients = self.backprop(x, (a - y) / len(x))
    for weight, gradient in zip(self.weights, gradients, strict=True):
        weight -= self.rate * gradient


def fit(self, x, y, epochs):
    for _ in range(epochs):
        self.step(x, y)


def score(self, x, y):
    return np.mean((self.activation(self.forpass(x)) > 0.5) == y)


SingleLayer.step, SingleLayer.fit, SingleLayer.score = step, fit, score

single.fit(scaled_train, labels, epochs=100)
print("test accuracy, by hand:", single.score(scaled_test, test_labels))

# %% [markdown]
# With nnlite `batch_size=455` puts all patients into one batch.


# %%
def flat(weights):
    return np.concatenate([weight.ravel() for weight in weights])


neuron = logistic_neuron(rate=1.0)
neuron_history = neuron.fit(scaled_train, y_train, batch_size=455, epochs=100, verbose=0)
_, neuron_accuracy = neuron.evaluate(scaled_test, y_test, verbose=0)
print("test accuracy, nnlite:", neuron_accuracy)

table.same("vectorized: by hand and nnlite", flat(single.weights), neuron.weights_vector)
table.check("test accuracy, vectorized", neuron_accuracy, "at least .95", neuron_accuracy >= 0.95)

# %% [markdown]
# ## Two layers: DualLayer
#
# Ten neurons look at the thirty features, and one more neuron looks at those ten.
#
# - $A_1 = σ(X·W_1 + b_1)$ with the shapes $(m, 30)·(30, 10) = (m, 10)$
# - $a = σ(A_1·W_2 + b_2)$ with the shapes $(m, 10)·(10, 1) = (m, 1)$
#
# On the way back the error of the output goes through W₂ to the hidden layer, and through the
# slope of σ, which is $A_1·(1 − A_1)$. ⊙ multiplies number by number:
#
# - $dz_2 = (a − y)/m$ and $dW_2 = A_1^T·dz_2$
# - $dZ_1 = dz_2·W_2^T ⊙ A_1·(1 − A_1)$ and $dW_1 = X^T·dZ_1$
#
# Which factor is transposed, and on which side does it stand? There is a rule to remember. Take
# the product of the way forward, $Z = X·W$. **The gradient stands in the place of what we
# ask for, and the other factor stays where it is, transposed:**
#
# - asked for dW: dZ takes the place of W, so $dW = X^T·dZ$;
# - asked for dX: dZ takes the place of X, so $dX = dZ·W^T$.
#
# The shapes leave no other way. The picture shows the output layer with 12 patients: sides that
# meet have the same colour.


# %%
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


full_batch = two_layers(rate=1.0)
figure = plt.figure(figsize=(8, 5.3), layout="none")
axes = figure.add_axes((0, 0, 1, 1))
plot.shapes(full_batch, scaled_train[:12], y_train[:12], layer="output", ax=axes)
lessons.save(figure, "06_products")

# %% [markdown]
# `DualLayer` is a `SingleLayer` with another `forpass` and another `backprop`. All else stays.
# `forpass` keeps A₁, because `backprop` needs it.
#
# The weights must start at random. If all ten neurons started alike, they would learn alike and
# stay one neuron, ten times. We take the start of the nnlite model, to compare.
#
# (The slide writes the step as w₂ = w₁ − αΔw₂. Both must be w₂: each weight goes on from where it
# was itself.)


# %%
class DualLayer(SingleLayer):
    def forpass(self, x):
        W1, b1, W2, b2 = self.weights
        self.A1 = sigmoid(x @ W1 + b1)
        return self.A1 @ W2 + b2

    def backprop(self, x, error):
        W2 = self.weights[2]
        dZ1 = error @ W2.T * self.A1 * (1 - self.A1)
        return x.T @ dZ1, dZ1.sum(axis=0), self.A1.T @ error, error.sum(axis=0)


dual = DualLayer(full_batch.get_weights(), rate=1.0)
dual.fit(scaled_train, labels, epochs=100)
print("test accuracy, by hand:", dual.score(scaled_test, test_labels))

# %% [markdown]
# `Dense` is the same for many. A `Dense` layer of nnlite keeps W and b, and its `forpass` and
# `backprop` are the lines above. A model of many layers calls them one after the other: forward
# from the first to the last, backward from the last to the first.

# %%
full_history = full_batch.fit(scaled_train, y_train, batch_size=455, epochs=100, verbose=0)
_, full_accuracy = full_batch.evaluate(scaled_test, y_test, verbose=0)
print("test accuracy, nnlite:", full_accuracy)

table.same("two layers: by hand and nnlite", flat(dual.weights), full_batch.weights_vector)
table.check("test accuracy, two layers", full_accuracy, "at least .95", full_accuracy >= 0.95)

# %% [markdown]
# ## Why the sigmoid in between?
#
# Leave it out, and the second layer is for nothing. Two weighted sums in a row are one weighted
# sum:
#
# $(X·W_1 + b_1)·W_2 + b_2 = X·(W_1·W_2) + (b_1·W_2 + b_2)$
#
# The same holds for a hundred layers. Three here, 30-10-8-1, against the single W and b that they
# collapse to:

# %%
straight = Sequential([Dense(10, input_shape=(30,)), Dense(8), Dense(1)], seed=42, dtype="float64")
W, b = np.eye(30), np.zeros(30)
for layer in straight.layers:
    W, b = W @ layer.W, b @ layer.W + layer.b
print(straight.count_params(), "parameters do what", W.size + b.size, "can do; W", W.shape)

table.same("three without σ, and one", straight.predict(scaled_test), scaled_test @ W + b)

# %% [markdown]
# ## Mini-batches of 32
#
# One sample at a time is a step in a hasty direction; all samples at once is a good step that
# costs a whole epoch. Mini-batches lie between: 32 samples give a good enough direction, and an
# epoch has fifteen steps: fourteen batches of 32 and a last one of 7.
#
# By hand only `fit` is new. Usually `fit` shuffles the samples in each epoch. Here `shuffle=False`
# keeps them in the order of the loop.


# %%
class MiniBatchNetwork(DualLayer):
    def fit(self, x, y, epochs, batch_size):
        for _ in range(epochs):
            for start in range(0, len(x), batch_size):
                batch = slice(start, start + batch_size)
                self.step(x[batch], y[batch])


mini_batches = two_layers(rate=1.0)
by_hand = MiniBatchNetwork(mini_batches.get_weights(), rate=1.0)
by_hand.fit(scaled_train, labels, epochs=100, batch_size=32)

mini_history = mini_batches.fit(
    scaled_train, y_train, batch_size=32, epochs=100, shuffle=False, verbose=0
)
_, mini_accuracy = mini_batches.evaluate(scaled_test, y_test, verbose=0)
print("test accuracy:", mini_accuracy)

table.same("mini-batches: hand and nnlite", flat(by_hand.weights), mini_batches.weights_vector)
table.check("test accuracy, mini-batches", mini_accuracy, "at least .95", mini_accuracy >= 0.95)

# %% [markdown]
# The curves show J, epoch by epoch: the mean of L over the batches of the epoch, each taken before
# its step. Mini-batches are far ahead after a few epochs: they have taken fifteen times as many
# steps. Which J does each reach, and after how many epochs was the fastest where the others end?

# %%
losses = {
    "one neuron, all at once": neuron_history.history["loss"],
    "two layers, all at once": full_history.history["loss"],
    "two layers, mini-batches": mini_history.history["loss"],
}
fastest = np.array(losses["two layers, mini-batches"])
for name, values in losses.items():
    overtaken = 1 + np.flatnonzero(fastest <= values[-1])[0]
    print(f"{name:25} J = {values[-1]:.4f}; mini-batches had this after {overtaken} epochs")
ahead = fastest[9] < min(losses["one neuron, all at once"][9], losses["two layers, all at once"][9])
table.check("mini-batches lead at epoch 10", "yes" if ahead else "no", "yes", ahead)

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
lessons.save(axes.figure, "06_loss")

# %% [markdown]
# ## The shape of every matrix
#
# Most mistakes in a network by hand are a matrix on its side. `model.explain` takes one step on
# a batch and tells it line by line: the formula, the shapes, and how large the numbers are. Check
# each product: the inner numbers must be equal, the outer ones are the shape of the result. And
# a gradient always has the shape of its weight.

# %%
model = two_layers(rate=1.0)
told = model.explain(scaled_train[:32], y_train[:32])
print(told)

hidden = model.layers[0]
table.equal("W1 and dW1 have the shapes", [hidden.W.shape, told["dW1"].shape], [(30, 10), (30, 10)])

figure = plt.figure(figsize=(8, 6), layout="none")
axes = figure.add_axes((0, 0, 1, 1))
plot.explain(told, ax=axes)
lessons.save(figure, "06_shapes")

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("06")

# %% [markdown]
# ## The table

# %%
table.close()
