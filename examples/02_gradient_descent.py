# %% [markdown]
# # 02 Gradient descent: downhill, step by step
#
# We look for the line through the points (1, 1), (2, 2), (3, 3). The best one has w = 1, b = 0.
# How does a machine find it? It begins anywhere, asks how wrong it is, and goes downhill.
#
# The prediction for one sample is $ŷ = w·x + b$. How wrong it is, says the **loss**:
#
# - of one sample: $L = ½·(ŷ − y)^2$
# - of all three, the mean: $J = (L_1 + L_2 + L_3)/3$
#
# The gradient points uphill, so each step goes the other way. The learning rate α says how far:
#
# $w ← w − α·dL/dw = w − α·(ŷ − y)·x$
#
# $b ← b − α·dL/db = b − α·(ŷ − y)$
#
# (Lesson 03 shows where these two gradients come from, line by line.)
#
# Small steps take long. Large steps jump over the valley, and too large ones climb out of it. How
# large is too large? That can be computed.
#
# (The slide writes $w_2 = w_1 − α·Δw_2$. The gradient is the one at $w_1$, where we stand: nobody
# knows it at $w_2$ yet.)

# %%
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Input, Sequential, exercises, lessons, plot
from nnlite.callbacks import Callback
from nnlite.layers import Dense
from nnlite.optimizers import SGD

x = y = np.array([1.0, 2.0, 3.0])
rates = [0.01, 0.03, 0.4, 0.51]

table = lessons.begin("02 Gradient descent")

# %% [markdown]
# ## The slope along the curve
#
# First without b: a line through the origin, $ŷ = w·x$. Then J depends on one number. Put y = x
# in, and J becomes a parabola:
#
# - of one sample: $L = ½·(w·x − x)^2 = ½·x^2·(w − 1)^2$
# - the mean of $x^2$ is $(1 + 4 + 9)/3 = 14/3$
# - so $J = (7/3)·(w − 1)^2$, and its slope is $dJ/dw = (14/3)·(w − 1)$
#
# Left of the valley the slope is negative: minus the slope points to the right. Right of it the
# slope is positive: minus the slope points to the left. Both times downhill. Near the valley the
# slope is small, and the steps become small by themselves.


# %%
def J_of(w):
    return np.mean(0.5 * (w * x - y) ** 2)


def slope_at(w):
    return 14 / 3 * (w - 1)


for place in [0.0, 0.5, 1.0, 1.75]:
    measured = (J_of(place + 1e-6) - J_of(place - 1e-6)) / 2e-6
    table.same(f"slope at w = {place:g}, measured", slope_at(place), measured, 1e-8)

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8))
axis = np.linspace(-0.5, 2.5, 200)
left.plot(axis, [J_of(w) for w in axis], color=lessons.GREY)
for place in [0.0, 0.5, 1.0, 1.75]:
    ends = place + np.array([-0.4, 0.4])
    left.plot(ends, J_of(place) + slope_at(place) * (ends - place), color=lessons.VERMILION)
    left.plot(place, J_of(place), "o", color=lessons.BLUE)
    left.annotate(
        f"{slope_at(place):.2f}".replace("-", "−"),
        (place, J_of(place)),
        (7, 6),
        textcoords="offset points",
    )
left.set(title="J, and its slope at four places", xlabel="w", ylabel="J", ylim=(-0.5, 5.2))
right.plot(axis, slope_at(axis), color=lessons.VERMILION)
right.axhline(0, color=lessons.GREY, linewidth=1)
right.plot(1, 0, "o", color=lessons.BLUE)
right.text(0.6, -6.2, "left of 1 the slope is\nbelow 0: w must grow")
right.text(-0.4, 4.6, "right of 1 the slope is\nabove 0: w must shrink")
right.set(title="The slope along the curve", xlabel="w", ylabel="dJ/dw")
lessons.save(figure, "02_slope")

# %% [markdown]
# ## w alone, by hand
#
# We start at w = 0. One sample after the other moves w, so an epoch is three steps. We keep every
# value, to draw the path.


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
    panel.plot(w, 0.5 * mean_x2 * (w - 1) ** 2, color=lessons.GREY)
    panel.plot(path, 0.5 * mean_x2 * (path - 1) ** 2, "o-", color=lessons.VERMILION, markersize=4)
    panel.plot(path[0], 0.5 * mean_x2 * (path[0] - 1) ** 2, "o", color=lessons.BLUE)
    panel.plot(1, 0, "*", color="white", markersize=13, markeredgecolor="black")
    outcome = "diverges" if rate > 0.5 else "converges"
    panel.set(title=f"α = {rate} {outcome}", xlabel="w", ylabel="J")
figure.suptitle("w alone: 4 epochs of 3 steps, from w = 0 (blue); the star is the minimum")
lessons.save(figure, "02_learning_rates")

# %% [markdown]
# At .01 and .03 the point walks down the slope, and only needs time. At .4 it jumps over the
# valley again and again, and still comes nearer. At .51 it jumps so far that each epoch ends
# higher than the last: look at the numbers beside its curve.
#
# ## Too few steps: underfitting
#
# At rate .01, one epoch is not enough: w is still near its start, and the line lies far below the
# points. That is called *underfitting*. The rate is not wrong, the training was too short.

# %%
figure, ax = plt.subplots(figsize=(8, 3.8))
ax.plot(x, y, "o", color=lessons.BLACK, label="the three points")
ends = np.array([0.0, 3.3])
for epochs, line in [(1, ":"), (10, "--"), (100, "-")]:
    w = descend_w(0.01, epochs)[-1]
    ax.plot(ends, w * ends, line, label=f"rate .01, epochs: {epochs}, w = {w:.3f}")
