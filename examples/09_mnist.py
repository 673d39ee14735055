# %% [markdown]
# # 09 Which digit is it? Ten classes
#
# MNIST is 70,000 handwritten digits, each a picture of 28 × 28 grey values. The network gets the
# 784 values in a row, has 100 hidden neurons, and ten outputs, one for each digit: 784-100-10.
#
# Ten outputs must be ten probabilities: positive, with the sum 1. Softmax makes them so. And
# cross-entropy asks how probable the network found the right digit:
#
# - softmax: $a_i = e^{z_i}/(e^{z_0} + … + e^{z_9})$
# - $L = −(y_0·\ln a_0 + … + y_9·\ln a_9)$, where y is 1 at the right digit, 0 elsewhere
#
# All terms but one are 0: $L = −\ln a$ of the right digit. J is the mean of L over the digits of a
# batch. The way back is as short as it was with one neuron: $dL/dz_i = a_i − y_i$.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

from nnlite import Sequential, exercises, lessons, plot
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lessons.begin("09 Which digit is it?")

data = lessons.load_digits()

# %% [markdown]
# ## Three parts
#
# The last sixth of the training part is split off for **validation**. The curves below show
# training and validation. The test part is one number, at the end.

# %%
x_train = data.x_train.reshape(len(data.x_train), -1)
x_test = data.x_test.reshape(len(data.x_test), -1)
y_train, y_test = data.y_train, data.y_test

sixth = len(x_train) // 6
x_val, y_val = x_train[-sixth:], y_train[-sixth:]
x_train, y_train = x_train[:-sixth], y_train[:-sixth]
pixels = x_train.shape[1]
print("training", x_train.shape, " validation", x_val.shape, " test", x_test.shape)

axes = plot.images(x_train, y_train, count=30, columns=10)
axes.set_title(f"{data.name}: the first of {len(x_train):,} for training")
lessons.save(axes.figure, "09_digits")

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

course = softmax(np.array([2.20, 1.39, 0.85]))
print("softmax of 2.20 1.39 0.85:", course.round(5))
table.equal("softmax of 2.20, 1.39, .85", course, [0.58682, 0.26105, 0.15213], digits=5)

# %% [markdown]
# (The slide says 58 %. It is 58.68 %, which rounds to 59 %.)
#
# ## Three classes: sigmoid against softmax
#
# Why not three sigmoids? Each would answer for itself. They do not know of each other, and their
# sum is not 1. In a softmax the classes compete: if one gains, the others lose.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


scores = np.array([2.20, 1.39, 0.85])
raised = np.array([2.20, 1.39, 2.20])
figure, panels = plt.subplots(1, 2, figsize=(8, 3.8), sharey=True)
for axes, (name, function) in zip(
    panels, {"three sigmoids": sigmoid, "softmax": softmax}.items(), strict=True
):
    for shift, z, colour in [(-0.2, scores, lessons.BLUE), (0.2, raised, lessons.ORANGE)]:
        a = function(z)
        bars = axes.bar(
            np.arange(3) + shift,
            a,
            width=0.4,
            color=colour,
            label=f"z = {z[0]:.2f}, {z[1]:.2f}, {z[2]:.2f}",
        )
        axes.bar_label(bars, fmt="%.2f", padding=2)
        print(f"{name:14} of {z}: {a.round(3)}, sum {a.sum():.3f}")
    axes.set(title=name, xlabel="class", ylim=(0, 1.1), xticks=[0, 1, 2])
panels[0].set_ylabel("a")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
lessons.save(figure, "09_three_classes")

lost = softmax(scores)[0] - softmax(raised)[0]
table.check("softmax: what class 0 loses", lost, "above .1", lost > 0.1)
table.equal("sigmoids: what it loses", sigmoid(scores)[0] - sigmoid(raised)[0], 0.0)

# %% [markdown]
# Sigmoids are right where several classes may be true at once: a picture with a cat *and* a dog.

