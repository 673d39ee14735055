# %% [markdown]
# # 03 One neuron predicts diabetes
#
# How far will diabetes go in a year? Scikit-learn has data of 442 patients. We take one feature,
# x, the body mass index (already centred and scaled to small numbers), and one target, y, the
# progress of the disease. A neuron with one input draws a line through the points:
#
# - the prediction: $ŷ = w·x + b$
# - the loss of one patient: $L = ½·(ŷ − y)^2$
# - its mean over all patients: $J$
#
# In this lesson we build the neuron as a class, one method after the other: `forpass`, the way
# there; `backprop`, the way back; and `fit`, which learns.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

from nnlite import Input, Sequential, exercises, lessons
from nnlite.initializers import Constant
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lessons.begin("03 One neuron predicts diabetes")

diabetes = load_diabetes()
x, y = diabetes.data[:, 2], diabetes.target
print("x", x.shape, "from", x.min().round(3), "to", x.max().round(3))
print("y", y.shape, "from", y.min(), "to", y.max())

# %% [markdown]
# ## forpass: the way there
#
# A neuron remembers two numbers, its weight and its bias. Both start at 1. From an x it makes a
# prediction.


# %%
class Neuron:
    def __init__(self):
        self.w, self.b = 1.0, 1.0

    def forpass(self, x):
        return self.w * x + self.b


neuron = Neuron()
print(f"patient 0: ŷ = {neuron.forpass(x[0]):.3f}, but y = {y[0]}")
table.equal("prediction for x = 2: 1·2 + 1", Neuron().forpass(2.0), 3.0)

# %% [markdown]
# ## The gradient, first by expanding
#
# How does the loss change if w grows a little? Put ŷ in, and multiply out:
#
# $L = ½·(w·x + b − y)^2$
#
# $L = ½·(w^2·x^2 + b^2 + y^2 + 2·w·x·b − 2·w·x·y − 2·b·y)$
#
# Differentiate by w. What has no w in it goes away:
#
# $dL/dw = ½·(2·w·x^2 + 2·x·b − 2·x·y)$
#
# The ½ swallows the 2, which is what it is there for. Then x comes out of the bracket:
#
# $dL/dw = (w·x + b − y)·x = (ŷ − y)·x$
#
# ## … and then by the chain rule
#
# Nobody expands a network. The chain rule takes one link after the other. The links are
#
# - the error: $e = ŷ − y$, and the loss: $L = ½·e^2$
# - $dL/de = e$, since $½·e^2$ has the slope $e$
# - $de/dŷ = 1$, since y stays
# - $dŷ/dw = x$ and $dŷ/db = 1$, since $ŷ = w·x + b$
#
# Multiply along the chain:
#
# $dL/dw = dL/de · de/dŷ · dŷ/dw = e·1·x = (ŷ − y)·x$
#
# $dL/db = dL/de · de/dŷ · dŷ/db = e·1·1 = ŷ − y$
#
# The same, in three short steps.


# %%
def loss(w, b, x, y):
    return 0.5 * (w * x + b - y) ** 2


w_0, b_0, x_0, y_0 = 1.0, 1.0, 2.0, 5.0
expanded = 0.5 * (2 * w_0 * x_0**2 + 2 * x_0 * b_0 - 2 * x_0 * y_0)
chained = (w_0 * x_0 + b_0 - y_0) * 1 * x_0
h = 1e-4
measured = (loss(w_0 + h, b_0, x_0, y_0) - loss(w_0 - h, b_0, x_0, y_0)) / (2 * h)
print(f"at w = b = 1, x = 2, y = 5: {expanded}, {chained}, and measured {measured:.8f}")
table.equal("dL/dw by expanding: (3 − 5)·2", expanded, -4.0)
table.equal("dL/dw by the chain rule", chained, -4.0)
table.equal("dL/dw measured", measured, -4.0, digits=8)

# %% [markdown]
# ## backprop: the way back
#
# So the way back is two products. It needs the error and the x that came in, and tells the
# gradient of each weight. (A class may get a method later, too.)


# %%
def backprop(self, x, error):
    """Return dL/dw and dL/db."""
    return error * x, error * 1


Neuron.backprop = backprop

prediction = neuron.forpass(2.0)
table.equal("dL/dw, dL/db at x = 2, y = 5", neuron.backprop(2.0, prediction - 5.0), (-4.0, -2.0))

