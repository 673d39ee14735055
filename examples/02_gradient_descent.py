# %% [markdown]
# # 02 Gradient descent: downhill, step by step
#
# We look for the line through the points (1, 1), (2, 2), (3, 3). The best one has w = 1, b = 0.
# How does a machine find it? The loss of one sample is
#
#     J(w, b) = ½·(ŷ − y)²     with the prediction  ŷ = w·x + b
#
# and its mean over the three samples is a bowl above the plane of w and b. The gradient points
# uphill, so each step goes the other way. The learning rate α says how far:
#
#     w ← w − α·dJ/dw = w − α·(ŷ − y)·x
#     b ← b − α·dJ/db = b − α·(ŷ − y)
#
# Small steps take long. Large steps jump over the valley, and too large ones climb out of it.
# How large is too large? That can be computed.

# %%
import lesson
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Input, Sequential, plot
from nnlite.callbacks import Callback
from nnlite.layers import Dense
from nnlite.optimizers import SGD

x = y = np.array([1.0, 2.0, 3.0])
rates = [0.01, 0.03, 0.4, 0.51]

table = lesson.Table("02 Gradient descent")

# %% [markdown]
# ## w alone, by hand
#
# First without b: a line through the origin, ŷ = w·x, from w = 0. One sample after the other
# moves w. We keep every value, to draw the path.


# %%
def descend_w(rate, epochs, w=0.0):
    path = [w]
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            w = w - rate * (w * x_i - y_i) * x_i
            path.append(w)
    return np.array(path)


for rate in rates:
    print(f"rate {rate}: w after 500 epochs is {descend_w(rate, 500)[-1]:.6g}")

for rate in [0.01, 0.03, 0.4]:
    table.equal(f"w alone, rate {rate}, 500 epochs", descend_w(rate, 500)[-1], 1.0, digits=6)
lost = abs(descend_w(0.51, 500)[-1])
table.check("w alone, rate 0.51, 500 epochs", f"|w| = {lost:.2g}", "diverges", lost > 1e100)

# %%
figure, panels = plt.subplots(2, 2, figsize=(8, 6))
for panel, rate in zip(panels.flat, rates, strict=True):
    path = descend_w(rate, epochs=4)
    reach = max(1.3, 1.1 * np.max(np.abs(path - 1)))
    w = np.linspace(1 - reach, 1 + reach, 200)
    mean_x2 = np.mean(x**2)
    panel.plot(w, 0.5 * mean_x2 * (w - 1) ** 2, color=lesson.GREY)
    panel.plot(path, 0.5 * mean_x2 * (path - 1) ** 2, "o-", color=lesson.VERMILION, markersize=4)
    panel.plot(path[0], 0.5 * mean_x2 * (path[0] - 1) ** 2, "o", color=lesson.BLUE)
    outcome = "diverges" if rate > 0.5 else "converges"
    panel.set(title=f"α = {rate} {outcome}", xlabel="w", ylabel="mean of J")
figure.suptitle("w alone: 4 epochs of 3 steps, from w = 0 (blue)")
lesson.save(figure, "02_learning_rates")

# %% [markdown]
# ## w alone, with nnlite
#
# One `Dense(1)` without a bias is this neuron. `batch_size=1` and `shuffle=False` take the
# samples one by one in their order. A callback notes the weights after each step.
# nnlite stops when a loss is no longer finite. `check_finite=False` would let it run on; with
# 10 epochs the numbers are only large, not infinite.


# %%
class Footprints(Callback):
    def on_train_begin(self, logs=None):
        self.path = [self.model.weights_vector.copy()]

    def on_train_batch_end(self, batch, logs=None):
        self.path.append(self.model.weights_vector.copy())


def descend_with_nnlite(rate, epochs, use_bias):
    neuron = Dense(1, kernel_initializer="zeros", use_bias=use_bias)
    model = Sequential([Input(shape=(1,)), neuron], dtype="float64")
    model.compile(optimizer=SGD(learning_rate=rate), loss="half_squared_error")
    footprints = Footprints()
    model.fit(x, y, batch_size=1, epochs=epochs, shuffle=False, verbose=0, callbacks=[footprints])
    return np.array(footprints.path)


for rate in rates:
    path = descend_with_nnlite(rate, epochs=10, use_bias=False)[:, 0]
    table.same(f"w alone, rate {rate}, loop and nnlite", descend_w(rate, 10), path)

# %% [markdown]
# ## w and b together
#
# Now b learns too. Two weights, so the path runs over the bowl. By hand:


# %%
def descend(rate, epochs, w=0.0, b=0.0):
    path = [(w, b)]
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            error = w * x_i + b - y_i
            w, b = w - rate * error * x_i, b - rate * error
            path.append((w, b))
    return np.array(path)


