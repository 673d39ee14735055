# %% [markdown]
# # 09 Which digit is it? Ten classes
#
# MNIST is 70,000 handwritten digits, each a picture of 28 × 28 grey values. The network gets the
# 784 values in a row, has 100 hidden neurons, and ten outputs, one for each digit: 784-100-10.
#
# Ten outputs must be ten probabilities: positive, with the sum 1. Softmax makes them so. And
# cross-entropy asks how probable the network found the right digit:
#
#     aᵢ = e^zᵢ / (e^z₀ + … + e^z₉)        softmax
#     L  = −(y₀ ln a₀ + … + y₉ ln a₉)      y is 1 at the right digit, 0 elsewhere
#
# All terms but one are 0: L = −ln a of the right digit. The way back is as short as it was with
# one neuron: dL/dzᵢ = aᵢ − yᵢ.

# %%
import time

import digits
import lesson
import numpy as np

from nnlite import Sequential, plot
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lesson.Table("09 Which digit is it?")

data = digits.load_digits()
x_train = data.x_train.reshape(len(data.x_train), -1)
x_test = data.x_test.reshape(len(data.x_test), -1)
y_train, y_test = data.y_train, data.y_test
pixels = x_train.shape[1]
print("training", x_train.shape, " test", x_test.shape)

axes = plot.images(data.x_train, y_train, count=30, columns=10)
axes.set_title(f"{data.name}: the first of {len(x_train):,} for training")
lesson.save(axes.figure, "09_digits")

# %% [markdown]
# ## Softmax, by hand
#
# e^1000 is more than a computer can hold. But one may subtract the same number from all zᵢ: it
# cancels in the fraction. With the largest one subtracted, no power is above e⁰ = 1.


# %%
def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


print("softmax of 0, 0, ln 2:    ", softmax(np.array([0.0, 0.0, np.log(2.0)])))
print("softmax of 1000 and 1000: ", softmax(np.array([1000.0, 1000.0])))

# %% [markdown]
# ## The network, by hand
#
# The labels become one-hot rows: 3 becomes 0001000000. The rest is lesson 06 with softmax at the
# end. `batch_size=1` is one digit at a time, `batch_size=32` is mini-batches.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def train_by_hand(weights, x, labels, batch_size, rate):
    """Go through the samples once, and change the weights in place."""
    W1, b1, W2, b2 = weights
    one_hot = np.eye(10)[labels]
    for start in range(0, len(x), batch_size):
        X = x[start : start + batch_size]
        Y = one_hot[start : start + batch_size]
        A1 = sigmoid(X @ W1 + b1)
        A2 = softmax(A1 @ W2 + b2)
        dZ2 = (A2 - Y) / len(X)
        dZ1 = dZ2 @ W2.T * A1 * (1 - A1)
        W2 -= rate * A1.T @ dZ2
        b2 -= rate * dZ2.sum(axis=0)
        W1 -= rate * X.T @ dZ1
        b1 -= rate * dZ1.sum(axis=0)


def network(rate, dtype="float32"):
    model = Sequential(
        [
            Dense(100, activation="sigmoid", input_shape=(pixels,), name="hidden"),
            Dense(10, activation="softmax", name="output"),
        ],
        seed=42,
        dtype=dtype,
    )
    model.compile(optimizer=SGD(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% [markdown]
# The loss `"sparse_categorical_crossentropy"` takes the labels as they are, without one-hot
# rows. We compare loop and library on the first samples, in float64, so that digits count.

# %%
few = slice(0, 3200)
x_few, y_few = x_train[few].astype(np.float64), y_train[few]
for batch_size, rate in [(1, 0.1), (32, 1.0)]:
    model = network(rate, dtype="float64")
    weights = model.get_weights()
    train_by_hand(weights, x_few, y_few, batch_size, rate)
    model.fit(x_few, y_few, batch_size=batch_size, shuffle=False, verbose=0)
    by_hand = np.concatenate([weight.ravel() for weight in weights])
    table.same(f"weights by hand and nnlite, batch {batch_size}", by_hand, model.weights_vector)

# %% [markdown]
# ## Sample by sample against mini-batches
#
# One epoch of each. Sample by sample takes 32 times as many steps, so it needs a smaller rate.
# It gets about as far, but it takes longer: a step with 32 samples costs far less than 32 steps
# with one, because the processor is built for products of matrices.

# %%
for batch_size, rate in [(1, 0.1), (32, 1.0)]:
    model = network(rate)
    start = time.perf_counter()
    model.fit(x_train, y_train, batch_size=batch_size, verbose=1)
    seconds = time.perf_counter() - start
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"batches of {batch_size:2}: {seconds:5.2f} s, test accuracy {accuracy:.4f}")

# %% [markdown]
# ## The training
#
# Five epochs of mini-batches. (The small digits are few, so there we take 100.) The test part
# is only watched: nothing is learned or chosen with it.

# %%
epochs, rate, goal = (5, 1.0, 0.97) if data.is_mnist else (100, 0.2, 0.95)
model = network(rate)
model.summary()
history = model.fit(
    x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=1
)
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy after {epochs} epochs: {accuracy:.4f}")

parameters = (pixels + 1) * 100 + (100 + 1) * 10
table.equal(f"parameters of {pixels}-100-10", model.count_params(), parameters)
table.check(
    f"test accuracy, {data.name}, {epochs} epochs", accuracy, f"at least {goal}", accuracy >= goal
)

axes = plot.history(history, metrics="accuracy")
axes.set_title(f"{data.name}: accuracy over the epochs (validation is the test part)")
lesson.save(axes.figure, "09_accuracy")

# %% [markdown]
# ## The wrong ones
#
# "4 → 9" means: it is a 4 and the network took it for a 9. Some of them are hard for us, too.

# %%
predicted = model.predict(x_test).argmax(axis=1)
wrong = np.flatnonzero(predicted != y_test)
print(len(wrong), "of", len(y_test), "digits are wrong")

axes = plot.images(data.x_test[wrong], y_test[wrong], predicted[wrong], count=30, columns=10)
axes.set_title(f"{min(30, len(wrong))} of the {len(wrong)} digits that the network gets wrong")
lesson.save(axes.figure, "09_wrong_digits")

# %% [markdown]
# ## What the hidden neurons look for
#
# Each hidden neuron has a weight for every pixel, so its weights are a picture, too. Blue pixels
# speak for what it looks for, orange ones against it.

# %%
axes = plot.weights(model, count=20, columns=10)
axes.set_title("The weights of 20 hidden neurons")
lesson.save(axes.figure, "09_hidden_weights")

# %% [markdown]
# ## The table

# %%
table.close()
