# %% [markdown]
# # 05 Logistic regression: yes or no?
#
# Seven students studied 2, 4, …, 14 hours. Those with 8 hours and more passed (y = 1), the others
# failed (y = 0). What is the chance p to pass after x hours? A neuron with a sigmoid answers:
#
#     z = w·x + b             any number
#     a = σ(z) = 1/(1 + e⁻ᶻ)  a number between 0 and 1: the chance
#
# and it learns with the loss called cross-entropy:
#
#     J = −(y·log a + (1 − y)·log(1 − a))
#
# This lesson asks three times why. Why not a line? Why the sigmoid? Why not the squared error?

# %%
import lesson
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Input, Sequential, plot
from nnlite.layers import Dense
from nnlite.optimizers import SGD

x = np.array([2.0, 4, 6, 8, 10, 12, 14])
y = np.array([0.0, 0, 0, 1, 1, 1, 1])

table = lesson.Table("05 Logistic regression")

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
    ax.axvspan(middle, ends[1], color=lesson.SKY, alpha=0.2, label="said to pass")
    ax.plot(ends, slope * ends + height, label="the best line")
    failing = ((slope * x_shown + height) > 0.5) != y_shown
    ax.plot(x_shown, y_shown, "o", color=lesson.BLACK, label="students")
    ax.plot(
        x_shown[failing],
        y_shown[failing],
        "X",
        color=lesson.VERMILION,
        markersize=11,
        label="wrong",
    )
    ax.axhline(0.5, color=lesson.GREY, linewidth=1, linestyle=":")
    ax.set(title=title, xlabel="hours studied", ylim=(-0.4, 1.4))
left.set_ylabel("passed")
right.legend(loc="lower right")
lesson.save(figure, "05_a_line_fails")

# %% [markdown]
# ## Why the sigmoid?
#
# A chance p lies between 0 and 1, a line runs from −∞ to +∞. Two steps join them:
#
#     odds = p/(1 − p)          from 0 to ∞: "4 to 1" for p = .8
#     logit = log(odds)         from −∞ to ∞: 0 for p = .5
#
# So let the line be the logit, w·x + b = log(p/(1 − p)), and solve for p: out comes the sigmoid.


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
panels[0].set(title="odds = p/(1 − p)", xlabel="p", ylabel="odds", ylim=(0, 20))
panels[1].plot(p, logit(p))
panels[1].set(title="logit = log(odds)", xlabel="p", ylabel="z")
panels[2].plot(z, sigmoid(z))
panels[2].set(title="σ: the way back", xlabel="z", ylabel="p")
lesson.save(figure, "05_odds_logit_sigmoid")

# %% [markdown]
# ## The neuron, by hand
#
# Cross-entropy and sigmoid belong together: in dJ/dz = dJ/da·da/dz all fractions cancel, and
#
#     dJ/dz = a − y      dJ/dw = (a − y)·x      dJ/db = a − y
#
# The slide takes the rate .007 and batches of 9. There are only 7 students, so each batch holds
# them all, and the gradient is the mean over the seven.


# %%
def learn(w, b, rate=0.007, epochs=5000):
    for _ in range(epochs):
        error = sigmoid(w * x + b) - y
        w -= rate * np.mean(error * x)
        b -= rate * np.mean(error)
    return w, b


w, b = learn(0.0, 0.0)
right_ones = np.sum((sigmoid(w * x + b) > 0.5) == y)
print(f"w = {w:.4f}, b = {b:.4f}; half and half at {-b / w:.2f} hours")

# %% [markdown]
# ## The neuron, with nnlite

# %%
model = Sequential(
    [Input(shape=(1,)), Dense(1, activation="sigmoid", kernel_initializer="zeros")],
    dtype="float64",
)
model.compile(optimizer=SGD(learning_rate=0.007), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=9, epochs=5000, verbose=0)
a = model.predict([3, 17, 60])[:, 0]
print("chances after 3, 17 and 60 hours:", a.round(4))

table.same("w and b, loop and nnlite", [w, b], model.weights_vector)
table.equal("right with the neuron, by hand", right_ones, 7)
table.equal("accuracy of nnlite", history.history["accuracy"][-1], 1.0)
table.check("chance at 3 hours", a[0], "below .5", a[0] < 0.5)
table.check("chance at 17 hours", a[1], "above .5", a[1] > 0.5)
table.check("chance at 60 hours", f"{a[2]:.12f}", "above .5, not above 1", 0.5 < a[2] <= 1)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8))
hours = np.linspace(0, 18, 200)
left.plot(hours, model.predict(hours), label="a = σ(w·x + b)")
left.plot(x, y, "o", color=lesson.BLACK, label="students")
left.axvline(-b / w, color=lesson.GREY, linestyle=":", label="half and half")
left.set(title="The chance to pass", xlabel="hours studied", ylabel="chance")
left.legend()
plot.history(history, "loss", ax=right)
right.set(title="Cross-entropy while learning")
lesson.save(figure, "05_hours_studied")

# %% [markdown]
# ## Why not the squared error?
#
# ½(a − y)² also falls when a comes nearer to y. But its gradient is (a − y)·a·(1 − a)·x: where
# the neuron is *sure and wrong*, a near 0 with y = 1, the factor a·(1 − a) is almost 0, and it
# hardly learns. Over w and b its landscape has plains; descent that starts there stays there.
# Cross-entropy is a bowl: wherever you stand, it goes downhill, and steeply where you are wrong.
#
# What is a bowl? Join any two points of it by a straight line, a chord: it nowhere runs below the
# ground. We try ten thousand chords, each at its middle. Then both losses start from w = −2, where
# the neuron says no to everybody.


# %%
def cross_entropy(w, b):
    # log(1 + e⁻ᶻ) is −log a, and log(1 + eᶻ) is −log(1 − a): so nothing becomes log(0).
    z = w * x + b
    return np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))


def half_squared_error(w, b):
    return np.mean(0.5 * (sigmoid(w * x + b) - y) ** 2)


def chords_below_ground(J):
    rng = np.random.default_rng(0)
    ends = rng.uniform([-2, -10], [2, 10], size=(10_000, 2, 2))
    middles = ends.mean(axis=1)
    grounds = np.array([J(*middle) for middle in middles])
    chords = np.array([(J(*p) + J(*q)) / 2 for p, q in ends])
    return np.sum(chords < grounds - 1e-12)


table.equal("chords below cross-entropy", chords_below_ground(cross_entropy), 0)
below = chords_below_ground(half_squared_error)
table.check("chords below the squared error", below, "many", below > 1000)


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
table.equal("accuracy from w = −2, cross-entropy", bowl_accuracy, 1.0)
moved = np.linalg.norm(plain_path[-1] - plain_path[0])
table.check("accuracy from w = −2, squared error", plain_accuracy, "below .6", plain_accuracy < 0.6)
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
    ax.lines[0].set_color(lesson.VERMILION)
    ax.legend()
    ax.set(title=title, yticks=[-10, -5, 0, 5, 10])
    ax.set_box_aspect(None, zoom=0.85)
lesson.save(figure, "05_two_landscapes")

# %%
table.close()