# %% [markdown]
# ## The network, by hand
#
# The labels become one-hot rows: 3 becomes 0001000000. The rest is lesson 06 with softmax at the
# end. `batch_size=1` is one digit at a time, `batch_size=32` is mini-batches.


# %%
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


def network(rate, dtype="float32", hidden="sigmoid", loss="sparse_categorical_crossentropy"):
    model = Sequential(
        [
            Dense(100, activation=hidden, input_shape=(pixels,), name="hidden"),
            Dense(10, activation="softmax", name="output"),
        ],
        seed=42,
        dtype=dtype,
    )
    model.compile(optimizer=SGD(rate), loss=loss, metrics=["accuracy"])
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
    table.same(f"by hand and nnlite, batch {batch_size}", by_hand, model.weights_vector)

# %% [markdown]
# ## A slip to learn from: where is 1/m?
#
# J is a mean, so its gradient has a 1/m. In `train_by_hand` it stands in one place, in dZ2, and
# from there it goes into all four gradients. The course's hand-written network divides by m in one
# layer only, and takes the other gradients as sums. Is that a different gradient? We move one
# weight of the first layer a little, and look how much J moves.

# %%
X, Y = x_few[:32], np.eye(10)[y_few[:32]]
W1, b1, W2, b2 = network(0.1, dtype="float64").get_weights()


def mean_loss(W1):
    A2 = softmax(sigmoid(X @ W1 + b1) @ W2 + b2)
    return -np.sum(Y * np.log(A2)) / len(X)


A1 = sigmoid(X @ W1 + b1)
sums = X.T @ ((softmax(A1 @ W2 + b2) - Y) @ W2.T * A1 * (1 - A1))
place = np.unravel_index(np.abs(sums).argmax(), sums.shape)
little = np.zeros_like(W1)
little[place] = 1e-5
moved = (mean_loss(W1 + little) - mean_loss(W1 - little)) / 2e-5
print(
    f"J moved: {moved:.6f}   gradient with 1/m: {sums[place] / 32:.6f}   without: {sums[place]:.6f}"
)

table.same("dJ/dW1, moved and with 1/m", moved, sums[place] / 32, tolerance=1e-8)

# %% [markdown]
# Without it that layer takes steps 32 times as long as the other.
#
# The same program sets the targets to .99 at the right digit and .01 elsewhere. These sum to
# 0.99 + 9 · 0.01 = 1.08. They are no probabilities, and a softmax, whose sum is 1, cannot reach
# them.
#
# ## Sample by sample against mini-batches
#
# One epoch of each. Sample by sample takes 32 times as many steps, so it needs a smaller rate. How
# far do both get, and how long does it take?

# %%
took = {}
for batch_size, rate in [(1, 0.1), (32, 1.0)]:
    model = network(rate)
    start = time.perf_counter()
    model.fit(x_train, y_train, batch_size=batch_size, verbose=0)
    took[batch_size] = time.perf_counter() - start
    _, accuracy = model.evaluate(x_val, y_val, verbose=0)
    steps = -(-len(x_train) // batch_size)
    print(f"batches of {batch_size:2}: {steps:6} steps in {took[batch_size]:5.2f} s,", end=" ")
    print(f"validation accuracy {accuracy:.4f}")
print(f"sample by sample takes {took[1] / took[32]:.0f} times as long")

# %% [markdown]
# A step with 32 samples costs far less than 32 steps with one, because the processor is built for
# products of matrices. With tens of thousands of digits both get far in an epoch. With a thousand,
# mini-batches have taken only a few dozen steps, and need more epochs.
#
# ## The training
#
# Five epochs of mini-batches. (The small digits are few, so there we take 100.)

# %%
epochs, many, rate, goal = (5, 30, 1.0, 0.97) if data.is_mnist else (100, 300, 0.2, 0.95)
model = network(rate)
model.summary()
history = model.fit(
    x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_val, y_val), verbose=1
)
trained = model.get_weights()

parameters = (pixels + 1) * 100 + (100 + 1) * 10
table.equal(f"parameters of {pixels}-100-10", model.count_params(), parameters)

