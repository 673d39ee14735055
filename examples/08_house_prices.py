# %% [markdown]
# # 08 What is a house worth? Data before networks
#
# A network is to predict a number: the price of a house from its age, its distance to the next
# station and so on. The loss is the mean squared error over m samples:
#
# - one sample: $L = (ŷ − y)^2$
# - the mean over m samples: $J = (1/m)·Σ (ŷ − y)^2$
#
# This lesson is about what comes before and after the training: look at the data, scale it,
# keep some of it aside, and compare with something simple. A network that does not beat the
# simple thing is not worth its electricity.

# %%
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

from nnlite import Sequential, exercises, lessons, plot
from nnlite.callbacks import EarlyStopping
from nnlite.datasets import boston_housing, house_prices
from nnlite.foundation.errors import explain_error
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lessons.begin("08 What is a house worth?")

# %% [markdown]
# ## The data
#
# The course uses 414 house prices from Taiwan (the slide says 415), the file
# `house_price_of_unit_area.csv`. A price is in 10,000 New Taiwan dollars per ping, which is 3.3 m².
# Give the file
# with `--csv FILE`, or put it into the folder that the environment variable `NNLITE_DATA` names.
# Without the file we take scikit-learn's diabetes patients, in their raw units. The lesson is
# the same.


# %%
HOUSE_UNITS = ["years", "m", "", "°", "°"]
DIABETES_UNITS = ["years", "", "kg/m²", "mm Hg", *["mg/dl"] * 3, "", "", "mg/dl"]


def load_table(path):
    """Return features, target, the names of the features, that of the target, and its unit."""
    try:
        x, y = house_prices.load_data(path)
        names = with_units(house_prices.feature_names, HOUSE_UNITS)
        return x, y, names, "price per unit area", "10,000 TWD/ping"
    except OSError as error:
        if path is not None:
            lessons.refuse(in_one_line(error))
        print("No house prices here. We take the diabetes data instead.")
    except ValueError as error:
        lessons.refuse(in_one_line(error))
    diabetes = load_diabetes(scaled=False)
    names = with_units(diabetes.feature_names, DIABETES_UNITS)
    return diabetes.data, diabetes.target, names, "disease after a year", "points"


def with_units(names, units):
    return [f"{name} ({unit})" if unit else name for name, unit in zip(names, units, strict=True)]


def in_one_line(error):
    return " ".join(str(error).split())


x, y, feature_names, target_name, unit = load_table(lessons.csv_option())
target = f"{target_name} ({unit})"
if len(x) < 50:
    lessons.refuse(f"The lesson cuts the data into three parts: 50 rows at least, not {len(x)}.")
if y.min() == y.max():
    lessons.refuse(f"There is nothing to learn: every {target_name} is {y[0]:g}.")
for name, column in zip([*feature_names, target], [*x.T, y], strict=True):
    print(f"{name:39} from {column.min():8.2f} to {column.max():8.2f}")

# %% [markdown]
# ## Look at it
#
# The pair plot shows every feature against every other, and in the last row against the target.
# We draw the four features that go with the target most. Is there a line? A bend? A patient or
# a house that lies far away from all others?

# %%
with np.errstate(invalid="ignore"):
    correlations = np.nan_to_num([np.corrcoef(column, y)[0, 1] for column in x.T])


def wrap(name):
    return "\n".join(textwrap.wrap(name, 16))


chosen = np.sort(np.argsort(-np.abs(correlations))[:4])
columns = [*x[:, chosen].T, y]
names = [*(feature_names[place] for place in chosen), target]