ax.set(title="One epoch is too short: the line underfits", xlabel="x", ylabel="y")
ax.legend()
lessons.save(figure, "02_underfit")

early = descend_w(0.01, 1)[-1]
table.check("w alone, rate .01, 1 epoch", early, "far below 1", early < 0.2)
table.check(
    "w alone, rate .01, 100 epochs",
    descend_w(0.01, 100)[-1],
    "above .99",
    descend_w(0.01, 100)[-1] > 0.99,
)

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
    table.same(f"w alone, rate {rate}, loop, nnlite", descend_w(rate, 10), path)

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
    table.same(f"w and b, rate {rate}, loop, nnlite", descend(rate, 10), path)

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
figure = plt.figure(figsize=(8, 4.8))
bowl = figure.add_subplot(projection="3d")
plot.loss_surface(mean_loss, w=(-2, 4), b=(-3, 3), kind="surface", ax=bowl)
plot.gradient_path(
    {"α = .03, after epochs 0, 1, 2, 4, …": calm[3 * epochs_shown]}, mean_loss, ax=bowl
)
# Blue would drown in the blue of the valley.
bowl.lines[0].set_color(lessons.VERMILION)
bowl.plot(
    *[[number] for number in (*goal, 0)],
    "*",
    color="white",
    markersize=15,
    markeredgecolor="black",
    zorder=12,
)
bowl.legend(loc="upper left")
bowl.set(
    title="J over w and b is a bowl; the star is its lowest point",
    xlabel="w",
    ylabel="b",
    zlabel="J",
)
lessons.save(figure, "02_bowl")

# %% [markdown]
# From above, the bowl is a long valley. At .03 the path runs down into it and then along it, to
# the star. At .4 it looks like progress at first: J falls, from 2.33 to 1.30 in two epochs. But
# then the path climbs away from the star, and after six epochs J is higher than at the start. The
# right picture tells it plainly: how far it still is to the star. From the second epoch on, each
# one multiplies that distance by about 1.14.

# %%
wild_far, calm_far = (np.linalg.norm(path[::3] - goal, axis=1) for path in (wild, calm))
J_wild = [mean_loss(*point) for point in wild[::3]]
print("J at .4 after epochs 0, 1, 2, …, 6:", np.round(J_wild[:7], 2))
table.equal("J at rate .4, epochs 0 and 2", J_wild[0:3:2], [2.33, 1.30], digits=2)
table.check("J at rate .4, after 6 epochs", J_wild[6], "above that of 0", J_wild[6] > J_wild[0])
growth_seen = wild_far[40] / wild_far[39]
table.equal("growth of the distance, rate .4", growth_seen, 1.136, digits=3)

figure, (above, right) = plt.subplots(1, 2, figsize=(8, 4), width_ratios=[5, 4])
w_axis, b_axis = np.meshgrid(np.linspace(-1.3, 2.2, 120), np.linspace(-1.2, 3.2, 120))
heights = np.mean(0.5 * (w_axis[..., None] * x + b_axis[..., None] - y) ** 2, axis=-1)
lines = above.contour(
    w_axis, b_axis, heights, levels=[0.05, 0.2, 0.5, 1, 2, 5, 10], colors=lessons.GREY, linewidths=1
)
above.clabel(lines, lines.levels[1:], fontsize=8, fmt="%g")
above.plot(*wild[:19:3].T, "o-", color=lessons.BLUE, markersize=5, label="α = .4")
above.plot(*calm[3 * epochs_shown].T, "s--", color=lessons.VERMILION, markersize=4, label="α = .03")
above.plot(*goal, "*", color="white", markersize=15, markeredgecolor="black", zorder=6)
above.set(title="6 epochs at .4, 256 at .03", xlabel="w", ylabel="b")
above.legend(loc="lower left")
right.plot(wild_far[:41], color=lessons.BLUE, label="α = .4")
right.plot(calm_far[:41], "--", color=lessons.VERMILION, label="α = .03")
right.set(
    title="Distance to the star", xlabel="epoch", ylabel="distance, logarithmic", yscale="log"
)
right.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
right.legend()
lessons.save(figure, "02_two_paths")

# %% [markdown]
# ## For the curious: where is the limit?
#
# You may skip this part: nothing later needs it.
#
# Look at the error, the way still to go: e = (w − 1, b − 0). Since y = x here, one step with
# sample x turns it into
#
# $e ← e − α·(x·e_1 + e_2)·(x, 1) = (I − α·v·v^T)·e$ with $v = (x, 1)$
#
# so each step multiplies the error by a matrix, and so does each epoch: by the product M of the
# three. For w alone the matrices are numbers, and the error dies out if M is between −1 and 1:
#
# $M = (1 − α)·(1 − 4α)·(1 − 9α)$
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
ax.axhline(1, color=lessons.GREY, linewidth=1)
ax.axvline(0.4, color=lessons.GREY, linewidth=1, linestyle=":")
ax.text(0.395, 1.6, "α = .4", ha="right")
ax.text(0.02, 1.04, "above this line the error grows", color=lessons.GREY)
ax.set(title="By how much one epoch multiplies the error", ylim=(0, 2))
ax.set(xlabel="learning rate α", ylabel="growth of the error")
ax.legend(loc="upper left")
lessons.save(figure, "02_limit")

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("02")

# %%
table.close()