axes = plot.history(history, metrics="accuracy")
axes.set_title(f"{data.name}: accuracy over the epochs")
lessons.save(axes.figure, "09_accuracy")

# %% [markdown]
# In the first epoch training lies below validation. Are strange digits easier? No. The accuracy in
# `history` is the mean over the batches of the epoch. Each batch is judged *before* its step, by a
# network that is still learning. Validation comes after the epoch, by the better network at its
# end. To compare fairly, judge the training part at the end, too:

# %%
running = history.history["accuracy"]
_, fair = model.evaluate(x_train, y_train, verbose=0)
validated = history.history["val_accuracy"]
print(f"epoch 1:  training {running[0]:.4f} (on the way), validation {validated[0]:.4f}")
print(f"epoch {epochs}: training {running[-1]:.4f} (on the way), {fair:.4f} (at the end),", end=" ")
print(f"validation {validated[-1]:.4f}")
table.check("training accuracy, epoch 1", running[0], "below validation", running[0] < validated[0])
table.check("training accuracy at the end", fair, "above validation", fair > validated[-1])

# %% [markdown]
# ## Thirty epochs
#
# The course trains on, to thirty epochs. (With the small digits: to 300.) What does it bring?

# %%
longer = model.fit(
    x_train, y_train, batch_size=32, epochs=many - epochs, validation_data=(x_val, y_val), verbose=1
)
curves = {name: history.history[name] + longer.history[name] for name in history.history}
best = int(np.argmin(curves["val_loss"]))
print(f"validation accuracy: {validated[-1]:.4f} → {curves['val_accuracy'][-1]:.4f}")
print(f"training accuracy:   {running[-1]:.4f} → {curves['accuracy'][-1]:.4f}")
print(f"validation J: best {curves['val_loss'][best]:.4f}, after epoch {best + 1};", end=" ")
print(f"at the end {curves['val_loss'][-1]:.4f}")
seen, strange = (curves[name][-1] / history.history[name][-1] for name in ("loss", "val_loss"))
table.check("J of training, part of before", seen, "below .5", seen < 0.5)
table.check("J of validation, part of before", strange, "above .8", strange > 0.8)

axes = plot.history(curves, metrics="loss", log=True)
axes.set(title=f"{data.name}: {many} epochs", ylabel="J")
axes.axvline(best + 1, color=lessons.GREEN, linestyle="-.", label="best validation")
axes.legend()
lessons.save(axes.figure, "09_thirty_epochs")

# %% [markdown]
# J of the training part goes on down. J of validation stays about where it was, or turns up again:
# what the network still learns are its own digits, by heart. The accuracy does not suffer yet. It
# only counts right and wrong. J also counts how sure the network was: a few digits that are wrong
# and very sure keep J up.
#
# ## tanh, and squared errors
#
# Two questions, each for ten epochs on at most 10,000 digits, at the rate 0.2. Is tanh better than
# the sigmoid in the hidden layer (lesson 07)? And why cross-entropy, why not the squared error?
# For the squared error the labels must be one-hot rows. It is a mean over the ten outputs, so its
# gradient has a factor of 2/10. To be fair, it also gets five times the rate.

# %%
some = slice(0, 10_000)
one_hot, one_hot_val = np.eye(10, dtype="float32")[y_train], np.eye(10, dtype="float32")[y_val]
TRIALS = {
    "sigmoid, cross-entropy": (0.2, "sigmoid", "categorical_crossentropy"),
    "tanh, cross-entropy": (0.2, "tanh", "categorical_crossentropy"),
    "sigmoid, squared error": (0.2, "sigmoid", "mse"),
    "the same at the rate 1": (1.0, "sigmoid", "mse"),
}
trials = {}
for name, (rate, hidden, loss) in TRIALS.items():
    trial = network(rate, hidden=hidden, loss=loss)
    trials[name] = trial.fit(
        x_train[some],
        one_hot[some],
        batch_size=32,
        epochs=10,
        validation_data=(x_val, one_hot_val),
        verbose=0,
    ).history["val_accuracy"]
    print(f"{name:23} accuracy after 1, 3, 10 epochs:", end=" ")
    print(*(f"{trials[name][epoch - 1]:.3f}" for epoch in (1, 3, 10)))