figure, grid = plt.subplots(5, 5, figsize=(8, 8), sharex="col")
for row, across in enumerate(columns):
    for place, along in enumerate(columns):
        axes = grid[row, place]
        if row == place:
            axes.hist(along, bins=20, color=lessons.SKY)
            axes.set_yticks([])
        else:
            axes.plot(along, across, ".", color=lessons.BLUE, markersize=2, alpha=0.6)
        axes.tick_params(labelsize=8)
        axes.locator_params(axis="x", nbins=3)
        if place == 0:
            axes.set_ylabel(wrap(names[row]), fontsize=9)
        if row == 4:
            axes.set_xlabel(wrap(names[place]), fontsize=9)
figure.suptitle(f"{len(x)} samples: four features and the target, pair by pair")
figure.align_labels()
lessons.save(figure, "08_pair_plot")

# %% [markdown]
# ## Three parts
#
# The network learns from the training part. The validation part tells, during training, how it
# does on data it has not seen: with its help we decide when to stop. The test part is looked at
# once, at the very end. (Tools call it validation because we ask: is what was learned valid for
# others, too?)

# %%
x_train, x_rest, y_train, y_rest = train_test_split(x, y, test_size=0.4, random_state=42)
x_val, x_test, y_val, y_test = train_test_split(x_rest, y_rest, test_size=0.5, random_state=42)
print("training", x_train.shape, " validation", x_val.shape, " test", x_test.shape)

# %% [markdown]
# ## Two ways to scale
#
# - min-max score: $(x − min)/(max − min)$, from 0 to 1
# - standard score: $z = (x − mean)/s$, with the mean 0 and the spread 1
#
# s is the standard deviation, $s^2 = Σ (x − mean)^2/(n − 1)$. NumPy divides by n if one does not
# say `ddof=1`, and so does scikit-learn's `StandardScaler`: the first score of 1…10 is then
# −1.566699, and not −1.486301.
#
# A column in which all values are equal has the spread 0. The course's line then computes 0/0,
# which is NaN, and one NaN spoils every weight. So we look before we divide.


# %%
def min_max_scores(x):
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


def mean_and_deviation(x):
    """Return the mean and the standard deviation of each column."""
    constant = np.flatnonzero(x.max(axis=0) == x.min(axis=0))
    if len(constant):
        raise ValueError(
            explain_error(
                "A constant column has no standard score: its deviation is 0.",
                f"column {constant[0]}, everywhere {x[0, constant[0]]:g}",
                remedy="Leave this column out: it tells nothing.",
            )
        )
    return x.mean(axis=0), x.std(axis=0, ddof=1)


one_to_ten = np.arange(1.0, 11.0).reshape(-1, 1)
mean, deviation = mean_and_deviation(one_to_ten)
scores = (one_to_ten - mean) / deviation
print("standard scores of 1…10:", scores.ravel().round(6))
print("min-max scores of 1…10: ", min_max_scores(one_to_ten).ravel().round(3))
table.equal("first standard score of 1…10", scores[0, 0], -1.486301, digits=6)
with_n = (one_to_ten - mean) / one_to_ten.std(axis=0)
table.equal("the same with n in place of n − 1", with_n[0, 0], -1.566699, digits=6)

try:
    mean_and_deviation(np.ones((3, 1)))
    answer = "no error"
except ValueError as error:
    answer = "explained" if "constant column" in str(error) else str(error)
table.equal("a constant column", answer, "explained")

# %% [markdown]
# Mean and deviation come from the training part alone. With them all three parts are scaled. The
# course takes them from all rows, before the split: then the test part leaks into the training. It
# is a peek at the exam. So the means of our test part are not quite 0:

# %%
try:
    mean, deviation = mean_and_deviation(x_train)
except ValueError as error:
    lessons.refuse(in_one_line(error))
z_train, z_val, z_test = ((part - mean) / deviation for part in (x_train, x_val, x_test))
print("means of the training part:", z_train.mean(axis=0).round(2) + 0.0)
print("means of the test part:    ", z_test.mean(axis=0).round(2))

