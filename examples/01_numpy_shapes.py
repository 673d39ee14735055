# %% [markdown]
# # 01 NumPy and shapes
#
# A network is arrays, and most mistakes are shapes that do not fit. A layer with k neurons takes
# m samples of n features each, and computes for all of them at once
#
#     Z = X·W + b        (m, n)·(n, k) + (k,) = (m, k)
#
# Before we can read this line we need four things: how an array is cut and turned (shapes and
# axes), how arrays of different shapes are added (broadcasting), what · means (`dot`), and why
# we bother at all instead of writing loops (speed).

# %%
import time

import lesson
import matplotlib.pyplot as plt
import numpy as np
from threadpoolctl import threadpool_limits

from nnlite.layers import Dense

table = lesson.Table("01 NumPy and shapes")

# %% [markdown]
# ## Cutting: reshape, slices, lists of places, conditions
#
# `reshape` arranges the same numbers anew, row by row; −1 means "as many as it takes". A slice
# `start:stop` leaves `stop` out. A list of places (fancy indexing) takes just those, in that
# order. An array of True and False (boolean indexing) takes where it is true.

# %%
A = np.arange(12).reshape(3, 4)
print(A)
table.equal("arange(12).reshape(3, −1)", np.arange(12).reshape(3, -1).shape, (3, 4))
table.equal("A[1:, :2], a slice", A[1:, :2], [[4, 5], [8, 9]])
table.equal("A[:, 1], one column", A[:, 1], [1, 5, 9])
table.equal("A[[2, 0]], fancy", A[[2, 0]], [[8, 9, 10, 11], [0, 1, 2, 3]])
table.equal("A[[0, 1, 2], [3, 1, 0]], fancy", A[[0, 1, 2], [3, 1, 0]], [3, 5, 8])
table.equal("A[A % 5 == 0], boolean", A[A % 5 == 0], [0, 5, 10])

# %% [markdown]
# A slice is a *view*: it shows the same numbers, so writing into it changes A. Fancy and boolean
# indexing make a copy.

# %%
view, copy = A[0, :2], A[0, [0, 1]]
view[0] = 100
table.equal("A[0, 0] after view[0] = 100", A[0, 0], 100)
table.equal("copy[0] after view[0] = 100", copy[0], 0)
A[0, 0] = 0

# %% [markdown]
# ## Axes: the one you name is the one that goes away
#
# `A.sum(axis=0)` adds along axis 0, over the rows: (3, 4) becomes (4,), one sum per column.
# `swapaxes(i, j)` exchanges two axes; the numbers stay, their addresses change:
# `B.swapaxes(0, 2)[k, j, i]` is `B[i, j, k]`.

# %%
B = np.arange(24).reshape(2, 3, 4)
C = np.arange(24).reshape(2, 2, 2, 3)
table.equal("A.sum(axis=0)", A.sum(axis=0), [12, 15, 18, 21])
table.equal("A.sum(axis=1)", A.sum(axis=1), [6, 22, 38])
table.equal("A.sum(axis=1, keepdims=True)", A.sum(axis=1, keepdims=True).shape, (3, 1))
table.equal("(2, 3, 4), sum over axis 1", B.sum(axis=1).shape, (2, 4))
table.equal("(2, 3, 4), swap axes 0 and 2", B.swapaxes(0, 2).shape, (4, 3, 2))
table.equal("B[1, 2, 3] after that swap", B.swapaxes(0, 2)[3, 2, 1], B[1, 2, 3])
table.equal("(2, 2, 2, 3), swap axes 0 and 3", C.swapaxes(0, 3).shape, (3, 2, 2, 2))

# %% [markdown]
# ## Broadcasting: the missing axis is copied in thought
#
# A column (3, 1) and a row (4,) make a table (3, 4): NumPy lines the shapes up at the right, and
# an axis of length 1, or none at all, is repeated until it fits. That is how b, of shape (k,), is
# added to every row of X·W.
#
# It is also a trap: predictions of shape (m, 1) minus targets of shape (m,) make a table (m, m),
# without a word. nnlite reshapes such targets for you.

# %%
column, row = np.array([[0], [10], [20]]), np.array([1, 2, 3, 4])
table.equal("(3, 1) + (4,)", (column + row).shape, (3, 4))
table.equal("its last row", (column + row)[2], [21, 22, 23, 24])
table.equal("the trap: (5, 1) − (5,)", (np.ones((5, 1)) - np.ones(5)).shape, (5, 5))


# %%
def draw_cells(ax, numbers, repeated):
    """Draw the numbers in a grid; those that are only copied in thought are pale."""
    height, width = numbers.shape
    ax.set(xlim=(-0.05, width + 0.05), ylim=(height + 0.05, -0.05), aspect="equal")
    ax.set_axis_off()
    for (i, j), number in np.ndenumerate(numbers):
        colour = lesson.GREY if repeated[i, j] else lesson.BLACK
        face = "white" if repeated[i, j] else "#D6E9F5"
        ax.add_patch(plt.Rectangle((j, i), 1, 1, facecolor=face, edgecolor=lesson.GREY))
        ax.text(j + 0.5, i + 0.5, number, ha="center", va="center", color=colour, fontsize=13)