last = {name: accuracies[-1] for name, accuracies in trials.items()}
usual, tanh, squared, faster = last.values()
table.check("tanh against sigmoid", tanh - usual, "above 0", tanh > usual)
best = max(squared, faster)
table.check("cross-entropy against squares", usual - best, "above 0", usual > best)

axes = plot.history({name: {"accuracy": values} for name, values in trials.items()})
axes.set(title="Ten epochs", ylabel="validation accuracy")
axes.get_legend().remove()
axes.figure.legend(loc="outside lower center", ncols=2)
lessons.save(axes.figure, "09_tanh_and_squares")

# %% [markdown]
# tanh has the larger slope, so the first layer learns faster. The squared error learns slowly. Its
# gradient goes through the slope of the softmax, which is almost 0 where the network is sure. Take
# z = 8, 0, 0. The network is sure of class 0, but class 1 is right. Cross-entropy shouts, the
# squared error whispers:

# %%
a, y = softmax(np.array([8.0, 0.0, 0.0])), np.array([0.0, 1.0, 0.0])
slopes = np.diag(a) - np.outer(a, a)
gradients = {"cross-entropy": a - y, "squared error": slopes @ (2 * (a - y) / 3)}
for name, gradient in gradients.items():
    print(f"dL/dz, {name}:", *(f"{value:8.4f}" for value in gradient))

# %% [markdown]
# ## The wrong ones
#
# "4 → 9" means: it is a 4 and the network took it for a 9. Some of them are hard for us, too.
#
# We take the network after five epochs (100 with the small digits). Now, once, the test part:

# %%
model.set_weights(trained)
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy after {epochs} epochs: {accuracy:.4f}")
table.check(
    f"test accuracy, {data.name}, {epochs} epochs", accuracy, f"at least {goal}", accuracy >= goal
)

predicted = model.predict(x_test).argmax(axis=1)
wrong = np.flatnonzero(predicted != y_test)
print(len(wrong), "of", len(y_test), "digits are wrong")

axes = plot.images(data.x_test[wrong], y_test[wrong], predicted[wrong], count=30, columns=10)
axes.set_title(f"{min(30, len(wrong))} of the {len(wrong)} digits that the network gets wrong")
lessons.save(axes.figure, "09_wrong_digits")

# %% [markdown]
# Which digits does it take for which? In the confusion matrix a row is a true digit, a column what
# it was taken for. On the diagonal it is right.

# %%
pairs = np.column_stack([y_test[wrong], predicted[wrong]])
kinds, counts = np.unique(pairs, axis=0, return_counts=True)
for true, taken in kinds[counts == counts.max()]:
    print(f"most often: {true} → {taken}, {counts.max()} times")

figure, axes = plt.subplots(figsize=(8, 7))
plot.confusion(y_test, predicted, ax=axes)
lessons.save(figure, "09_confusion")

# %% [markdown]
# ## What the hidden neurons look for
#
# Each hidden neuron has a weight for every pixel, so its weights are a picture, too. Blue pixels
# speak for what it looks for, vermilion ones against it. A few weights are far larger than all
# others. The darkest colour stands for the largest but one percent, so that they do not make all
# else pale.

# %%
W = model.layers[0].W
limit = np.quantile(np.abs(W), 0.99)
print(f"largest |w| {np.abs(W).max():.2f}; 99 % of them are below {limit:.2f}")

axes = plot.weights(np.clip(W, -limit, limit), count=20, columns=7)
axes.set_title("The weights of 20 hidden neurons")
lessons.save(axes.figure, "09_hidden_weights")

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("09")

# %% [markdown]
# ## The table

# %%
table.close()
