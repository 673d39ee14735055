# %% [markdown]
# # 07 Gates and XOR: what one neuron cannot do
#
# A logical gate takes two bits and gives one: AND is 1 if both are 1, OR if at least one is.
# The oldest neuron, the perceptron, is a weighted sum with a threshold:
#
# $y = 1$ if $w_1·x_1 + w_2·x_2 + b > 0$, else 0
#
# With the right weights it is an AND, an OR or a NAND. But no weights make it an XOR, which is
# 1 if exactly one of the bits is 1. A famous book proved it in 1969, and many gave up neural
# networks. The way out is a second layer. And a network with hidden layers finds its weights by
# itself, mostly.

# %%
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Input, Model, Sequential, exercises, lessons, plot
from nnlite.datasets import gates, xor
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lessons.begin("07 Gates and XOR")

# %% [markdown]
# ## Three gates, three perceptrons
#
# The course gives the weights (w₁, w₂, b). A truth table is the four outputs for the inputs
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
# The border between 0 and 1 is where $w_1·x_1 + w_2·x_2 + b = 0$. That is a straight line. For XOR
# the points 01 and 10 must lie on its positive side, 00 and 11 on the other:
#
# - $w_2 + b > 0$ and $w_1 + b > 0$, added up: $w_1 + w_2 + 2·b > 0$
# - $b ≤ 0$ and $w_1 + w_2 + b ≤ 0$, added up: $w_1 + w_2 + 2·b ≤ 0$
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

table.equal("XOR: points right, best line", best, 3)


# %%
def draw_points(axes, points, labels):
    for label, marker, colour in [(0, "o", lessons.VERMILION), (1, "s", lessons.BLUE)]:
        here = labels == label
        axes.scatter(*points[here].T, s=110, marker=marker, color=colour, label=f"output {label}")
    axes.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal")
    axes.set(xticks=[0, 1], yticks=[0, 1])


def shade(axes, output, x1, x2, colours):
    """Colour the plane by the output there: the first colour for 0, the second for 1."""
    axes.contourf(x1, x2, output, levels=[-0.5, 0.5, 1.5], colors=colours, alpha=0.25, zorder=0)


def draw_line(axes, weights, **style):
    """Draw w₁x₁ + w₂x₂ + b = 0 as x₂ = −(w₁x₁ + b)/w₂."""
    w1, w2, b = weights
    x1 = np.array([-0.5, 1.5])
    axes.plot(x1, -(w1 * x1 + b) / w2, **style)


plane = np.meshgrid(np.linspace(-0.5, 1.5, 201), np.linspace(-0.5, 1.5, 201))
SIDES = [lessons.VERMILION, lessons.BLUE]

figure, grid = plt.subplots(2, 2, figsize=(8, 8), sharex=True, sharey=True)
for axes, name in zip(grid.ravel(), ["and", "or", "nand", "xor"], strict=True):
    draw_points(axes, x, gates.load_data(name)[1].ravel())
    axes.set_title(name.upper())
    if name in WEIGHTS:
        w1, w2, b = WEIGHTS[name]
        shade(axes, w1 * plane[0] + w2 * plane[1] + b > 0, *plane, SIDES)
        draw_line(axes, WEIGHTS[name], color=lessons.BLACK)
    else:
        axes.set_title("XOR: which line would do?")
        for weights in [(2, 2, -1), (2, 2, -3), (1, -1, 0.2)]:
            draw_line(axes, weights, color=lessons.GREY, linestyle="--")
for axes in grid[1]:
    axes.set_xlabel("x₁")
for axes in grid[:, 0]:
    axes.set_ylabel("x₂")
figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
lessons.save(figure, "07_gates")

# %% [markdown]
# ## Two layers do
#
# The course says that XOR is made "from AND and OR". These two alone cannot do it: without a NOT
# somewhere, another 1 at the input never turns a 1 at the output into a 0. It needs a NAND. Exactly
# one bit is 1 if not both are (NAND) and at least one is (OR):
#
# $XOR(x_1, x_2) = AND(NAND(x_1, x_2), OR(x_1, x_2))$
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
table.equal("XOR = AND(NAND, OR), nnlite", model.predict(x).ravel(), [0.0, 1.0, 1.0, 0.0])

# %% [markdown]
# What did the hidden layer do? It moved the points. 01 and 10 both have NAND = 1 and OR = 1:
# they land on the same place. It is as if the plane was folded so that these corners meet. In
# the folded plane one line is enough. (Here we shade the side where the network says 1.)

