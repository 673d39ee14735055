# %% [markdown]
# # 13 Learning by heart and its remedies
#
# A pupil may learn the answers of the exercise book by heart. In the book all is right then, and in
# the exam little. A network with enough weights does the same: it remembers its samples, with all
# their chance errors, and not the rule behind them. That is called overfitting.
#
# We let it happen, on points in a plane, where one can see it. Then we try four remedies: small
# weights (L2), dropout, early stopping, and more data.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons

from nnlite import Input, Sequential, exercises, lessons, plot
from nnlite.callbacks import EarlyStopping
from nnlite.layers import Dense, Dropout
from nnlite.optimizers import SGD, Adam
from nnlite.regularizers import L2

table = lessons.begin("13 Learning by heart")

# %% [markdown]
# ## The data
#
# Two moons that overlap: 60 points for training. Validation has 1000, to compare the remedies. So
# has the test part, for one number at the end.

# %%
x_train, y_train = make_moons(60, noise=0.35, random_state=2)
x_val, y_val = make_moons(1000, noise=0.35, random_state=1)
x_test, y_test = make_moons(1000, noise=0.35, random_state=100)
print("training", x_train.shape, " validation", x_val.shape, " test", x_test.shape)

# %% [markdown]
# ## By heart
#
# Two hidden layers of 100 ReLU: more than ten thousand weights for 60 points. `network` already has
# a place for two of the remedies. The metric `binary_crossentropy` is J without what a remedy adds
# to it, so that all can be compared.


# %%
def network(l2=0.0, dropout=0.0):
    layers = [Input(shape=(2,))]
    for _ in range(2):
        layers.append(Dense(100, activation="relu", kernel_regularizer=L2(l2)))
        if dropout:
            layers.append(Dropout(dropout))
    model = Sequential([*layers, Dense(1, activation="sigmoid")], seed=0)
    metrics = ["accuracy", "binary_crossentropy"]
    model.compile(optimizer=Adam(0.003), loss="binary_crossentropy", metrics=metrics)
    return model


def train(model, x=x_train, y=y_train, epochs=400, **more):
    return model.fit(x, y, epochs=epochs, batch_size=32, verbose=0, **more).history


models = {"no remedy": network()}
plain = train(models["no remedy"], validation_data=(x_val, y_val))
print(models["no remedy"].count_params(), "weights for", len(x_train), "points")
for name in ("accuracy", "binary_crossentropy"):
    print(f"{name:20} training {plain[name][-1]:.3f}, validation {plain['val_' + name][-1]:.3f}")
best = int(np.argmin(plain["val_loss"]))
print(f"best J of validation: {plain['val_loss'][best]:.3f}, after epoch {best + 1}")

table.check(
    "no remedy: training accuracy", plain["accuracy"][-1], "above .97", plain["accuracy"][-1] > 0.97
)
rise = plain["val_loss"][-1] / plain["val_loss"][best]
table.check("J of validation / its best", rise, "above 2", rise > 2)

# %%
axes = plot.history(plain, metrics="loss")
axes.axvline(best + 1, color=lessons.GREEN, linestyle="-.", label="best validation")
axes.set(title="Training goes on down, validation turns up", ylabel="J")
axes.legend()
lessons.save(axes.figure, "13_by_heart")

# %% [markdown]
# Training knows nearly every point. Validation gets worse and worse: the network is wrong at some
# points, and ever more sure of it.
#
# ## Remedy 1: small weights (L2)
#
# A border with many bends needs large weights. So let large weights cost something:
#
# $J_{L2} = J + λ·Σ w^2$
#
# The gradient of each weight gets $2·λ·w$ added. So each step pulls every weight a little
# towards 0, unless the samples hold against it. Only the W are pulled, not the b. One step by hand
# and with nnlite, for one neuron:

# %%
rate, penalty = 0.1, 0.01
single = Sequential(
    [Dense(1, activation="sigmoid", kernel_regularizer=L2(penalty), input_shape=(2,))],
    seed=0,
    dtype="float64",
)
single.compile(optimizer=SGD(rate), loss="binary_crossentropy")
W, b = single.get_weights()

error = (1 / (1 + np.exp(-(x_train @ W + b))) - y_train.reshape(-1, 1)) / len(x_train)
W -= rate * (x_train.T @ error + 2 * penalty * W)
b -= rate * error.sum(axis=0)

