# %% [markdown]
# # 04 The computation graph: values forward, gradients backward
#
# Every formula is a chain of small gates: plus, times, σ. Values flow forward, from the inputs to
# the result. Then the question goes backward: *if this number grew a little, how fast would the
# result grow?* That speed is the **gradient** of the number. Each gate answers with the chain
# rule:
#
# $dJ/d(input) = dJ/d(output) · d(output)/d(input)$
#
# The first factor came back from the gate behind. The second the gate knows by itself:
#
# - **plus** hands the gradient on to both inputs: $d(a + u)/da = 1$.
# - **times** swaps: in $b·c$ the gradient of b is multiplied by c, that of c by b.
# - **max** hands everything to the larger input, and nothing to the smaller.
# - A number used **twice** adds up the gradients of its uses.
#
# That is all of backpropagation. A network is only a longer formula.

# %%
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Input, Sequential, exercises, lessons
from nnlite.graph import Value, exp, maximum, sigmoid
from nnlite.layers import Dense

table = lessons.begin("04 The computation graph")

# %% [markdown]
# ## J = 3·(a + b·c) at a = 5, b = 3, c = 2, by hand
#
# One line per gate on the way there …

# %%
a, b, c = 5, 3, 2
u = b * c
v = a + u
J = 3 * v
print(f"u = {u}, v = {v}, J = {J}")

# %% [markdown]
# … and one line per gate on the way back. Read each as a question: if v grew by a little, J would
# grow three times as fast. (One slide has $J = a·v$ here. But then dJ/dv would be a, which is 5;
# its own gradient is 3, so it is $J = 3·v$.)

# %%
dv = 3  # J = 3·v
da = dv * 1  # v = a + u
du = dv * 1
db = du * c  # u = b·c: times swaps
dc = du * b
print(f"dJ/dv = {dv}, dJ/du = {du}, dJ/da = {da}, dJ/db = {db}, dJ/dc = {dc}")

# %% [markdown]
# ## The same with nnlite
#
# A `Value` remembers how it was made. `backprop` writes the gradient into every value. In the
# picture, values stand above the wires, gradients below them.

# %%
A, B, C = Value(5, "a"), Value(3, "b"), Value(2, "c")
U = B * C
V = A + U
J_graph = 3 * V
U.name, V.name, J_graph.name = "u", "v", "J"
J_graph.backprop()

X, Y, Z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
S = X + Y
f_graph = S * Z
S.name, f_graph.name = "s", "f"
f_graph.backprop()

table.equal("J = 3(a + bc)", J_graph.data, 33)
table.equal("dJ/da, dJ/db, dJ/dc", [A.grad, B.grad, C.grad], [3, 6, 9])
table.equal("dJ/dv, and not a = 5", V.grad, 3)
table.same("by hand and with nnlite", [J, da, db, dc], [J_graph.data, A.grad, B.grad, C.grad], 0)
table.equal("f = (x + y)z", f_graph.data, -12)
table.equal("df/dx, df/dy, df/dz", [X.grad, Y.grad, Z.grad], [-4, -4, 3])

figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 6))
J_graph.draw(ax=top)
top.set_title("J = 3·(a + b·c): values above the wires, gradients below")
f_graph.draw(ax=bottom)
bottom.set_title("f = (x + y)·z")
lessons.save(figure, "04_two_graphs")

# %% [markdown]
# ## The gate that chooses
#
# In $2·(x·y + \max(z, w))$ at x = 3, y = −4, z = 2, w = −1 the larger of z and w is z. So z gets
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
lessons.save(figure, "04_max_gate")

# %% [markdown]
# ## A small network, one gradient at a time
#
# Two neurons one behind the other, without biases: x goes through the weight $w_1$, then through
# σ, then through the weight $w_2$, and then the loss is taken:
#
# - $z = w_1·x$
# - $a = σ(z)$
# - $ŷ = w_2·a$
# - $e = ŷ − y$
# - $L = ½·e^2$
#
# Here x = 2, $w_1 = 0$, $w_2 = 2$ and y = 3, so that all numbers stay round. First the way there.


# %%
def σ(z):
    return 1 / (1 + np.exp(-z))


x, y, w1, w2 = 2.0, 3.0, 0.0, 2.0
z = w1 * x
a = σ(z)
y_hat = w2 * a
e = y_hat - y
L = 0.5 * e**2
print(f"z = {z}, a = {a}, ŷ = {y_hat}, e = {e}, L = {L}")