# %%
folded = model.layers[0](x)
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 5))
for axes, points, title, names in [
    (left, x, "the inputs: two lines", ("x₁", "x₂")),
    (right, folded, "after the hidden layer: one line", ("NAND", "OR")),
]:
    draw_points(axes, points, y.ravel())
    axes.set(title=title, xlabel=names[0], ylabel=names[1])
first, second = plane
inside = (2 * first + 2 * second - 1 > 0) & (-2 * first - 2 * second + 3 > 0)
for axes, side in [(left, inside), (right, 2 * first + 2 * second - 3 > 0)]:
    shade(axes, side, *plane, ["white", lessons.BLUE])
for axes, name, place in [(left, "nand", 0.8), (left, "or", 0.3), (right, "and", 0.8)]:
    draw_line(axes, WEIGHTS[name], color=lessons.BLACK)
    axes.text(place, place, name.upper(), rotation=-45, ha="center", va="center")
for point, name in [((0, 1), "00"), ((1, 1), "01 and 10"), ((1, 0), "11")]:
    right.annotate(name, point, xytext=(0, 10), textcoords="offset points", ha="center")
figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
lessons.save(figure, "07_folded_plane")

# %% [markdown]
# ## Which regions can one, two and three layers form?
#
# Where does a network of perceptrons say 1?
#
# - **One layer**: on one side of a line. That is a half-plane.
# - **Two layers**, an AND at the end: where several half-planes overlap. The region is convex:
#   between two of its points there is no point outside.
# - **Three layers**, an OR at the end: in any of several such regions. With enough neurons that
#   is any shape one likes.
#
# We build each from weights that we can write down. The three sides of a triangle are three
# perceptrons. Three inputs have an AND if their sum is above 2.5; two have an OR if it is above
# 0.5.


# %%
def sides_of_triangle(x, y, radius):
    """Return W and b of three perceptrons that say 1 on the inner side of a side."""
    angles = np.radians([90, 210, 330])
    W = -np.stack([np.cos(angles), np.sin(angles)])
    return W, radius - np.array([x, y]) @ W


def perceptrons(layers):
    model = Sequential(
        [Input(shape=(2,)), *(Dense(len(b), activation="step") for _, b in layers)], dtype="float64"
    )
    model.set_weights([weight for layer in layers for weight in layer])
    return model


left_W, left_b = sides_of_triangle(-1.2, 0, radius=0.57)
right_W, right_b = sides_of_triangle(1.2, 0, radius=0.57)
both_W, both_b = np.hstack([left_W, right_W]), np.hstack([left_b, right_b])
two_ands = np.kron(np.eye(2), np.ones((3, 1)))
regions = {
    "one layer": [(left_W[:, :1], left_b[:1])],
    "two layers": [(left_W, left_b), (np.ones((3, 1)), [-2.5])],
    "three layers": [(both_W, both_b), (two_ands, [-2.5, -2.5]), (np.ones((2, 1)), [-0.5])],
}

# %% [markdown]
# Is a region convex? We take 2000 pairs of points inside it, and look at the point in the middle
# of each pair. In a convex region all of these lie inside, too.

# %%
places = np.linspace(-2.5, 2.5, 251)
across, up = np.meshgrid(places, places)
points = np.column_stack([across.ravel(), up.ravel()])
rng = np.random.default_rng(0)

