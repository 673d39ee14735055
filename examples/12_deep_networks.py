# %% [markdown]
# # 12 Why deep networks failed, and what helped
#
# Two layers learn XOR, three form any region. So ten layers should be better still? For many years
# they were worse: they did not learn at all. This lesson shows why, in two halves. On the way
# forward the signal fades or grows from layer to layer. On the way back the gradient does. Then it
# shows three things that help: the right start, ReLU, and batch normalization.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from nnlite import Input, Sequential, exercises, lessons, plot
from nnlite.layers import Activation, BatchNormalization, Dense

table = lessons.begin("12 Why deep networks failed")

# %% [markdown]
# ## The data
#
# The small digits of scikit-learn: 1797 images of 8 × 8 pixels. A quarter is for validation. We
# subtract the mean of the training part, so that the numbers lie around 0.

# %%
digits = load_digits()
x_train, x_val, y_train, y_val = train_test_split(
    digits.data / 16, digits.target, stratify=digits.target, test_size=0.25, random_state=0
)
mean = x_train.mean(axis=0)
x_train, x_val = x_train - mean, x_val - mean
print("training", x_train.shape, " validation", x_val.shape)

# %% [markdown]
# ## Deeper is worse
#
# Networks of sigmoids with 1, 2, 5 and 10 hidden layers of 32 neurons, all trained alike: Adam, 20
# epochs. How many digits of the validation part do they get right? Guessing gives one in ten.


# %%
def network(depth, activation, initializer="glorot_uniform", normalize=False):
    """Return a compiled network with so many hidden layers of 32 neurons."""
    layers = [Input(shape=(64,))]
    for _ in range(depth):
        layers.append(Dense(32, kernel_initializer=initializer))
        if normalize:
            layers.append(BatchNormalization(momentum=0.9))
        layers.append(Activation(activation))
    model = Sequential([*layers, Dense(10, activation="softmax")], seed=0)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model):
    """Return the validation accuracy after each epoch."""
    history = model.fit(
        x_train, y_train, epochs=20, batch_size=32, validation_data=(x_val, y_val), verbose=0
    )
    return history.history["val_accuracy"]


by_depth = {}
for depth in [1, 2, 5, 10]:
    by_depth[depth] = train(network(depth, "sigmoid"))
    print(f"{depth:2} hidden layers of sigmoids: accuracy {by_depth[depth][-1]:.3f}")

shallow, deep = by_depth[1][-1], by_depth[10][-1]
table.check("1 hidden layer of sigmoids", shallow, "above .9", shallow > 0.9)
table.check("10 hidden layers of sigmoids", deep, "below .2", deep < 0.2)

# %% [markdown]
# ## The way forward: how large should the first weights be?
#
# A neuron adds up n products, $z = w_1·x_1 + … + w_n·x_n$. The weights are random, around 0, and
# have the variance Var(w). Then each product adds to the mean square of z:
#
# $mean(z^2) = n·Var(w)·mean(x^2)$
#
# So from layer to layer the squares are multiplied by n·Var(w). Is that below 1, the signal fades.
# Is it above 1, it grows. Only with
#
# $Var(w) = 1/n$
#
# does it keep its size. We send one batch through ten layers of 32 neurons, by hand, with three
# sizes of weights. tanh keeps the signal below 1, so we also look at its slope, 1 − a².


# %%
def signals(x, deviation, activation):
    """Return the outputs of ten layers, with random weights of this standard deviation."""
    rng = np.random.default_rng(0)
    outputs = []
    for _ in range(10):
        n = x.shape[1]
        W = rng.normal(0, deviation(n), size=(n, 32))
        x = activation(x @ W)
        outputs.append(x)
    return outputs


