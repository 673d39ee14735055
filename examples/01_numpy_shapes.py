# %% [markdown]
# # 01 NumPy and shapes
#
# A network is arrays, and most mistakes are shapes that do not fit. A layer with k neurons takes
# m samples of n features each, and computes for all of them at once
#
# $Z = X·W + b$ with the shapes $(m, n)·(n, k) + (k,) = (m, k)$
#
# To read this line we need four things: how an array is cut and turned (shapes and axes), how
# arrays of different shapes are added (broadcasting), what · means (`dot`), and why we do not
# simply write loops (speed).
#
# Each check prints a row: what came out, and what had to.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np
from threadpoolctl import threadpool_limits

from nnlite import exercises, lessons, plot
from nnlite.layers import Dense

table = lessons.begin("01 NumPy and shapes")


def pictures(name, height, *arguments):
    """Draw arrays below each other: each of the arguments is what `plot.array` gets."""
    figure, panels = plt.subplots(len(arguments), 1, figsize=(8, height), squeeze=False)
    for ax, (A, chosen, then, by) in zip(panels[:, 0], arguments, strict=True):
        plot.array(A, chosen, then=then, by=by, ax=ax)
    lessons.save(figure, name)


# %% [markdown]
# ## Cutting: reshape, slices, lists of places, conditions
#
# `reshape` arranges the same numbers anew, row by row; −1 means "as many as it takes".

# %%
A = np.arange(12).reshape(3, 4)
print(A)
table.equal("arange(12).reshape(3, −1)", np.arange(12).reshape(3, -1).shape, (3, 4))

# %% [markdown]
# - A **slice** `start:stop` leaves `stop` out.
# - A list of places (**fancy** indexing) takes just those, in that order.
# - An array of True and False (**boolean** indexing) takes where it is true.

# %%
table.equal("A[1:, :2], a slice", A[1:, :2], [[4, 5], [8, 9]])
table.equal("A[:, 1], one column", A[:, 1], [1, 5, 9])
table.equal("A[[2, 0]], fancy", A[[2, 0]], [[8, 9, 10, 11], [0, 1, 2, 3]])
table.equal("A[[0, 1, 2], [3, 1, 0]], fancy", A[[0, 1, 2], [3, 1, 0]], [3, 5, 8])
table.equal("A[A % 5 == 0], boolean", A[A % 5 == 0], [0, 5, 10])

pictures(
    "01_cutting",
    7.2,
    (A, np.s_[1:, :2], A[1:, :2], "A[1:, :2]"),
    (A, [2, 0], A[[2, 0]], "A[[2, 0]]"),
    (A, A % 5 == 0, A[A % 5 == 0], "A[A % 5 == 0]"),
)

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
# ## Turning: .T and swapaxes
#
# `A.T` is A on its side: rows become columns. What stood at `A[i, j]` stands at `A.T[j, i]`.
#
# With three axes, `.T` turns their order around: (2, 3, 4) becomes (4, 3, 2), and what stood at
# `B[i, j, k]` stands at `B.T[k, j, i]`. In the picture, the dark numbers are `B[0, 1]`: a row
# before. Afterwards they lie behind each other, one in each sheet.

# %%
B = np.arange(24).reshape(2, 3, 4)
table.equal("A.T has the shape", A.T.shape, (4, 3))
table.equal("A.T[3, 1]", A.T[3, 1], A[1, 3])
table.equal("B.T has the shape", B.T.shape, (4, 3, 2))
table.equal("B.T[3, 2, 1]", B.T[3, 2, 1], B[1, 2, 3])

pictures(
    "01_transposed",
    6.4,
    ({"A": A}, {"A": np.s_[1], "A.T": np.s_[:, 1]}, A.T, "A.T"),
    ({"B": B}, {"B": np.s_[0, 1], "B.T": np.s_[:, 1, 0]}, B.T, "B.T"),
)

# %% [markdown]
# `swapaxes(i, j)` exchanges two axes and leaves the others. The numbers stay, their addresses
# change: `B.swapaxes(0, 2)[k, j, i]` is `B[i, j, k]`.

# %%
C = np.arange(24).reshape(2, 2, 2, 3)
table.equal("(2, 3, 4), swap axes 0 and 2", B.swapaxes(0, 2).shape, (4, 3, 2))
table.equal("B[1, 2, 3] after that swap", B.swapaxes(0, 2)[3, 2, 1], B[1, 2, 3])
table.equal("(2, 3, 4), swap axes 1 and 2", B.swapaxes(1, 2).shape, (2, 4, 3))
table.equal("(2, 2, 2, 3), swap axes 0 and 3", C.swapaxes(0, 3).shape, (3, 2, 2, 2))

