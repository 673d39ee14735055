# %% [markdown]
# # 04 The computation graph: values forward, gradients backward
#
# Every formula is a chain of small gates: plus, times, σ. Values flow forward, from the inputs
# to the result J. Then the question goes backward: *if this number grew a little, how fast would
# J grow?* That speed is the gradient of the number. Each gate answers with the chain rule:
#
#     dJ/d(input) = dJ/d(output) · d(output)/d(input)
#
# The first factor came back from the gate behind, the second the gate knows by itself:
#
# - plus hands the gradient on to both inputs: d(a + u)/da = 1;
# - times swaps: the gradient of b in b·c is multiplied by c, that of c by b;
# - max hands everything to the larger input, and nothing to the smaller;
# - a number used twice adds up the gradients of its uses.
#
# That is all of backpropagation. A network is only a longer formula.

# %%
import lesson
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Input, Sequential
from nnlite.graph import Value, exp, maximum, sigmoid
from nnlite.layers import Dense

table = lesson.Table("04 The computation graph")

# %% [markdown]
# ## J = 3·(a + b·c) at a = 5, b = 3, c = 2, by hand
#
# One line per gate on the way there, one line per gate on the way back.

# %%
a, b, c = 5, 3, 2
u = b * c
v = a + u
J = 3 * v

dv = 3
da = dv
du = dv
db = du * c
dc = du * b
print(f"J = {J}, dJ/da = {da}, dJ/db = {db}, dJ/dc = {dc}")

# %% [markdown]
# ## The same with nnlite
#
# A `Value` remembers how it was made. `backprop` writes the gradient into every value.

# %%
A, B, C = Value(5, "a"), Value(3, "b"), Value(2, "c")
J_graph = 3 * (A + B * C)
J_graph.name = "J"
J_graph.backprop()

X, Y, Z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
f_graph = (X + Y) * Z
f_graph.name = "f"
f_graph.backprop()

table.equal("J = 3(a + bc)", J_graph.data, 33)
table.equal("dJ/da, dJ/db, dJ/dc", [A.grad, B.grad, C.grad], [3, 6, 9])
table.same("by hand and with nnlite", [J, da, db, dc], [J_graph.data, A.grad, B.grad, C.grad], 0)
table.equal("f = (x + y)z", f_graph.data, -12)
table.equal("df/dx, df/dy, df/dz", [X.grad, Y.grad, Z.grad], [-4, -4, 3])

# %%
figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 6))
J_graph.draw(ax=top)
top.set_title("J = 3·(a + b·c): values above the wires, gradients below")
f_graph.draw(ax=bottom)
bottom.set_title("f = (x + y)·z")
lesson.save(figure, "04_two_graphs")

# %% [markdown]
# ## The gate that chooses
#
# In 2·(x·y + max(z, w)) at x = 3, y = −4, z = 2, w = −1 the larger of z and w is z. So z gets
# the whole gradient, and w gets none: a little more of w would change nothing.

# %%
X, Y, Z, W = Value(3, "x"), Value(-4, "y"), Value(2, "z"), Value(-1, "w")
choice = 2 * (X * Y + maximum(Z, W))
choice.name = "f"
choice.backprop()
table.equal("2(xy + max(z, w))", choice.data, -20)
table.equal("its gradients", [X.grad, Y.grad, Z.grad, W.grad], [-8, 6, 2, 0])

figure, ax = plt.subplots(figsize=(8, 4))
choice.draw(ax=ax)
ax.set_title("2·(x·y + max(z, w)): the smaller input gets no gradient")
lesson.save(figure, "04_max_gate")

# %% [markdown]
# ## A neuron is a graph too
#
# σ(w0·x0 + w1·x1 + w2) with σ(z) = 1/(1 + e⁻ᶻ), at w = (2, −3, −3) and x = (−1, −2). Since
# dσ/dz = σ·(1 − σ), the chain rule says, by hand:
#
#     dσ/dw0 = σ·(1 − σ)·x0      dσ/dx0 = σ·(1 − σ)·w0      dσ/dw2 = σ·(1 − σ)

# %%
w, x = np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0])


def neuron(w0, x0, w1, x1, w2):
    return 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2)))


numbers = np.array([w[0], x[0], w[1], x[1], w[2]])
s = neuron(*numbers)
by_hand = s * (1 - s) * np.array([x[0], w[0], x[1], w[1], 1.0])

values = [Value(n, name) for n, name in zip(numbers, ["w0", "x0", "w1", "x1", "w2"], strict=True)]
w0, x0, w1, x1, w2 = values
one_gate = sigmoid(w0 * x0 + w1 * x1 + w2)
one_gate.backprop()
gradients_of_gate = [value.grad for value in values]
chain = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))
chain.backprop()
gradients_of_chain = [value.grad for value in values]
print("gradients of w0, x0, w1, x1, w2:", np.round(by_hand, 4))

table.equal("σ(w0x0 + w1x1 + w2)", one_gate.data, 0.7311, digits=4)
table.same("gradients, by hand and with small gates", by_hand, gradients_of_chain, 1e-12)
table.same("gradients, by hand and with one σ gate", by_hand, gradients_of_gate, 1e-12)

# %%
one_gate.name = "σ"
inner = Value(1, "z")
inside = 1 / (1 + exp(-inner))
inside.name = "σ"
inside.backprop()

figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 5.6), height_ratios=[5, 3])
one_gate.draw(ax=top)
top.set_title("σ(w0·x0 + w1·x1 + w2)")
inside.draw(ax=bottom)
bottom.set_title("Inside the σ gate: 1/(1 + e⁻ᶻ) at z = 1")
lesson.save(figure, "04_sigmoid_neuron")

# %% [markdown]
# ## Is it true? Ask for differences
#
# A gradient is a slope, so it can be measured: move one number by a little h to both sides, and
# look how much the result moves. A small h loses digits in the subtraction, a large h sees the
# bend of the curve. So we take three quotients, for h, 2h and 4h: the bend adds c·h² + d·h⁴ to
# the quotient, and (64·q(h) − 20·q(2h) + q(4h))/45 cancels both parts. Twelve digits are right.


# %%
def measured_slope(function, numbers, place, h=0.002):
    def quotient(h):
        step = np.zeros(len(numbers))
        step[place] = h
        return (function(*(numbers + step)) - function(*(numbers - step))) / (2 * h)

    return (64 * quotient(h) - 20 * quotient(2 * h) + quotient(4 * h)) / 45


differences = [measured_slope(neuron, numbers, place) for place in range(5)]
table.same("gradients, chain rule and differences", gradients_of_gate, differences, 1e-12)

# %% [markdown]
# ## A layer does the same for many numbers at once
#
# `Dense(1, activation="sigmoid")` is the neuron above. Its `forpass` is the way there, its
# `backprop` the way back: from the gradient of its output, here 1, it writes dW and db and
# returns the gradient of x.

# %%
layer = Dense(1, activation="sigmoid")
model = Sequential([Input(shape=(2,)), layer], dtype="float64")
layer.set_weights([w[:2, np.newaxis], w[2:]])
a = layer.forpass(x[np.newaxis], training=True)
dx = layer.backprop(np.ones_like(a))
of_layer = [layer.dW[0, 0], dx[0, 0], layer.dW[1, 0], dx[0, 1], layer.db[0]]
table.same("gradients, graph and Dense layer", gradients_of_gate, of_layer, 1e-12)

# %%
table.close()
