# %% [markdown]
# # 07 Gates and XOR: what one neuron cannot do
#
# A logical gate takes two bits and gives one: AND is 1 if both are 1, OR if at least one is.
# The oldest neuron, the perceptron, is a weighted sum with a threshold:
#
#     y = 1  if  w₁x₁ + w₂x₂ + b > 0,  else 0
#
# With the right weights it is an AND, an OR or a NAND. But no weights make it an XOR, which is
# 1 if exactly one of the bits is 1. A famous book proved it in 1969, and many gave up neural
# networks. The way out is a second layer. And a network with hidden layers finds its weights by
# itself, mostly.

# %%
import lesson
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Sequential, plot
from nnlite.datasets import gates, xor
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lesson.Table("07 Gates and XOR")

# %% [markdown]
# ## Three gates, three perceptrons
#
# The slide gives the weights (w₁, w₂, b). A truth table is the four outputs for the inputs
# 00, 01, 10, 11.

# %%
WEIGHTS = {"and": (2, 2, -3), "or": (2, 2, -1), "nand": (-2, -2, 3)}
INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def perceptron(name, x1, x2):
    w1, w2, b = WEIGHTS[name]
    return 1 if w1 * x1 + w2 * x2 + b > 0 else 0


for name in WEIGHTS:
    outputs = [perceptron(name, x1, x2) for x1, x2 in INPUTS]
    _, truth = gates.load_data(name)
    print(f"{name:4}", outputs)
    table.equal(f"{name.upper()}, by hand", outputs, truth.ravel().astype(int))

# %% [markdown]
# With nnlite a perceptron is a `Dense` layer with the activation `"step"`.

# %%
for name, (w1, w2, b) in WEIGHTS.items():
    x, truth = gates.load_data(name)
    model = Sequential([Dense(1, activation="step", input_shape=(2,))])
    model.set_weights([[[w1], [w2]], [b]])
    table.equal(f"{name.upper()}, with nnlite", model.predict(x).ravel(), truth.ravel())

# %% [markdown]
# ## No single line does XOR
#
# The border between 0 and 1 is where w₁x₁ + w₂x₂ + b = 0. That is a straight line. For XOR the
# points 01 and 10 must lie on its positive side, 00 and 11 on the other:
#
#     w₂ + b > 0   and   w₁ + b > 0    added up:   w₁ + w₂ + 2b > 0
#     b ≤ 0   and   w₁ + w₂ + b ≤ 0    added up:   w₁ + w₂ + 2b ≤ 0
#
# Both cannot be true, so there is no such line. Let us also try: 29,791 lines, and the best
# gets three of the four points right.

# %%
x, y = xor.load_data()
steps = np.linspace(-3, 3, 31)
w1, w2, b = (values[..., np.newaxis] for values in np.meshgrid(steps, steps, steps))
lines = w1 * x[:, 0] + w2 * x[:, 1] + b > 0
best = (lines == (y.ravel() == 1)).sum(axis=-1).max()
print(lines[..., 0].size, "lines; the best gets", best, "of 4 points right")

table.equal("XOR: points that the best single line gets right", best, 3)


# %%
def draw_points(axes, points, labels):
    for label, marker, colour in [(0, "o", lesson.BLUE), (1, "^", lesson.VERMILION)]:
        here = labels == label
        axes.scatter(*points[here].T, s=110, marker=marker, color=colour, label=f"output {label}")
    axes.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal")
    axes.set(xticks=[0, 1], yticks=[0, 1])


def draw_line(axes, weights, **style):
    """Draw w₁x₁ + w₂x₂ + b = 0 as x₂ = −(w₁x₁ + b)/w₂."""
    w1, w2, b = weights
    x1 = np.array([-0.5, 1.5])
    axes.plot(x1, -(w1 * x1 + b) / w2, **style)