# %% [markdown]
# ## fit: learning
#
# Two loops. The outer one goes over the epochs, the inner one over the patients. Each patient
# moves the line a little, against the gradient. α, the learning rate, says how far.


# %%
def fit(self, x, y, epochs, rate=1.0):
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            error = self.forpass(x_i) - y_i
            dw, db = self.backprop(x_i, error)
            self.w -= rate * dw
            self.b -= rate * db
    return self


Neuron.fit = fit

one_epoch = Neuron().fit(x, y, epochs=1)
print(f"after 1 epoch: w = {one_epoch.w:.5f}, b = {one_epoch.b:.5f}")
table.equal("w, rate 1, 1 epoch", one_epoch.w, 587.86545, digits=5)
table.equal("b, rate 1, 1 epoch", one_epoch.b, 99.40935, digits=5)

# %% [markdown]
# (Is 99.40936 equal to 99.40935? The number is 99.409355…. We round it, the slide cut its further
# digits off. Where it did so, the table says "cut off".)
#
# The slide writes `range(1, 100)` and says 100 epochs. That counts from 1 to 99: it is 99 epochs.
# We go on one epoch at a time, and note J of the line after each.


# %%
def J(w, b):
    return float(np.mean(0.5 * (w * x + b - y) ** 2))


neuron, J_after = Neuron(), []
for _ in range(1, 100):
    neuron.fit(x, y, epochs=1)
    J_after.append(J(neuron.w, neuron.b))

print(f"after {len(J_after)} epochs: w = {neuron.w}, b = {neuron.b}")
table.equal("epochs in range(1, 100)", len(J_after), 99)
table.equal("w, rate 1, 99 epochs", neuron.w, 913.59733643, digits=8)
table.equal("b, rate 1, 99 epochs", neuron.b, 123.394143831, digits=9)

# %% [markdown]
# ## With nnlite
#
# The same neuron is a `Dense(1)` layer. `Dense(10)` is ten of them side by side, all at once: the
# same three methods, with matrices in the place of w and x.
#
# `batch_size=1` means one patient at a time, and `shuffle=False` keeps them in the order of the
# loop. Float64, so that we can compare digits.


# %%
def dense_neuron():
    model = Sequential(
        [Input(shape=(1,)), Dense(1, kernel_initializer="ones", bias_initializer="ones")],
        dtype="float64",
    )
    model.compile(optimizer=SGD(learning_rate=1.0), loss="half_squared_error")
    return model


short, model = dense_neuron(), dense_neuron()
short.fit(x, y, batch_size=1, epochs=1, shuffle=False, verbose=0)
history = model.fit(x, y, batch_size=1, epochs=99, shuffle=False, verbose=1)

table.same("w, b: class, nnlite, 1 epoch", [one_epoch.w, one_epoch.b], short.weights_vector)
table.same("w, b: class, nnlite, 99 epochs", [neuron.w, neuron.b], model.weights_vector)

# %% [markdown]
# ## What `history["loss"]` is, and what not
#
# `fit` returns a history. Its `"loss"` is *not* J of the line at the end of the epoch. It is a
# running mean: each patient's loss is measured just before its step, with the line as it stands
# then, and these 442 losses are averaged. Here every patient tears the line to its own side, so
# the next one finds a bad line, and the mean is large.

# %%
J_of_line = model.evaluate(x, y, verbose=0)
print(
    f"last epoch: history says {history.history['loss'][-1]:.0f}, J of the line is {J_of_line:.0f}"
)
table.equal("history['loss'], last epoch", history.history["loss"][-1], 3609.0, digits=0)
table.equal("J of the line after it", J_of_line, 2360.0, digits=0)
table.same("J, class and evaluate", J_after[-1], J_of_line, 1e-6)