STARTS = {
    "0.01": lambda n: 0.01,
    "1": lambda n: 1.0,
    "√(1/n)": lambda n: np.sqrt(1 / n),
}
batch = x_train[:256]
forward = {name: signals(batch, deviation, np.tanh) for name, deviation in STARTS.items()}
for name, outputs in forward.items():
    sizes = [np.abs(a).mean() for a in outputs]
    slope = (1 - outputs[-1] ** 2).mean()
    print(f"deviation {name:7} mean |a|: layer 1 {sizes[0]:.1e}, layer 10 {sizes[-1]:.1e}")
    print(f"{'':17} mean slope in layer 10: {slope:.3f}")

faded = np.abs(forward["0.01"][-1]).mean()
table.check("mean |a|, deviation 0.01", faded, "below 1e-9", faded < 1e-9)
flat = (1 - forward["1"][-1] ** 2).mean()
table.check("mean slope, deviation 1", flat, "below .3", flat < 0.3)
kept = np.abs(forward["√(1/n)"][-1]).mean()
table.check("mean |a|, deviation √(1/n)", kept, "above .05", kept > 0.05)

# %% [markdown]
# With 0.01 nothing is left after ten layers. With 1 most neurons are saturated: they say −1 or 1,
# where tanh is flat. With √(1/n) the signal arrives.

# %%
figure, axes = plt.subplots()
for (name, outputs), style in zip(forward.items(), ["o-", "s--", "^:"], strict=True):
    axes.plot(np.arange(1, 11), [np.abs(a).mean() for a in outputs], style, label=name)
axes.set(title="The signal on its way through ten layers", xlabel="layer", ylabel="mean |a|")
axes.set_yscale("log")
axes.legend(title="deviation of the weights")
lessons.save(figure, "12_signals")

# %% [markdown]
# ReLU stops the negative half, so half of the mean square is lost in every layer. Twice the
# variance makes up for it, 2/n. That is **He**'s start, `"he_normal"`. **Glorot**'s,
# `"glorot_uniform"`, takes 2/(n + k) for a layer with n inputs and k neurons: a compromise
# between the way forward, which wants 1/n, and the way back, which wants 1/k.

# %%
relu = {
    name: np.abs(signals(batch, deviation, lambda z: np.maximum(z, 0))[-1]).mean()
    for name, deviation in [
        ("1/n", lambda n: np.sqrt(1 / n)),
        ("2/n", lambda n: np.sqrt(2 / n)),
    ]
}
print("ReLU, mean |a| in layer 10:", {name: float(size.round(4)) for name, size in relu.items()})
ratio = relu["2/n"] / relu["1/n"]
table.equal("ReLU: 2/n against 1/n, √2 per layer", ratio, np.sqrt(2) ** 10, digits=6)

he = network(10, "relu", "he_normal").layers[0].W
print(f"he_normal, 64 inputs: deviation {he.std():.4f}, √(2/64) = {np.sqrt(2 / 64):.4f}")
table.check(
    "he_normal: deviation of W1", he.std(), ".177, 5 % off", abs(he.std() / 0.1768 - 1) < 0.05
)

# %% [markdown]
# ## The way back: vanishing gradients
#
# On the way back every layer multiplies the gradient by its weights and by the slope of its
# activation:
#
# $dX = (dA ⊙ σ'(Z))·W^T$
#
# The slope of the sigmoid is 0.25 at most. Ten of them make it at most

# %%
print(f"0.25 ** 10 = {0.25**10:.1e}")

# %% [markdown]
# of what it was, before the weights. The first layers get next to nothing, so they do not learn.
# `explain` takes one step and warns:

# %%
sigmoids = network(10, "sigmoid")
step = sigmoids.explain(x_train[:64], y_train[:64])
print("\n".join(str(warning) for warning in step.warnings))
named = any("vanishes" in str(warning) for warning in step.warnings)
table.check("explain names the vanishing gradient", "yes" if named else "no", "yes", named)