figure, grid = plt.subplots(2, 2, figsize=(8, 8), sharex=True, sharey=True)
for axes, name in zip(grid.ravel(), ["and", "or", "nand", "xor"], strict=True):
    draw_points(axes, x, gates.load_data(name)[1].ravel())
    axes.set_title(name.upper())
    if name in WEIGHTS:
        draw_line(axes, WEIGHTS[name], color=lesson.BLACK)
    else:
        axes.set_title("XOR: which line would do?")
        for weights in [(2, 2, -1), (2, 2, -3), (1, -1, 0.2)]:
            draw_line(axes, weights, color=lesson.GREY, linestyle="--")
for axes in grid[1]:
    axes.set_xlabel("x₁")
for axes in grid[:, 0]:
    axes.set_ylabel("x₂")
figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
lesson.save(figure, "07_gates")

# %% [markdown]
# ## Two layers do
#
# Exactly one bit is 1 if not both are (NAND) and at least one is (OR):
#
#     XOR(x₁, x₂) = AND(NAND(x₁, x₂), OR(x₁, x₂))
#
# NAND and OR stand side by side: a hidden layer of two neurons. AND is the output.

# %%
outputs = []
for x1, x2 in INPUTS:
    hidden = perceptron("nand", x1, x2), perceptron("or", x1, x2)
    outputs.append(perceptron("and", *hidden))
print("xor ", outputs)
table.equal("XOR = AND(NAND, OR), by hand", outputs, [0, 1, 1, 0])

model = Sequential(
    [Dense(2, activation="step", input_shape=(2,)), Dense(1, activation="step")], dtype="float64"
)
model.set_weights([[[-2, 2], [-2, 2]], [3, -1], [[2], [2]], [-3]])
table.equal("XOR = AND(NAND, OR), with nnlite", model.predict(x).ravel(), [0.0, 1.0, 1.0, 0.0])

# %% [markdown]
# What did the hidden layer do? It moved the points. 01 and 10 both have NAND = 1 and OR = 1:
# they land on the same place. It is as if the plane was folded so that these corners meet. In
# the folded plane one line is enough.

# %%
folded = model.layers[0](x)
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 5))
for axes, points, title, names in [
    (left, x, "the inputs: two lines", ("x₁", "x₂")),
    (right, folded, "after the hidden layer: one line", ("NAND", "OR")),
]:
    draw_points(axes, points, y.ravel())
    axes.set(title=title, xlabel=names[0], ylabel=names[1])
for axes, name, place in [(left, "nand", 0.8), (left, "or", 0.3), (right, "and", 0.8)]:
    draw_line(axes, WEIGHTS[name], color=lesson.BLACK)
    axes.text(place, place, name.upper(), rotation=-45, ha="center", va="center")
for point, name in [((0, 1), "00"), ((1, 1), "01 and 10"), ((1, 0), "11")]:
    right.annotate(name, point, xytext=(0, 10), textcoords="offset points", ha="center")
figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
lesson.save(figure, "07_folded_plane")

# %% [markdown]
# ## A network that finds the weights itself
#
# A threshold has no slope, so no gradient can flow through it. The sigmoid is a soft threshold
# with a slope everywhere. Our network has 2 inputs, hidden layers of 4 and 5 neurons, and one
# output. It learns by gradient descent with the rate 0.5, on all four points at once, for 2000
# epochs.


# %%
def network(seed):
    model = Sequential(
        [
            Dense(4, activation="sigmoid", input_shape=(2,)),
            Dense(5, activation="sigmoid"),
            Dense(1, activation="sigmoid"),
        ],
        seed=seed,
        dtype="float64",
    )
    model.compile(optimizer=SGD(0.5), loss="binary_crossentropy", metrics=["accuracy"])
    return model


SEED = 0
model = network(SEED)
model.summary()
parameters = [layer.count_params() for layer in model.layers]

table.equal("parameters of the layers of 2-4-5-1", parameters, [12, 25, 6])
table.equal("all parameters", model.count_params(), 43)

# %% [markdown]
# By hand: forward through the three layers, then backward through the same. `A.mT` is Aᵀ. We
# write each b as a row, so that everything is a matrix.