figure, panels = plt.subplots(1, 3, figsize=(8, 4))
for axes, values, title in [
    (panels[0], x_train, "raw, each in its unit"),
    (panels[1], min_max_scores(x_train), "min-max scores"),
    (panels[2], z_train, "standard scores"),
]:
    axes.boxplot(values, flierprops={"marker": ".", "markersize": 3})
    axes.set(title=title, xlabel="feature number")
panels[0].set_ylabel("value")
lessons.save(figure, "08_scores")

# %% [markdown]
# ## Something simple to compare with
#
# The simplest prediction is always the mean of the training prices. The next simple one is
# linear regression: a weighted sum of the features plus b, with the weights that make the squared
# error on the training part as small as it can be. Their errors are easier to compare as R²: 1 is
# perfect, 0 is no better than the mean, and below 0 it is worse.
#
# $R^2 = 1 − Σ (ŷ − y)^2 / Σ (y − \bar y)^2$, where $\bar y$ is the mean of y


# %%
def mean_squared_error(prediction, truth):
    return np.mean((prediction - truth) ** 2)


def r2(prediction, truth):
    return 1 - mean_squared_error(prediction, truth) / truth.var()


def with_ones(z):
    return np.column_stack([z, np.ones(len(z))])


def linear_regression(z_train, y_train, z_test):
    """Return the prediction for the test part."""
    weights, *_ = np.linalg.lstsq(with_ones(z_train), y_train)
    return with_ones(z_test) @ weights


predictions = {
    "mean predictor": np.full(len(y_test), y_train.mean()),
    "linear regression": linear_regression(z_train, y_train, z_test),
}

# %% [markdown]
# ## The course's two networks
#
# Three hidden layers of sigmoid neurons, and a linear neuron at the end, because a price is not
# a probability. The first network, 5-50-100-300-1, gets the raw features. The second,
# 5-100-150-100-1, gets the standard scores. Both take 100 epochs of mini-batches of 10.
#
# `EarlyStopping` with `restore_best_weights` goes back to the weights of the best epoch, judged by
# the validation part. With patience 100 it only watches, so that we see the whole curve.


# %%
def network(units, activation="sigmoid", optimizer="sgd"):
    hidden = [Dense(count, activation=activation) for count in units]
    model = Sequential([*hidden, Dense(1)], seed=42)
    model.compile(optimizer=optimizer, loss="mse")
    return model


def fit(model, x_train, y_train, validation, patience=100):
    keep_best = EarlyStopping(patience=patience, restore_best_weights=True)
    return model.fit(
        x_train,
        y_train,
        batch_size=10,
        epochs=100,
        validation_data=validation,
        callbacks=[keep_best],
        verbose=0,
    )


raw = network([50, 100, 300], optimizer=SGD(0.001))
raw_history = fit(raw, x_train, y_train, (x_val, y_val))
scaled = network([100, 150, 100], optimizer=SGD(0.001))
scaled_history = fit(scaled, z_train, y_train, (z_val, y_val))
scaled.summary()

predictions["network, raw data"] = raw.predict(x_test)[:, 0]
predictions["network, standard scores"] = scaled.predict(z_test)[:, 0]

# %% [markdown]
# On raw data the z of the first layer are so large that its sigmoids are 0 or 1, where they are
# flat: they are saturated. No gradient gets through to W1, and the layer says nearly the same
# about every sample. So the network can only learn the mean. `explain` tells one training step:
# look at how many of A1 are saturated, and how small dZ1 is beside dZ2.

# %%
print(raw.explain(x_train, y_train))

# %% [markdown]
# On standard scores the network learns. Watch the two curves. Where training goes on down and
# validation turns up again, the network begins to learn its samples by heart. Does it, with these
# data?

# %%
training, validation = (scaled_history.history[name] for name in ("loss", "val_loss"))
best = int(np.argmin(validation))
rise = validation[-1] / validation[best] - 1
print(f"best validation error: {validation[best]:.1f}, after epoch {best + 1}")
print(f"after epoch 100: training {training[-1]:.1f}, validation {validation[-1]:.1f}")
print(f"validation rose by {100 * rise:.0f} % since its best:", end=" ")
print("it learns by heart." if rise > 0.1 else "it does not learn by heart yet.")

