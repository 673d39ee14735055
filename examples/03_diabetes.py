# %% [markdown]
# # 03 One neuron predicts diabetes
#
# How far will diabetes go in a year? Scikit-learn has data of 442 patients. We take one
# feature, x, the body mass index (already centred and scaled to small numbers), and one target,
# y, the progress of the disease. A neuron with one input draws a line through the points:
#
#     ŷ = w·x + b            the prediction
#     J = ½·(ŷ − y)²         the loss of one patient
#
# Learning means: go against the gradient, one patient at a time. The chain rule gives
#
#     dJ/dw = (ŷ − y)·x      w ← w − α·(ŷ − y)·x
#     dJ/db = (ŷ − y)        b ← b − α·(ŷ − y)
#
# The factor ½ is there to swallow the 2 of the derivative. α is the learning rate, here 1.

# %%
import lesson
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

from nnlite import Input, Sequential
from nnlite.layers import Dense
from nnlite.optimizers import SGD

diabetes = load_diabetes()
x, y = diabetes.data[:, 2], diabetes.target
print("x", x.shape, "from", x.min().round(3), "to", x.max().round(3))
print("y", y.shape, "from", y.min(), "to", y.max())

table = lesson.Table("03 One neuron predicts diabetes")

# %% [markdown]
# ## By hand
#
# Two loops: the outer one over the epochs, the inner one over the patients. Each patient moves
# the line a little. We start at w = b = 1.


# %%
def descend(w, b, epochs, rate=1.0):
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            error = w * x_i + b - y_i
            w -= rate * error * x_i
            b -= rate * error
    return float(w), float(b)


after_1 = descend(1.0, 1.0, epochs=1)
after_99 = descend(1.0, 1.0, epochs=99)
print("after  1 epoch:  w, b =", after_1)
print("after 99 epochs: w, b =", after_99)

table.equal("w, rate 1, 1 epoch", after_1[0], 587.86545, digits=5)
table.equal("b, rate 1, 1 epoch", after_1[1], 99.40935, digits=5)
table.equal("w, rate 1, 99 epochs", after_99[0], 913.59733643, digits=8)
table.equal("b, rate 1, 99 epochs", after_99[1], 123.394143831, digits=9)

# %% [markdown]
# ## With nnlite
#
# The same neuron is a `Dense(1)` layer. `batch_size=1` means one patient at a time, and
# `shuffle=False` keeps them in the order of the loop. Float64, so that we can compare digits.


# %%
def neuron():
    model = Sequential(
        [Input(shape=(1,)), Dense(1, kernel_initializer="ones", bias_initializer="ones")],
        dtype="float64",
    )
    model.compile(optimizer=SGD(learning_rate=1.0), loss="half_squared_error")
    return model


one_epoch, model = neuron(), neuron()
one_epoch.fit(x, y, batch_size=1, epochs=1, shuffle=False, verbose=0)
history = model.fit(x, y, batch_size=1, epochs=99, shuffle=False, verbose=1)

table.same("w and b, loop and nnlite, 1 epoch", after_1, one_epoch.weights_vector)
table.same("w and b, loop and nnlite, 99 epochs", after_99, model.weights_vector)

# %% [markdown]
# ## Is it the best line?
#
# The best line has the smallest mean squared error, MSE = mean (ŷ − y)². One formula finds it,
# the method of least squares. Our line is a fifth worse, and more epochs do not help: at rate 1
# every patient pulls the line strongly to its own side, and the last patients pull last. At a
# hundredth of the rate the pulls are small, they average out, and 30 more epochs lead to the
# best line, almost.
#
# Then why descent at all? Because it also works where no formula exists: in every network with
# a hidden layer.


# %%
def mean_squared_error(w, b):
    return float(np.mean((w * x + b - y) ** 2))


least_squares = np.polyfit(x, y, deg=1)
by_descent, smallest = mean_squared_error(*after_99), mean_squared_error(*least_squares)
careful = mean_squared_error(*descend(*after_99, epochs=30, rate=0.01))
print(f"least squares: w = {least_squares[0]:.2f}, b = {least_squares[1]:.2f}")
print(f"mean squared error: descent {by_descent:.1f}, least squares {smallest:.1f}")

table.equal("mean squared error of least squares", smallest, 3890.456585, digits=6)
worse = by_descent / smallest - 1
table.check("mean squared error of descent", by_descent, "15 to 25 % more", 0.15 < worse < 0.25)
table.check(
    "30 more epochs at rate .01",
    careful,
    "1 % more at most",
    smallest < careful < 1.01 * smallest,
)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4.2), width_ratios=[3, 2])
ends = np.array([x.min(), x.max()])
left.scatter(x, y, s=10, color=lesson.GREY, alpha=0.6, label="442 patients")
left.plot(ends, after_1[0] * ends + after_1[1], ":", color=lesson.GREEN, label="1 epoch")
left.plot(ends, after_99[0] * ends + after_99[1], color=lesson.VERMILION, label="99 epochs")
left.plot(ends, np.polyval(least_squares, ends), "--", color=lesson.BLUE, label="least squares")
left.set(title="One neuron draws a line", xlabel="x: body mass index, scaled")
left.set_ylabel("y: progress of the disease")
left.legend()
right.plot(range(1, 100), history.history["loss"])
right.set(title="Mean of J while learning", xlabel="epoch", ylabel="½(ŷ − y)²")
lesson.save(figure, "03_diabetes")

# %%
table.close()