# %%
def forward(layers):
    """Return the input and the output of every layer."""
    activations = [x]
    for W, b in layers:
        z = activations[-1] @ W + b
        activations.append(1 / (1 + np.exp(-z)))
    return activations


def step(layers, rate=0.5):
    """Move all weights against their gradients, and return the output before the step."""
    activations = forward(layers)
    dz = (activations[-1] - y) / len(x)
    for (W, b), A in zip(layers[::-1], activations[-2::-1], strict=True):
        dW = A.mT @ dz
        db = dz.sum(axis=-2, keepdims=True)
        dz = dz @ W.mT * A * (1 - A)
        W -= rate * dW
        b -= rate * db
    return activations[-1]


def layers_of(model):
    return [(W, b[np.newaxis]) for W, b in (layer.get_weights() for layer in model.layers)]


by_hand = layers_of(model)
for _ in range(2000):
    step(by_hand)

history = model.fit(x, y, batch_size=4, epochs=2000, verbose=0)
print("prediction:", model.predict(x).ravel().round(3))

flat = np.concatenate([weight.ravel() for layer in by_hand for weight in layer])
table.same("weights after 2000 epochs, by hand and nnlite", flat, model.weights_vector)
table.equal("XOR, learned", (model.predict(x) > 0.5).astype(int).ravel(), [0, 1, 1, 0])

# %% [markdown]
# For a long time nothing seems to happen: the network says 0.5 to everything. Then it finds
# the way down. The border it has learned is not one line any more.

# %%
figure, (left, right) = plt.subplots(1, 2)
plot.history(history, metrics="loss", ax=left)
left.set(title="First nothing, then all at once", xticks=[0, 1000, 2000])
plot.decision_boundary(model, x, y, ax=right)
right.set_title("The border that was learned")
lesson.save(figure, "07_learned")

# %%
axes = plot.network(model)
axes.set_title("The network and its 43 parameters")
lesson.save(axes.figure, "07_network")

# %% [markdown]
# ## Does it always work?
#
# The course never says that this can fail. It can. Some starts lead to a plateau where the
# network stays for a long time. How often? We train a hundred networks from a hundred seeds,
# all at once. One more axis in front is enough: W becomes (100, 2, 4), and `step` above works
# for the whole stack as it does for one network, because `@` and `.mT` act on the last two axes.

# %%
starts = [layers_of(network(seed)) for seed in range(100)]
stack = [
    tuple(np.stack([start[depth][part] for start in starts]) for part in range(2))
    for depth in range(3)
]
print("the first W of all networks:", stack[0][0].shape)

losses = np.empty((2000, 100))
for epoch in lesson.progress(range(2000), "100 networks"):
    a = step(stack)
    losses[epoch] = -np.log(np.where(y == 1, a, 1 - a)).mean(axis=(1, 2))
a = forward(stack)[-1]
solved = ((a > 0.5) == (y == 1)).all(axis=(1, 2))
share = solved.mean()
print("solved:", solved.sum(), "of 100; seeds that fail:", np.flatnonzero(~solved))

together = np.concatenate([weight[SEED].ravel() for layer in stack for weight in layer])
table.same("the lesson's network, in the stack and with nnlite", together, model.weights_vector)
table.check(
    "share of 100 seeds that solve XOR", share, "between .75 and .95", 0.75 <= share <= 0.95
)

# %%
figure, axes = plt.subplots()
epochs = np.arange(1, 2001)
axes.plot(epochs, losses[:, solved], color=lesson.BLUE, linewidth=0.7, alpha=0.6)
axes.plot(epochs, losses[:, ~solved], "--", color=lesson.VERMILION, linewidth=0.9)
axes.plot([], [], color=lesson.BLUE, label=f"solved: {solved.sum()}")
axes.plot([], [], "--", color=lesson.VERMILION, label=f"not solved: {(~solved).sum()}")
axes.set(title="The same network from 100 seeds", xlabel="epoch", ylabel="loss", ylim=(0, 0.8))
figure.legend(loc="outside lower center", ncols=2)
lesson.save(figure, "07_hundred_seeds")

# %% [markdown]
# ## The table

# %%
table.close()