# %% [markdown]
# Now back. We begin at the end: how fast does L grow with e? $½·e^2$ has the slope e. And ŷ counts
# fully in $e = ŷ − y$, so it has the same gradient.

# %%
de = e
dy_hat = de * 1
print(f"dL/de = {de}, dL/dŷ = {dy_hat}")

# %% [markdown]
# $ŷ = w_2·a$ is a times gate, and times swaps: the gradient of $w_2$ gets a, that of a gets $w_2$.

# %%
dw2 = dy_hat * a
da = dy_hat * w2
print(f"dL/dw₂ = {dw2}, dL/da = {da}")

# %% [markdown]
# $a = σ(z)$: the slope of σ is $a·(1 − a)$. (Why, is shown below.)

# %%
dz = da * a * (1 - a)
print(f"dL/dz = {dz}")

# %% [markdown]
# $z = w_1·x$, a times gate again. Nobody asks for the gradient of x here: it is data.

# %%
dw1 = dz * x
print(f"dL/dw₁ = {dw1}")

# %% [markdown]
# Put all links of $dL/dw_1$ on one line, and you see the chain:
#
# $dL/dw_1 = (ŷ − y) · w_2 · a·(1 − a) · x$
#
# Each further layer would bring one more weight and one more slope, and nothing else. The picture
# shows the same four steps on the graph. (There $e^2$ is $e·e$: a number used twice. Each use
# brings $½·e$ back, and together that is e.)

# %%
W1, W2, X, Y = Value(w1, "w1"), Value(w2, "w2"), Value(x, "x"), Value(y, "y")
Z = W1 * X
A = sigmoid(Z)
P = W2 * A
E = P - Y
squared = E * E
loss = 0.5 * squared
Z.name, A.name, P.name, loss.name = "z", "a", "ŷ", "L"
loss.backprop()
table.equal("L", loss.data, 2.0)
table.equal("dL/dw₁, dL/dw₂, by hand", [dw1, dw2], [-2.0, -1.0])
table.same("the same on the graph", [dw1, dw2], [W1.grad, W2.grad], 1e-12)

gradients = {value: value.grad for value in (loss, squared, E, P, Y, A, W2, Z, W1, X)}
STEPS = [
    ("1. the error: back to ŷ", 4),
    ("2. times swaps: back to a and w₂", 7),
    ("3. the slope of σ, here ¼: back to z", 8),
    ("4. times swaps: back to w₁", 10),
]
figure, panels = plt.subplots(4, 1, figsize=(8, 11))
for ax, (title, known) in zip(panels, STEPS, strict=True):
    for number, (value, gradient) in enumerate(gradients.items()):
        value.grad = gradient if number < known else np.nan
    loss.draw(ax=ax)
    # What is not known yet is left blank.
    for text in ax.texts:
        text.set_visible(text.get_text() != "nan")
    ax.set_title(title)
lessons.save(figure, "04_one_at_a_time")

# %% [markdown]
# ## Inside the σ gate: where a·(1 − a) comes from
#
# $σ(z) = 1/(1 + e^{-z})$ is itself a chain of four small gates. Take it apart:
#
# - $m = −z$, and its slope is $dm/dz = −1$
# - $p = e^m$, and its slope is $p$ again
# - $q = 1 + p$, and its slope is 1
# - $a = 1/q$, and its slope is $−1/q^2$, which is $−a^2$
#
# Multiply along the chain, from the end: $da/dz = −a^2 · 1 · p · (−1) = a^2·p$. Now $a = 1/q$, so
# $p = q − 1 = 1/a − 1$, and
#
# $da/dz = a^2·(1/a − 1) = a − a^2 = a·(1 − a)$
#
# The slope of σ needs nothing but its own output. That is why a layer keeps a.

# %%
inner = Value(1, "z")
q = 1 + exp(-inner)
inside = 1 / q
q.name, inside.name = "q", "a"
inside.backprop()
slope = inside.data * (1 - inside.data)
table.same("σ′(1): four gates, and a(1 − a)", inner.grad, slope, 1e-12)

figure, ax = plt.subplots(figsize=(8, 3))
inside.draw(ax=ax)
ax.set_title("Inside the σ gate, at z = 1")
lessons.save(figure, "04_inside_sigma")