figure, panels = plt.subplots(1, 5, figsize=(8, 2.4), width_ratios=[4, 0.6, 4, 0.6, 4])
wide = np.broadcast_to(column, (3, 4)), np.broadcast_to(row, (3, 4))
draw_cells(panels[0], wide[0], np.arange(12).reshape(3, 4) % 4 > 0)
draw_cells(panels[2], wide[1], np.arange(12).reshape(3, 4) >= 4)
draw_cells(panels[4], column + row, np.zeros((3, 4), dtype=bool))
for ax, title in zip(panels[::2], ["column (3, 1)", "row (4,)", "table (3, 4)"], strict=True):
    ax.set_title(title)
for ax, sign in zip(panels[1::2], "+=", strict=True):
    ax.set_axis_off()
    ax.text(0.5, 0.5, sign, ha="center", va="center", fontsize=18, transform=ax.transAxes)
lesson.save(figure, "01_broadcasting")

# %% [markdown]
# ## The calories table, in percent
#
# Calories from carbohydrates, protein and fat (rows) in 100 g of apples, beef, eggs and potatoes
# (columns). What share of the calories of each food comes from where? Sum over the rows, and
# divide: (3, 4) by (4,) broadcasts. No loop.

# %%
foods, sources = ["apples", "beef", "eggs", "potatoes"], ["carbohydrates", "protein", "fat"]
calories = np.array([[56.0, 0.0, 4.4, 68.0], [1.2, 104.0, 52.0, 8.0], [1.8, 135.0, 99.0, 0.9]])
percent = 100 * calories / calories.sum(axis=0)
print(percent.round(2))
table.equal("apples, percent carbohydrates", percent[0, 0], 94.91525424, digits=8)
table.equal("each food together", percent.sum(axis=0), [100.0] * 4, digits=3)

# %% [markdown]
# ## dot: multiply and add
#
# The · of two vectors multiplies place by place and adds up. By hand that is a loop, and Python
# reads its two lines anew for every number. `np.dot` is a ready program of the processor, and
# takes several numbers at a time. How much faster is it, on a million numbers? To be fair,
# `np.dot` gets one core only, like the loop. Other programs disturb the clock, so we try each for
# a second and take the best.

# %%
rng = np.random.default_rng(0)
a, b = rng.random(1_000_000), rng.random(1_000_000)


def dot_by_hand(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


def fastest(function):
    seconds, end = [], time.perf_counter() + 1
    while time.perf_counter() < end:
        start = time.perf_counter()
        function(a, b)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


with threadpool_limits(limits=1):
    slow, fast = fastest(dot_by_hand), fastest(np.dot)
ratio = slow / fast
print(f"loop {1000 * slow:.1f} ms, np.dot {1000 * fast:.3f} ms: {ratio:.0f} times faster")
table.same("loop divided by np.dot", dot_by_hand(a, b) / np.dot(a, b), 1.0)
table.check("np.dot is faster", f"{ratio:.0f} times", "at least 50 times", ratio >= 50)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8), width_ratios=[3, 2])
bottoms = np.vstack([np.zeros(4), percent.cumsum(axis=0)[:-1]])
for share, bottom, source, colour, hatch in zip(
    percent,
    bottoms,
    sources,
    [lesson.SKY, lesson.ORANGE, lesson.PURPLE],
    ["", "//", ".."],
    strict=True,
):
    left.bar(
        foods, share, bottom=bottom, label=source, color=colour, hatch=hatch, edgecolor="white"
    )
left.set(title="Where the calories come from", ylabel="percent", ylim=(0, 130))
left.set_yticks(range(0, 101, 20))
left.legend(ncols=3, loc="upper center", columnspacing=1, handlelength=1.5)
milliseconds = [1000 * slow, 1000 * fast]
bars = right.bar(["loop", "np.dot"], milliseconds, color=[lesson.VERMILION, lesson.BLUE])
right.bar_label(bars, [f"{number:.3g}" for number in milliseconds])
right.set(title="A million products", ylabel="milliseconds, logarithmic", yscale="log")
right.set_ylim(0.01, 1000)
lesson.save(figure, "01_calories_and_speed")

# %% [markdown]
# ## A whole layer: X·W + b
#
# Now the line from the top, for m = 4 samples, n = 3 features, k = 2 neurons. By hand it takes
# three loops; the matrix product does them all. nnlite's `Dense` layer is this line, plus its
# gradients.

# %%
X, W, bias = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=2)
Z = np.zeros((4, 2))
for sample in range(4):
    for neuron in range(2):
        for feature in range(3):
            Z[sample, neuron] += X[sample, feature] * W[feature, neuron]
        Z[sample, neuron] += bias[neuron]

layer = Dense(2, input_shape=(3,), dtype="float64")
layer.build((3,))
layer.set_weights([W, bias])
table.same("three loops and X @ W + b", Z, X @ W + bias)
table.same("three loops and Dense(2)", Z, layer(X))

# %%
table.close()