# %% [markdown]
# ## Batch normalization
#
# The right start helps at the start. But the weights change, and with them the signals. **Batch
# normalization** keeps them in shape all the time. For each neuron it takes mean and variance over
# the batch, and makes standard scores of its z. Then the neuron may stretch and shift them by two
# weights of its own, γ and β, which it learns:
#
# $ẑ = (z − μ)/√(σ^2 + ε)$ and $a = γ·ẑ + β$
#
# For a prediction there may be only one sample. So the layer keeps running means of μ and σ² from
# the training, and uses these. `momentum=0.9` says that nine tenths of them stay at each step: they
# follow quickly. By hand and with nnlite, at the start, where γ = 1 and β = 0:

# %%
z = np.array([[1.0, 200.0], [2.0, 400.0], [6.0, 300.0]])
by_hand = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-3)
normalization = BatchNormalization(epsilon=1e-3, dtype="float64")
with_nnlite = normalization(z, training=True)
print(with_nnlite.round(3))
table.same("batch normalization", by_hand, with_nnlite)

# %% [markdown]
# ## Ten layers, four ways
#
# How large are signals and gradients in each layer, before any training?

# %%
WAYS = {
    "sigmoid": (10, "sigmoid"),
    "tanh, Glorot": (10, "tanh"),
    "ReLU, He": (10, "relu", "he_normal"),
    "sigmoid, normalized": (10, "sigmoid", "glorot_uniform", True),
}
models = {name: network(*way) for name, way in WAYS.items()}

figure, axes = plt.subplots(figsize=(8, 4.5))
plot.depth(models, x_train[:64], y_train[:64], ax=axes)
axes.child_axes[0].get_legend().remove()  # the one at the right is enough
lessons.save(figure, "12_depth")

# %% [markdown]
# At the left are the signals. Those of the sigmoids look well: about one half everywhere. But is it
# another half for another digit? How much does a neuron of layer 10 differ from digit to digit?

# %%
spread = {}
for name, way in WAYS.items():
    hidden = x_train[:64]
    for layer in network(*way).layers[:-1]:
        hidden = layer(hidden, training=True)
    spread[name] = hidden.std(axis=0).mean()
    print(f"{name:20} spread of a neuron in layer 10 over 64 digits: {spread[name]:.1e}")
table.check(
    "sigmoid: spread in layer 10", spread["sigmoid"], "below 1e-5", spread["sigmoid"] < 1e-5
)

# %% [markdown]
# The sigmoids say the same half for every digit, so they say nothing. At the right of the picture
# are the gradients of the weights. How many times smaller is that of the first layer than that of
# the tenth?

# %%
shrinks = {}
for name, model in models.items():
    step = model.explain(x_train[:64], y_train[:64])
    last = sum(isinstance(layer, Dense) for layer in model.layers) - 1
    shrinks[name] = np.abs(step[f"dW{last}"]).mean() / np.abs(step["dW1"]).mean()
    print(f"{name:20} mean |dW{last}| / mean |dW1| = {shrinks[name]:.3g}")

worst = shrinks["sigmoid"] > 1e4
table.check("sigmoid: dW10 against dW1", shrinks["sigmoid"], "above 10,000", worst)
others = max(size for name, size in shrinks.items() if name != "sigmoid")
table.check("the other three, largest", others, "below 100", others < 100)

# %% [markdown]
# Now train them. The sigmoids were trained at the beginning.

# %%
histories = {"sigmoid": by_depth[10]}
for name in lessons.progress([*WAYS][1:], "three networks"):
    histories[name] = train(models[name])
for name, accuracies in histories.items():
    print(f"{name:20} validation accuracy {accuracies[-1]:.3f}")
rescued = min(values[-1] for name, values in histories.items() if name != "sigmoid")
table.check("with any of the three helps", rescued, "at least .9", rescued >= 0.9)

axes = plot.history({name: {"accuracy": values} for name, values in histories.items()})
axes.set(title="Ten hidden layers of 32 neurons", ylabel="validation accuracy")
axes.legend(loc="center right")
lessons.save(axes.figure, "12_four_ways")

# %% [markdown]
# The same ten layers, the same data, the same optimizer. Only the start, the slope or the scale of
# the signals is different. That is why deep networks came only when these were understood.

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("12")

# %% [markdown]
# ## The table

# %%
table.close()
