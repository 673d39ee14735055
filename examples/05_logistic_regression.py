# %% [markdown]
# # 05 Logistic regression: yes or no?
#
# Seven students studied 2, 4, …, 14 hours. Those with 8 hours and more passed (y = 1), the others
# failed (y = 0). What is the chance to pass after x hours? A neuron with a sigmoid answers:
#
# - $z = w·x + b$, any number
# - $a = σ(z) = 1/(1 + e^{-z})$, a number between 0 and 1: the chance
#
# It learns with the loss called **cross-entropy**. Of one student it is
#
# $L = −(y·\ln a + (1 − y)·\ln(1 − a))$
#
# and J is the mean over all students. (ln is the natural logarithm; the slide writes log.)
#
# This lesson asks four times why. Why not a line? Why the sigmoid? Why this loss? Why not the
# squared error?

# %%
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Input, Sequential, exercises, lessons, plot
from nnlite.layers import Dense
from nnlite.optimizers import SGD, RMSprop

x = np.array([2.0, 4, 6, 8, 10, 12, 14])
y = np.array([0.0, 0, 0, 1, 1, 1, 1])

table = lessons.begin("05 Logistic regression")

# %% [markdown]
# ## Why not a line?
#
# Draw the best line through the points, and say "passed" where it is above ½. For the seven
# students that works. Now an eighth comes, who studied 60 hours, and passed of course. This is
# no news, but it tilts the line, and suddenly the student with 6 hours is said to pass. And what
# would a chance of 6.1 mean, that the first line gives to 60 hours?

# %%
with_eighth_x, with_eighth_y = np.append(x, 60.0), np.append(y, 1.0)
line = np.polyfit(x, y, deg=1)
tilted = np.polyfit(with_eighth_x, with_eighth_y, deg=1)
line_right = np.sum((np.polyval(line, x) > 0.5) == y)
tilted_right = np.sum((np.polyval(tilted, x) > 0.5) == y)

table.equal("right with a line, 7 students", line_right, 7)
table.check("the same 7, after the 8th", tilted_right, "fewer than 7", tilted_right < 7)
chance = np.polyval(line, 60.0)
table.check("the line's chance at 60 hours", chance, "no chance: above 1", chance > 1)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8), width_ratios=[2, 3], sharey=True)
for ax, x_shown, y_shown, (slope, height), title in [
    (left, x, y, line, "Seven students"),
    (right, with_eighth_x, with_eighth_y, tilted, "One more, and the line tilts"),
]:
    ends = np.array([0, x_shown.max() + 2])
    middle = (0.5 - height) / slope
    ax.axvspan(middle, ends[1], color=lessons.SKY, alpha=0.2, label="said to pass")
    ax.plot(ends, slope * ends + height, label="the best line")
    failing = ((slope * x_shown + height) > 0.5) != y_shown
    ax.plot(x_shown, y_shown, "o", color=lessons.BLACK, label="students")
    ax.plot(
        x_shown[failing],
        y_shown[failing],
        "X",
        color=lessons.VERMILION,
        markersize=11,
        label="wrong",
    )
    ax.axhline(0.5, color=lessons.GREY, linewidth=1, linestyle=":")
    ax.set(title=title, xlabel="hours studied", ylim=(-0.4, 1.4))
left.set_ylabel("passed")
right.legend(loc="lower right")
lessons.save(figure, "05_a_line_fails")

# %% [markdown]
# ## Why the sigmoid?
#
# A chance p lies between 0 and 1, a line runs from −∞ to +∞. Two steps join them:
#
# - $odds = p/(1 − p)$, from 0 to ∞: "4 to 1" for p = .8
# - $logit = \ln(odds)$, from −∞ to ∞: 0 for p = .5
#
# So let the line be the logit, and solve for p:
#
# - $\ln(p/(1 − p)) = z$ with $z = w·x + b$
# - $p/(1 − p) = e^z$
# - $p = e^z − p·e^z$, so $p·(1 + e^z) = e^z$
# - $p = e^z/(1 + e^z) = 1/(1 + e^{-z})$, after dividing both by $e^z$
#
# Out comes the sigmoid.


# %%
def odds(p):
    return p / (1 - p)