figure, panels = plt.subplots(1, 3, figsize=(8, 3.4), sharey=True)
for axes, (name, layers) in zip(panels, regions.items(), strict=True):
    model = perceptrons(layers)
    output = model.predict(points).ravel()
    shade(axes, output.reshape(across.shape), across, up, SIDES)
    inside = points[output == 1]
    first, second = rng.choice(inside, size=(2, 2000))
    share = model.predict((first + second) / 2).mean()
    convex = name != "three layers"
    print(f"{name:12} middles that lie inside: {share:.3f}")
    table.check(
        f"{name}: convex",
        "yes" if share == 1 else "no",
        "yes" if convex else "no",
        (share == 1) == convex,
    )
    axes.set(title=name, xlabel="x₁", aspect="equal", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    axes.text(0, -2.2, "-".join(str(n) for n in [2, *(len(b) for _, b in layers)]), ha="center")
panels[0].set_ylabel("x₂")
figure.suptitle("Blue: the network says 1")
lessons.save(figure, "07_regions")

# %% [markdown]
# One often reads that two layers form convex regions *only*. That holds for an AND at the end. A
# NAND gives all that is outside the triangle, and that is not convex.
#
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

table.equal("parameters of 2-4-5-1", parameters, [12, 25, 6])
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
table.same("weights, by hand and nnlite", flat, model.weights_vector)
table.equal("XOR, learned", (model.predict(x) > 0.5).astype(int).ravel(), [0, 1, 1, 0])

# %% [markdown]
# For a long time nothing seems to happen: the network says 0.5 to everything, and J stays at
# −ln 0.5 = 0.693. Then it finds the way down. The border it has learned is not one line any more.

# %%
waiting = history.history["loss"][500]
table.check("J after 500 epochs", waiting, ".693, by less than .01", abs(waiting - 0.693) < 0.01)

figure, (left, right) = plt.subplots(1, 2)
plot.history(history, metrics="loss", ax=left)
left.set(title="First nothing, then all at once", xticks=[0, 1000, 2000], ylabel="J")
plot.decision_boundary(model, x, y, ax=right)
right.set_title("The border that was learned")
lessons.save(figure, "07_learned")

# %% [markdown]
# What does each neuron do? The picture shows every neuron as the plane of the two inputs: blue
# where it gives more than at z = 0, vermilion where less, and a line where z = 0. The first hidden
# neurons know straight lines only. The second layer puts them together: its lines are bent. The
# output puts these together.

# %%
axes = plot.network(model, x, y)
axes.set_title("The 43 parameters, and what each neuron sees")
lessons.save(axes.figure, "07_network")

# %% [markdown]
# ## The same in the functional form
#
# `Sequential` is a list of layers. The functional form says where each layer gets its input from:
# call a layer with what comes before it. For a chain both are the same. Networks with branches need
# this form.

# %%
bits = Input(shape=(2,))
four = Dense(4, activation="sigmoid")(bits)
five = Dense(5, activation="sigmoid")(four)
answer = Dense(1, activation="sigmoid")(five)

functional = Model(inputs=bits, outputs=answer, seed=SEED, dtype="float64")
functional.compile(optimizer=SGD(0.5), loss="binary_crossentropy")
functional.fit(x, y, batch_size=4, epochs=2000, verbose=0)
table.same("weights, functional form", model.weights_vector, functional.weights_vector)

# %% [markdown]
# ## Does it always work?
#
# The course never says that 2000 epochs can be too few. Some starts lead to a plateau where the
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
for epoch in lessons.progress(range(2000), "100 networks"):
    a = step(stack)
    losses[epoch] = -np.log(np.where(y == 1, a, 1 - a)).mean(axis=(1, 2))
a = forward(stack)[-1]
solved = ((a > 0.5) == (y == 1)).all(axis=(1, 2))
share = solved.mean()
print("solved:", solved.sum(), "of 100; seeds that need longer:")
print(np.flatnonzero(~solved))

together = np.concatenate([weight[SEED].ravel() for layer in stack for weight in layer])
table.same("weights, stack and nnlite", together, model.weights_vector)
table.check("seeds that solve it, share", share, "between .75 and .95", 0.75 <= share <= 0.95)

# %%
figure, axes = plt.subplots()
epochs = np.arange(1, 2001)
axes.plot(epochs, losses[:, solved], color=lessons.BLUE, linewidth=0.7, alpha=0.6)
axes.plot(epochs, losses[:, ~solved], "--", color=lessons.VERMILION, linewidth=0.9)
axes.plot([], [], color=lessons.BLUE, label=f"solved: {solved.sum()}")
axes.plot([], [], "--", color=lessons.VERMILION, label=f"not yet solved: {(~solved).sum()}")
axes.set(title="The same network from 100 seeds", xlabel="epoch", ylabel="J", ylim=(0, 0.8))
figure.legend(loc="outside lower center", ncols=2)
lessons.save(figure, "07_hundred_seeds")

# %% [markdown]
# Are the others lost? No, they are slow. We train them on, up to epoch 10,000.

# %%
slow = [(W[~solved], b[~solved]) for W, b in stack]
for _ in lessons.progress(range(8000), "8000 epochs more"):
    step(slow)
late = share + ((forward(slow)[-1] > 0.5) == (y == 1)).all(axis=(1, 2)).sum() / 100
print(f"solved by epoch 10,000: {late:.2f}")
table.check("the same by epoch 10,000", late, "at least .95", late >= 0.95)

# %% [markdown]
# ## σ, tanh, ReLU
#
# Why is it so slow? Look at the slopes. On the way back every hidden layer multiplies the gradient
# by the slope of its activation.
#
# - $σ(z) = 1/(1 + e^{−z})$ has the slope $a·(1 − a)$. That is at most 0.25.
# - $tanh(z) = (e^z − e^{−z})/(e^z + e^{−z})$ has the slope $1 − a^2$. That is at most 1, and its
#   outputs lie around 0, not around 0.5.
# - $ReLU(z) = max(0, z)$ has the slope 1 where z > 0, and 0 elsewhere. It is never flat
#   on the right. But a neuron whose z is negative for every sample gets no gradient any more: it is
#   dead.
#
# For each: what it does, and its slope, told by its output a.

# %%
ACTIVATIONS = {
    "σ": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(float)),
}
z = np.linspace(-5, 5, 501)
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4))
for (name, (value, slope)), style in zip(ACTIVATIONS.items(), ["-", "--", ":"], strict=True):
    left.plot(z, value(z), style, linewidth=2, label=name)
    right.plot(z, slope(value(z)), style, linewidth=2, label=name)
    print(f"{name:5} largest slope {slope(value(z)).max():.2f}, at z = 5 {slope(value(5.0)):.4f}")