# %% [markdown]
# ## Sums: the axis you name is the one that goes away
#
# `A.sum(axis=0)` adds along axis 0, down the rows: (3, 4) becomes (4,), one sum per column.
# `keepdims=True` leaves the axis there, with length 1.

# %%
table.equal("A.sum(axis=0)", A.sum(axis=0), [12, 15, 18, 21])
table.equal("A.sum(axis=1)", A.sum(axis=1), [6, 22, 38])
table.equal("A.sum(axis=1, keepdims=True)", A.sum(axis=1, keepdims=True).shape, (3, 1))

# %% [markdown]
# It is the same with three axes: strike out the one you name. In the picture, the dark numbers are
# those that make the dark sum.
#
# - axis 0: the sheets are laid on each other. (2, 3, 4) → (3, 4)
# - axis 1: each sheet is added up downward. (2, 3, 4) → (2, 4)
# - axis 2: each row is added up. (2, 3, 4) → (2, 3)

# %%
table.equal("(2, 3, 4), sum over axis 0", B.sum(axis=0).shape, (3, 4))
table.equal("(2, 3, 4), sum over axis 1", B.sum(axis=1).shape, (2, 4))
table.equal("(2, 3, 4), sum over axis 2", B.sum(axis=2).shape, (2, 3))
table.equal("B.sum(axis=0)[0, 0] = 0 + 12", B.sum(axis=0)[0, 0], 12)
table.equal("B.sum(axis=1)[0, 0] = 0 + 4 + 8", B.sum(axis=1)[0, 0], 12)
table.equal("B.sum(axis=2)[0, 0] = 0 + 1 + 2 + 3", B.sum(axis=2)[0, 0], 6)

figure, panels = plt.subplots(3, 1, figsize=(8, 8))
for axis, (ax, added) in enumerate(
    zip(panels, [np.s_[:, 0, 0], np.s_[0, :, 0], np.s_[0, 0]], strict=True)
):
    by = f"B.sum(axis={axis})"
    plot.array({"B": B}, {"B": added, by: (0, 0)}, then=B.sum(axis=axis), by=by, ax=ax)
lessons.save(figure, "01_sums_of_three_axes")

# %% [markdown]
# And with four axes. A batch of pictures has four: the picture, its row, its column, its colour.
# Two axes can go at once: `axis=(1, 2)` leaves, for each picture and colour, one number.

# %%
for axis, shape in enumerate([(2, 2, 3), (2, 2, 3), (2, 2, 3), (2, 2, 2)]):
    table.equal(f"(2, 2, 2, 3), sum over axis {axis}", C.sum(axis=axis).shape, shape)
table.equal("(2, 2, 2, 3), sum over (1, 2)", C.sum(axis=(1, 2)).shape, (2, 3))
table.equal("its first number, 0 + 3 + 6 + 9", C.sum(axis=(1, 2))[0, 0], 18)

figure, panels = plt.subplots(2, 1, figsize=(8, 7.4))
for ax, axis, added, place in [
    (panels[0], 0, np.s_[:, 0, 0, 0], (0, 0, 0)),
    (panels[1], (1, 2), np.s_[0, :, :, 0], (0, 0)),
]:
    by = f"C.sum({axis})"
    plot.array({"C": C}, {"C": added, by: place}, then=C.sum(axis=axis), by=by, ax=ax)
lessons.save(figure, "01_sums_of_four_axes")

# %% [markdown]
# ## (5,) is not (5, 1)
#
# Five numbers can be an array with *one* axis, (5,), or a column with *two*, (5, 1). They hold the
# same numbers, and behave differently:
#
# - `.T` does nothing to (5,): there is no second axis. A column (5, 1) becomes a row (1, 5).
# - (5,)·(5,) is one number. (1, 5)·(5, 1) is a table with one number in it, (1, 1).
# - (5, 1)·(1, 5) is a table (5, 5).
#
# `flat.reshape(-1, 1)` makes the column, `column.ravel()` goes back.

# %%
flat = np.arange(1, 6)
column = flat.reshape(-1, 1)
table.equal("(5,), turned", flat.T.shape, (5,))
table.equal("(5, 1), turned", column.T.shape, (1, 5))
table.equal("(5,)·(5,)", flat @ flat, 55)
table.equal("(1, 5)·(5, 1)", column.T @ column, [[55]])
table.equal("(5, 1)·(1, 5)", (column @ column.T).shape, (5, 5))

pictures(
    "01_flat_or_column",
    8,
    (flat, None, flat.T, "flat.T"),
    (column, None, column.T, "column.T"),
    ({"column.T": column.T, "column": column}, None, column.T @ column, "@"),
)