def logit(p):
    return np.log(odds(p))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


p = np.linspace(0.01, 0.99, 99)
table.equal("odds of .8", odds(0.8), 4.0, digits=12)
table.same("σ(logit(p)) and p", sigmoid(logit(p)), p, 1e-12)

figure, panels = plt.subplots(1, 3, figsize=(8, 3))
z = np.linspace(-6, 6, 200)
panels[0].plot(p, odds(p))
panels[0].set(
    title="odds = p/(1 − p)", xlabel="p", ylabel="odds", ylim=(0, 20), yticks=range(0, 21, 5)
)
panels[1].plot(p, logit(p))
panels[1].set(title="logit = ln(odds)", xlabel="p", ylabel="z")
panels[2].plot(z, sigmoid(z))
panels[2].set(title="σ: the way back", xlabel="z", ylabel="p")
lessons.save(figure, "05_odds_logit_sigmoid")

# %% [markdown]
# ## Why cross-entropy? Read it as two curves
#
# y is 0 or 1, so one half of the formula is always gone:
#
# - for y = 1: $L = −\ln a$. Sure and right, a near 1, costs nothing. The surer and wronger, the
#   more: near a = 0 it rises without end.
# - for y = 0: $L = −\ln(1 − a)$, the same in the mirror.
#
# The squared error $½·(a − y)^2$ never costs more than ½, however wrong.

# %%
a = np.linspace(0.001, 0.999, 999)
table.equal("−ln .5, the loss of a shrug", -np.log(0.5), 0.693147, digits=6)
table.equal("−ln .01: sure and wrong, y = 1", -np.log(0.01), 4.605170, digits=6)
table.equal("½(.01 − 1)²: the squared error", 0.5 * (0.01 - 1) ** 2, 0.490050, digits=6)

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), sharey=True)
for ax, loss, squared, title in [
    (left, -np.log(a), 0.5 * (a - 1) ** 2, "passed, y = 1: −ln a"),
    (right, -np.log(1 - a), 0.5 * a**2, "failed, y = 0: −ln(1 − a)"),
]:
    ax.plot(a, loss, label="cross-entropy")
    ax.plot(a, squared, "--", label="½(a − y)²")
    ax.set(title=title, xlabel="a, the chance that the neuron tells", ylim=(0, 5))
left.set_ylabel("L")
left.legend()
lessons.save(figure, "05_cross_entropy")

# %% [markdown]
# ## The gradient, line by line
#
# First the slope of σ. Write it as a power, and use the chain rule:
#
# - $a = (1 + e^{-z})^{-1}$
# - $da/dz = −1·(1 + e^{-z})^{-2} · e^{-z}·(−1)$
# - $da/dz = a^2·e^{-z}$, since $(1 + e^{-z})^{-1}$ is a
# - $e^{-z} = 1/a − 1$, from the first line
# - $da/dz = a^2·(1/a − 1) = a·(1 − a)$
#
# Then the slope of the loss. The derivative of ln a is 1/a, that of ln(1 − a) is −1/(1 − a):
#
# - $dL/da = −y/a + (1 − y)/(1 − a)$
#
# Multiply both, and all fractions cancel:
#
# - $dL/dz = dL/da · da/dz = (−y/a + (1 − y)/(1 − a)) · a·(1 − a)$
# - $dL/dz = −y·(1 − a) + (1 − y)·a$
# - $dL/dz = −y + y·a + a − y·a$
# - $dL/dz = a − y$
#
# The rest is as in lesson 03, with z in the place of ŷ: $dL/dw = (a − y)·x$ and $dL/db = a − y$.
# Let us measure it, at z = 0.8 for both kinds of students.


# %%
def loss_of(z, y):
    a = sigmoid(z)
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


h = 1e-5
for truth in [1.0, 0.0]:
    measured = (loss_of(0.8 + h, truth) - loss_of(0.8 - h, truth)) / (2 * h)
    table.same(f"a − y and dL/dz measured, y = {truth:g}", sigmoid(0.8) - truth, measured, 1e-9)

# %% [markdown]
# ## The neuron as a class
#
# `LogisticNeuron` is the `Neuron` of lesson 03 with an activation. Compare: `forpass` and
# `backprop` are the same, only the error is now a − y. First the way there.