# %% [markdown]
# In lessons 09 and 10 the same thing explains a riddle: the accuracy on the training data lies
# *below* that on data the network has never seen, in the first epochs. The first is a mean over
# the epoch, of which the network was worse at the beginning. The second is measured at the end.

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4.2), width_ratios=[5, 4])
ends = np.array([x.min(), x.max()])
left.scatter(x, y, s=10, color=lessons.GREY, alpha=0.6, label="442 patients")
left.plot(ends, one_epoch.forpass(ends), ":", color=lessons.GREEN, label="1 epoch")
left.plot(ends, neuron.forpass(ends), color=lessons.VERMILION, label="99 epochs")
least_squares = np.polyfit(x, y, deg=1)
left.plot(ends, np.polyval(least_squares, ends), "--", color=lessons.BLUE, label="least squares")
left.set(title="One neuron draws a line", xlabel="x: body mass index, scaled")
left.set(ylabel="y: progress of the disease", ylim=(0, 440))
left.legend(loc="upper left")
right.plot(range(1, 100), history.history["loss"], "--", label='history["loss"]')
right.plot(range(1, 100), J_after, label="J of the line")
right.set(title="Not the same number", xlabel="epoch", ylabel="½(ŷ − y)², a mean")
right.set_ylim(0, 5500)
right.legend()
lessons.save(figure, "03_diabetes")

# %% [markdown]
# ## Is it the best line?
#
# The best line has the smallest mean squared error, MSE = mean of $(ŷ − y)^2$, twice J. One
# formula finds it, the method of least squares. Our line is a fifth worse, and more epochs do not
# help: at rate 1 every patient pulls the line strongly to its own side, and the last patients pull
# last. At a hundredth of the rate the pulls are small, they average out, and 30 more epochs lead
# to the best line, almost.
#
# Then why descent at all? Because it also works where no formula exists: in every network with a
# hidden layer.


# %%
smallest, by_descent = 2 * J(*least_squares), 2 * J(neuron.w, neuron.b)
neuron.fit(x, y, epochs=30, rate=0.01)
careful = 2 * J(neuron.w, neuron.b)
print(f"least squares: w = {least_squares[0]:.2f}, b = {least_squares[1]:.2f}")
print(f"MSE: least squares {smallest:.1f}, descent {by_descent:.1f}, careful {careful:.1f}")

table.equal("MSE of least squares", smallest, 3890.456585, digits=6)
worse = by_descent / smallest - 1
table.check("MSE of descent", by_descent, "15 to 25 % more", 0.15 < worse < 0.25)
almost = smallest < careful < 1.01 * smallest
table.check("30 more epochs at rate .01", careful, "1 % more at most", almost)

# %% [markdown]
# ## Too careful from the start: underfitting
#
# At rate .01 from the start, one epoch moves b to the middle of the points, but w hardly at all: x
# is small, and so is $dL/dw = (ŷ − y)·x$. The line is almost level. It underfits: it is hardly
# better than to predict the mean of y for everybody.

# %%
cautious = Neuron().fit(x, y, epochs=1, rate=0.01)
print(f"rate .01, 1 epoch: w = {cautious.w}, b = {cautious.b}")
table.equal("w, rate .01, 1 epoch", cautious.w, 9.819118656205625, digits=15)
table.equal("b, rate .01, 1 epoch", cautious.b, 151.355907135603, digits=12)
gain = 1 - 2 * J(cautious.w, cautious.b) / np.var(y)
table.check("MSE below that of the mean", f"{gain:.1%}", "less than 1 %", 0 < gain < 0.01)

figure, ax = plt.subplots(figsize=(8, 3.6))
ax.scatter(x, y, s=10, color=lessons.GREY, alpha=0.6)
ax.plot(ends, cautious.forpass(ends), color=lessons.VERMILION, label="rate .01, 1 epoch")
ax.plot(ends, np.polyval(least_squares, ends), "--", color=lessons.BLUE, label="least squares")
ax.set(title="A line that underfits", xlabel="x: body mass index, scaled")
ax.set_ylabel("y: progress of the disease")
ax.legend(loc="upper left")
lessons.save(figure, "03_underfit")

# %% [markdown]
# ## The script of the course: x = y = 1 … 5
#
# The course does the same in Keras, on five points. In nnlite the script runs with another import,
# and comes to the same digits. (The loss is the mean squared error, without the ½, so the gradient
# is twice as large.)

# %%
points = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
script = Sequential([Dense(1, kernel_initializer=Constant(0.5), input_shape=(1,))], dtype="float64")
script.compile(optimizer=SGD(learning_rate=0.01), loss="mse")
script.fit(points, points, epochs=10, batch_size=1, shuffle=False, verbose=0)
w, b = script.weights_vector
print(f"w = {w}, b = {b}, prediction for 6: {script.predict([6])[0, 0]:.3f}")
table.equal("w of the script", w, 0.9718458493812848, digits=15)
table.equal("b of the script", b, 0.11936880774072837, digits=15)

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("03")

# %%
table.close()