left.set(title="the output a", xlabel="z", ylim=(-1.2, 2.5))
right.set(title="the slope da/dz", xlabel="z", ylim=(-0.1, 1.1))
left.legend()
lessons.save(figure, "07_activations")

# %% [markdown]
# Does it matter? The same hundred networks again, 2-4-5-1 from the same weights. Only the
# activation of the two hidden layers changes. How many have solved XOR after 400 and after 2000
# epochs?


# %%
def solved_by(name, epochs):
    """Return which of the 100 networks have solved XOR after so many epochs."""
    value, slope = ACTIVATIONS[name]
    sigmoid, _ = ACTIVATIONS["σ"]
    layers = [
        [np.stack([start[depth][part] for start in starts]) for part in range(2)]
        for depth in range(3)
    ]
    counts = {}
    for epoch in range(1, max(epochs) + 1):
        (W1, b1), (W2, b2), (W3, b3) = layers
        A1 = value(x @ W1 + b1)
        A2 = value(A1 @ W2 + b2)
        A3 = sigmoid(A2 @ W3 + b3)
        dZ3 = (A3 - y) / len(x)
        dZ2 = dZ3 @ W3.mT * slope(A2)
        dZ1 = dZ2 @ W2.mT * slope(A1)
        for (W, b), A, dZ in zip(layers, [x, A1, A2], [dZ1, dZ2, dZ3], strict=True):
            W -= 0.5 * A.mT @ dZ
            b -= 0.5 * dZ.sum(axis=-2, keepdims=True)
        if epoch in epochs:
            counts[epoch] = ((A3 > 0.5) == (y == 1)).all(axis=(1, 2))
    # Dead is a neuron that is 0 at all four points.
    counts["dead"] = sum((A == 0).all(axis=1).sum(axis=1) for A in (A1, A2))
    return counts


counts = {name: solved_by(name, [400, 2000]) for name in ACTIVATIONS}
for name, count in counts.items():
    print(f"{name:5} solved after 400 epochs: {count[400].sum():3},", end=" ")
    print(f"after 2000: {count[2000].sum():3}")

fastest = max(counts, key=lambda name: counts[name][400].sum())
table.equal("most solved after 400 epochs", fastest, "tanh")
relu = counts["ReLU"]
stuck = (relu[2000] & ~relu[400]).sum()
table.check("ReLU: solved after epoch 400", stuck, "at most 5", stuck <= 5)

dead, alive = relu["dead"][~relu[2000]].mean(), relu["dead"][relu[2000]].mean()
print(f"dead ReLU neurons, of 9: {dead:.1f} where XOR is not solved, {alive:.1f} where it is")
table.check("more dead where it fails", "yes" if dead > alive else "no", "yes", dead > alive)

# %% [markdown]
# tanh is the fastest here. ReLU is fast or never: what it has not solved after 400 epochs it hardly
# solves later. Where it fails, more neurons are dead. In large networks there are neurons enough,
# and ReLU is the usual choice: lessons 08 and 10 use it.

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("07")

# %% [markdown]
# ## The table

# %%
table.close()