single.train_on_batch(x_train, y_train)
table.same("one step with L2", np.append(W, b), single.weights_vector)

models["L2"] = network(l2=0.01)
train(models["L2"])
sizes = {name: float(np.abs(models[name].layers[1].W).mean()) for name in ("no remedy", "L2")}
print(f"mean |w| of layer 2: {sizes['no remedy']:.3f} without, {sizes['L2']:.3f} with L2")
smaller = sizes["L2"] < sizes["no remedy"] / 2
table.check("L2 makes the weights smaller", "yes" if smaller else "no", "half at most", smaller)

# %% [markdown]
# ## Remedy 2: dropout
#
# In each training step about half of the hidden neurons are switched off, others each time. No
# neuron can rely on one other. The outputs that stay are doubled, so that the next layer gets as
# much as before on average. In a prediction all neurons work.

# %%
dropout = Dropout(0.5, seed=0)
a = np.ones((1000, 8), dtype=np.float32)
dropped = dropout(a, training=True)
print("the first row in training:  ", dropped[0])
print("the first row in prediction:", dropout(a)[0])
table.equal("values after dropout", np.unique(dropped), [0.0, 2.0])
table.check("their mean", dropped.mean(), "1, by .05", abs(dropped.mean() - 1) < 0.05)

models["dropout"] = network(dropout=0.5)
train(models["dropout"])

# %% [markdown]
# ## Remedy 3: early stopping
#
# The simplest: stop when validation no longer gets better. `patience=50` waits 50 epochs for
# another best, then goes back to the weights of the best epoch.

# %%
models["early stopping"] = network()
stopped = train(
    models["early stopping"],
    validation_data=(x_val, y_val),
    callbacks=[EarlyStopping(patience=50, restore_best_weights=True)],
)
print(
    "stopped after",
    len(stopped["loss"]),
    "epochs; the best was",
    np.argmin(stopped["val_loss"]) + 1,
)

# %% [markdown]
# ## Remedy 4: more data
#
# The best remedy, where one can have it. The same network with 600 points, and a tenth of the
# epochs, so that it takes as many steps.

# %%
x_more, y_more = make_moons(600, noise=0.35, random_state=2)
models["more data"] = network()
train(models["more data"], x_more, y_more, epochs=40)

# %% [markdown]
# ## All side by side

# %%
scores = {name: model.evaluate(x_val, y_val, verbose=0)[1:] for name, model in models.items()}
for name, (accuracy, J) in scores.items():
    print(f"{name:15} validation: accuracy {accuracy:.3f}, J {J:.3f}")
worst = scores["no remedy"][1]
for name, (_, J) in scores.items():
    if name != "no remedy":
        table.check(f"{name}: J of validation", J, f"below {worst:.3f}", worst > J)

figure, grid = plt.subplots(2, 3, figsize=(8, 6), sharex=True, sharey=True)
for axes, (name, model) in zip(grid.flat, models.items(), strict=False):
    plot.decision_boundary(model, x_train, y_train, ax=axes)
    axes.set(title=name, xlabel="", ylabel="")
    axes.get_legend().remove()
plot.decision_boundary(models["more data"], x_val[:300], y_val[:300], ax=grid[1, 2])
grid[1, 2].set(title="more data, on validation", xlabel="", ylabel="")
grid[1, 2].get_legend().remove()
grid[0, 0].set(xlim=(-1.9, 2.7), ylim=(-1.5, 1.7))
figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
lessons.save(figure, "13_remedies")

# %% [markdown]
# Without a remedy the border winds around single points. With one it is calmer: it leaves some
# training points on the wrong side, and that is right, for they lie there by chance. Look at the
# last picture: where the moons overlap, no border gets all.
#
# Validation chooses the remedy. The test part says what that one is worth: one number.

# %%
chosen = min(scores, key=lambda name: scores[name][1])
accuracy, J = models[chosen].evaluate(x_test, y_test, verbose=0)[1:]
before, J_before = models["no remedy"].evaluate(x_test, y_test, verbose=0)[1:]
print(f"chosen: {chosen}; test accuracy {accuracy:.3f}, J {J:.3f}")
print(f"without a remedy it would have been {before:.3f}, J {J_before:.3f}")
table.check("test accuracy of the chosen", accuracy, "at least .82", accuracy >= 0.82)
table.check("its J, part of that without", J / J_before, "below .6", J / J_before < 0.6)

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("13")

# %% [markdown]
# ## The table

# %%
table.close()