lazy = mean_squared_error(y_train.mean(), y_val)
figure, panels = plt.subplots(1, 2, sharey=True)
for axes, history, title in [
    (panels[0], raw_history, "raw data: next to nothing"),
    (panels[1], scaled_history, "standard scores: it learns"),
]:
    plot.history(history, log=True, ax=axes)
    axes.axhline(lazy, color=lessons.GREY, linestyle=":", label="mean predictor, validation")
    axes.axvline(
        1 + np.argmin(history.history["val_loss"]),
        color=lessons.GREEN,
        linestyle="-.",
        label="best",
    )
    axes.get_legend().remove()
    axes.set(title=title, ylabel=f"J, in ({unit})²")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
lessons.save(figure, "08_curves")

# %% [markdown]
# The course says that a network on raw data learns nothing. That holds for sigmoids, which
# saturate. ReLU does not saturate on its right side (lesson 07). And **Adam** is gradient descent
# that keeps two running means for each weight: m of its gradients, and v of their squares. Its step
# is
#
# $w ← w − α·m/(√v + ε)$
#
# The ε is tiny: it keeps us from dividing by 0. A weight with large gradients takes no larger steps
# than one with small gradients. So Adam scales by itself what we forgot to scale. The first network
# once more with both, on raw data.

# %%
modern = network([50, 100, 300], activation="relu", optimizer="adam")
fit(modern, x_train, y_train, (x_val, y_val))
predictions["ReLU and Adam, raw data"] = modern.predict(x_test)[:, 0]

# %% [markdown]
# ## The test, once
#
# The test error is in the square of the unit. Its root, the RMSE, is in the unit itself: so far
# off is a prediction, about. (The course prints "Test rmse" and behind it the mean squared error.)

# %%
shares = {name: r2(prediction, y_test) for name, prediction in predictions.items()}
for name, prediction in predictions.items():
    error = mean_squared_error(prediction, y_test)
    print(f"{name:25} MSE {error:8.1f}   RMSE {error**0.5:6.2f} {unit}   R² {shares[name]:6.3f}")

figure, axes = plt.subplots(figsize=(8, 3.5))
bars = axes.barh(list(shares), list(shares.values()), color=lessons.BLUE)
axes.bar_label(bars, [f"{share:.2f}".replace("-", "−") for share in shares.values()], padding=4)
axes.axvline(0, color=lessons.BLACK, linewidth=0.8)
axes.invert_yaxis()
axes.set(title="What each explains of the test data", xlabel="R²", xlim=(-0.2, 1))
lessons.save(figure, "08_comparison")

figure, axes = plt.subplots(figsize=(8, 6))
names = ["linear regression", "network, standard scores"]
plot.predictions(y_test, {name: predictions[name] for name in names}, ax=axes)
axes.set_title(f"The test part: {target_name}")
axes.set(xlabel=f"truth $y$ ({unit})", ylabel=rf"prediction $\hat{{y}}$ ({unit})")
lessons.save(figure, "08_predictions")

# %% [markdown]
# Ten predictions beside ten truths: a mean hides a lot.


# %%
def print_ten(prediction, truth, unit):
    print(f"prediction     truth     error   ({unit})")
    for guess, true in zip(prediction[:10], truth[:10], strict=True):
        print(f"{guess:10.1f}{true:10.1f}{guess - true:+10.1f}")


print_ten(predictions["network, standard scores"], y_test, unit)

# %% [markdown]
# ## Is the network better?
#
# One split may be luck. So we cut the data anew, eight times, and let both learn each time. With
# patience 30 a training ends that has not become better for 30 epochs. Nothing is chosen by these
# tests: they only compare.