# %%
class LogisticNeuron:
    def __init__(self):
        self.w, self.b = 0.0, 0.0

    def forpass(self, x):
        return self.w * x + self.b

    def activation(self, z):
        return 1 / (1 + np.exp(-z))


untrained = LogisticNeuron()
print("before learning:", untrained.activation(untrained.forpass(x)))

# %% [markdown]
# Then the way back. The slide takes the rate .007 and batches of 9. There are only 7 students, so
# each batch holds them all, and the gradient is the mean over the seven.


# %%
def backprop(self, x, error):
    """Return dJ/dw and dJ/db, means over all students."""
    return np.mean(error * x), np.mean(error)


def fit(self, x, y, epochs, rate):
    for _ in range(epochs):
        error = self.activation(self.forpass(x)) - y
        dw, db = self.backprop(x, error)
        self.w -= rate * dw
        self.b -= rate * db
    return self


def predict(self, x):
    return self.activation(self.forpass(x)) > 0.5


LogisticNeuron.backprop, LogisticNeuron.fit, LogisticNeuron.predict = backprop, fit, predict

neuron = LogisticNeuron().fit(x, y, epochs=5000, rate=0.007)
right_ones = np.sum(neuron.predict(x) == y)
half = -neuron.b / neuron.w
print(f"w = {neuron.w:.4f}, b = {neuron.b:.4f}; half and half at {half:.2f} hours")
table.equal("right with the neuron, by hand", right_ones, 7)

# %% [markdown]
# ## The neuron, with nnlite
#
# The activation is a word: `activation="sigmoid"`. Together with the loss `"binary_crossentropy"`
# nnlite uses a − y, too, and never divides by a.

# %%
model = Sequential(
    [Input(shape=(1,)), Dense(1, activation="sigmoid", kernel_initializer="zeros")],
    dtype="float64",
)
model.compile(optimizer=SGD(learning_rate=0.007), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=9, epochs=5000, verbose=0)
a = model.predict([3, 17, 60])[:, 0]
print("chances after 3, 17 and 60 hours:", a.round(4))

table.same("w and b, class and nnlite", [neuron.w, neuron.b], model.weights_vector)
table.equal("accuracy of nnlite", history.history["accuracy"][-1], 1.0)
table.check("chance at 3 hours", a[0], "below .5", a[0] < 0.5)
table.check("chance at 17 hours", a[1], "above .5", a[1] > 0.5)
table.check("chance at 60 hours", f"{a[2]:.12f}", "above .5, at most 1", 0.5 < a[2] <= 1)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8))
hours = np.linspace(0, 18, 200)
left.plot(hours, model.predict(hours), label="a = σ(w·x + b)")
left.plot(x, y, "o", color=lessons.BLACK, label="students")
left.axvline(half, color=lessons.GREY, linestyle=":", label="half and half")
left.set(title="The chance to pass", xlabel="hours studied", ylabel="chance")
left.set_xticks(range(0, 19, 2))
left.legend()
plot.history(history, "loss", ax=right)
right.set(title="J while learning", ylabel="J, cross-entropy")
lessons.save(figure, "05_hours_studied")

# %% [markdown]
# ## The script of the course: 1 … 8, with RMSprop
#
# The course's Keras script asks the same of eight students, with another optimizer. **RMSprop**
# divides each step by how large the gradients of that weight have been lately. So a weight with
# small gradients, like b here, gets on as fast as one with large ones. (Lesson 14 derives it.)

# %%
hours_8 = np.arange(1.0, 9.0)
passed_8 = np.array([0.0, 0, 0, 0, 1, 1, 1, 1])
script = Sequential([Dense(1, activation="sigmoid", input_shape=(1,))], seed=42, dtype="float64")
script.compile(
    optimizer=RMSprop(learning_rate=0.05), loss="binary_crossentropy", metrics=["accuracy"]
)
script.fit(hours_8, passed_8, epochs=500, verbose=0)
chances = script.predict(hours_8)[:, 0]
print("chances after 1 … 8 hours:", chances.round(3))
table.equal("RMSprop on 1 … 8: accuracy", script.evaluate(hours_8, passed_8, verbose=0)[1], 1.0)
border = -script.layers[0].b[0] / script.layers[0].W[0, 0]
table.check("its half and half, in hours", border, "between 4 and 5", 4 < border < 5)