for rate in rates:
    path = descend_with_nnlite(rate, epochs=10, use_bias=True)
    table.same(f"w and b, rate {rate}, loop and nnlite", descend(rate, 10), path)

goal = np.array([1.0, 0.0])
calm, wild = descend(0.03, 1000), descend(0.4, 1000)
print("rate .03, 1000 epochs: w, b =", calm[-1])
print("rate .4,  1000 epochs: w, b =", wild[-1])
table.equal("w and b, rate 0.03, 1000 epochs", calm[-1], goal, digits=5)
lost = np.max(np.abs(wild[-1]))
table.check("w and b, rate 0.4, 1000 epochs", f"|w| = {lost:.2g}", "diverges", lost > 1e50)


# %%
def mean_loss(w, b):
    return np.mean(0.5 * (w * x + b - y) ** 2)


epochs_shown = np.array([0, 1, 2, 4, 8, 16, 32, 64, 128, 256])
calm_shown, wild_shown = calm[3 * epochs_shown], wild[:16]
figure = plt.figure(figsize=(8, 4.2))
figure.get_layout_engine().set(wspace=0.08)
bowl = figure.add_subplot(1, 2, 1, projection="3d")
plot.loss_surface(mean_loss, w=(-2, 3), b=(-3, 3), kind="surface", ax=bowl)
plot.gradient_path({"α = .03": calm_shown}, mean_loss, ax=bowl)
# Blue would drown in the blue of the valley.
bowl.lines[0].set_color(lesson.VERMILION)
bowl.legend()
bowl.set_title("The mean of J is a bowl")
bowl.set_box_aspect(None, zoom=0.9)
above = figure.add_subplot(1, 2, 2)
plot.loss_surface(mean_loss, w=(-1.2, 3.2), b=(-2.4, 2.4), ax=above)
plot.gradient_path(
    {"α = .4, each step": wild_shown, "α = .03, epochs 0, 1, 2, 4, …": calm_shown}, ax=above
)
above.plot(*goal, "*", color="white", markersize=14, markeredgecolor="black", zorder=6)
above.set_title("Two paths, from above")
lesson.save(figure, "02_bowl")

# %% [markdown]
# ## Where is the limit?
#
# Look at the error, the way still to go: e = (w − 1, b − 0). Since y = x here, one step with
# sample x turns it into
#
#     e ← e − α·(x·e₁ + e₂)·(x, 1) = (I − α·v·vᵀ)·e      with v = (x, 1)
#
# so each step multiplies the error by a matrix, and so does each epoch: by the product M of the
# three. For w alone the matrices are numbers, and the error dies out if M is between −1 and 1:
#
#     M = (1 − α)·(1 − 4α)·(1 − 9α)
#
# For w and b together M is a matrix, and what counts are its eigenvalues. An eigenvalue is the
# number by which M multiplies an error that it does not turn. All of them must lie between −1
# and 1.
#
# The largest eigenvalue passes 1 at α = .408 for w alone, but already at α = .375 = 3/8 for w
# and b together. So at .4 w alone still finds its way, and w and b do not.


# %%
def growth(rate, samples):
    """Return by how much one epoch multiplies the error, in the direction where it is worst."""
    epoch = np.eye(samples.shape[1])
    for v in samples:
        epoch = (np.eye(len(v)) - rate * np.outer(v, v)) @ epoch
    return np.max(np.abs(np.linalg.eigvals(epoch)))


def limit(samples, low=0.3, high=0.5):
    """Halve the interval until it holds nothing but the rate where the growth passes 1."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if growth(middle, samples) < 1 else (low, middle)
    return low


w_alone = x[:, np.newaxis]
w_and_b = np.column_stack([x, np.ones(3)])
table.equal("growth per epoch, w alone, .4", growth(0.4, w_alone), 0.6 * 0.6 * 2.6, digits=12)
table.equal("largest rate, w alone", limit(w_alone), (49 - np.sqrt(385)) / 72, digits=10)
table.equal("largest rate, w and b", limit(w_and_b), 3 / 8, digits=10)

# %%
figure, ax = plt.subplots(figsize=(8, 4.2))
axis = np.linspace(0, 0.55, 400)
ax.plot(axis, [growth(rate, w_alone) for rate in axis], label="w alone")
ax.plot(axis, [growth(rate, w_and_b) for rate in axis], "--", label="w and b")
ax.axhline(1, color=lesson.GREY, linewidth=1)
ax.axvline(0.4, color=lesson.GREY, linewidth=1, linestyle=":")
ax.text(0.395, 1.6, "α = .4", ha="right")
ax.text(0.02, 1.04, "above this line the error grows", color=lesson.GREY)
ax.set(title="By how much one epoch multiplies the error", ylim=(0, 2))
ax.set(xlabel="learning rate α", ylabel="growth of the error")
ax.legend(loc="upper left")
lesson.save(figure, "02_limit")

# %%
table.close()