# %% [markdown]
# ## Broadcasting: the missing axis is copied in thought
#
# A column (3, 1) and a row (4,) make a table (3, 4): NumPy lines the shapes up at the right, and
# an axis of length 1, or none at all, is repeated until it fits. The white cells of the picture
# are those copies. That is how b, of shape (k,), is added to every row of X·W.

# %%
tens, row = np.array([[0], [10], [20]]), np.array([1, 2, 3, 4])
table.equal("(3, 1) + (4,)", (tens + row).shape, (3, 4))
table.equal("its last row", (tens + row)[2], [21, 22, 23, 24])

pictures("01_broadcasting", 2.6, ({"tens": tens, "row": row}, None, tens + row, "+"))

# %% [markdown]
# It is also a trap. Predictions of shape (m, 1) minus targets of shape (m,) make a table (m, m),
# without a word. (nnlite reshapes such targets for you.)

# %%
table.equal("the trap: (5, 1) − (5,)", (column - flat).shape, (5, 5))

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

# %%
figure, ax = plt.subplots(figsize=(8, 3.8))
bottoms = np.vstack([np.zeros(4), percent.cumsum(axis=0)[:-1]])
for share, bottom, source, colour, hatch in zip(
    percent,
    bottoms,
    sources,
    [lessons.SKY, lessons.ORANGE, lessons.PURPLE],
    ["", "//", ".."],
    strict=True,
):
    ax.bar(foods, share, bottom=bottom, label=source, color=colour, hatch=hatch, edgecolor="white")
ax.set(title="Where the calories come from", ylabel="percent", ylim=(0, 120))
ax.set_yticks(range(0, 101, 20))
ax.legend(ncols=3, loc="upper center", columnspacing=1, handlelength=1.5)
lessons.save(figure, "01_calories")

# %% [markdown]
# ## dot: multiply and add
#
# The · of two vectors multiplies place by place and adds up:
#
# $a·b = a_1 b_1 + a_2 b_2 + … + a_n b_n$
#
# By hand that is a loop, and Python reads its two lines anew for every number. `np.dot` is a ready
# program of the processor, and takes several numbers at a time. How much faster is it, on a
# million numbers? To be fair, `np.dot` gets one core only, like the loop. Other programs disturb
# the clock, so we try each for half a second, and take the best.

# %%
rng = np.random.default_rng(0)
a, b = rng.random(1_000_000), rng.random(1_000_000)


def dot_by_hand(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


def fastest(function):
    seconds, end = [], time.perf_counter() + 0.5
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
figure, ax = plt.subplots(figsize=(8, 2.6))
milliseconds = [1000 * slow, 1000 * fast]
bars = ax.barh(["loop", "np.dot"], milliseconds, color=[lessons.VERMILION, lessons.BLUE])
ax.bar_label(bars, [f" {number:.3g} ms" for number in milliseconds])
ax.set(title="A million products, added up", xlabel="milliseconds, logarithmic", xscale="log")
ax.set_xlim(0.01, 1000)
ax.invert_yaxis()
lessons.save(figure, "01_speed")

# %% [markdown]
# ## Matrix · matrix
#
# Each number of the product is a dot: *row of the left · column of the right*. So a row of the
# left must be as long as a column of the right: the inner numbers are equal, the outer ones stay,
#
# $(m, n)·(n, k) = (m, k)$
#
# In the picture: row 1 of P, column 0 of Q, and their dot, $4·1 + 5·3 + 6·5 = 49$.

# %%
P, Q = np.arange(1, 7).reshape(2, 3), np.arange(1, 7).reshape(3, 2)
table.equal("P @ Q", P @ Q, [[22, 28], [49, 64]])
table.equal("(P @ Q)[1, 0] = 4·1 + 5·3 + 6·5", (P @ Q)[1, 0], 49)
table.equal("(P @ Q).T and Q.T @ P.T", (P @ Q).T, Q.T @ P.T)

figure, ax = plt.subplots(figsize=(8, 2.8))
chosen = {"P": np.s_[1], "Q": np.s_[:, 0], "P @ Q": (1, 0)}
plot.array({"P": P, "Q": Q}, chosen, then=P @ Q, by="P @ Q", ax=ax)
lessons.save(figure, "01_product")

# %% [markdown]
# The last row of the checks says: to turn a product, turn both factors and change their order. You
# will meet that in every backward pass.
#
# ## A whole layer: X·W + b
#
# Now the line from the top, for m = 4 samples, n = 3 features, k = 2 neurons. By hand it takes
# three loops; the matrix product does them all. nnlite's `Dense` layer is this line, plus its
# gradients.

# %%
X, W, bias = (rng.integers(-3, 4, size=shape) for shape in [(4, 3), (3, 2), 2])
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

pictures("01_layer", 2.6, ({"X": X, "W": W, "b": bias}, None, Z, "X @ W + b"))

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("01")

# %%
table.close()