# %% [markdown]
# ## Why not the squared error?
#
# $½·(a − y)^2$ also falls when a comes nearer to y. But its gradient is $(a − y)·a·(1 − a)·x$:
# where the neuron is *sure and wrong*, a near 0 with y = 1, the factor $a·(1 − a)$ is almost 0,
# and it hardly learns. Over w and b its landscape has plains; descent that starts there stays
# there. Cross-entropy is a bowl: wherever you stand, it goes downhill, and steeply where
# you are wrong.
#
# Let both losses start from w = −2, where the neuron says no to everybody.


# %%
def cross_entropy(w, b):
    # ln(1 + e⁻ᶻ) is −ln a, and ln(1 + eᶻ) is −ln(1 − a): so nothing becomes ln 0.
    z = w * x + b
    return np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z), axis=-1)


def half_squared_error(w, b):
    return np.mean(0.5 * (sigmoid(w * x + b) - y) ** 2, axis=-1)


def path_from_the_plain(loss):
    model = Sequential([Input(shape=(1,)), Dense(1, activation="sigmoid")], dtype="float64")
    model.set_weights([[[-2.0]], [0.0]])
    model.compile(optimizer=SGD(learning_rate=0.007), loss=loss, metrics=["accuracy"])
    points = [model.weights_vector.copy()]
    for _ in range(50):
        model.fit(x, y, batch_size=9, epochs=100, verbose=0)
        points.append(model.weights_vector.copy())
    return np.array(points), model.evaluate(x, y, verbose=0)[1]


bowl_path, bowl_accuracy = path_from_the_plain("binary_crossentropy")
plain_path, plain_accuracy = path_from_the_plain("half_squared_error")
table.equal("from w = −2, cross-entropy", bowl_accuracy, 1.0)
moved = np.linalg.norm(plain_path[-1] - plain_path[0])
table.check("from w = −2, squared error", plain_accuracy, "below .6", plain_accuracy < 0.6)
table.check("way of w and b, squared error", moved, "below .1", moved < 0.1)

# %%
figure = plt.figure(figsize=(8, 4.4))
figure.get_layout_engine().set(h_pad=0.15)
for place, (J, path, title) in enumerate(
    [
        (cross_entropy, bowl_path, "Cross-entropy: a bowl"),
        (half_squared_error, plain_path, "Squared error: plains"),
    ]
):
    ax = figure.add_subplot(1, 2, place + 1, projection="3d")
    plot.loss_surface(J, w=(-2.5, 2.5), b=(-10, 10), kind="surface", ax=ax)
    plot.gradient_path({"5000 steps": path[[0, 1, 2, 5, 10, 20, 50]]}, J, ax=ax)
    # Blue would drown in the blue of the valley.
    ax.lines[0].set_color(lessons.VERMILION)
    ax.legend()
    ax.set(title=title, yticks=[-10, -5, 0, 5, 10])
    ax.set_box_aspect(None, zoom=0.85)
lessons.save(figure, "05_two_landscapes")

# %% [markdown]
# ## For the curious: what is a bowl?
#
# You may skip this part: nothing later needs it.
#
# Join any two points of a bowl by a straight line, a *chord*: it nowhere runs below the ground.
# (Mathematicians say that the function is convex.) Then it has no second valley and no plain on
# the way. We try ten thousand chords, each at its middle.


# %%
def chords_below_ground(J):
    rng = np.random.default_rng(0)
    first, second = rng.uniform([-2, -10], [2, 10], size=(2, 10_000, 2))

    def ground(points):
        w, b = np.hsplit(points, 2)
        return J(w, b)

    chords = (ground(first) + ground(second)) / 2
    return np.sum(chords < ground((first + second) / 2) - 1e-12)


table.equal("chords below cross-entropy", chords_below_ground(cross_entropy), 0)
below = chords_below_ground(half_squared_error)
table.check("chords below the squared error", below, "many", below > 1000)

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("05")

# %%
table.close()