# %% [markdown]
# ## A neuron with two inputs
#
# $σ(w_0·x_0 + w_1·x_1 + w_2)$ at w = (2, −3, −3) and x = (−1, −2), as on the slide. The sum is 1,
# so σ is .7311 and its slope $.7311·(1 − .7311) = .1966$. That number flows back through both plus
# gates, unchanged. Only the times gates change it:
#
# - $dσ/dw_0 = σ·(1 − σ)·x_0$ and $dσ/dx_0 = σ·(1 − σ)·w_0$, and the same for $w_1$ and $x_1$
# - $dσ/dw_2 = σ·(1 − σ)$

# %%
w, x = np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0])


def neuron(w0, x0, w1, x1, w2):
    return σ(w0 * x0 + w1 * x1 + w2)


numbers = np.array([w[0], x[0], w[1], x[1], w[2]])
s = neuron(*numbers)
by_hand = s * (1 - s) * np.array([x[0], w[0], x[1], w[1], 1.0])

values = [Value(n, name) for n, name in zip(numbers, ["w0", "x0", "w1", "x1", "w2"], strict=True)]
w0, x0, w1, x1, w2 = values
u, v = w0 * x0, w1 * x1
one_gate = sigmoid(u + v + w2)
u.name, v.name, one_gate.name = "u", "v", "σ"
one_gate.backprop()
gradients_of_gate = [value.grad for value in values]
chain = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))
chain.backprop()
gradients_of_chain = [value.grad for value in values]
print("gradients of w0, x0, w1, x1, w2:", np.round(by_hand, 4))

table.equal("σ(w0x0 + w1x1 + w2)", one_gate.data, 0.7311, digits=4)
table.same("neuron, by hand and small gates", by_hand, gradients_of_chain, 1e-12)
table.same("neuron, by hand and one σ gate", by_hand, gradients_of_gate, 1e-12)

# %%
one_gate.backprop()
figure, ax = plt.subplots(figsize=(8, 3.8))
one_gate.draw(ax=ax)
ax.set_title("A neuron: u and v are the two products")
lessons.save(figure, "04_sigmoid_neuron")

# %% [markdown]
# ## Is it true? Ask for differences
#
# A gradient is a slope, so it can be measured: move one number by a little h to both sides, and
# look how much the result moves.
#
# $slope ≈ (f(w + h) − f(w − h))/(2·h)$


# %%
def quotient(function, numbers, place, h):
    step = np.zeros(len(numbers))
    step[place] = h
    return (function(*(numbers + step)) - function(*(numbers - step))) / (2 * h)


simple = [quotient(neuron, numbers, place, h=1e-5) for place in range(5)]
table.same("neuron, and differences", gradients_of_gate, simple, 1e-9)

# %% [markdown]
# ## A layer does the same for many numbers at once
#
# `Dense(1, activation="sigmoid")` is the neuron above. Its `forpass` is the way there, its
# `backprop` the way back: from the gradient of its output, here 1, it writes dW and db and returns
# the gradient of x.

# %%
layer = Dense(1, activation="sigmoid")
model = Sequential([Input(shape=(2,)), layer], dtype="float64")
layer.set_weights([w[:2, np.newaxis], w[2:]])
a = layer.forpass(x[np.newaxis], training=True)
dx = layer.backprop(np.ones_like(a))
of_layer = [layer.dW[0, 0], dx[0, 0], layer.dW[1, 0], dx[0, 1], layer.db[0]]
print("dW", layer.dW.ravel().round(4), " db", layer.db.round(4), " dx", dx.ravel().round(4))
table.same("neuron, graph and Dense layer", gradients_of_gate, of_layer, 1e-12)

# %% [markdown]
# ## For the curious: twelve digits from differences
#
# You may skip this part: nothing later needs it.
#
# The difference above is right to about ten digits. A smaller h loses digits in the subtraction, a
# larger h sees the bend of the curve. But the bend can be cancelled. Take the quotient $q(h)$
# three times, for h, 2h and 4h. The bend adds $c·h^2 + d·h^4$ to it, and $(64·q(h) − 20·q(2h) +
# q(4h))/45$ cancels both parts.


# %%
def careful_slope(function, numbers, place, h=0.002):
    q1, q2, q4 = (quotient(function, numbers, place, times * h) for times in (1, 2, 4))
    return (64 * q1 - 20 * q2 + q4) / 45


differences = [careful_slope(neuron, numbers, place) for place in range(5)]
table.same("neuron, careful differences", gradients_of_gate, differences, 1e-12)

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("04")

# %%
table.close()