# %%
def compare(seed):
    """Return R² of linear regression and of the network on another split."""
    x_train, x_rest, y_train, y_rest = train_test_split(x, y, test_size=0.4, random_state=seed)
    x_val, x_test, y_val, y_test = train_test_split(
        x_rest, y_rest, test_size=0.5, random_state=seed
    )
    mean, deviation = mean_and_deviation(x_train)
    z_train, z_val, z_test = ((part - mean) / deviation for part in (x_train, x_val, x_test))
    model = network([100, 150, 100], optimizer=SGD(0.001))
    fit(model, z_train, y_train, (z_val, y_val), patience=30)
    linear = linear_regression(z_train, y_train, z_test)
    return r2(linear, y_test), r2(model.predict(z_test)[:, 0], y_test)


pairs = np.array([compare(seed) for seed in lessons.progress(range(1, 9), "8 splits")])
leads = pairs[:, 1] - pairs[:, 0]
wins = int((leads > 0).sum())
print("lead of the network in R²:", np.sort(leads).round(3))
print(f"The network wins {wins} of 8, its mean lead is {leads.mean():+.3f}.")
if wins >= 7:
    print("The network is better here.")
else:
    print("Linear regression is hard to beat here.")

figure, axes = plt.subplots(figsize=(8, 3.5))
for place, (label, marker, colour) in enumerate(
    [("linear regression", "o", lessons.BLUE), ("network, standard scores", "s", lessons.VERMILION)]
):
    axes.plot(np.arange(1, 9), pairs[:, place], marker, color=colour, markersize=8, label=label)
axes.vlines(np.arange(1, 9), *pairs.T, color=lessons.GREY, linewidth=1, zorder=0)
axes.set(title=f"Eight splits: the network wins {wins}", xlabel="split", ylabel="R² on its test")
figure.legend(loc="outside lower center", ncols=2)
lessons.save(figure, "08_eight_splits")

# %% [markdown]
# Look at the pair plot again. Where the data bend, a straight line cannot follow, and a network
# can: the house prices fall steeply near the station and hardly far away. Where they are nearly
# straight and noisy, as with the diabetes patients, the line is as good or better, and costs
# nothing. That is the reason to try it first.
#
# ## Boston housing, where its file is
#
# Many books use these 506 districts of Boston. One of the 13 columns, B, rests on an assumption
# about race. We leave it out.

# %%
try:
    (x_train, y_train), (x_test, y_test) = boston_housing.load_data()
except OSError:
    print("No BostonHousing.csv here; put it where the house prices would be. We go on without it.")
else:
    kept = [name != "B" for name in boston_housing.feature_names]
    x_train, x_test = x_train[:, kept], x_test[:, kept]
    mean, deviation = mean_and_deviation(x_train[:320])
    z_train, z_test = (x_train - mean) / deviation, (x_test - mean) / deviation
    boston = network([64, 64], activation="relu", optimizer="adam")
    fit(boston, z_train[:320], y_train[:320], (z_train[320:], y_train[320:]))
    prediction = boston.predict(z_test)[:, 0]
    linear = linear_regression(z_train[:320], y_train[:320], z_test)
    print(f"R²: network {r2(prediction, y_test):.3f}, regression {r2(linear, y_test):.3f}")
    print_ten(prediction, y_test, "1000 dollars")
    table.check("R², Boston", r2(prediction, y_test), "at least .7", r2(prediction, y_test) >= 0.7)

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("08")

# %% [markdown]
# ## The table

# %%
raw_share, scaled_share = shares["network, raw data"], shares["network, standard scores"]
table.check("R², network on raw data", raw_share, "below .25", raw_share < 0.25)
table.check("R², network on standard scores", scaled_share, "at least .3", scaled_share >= 0.3)
table.check("its lead, mean of 8 splits", leads.mean(), "−.1 at least", leads.mean() >= -0.1)
table.close()
