# %% [markdown]
# # 08 What is a house worth? Data before networks
#
# A network is to predict a number: the price of a house from its age, its distance to the next
# station and so on. The loss is the mean squared error over m samples:
#
#     J = (1/m) Σ (ŷ − y)²
#
# This lesson is about what comes before and after the training: look at the data, scale it,
# keep some of it aside, and compare with something simple. A network that does not beat the
# simple thing is not worth its electricity.

# %%
import textwrap

import lesson
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

from nnlite import Sequential, plot
from nnlite.callbacks import EarlyStopping
from nnlite.datasets import house_prices
from nnlite.foundation.errors import explain_error
from nnlite.layers import Dense
from nnlite.optimizers import SGD

table = lesson.Table("08 What is a house worth?")

# %% [markdown]
# ## The data
#
# The course uses 414 house prices from Taiwan, the file `house_price_of_unit_area.csv`. Give it
# with `--csv FILE`, or put it into the folder that the environment variable `NNLITE_DATA` names.
# Without the file we take scikit-learn's diabetes patients, in their raw units. The lesson is
# the same.


# %%
def load_table(path):
    """Return features, target, the names of the features, and the name of the target."""
    try:
        x, y = house_prices.load_data(path)
        return x, y, house_prices.feature_names, "price per unit area"
    except OSError as error:
        if path is not None:
            lesson.refuse(in_one_line(error))
        print("No house prices here. We take the diabetes data instead.")
    except ValueError as error:
        lesson.refuse(in_one_line(error))
    diabetes = load_diabetes(scaled=False)
    return diabetes.data, diabetes.target, diabetes.feature_names, "disease after a year"


def in_one_line(error):
    return " ".join(str(error).split())


x, y, feature_names, target_name = load_table(lesson.csv_option())
if len(x) < 50:
    lesson.refuse(f"The lesson cuts the data into three parts: 50 rows at least, not {len(x)}.")
if y.min() == y.max():
    lesson.refuse(f"There is nothing to learn: every {target_name} is {y[0]:g}.")
for name, column in zip([*feature_names, target_name], [*x.T, y], strict=True):
    print(f"{name:37} from {column.min():8.2f} to {column.max():8.2f}")

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
names = [*(feature_names[place] for place in chosen), target_name]

figure, grid = plt.subplots(5, 5, figsize=(8, 8), sharex="col")
for row, across in enumerate(columns):
    for place, along in enumerate(columns):
        axes = grid[row, place]
        if row == place:
            axes.hist(along, bins=20, color=lesson.SKY)
            axes.set_yticks([])
        else:
            axes.plot(along, across, ".", color=lesson.BLUE, markersize=2, alpha=0.6)
        axes.tick_params(labelsize=7)
        axes.locator_params(axis="x", nbins=3)
        if place == 0:
            axes.set_ylabel(wrap(names[row]), fontsize=8)
        if row == 4:
            axes.set_xlabel(wrap(names[place]), fontsize=8)
figure.suptitle(f"{len(x)} samples: four features and the target, pair by pair")
figure.align_labels()
lesson.save(figure, "08_pair_plot")

# %% [markdown]
# ## Three parts
#
# The network learns from the training part. The validation part tells, during training, how it
# does on data it has not seen: with its help we decide when to stop. The test part is looked at
# once, at the very end.

# %%
x_train, x_rest, y_train, y_rest = train_test_split(x, y, test_size=0.4, random_state=42)
x_val, x_test, y_val, y_test = train_test_split(x_rest, y_rest, test_size=0.5, random_state=42)
print("training", x_train.shape, " validation", x_val.shape, " test", x_test.shape)

# %% [markdown]
# ## Two ways to scale
#
#     min-max score     x′ = (x − min) / (max − min)      from 0 to 1
#     standard score    z  = (x − mean) / s               mean 0, spread 1
#
# s is the standard deviation, s² = Σ (x − mean)² / (n − 1). NumPy divides by n if one does not
# say `ddof=1`, and so does scikit-learn's `StandardScaler`: the first score of 1…10 is then
# −1.566699.
#
# A column in which all values are equal has the spread 0. Dividing by it would give NaN, and
# one NaN spoils every weight. So we look before we divide.


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

try:
    mean_and_deviation(np.ones((3, 1)))
    answer = "no error"
except ValueError as error:
    answer = "explained" if "constant column" in str(error) else str(error)
table.equal("a constant column", answer, "explained")

# %% [markdown]
# Mean and deviation come from the training part alone. With them all three parts are scaled. To
# use the test part here would be to peek at the exam.

# %%
try:
    mean, deviation = mean_and_deviation(x_train)
except ValueError as error:
    lesson.refuse(in_one_line(error))
z_train, z_val, z_test = ((part - mean) / deviation for part in (x_train, x_val, x_test))
print("means of the training part:", z_train.mean(axis=0).round(2) + 0.0)
print("means of the test part:    ", z_test.mean(axis=0).round(2))

figure, panels = plt.subplots(1, 3, figsize=(8, 4))
for axes, values, title in [
    (panels[0], x_train, "raw"),
    (panels[1], min_max_scores(x_train), "min-max scores"),
    (panels[2], z_train, "standard scores"),
]:
    axes.boxplot(values, flierprops={"marker": ".", "markersize": 3})
    axes.set(title=title, xlabel="feature number")
panels[0].set_ylabel("value")
lesson.save(figure, "08_scores")

# %% [markdown]
# ## Something simple to compare with
#
# The simplest prediction is always the mean of the training prices. The next simple one is
# linear regression: a weighted sum of the features plus b, with the weights that make the squared
# error on the training part as small as it can be. Their errors are easier to compare as R²: 1 is
# perfect, 0 is no better than the mean, and below 0 it is worse.
#
#     R² = 1 − Σ (ŷ − y)² / Σ (y − mean of y)²


# %%
def mean_squared_error(prediction, truth):
    return np.mean((prediction - truth) ** 2)


def r2(prediction):
    """Return R² on the test part."""
    return 1 - mean_squared_error(prediction, y_test) / y_test.var()


def with_ones(z):
    return np.column_stack([z, np.ones(len(z))])


weights, *_ = np.linalg.lstsq(with_ones(z_train), y_train)
predictions = {
    "mean predictor": np.full(len(y_test), y_train.mean()),
    "linear regression": with_ones(z_test) @ weights,
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


def fit(model, x_train, x_val):
    keep_best = EarlyStopping(patience=100, restore_best_weights=True)
    return model.fit(
        x_train,
        y_train,
        batch_size=10,
        epochs=100,
        validation_data=(x_val, y_val),
        callbacks=[keep_best],
        verbose=0,
    )


raw = network([50, 100, 300], optimizer=SGD(0.001))
raw_history = fit(raw, x_train, x_val)
scaled = network([100, 150, 100], optimizer=SGD(0.001))
scaled_history = fit(scaled, z_train, z_val)
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
# On standard scores the network learns. Watch the two curves: where training goes on down and
# validation does not follow, the network begins to learn its samples by heart. The diabetes data
# show it; the house prices are too easy for that.

# %%
lazy = mean_squared_error(y_train.mean(), y_val)
figure, panels = plt.subplots(1, 2, sharey=True)
for axes, history, title in [
    (panels[0], raw_history, "raw data: nothing"),
    (panels[1], scaled_history, "standard scores: it learns"),
]:
    plot.history(history, log=True, ax=axes)
    axes.axhline(lazy, color=lesson.GREY, linestyle=":", label="mean predictor, validation")
    axes.get_legend().remove()
    axes.set(title=title, ylabel="mean squared error")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
lesson.save(figure, "08_curves")

# %% [markdown]
# The course says that a network on raw data learns nothing. That holds for sigmoids. With ReLU and
# Adam it learns something on raw data, too, only less than on standard scores.

# %%
modern = network([50, 100, 300], activation="relu", optimizer="adam")
fit(modern, x_train, x_val)
predictions["ReLU and Adam, raw data"] = modern.predict(x_test)[:, 0]

# %% [markdown]
# ## The test, once

# %%
shares = {name: r2(prediction) for name, prediction in predictions.items()}
for name, prediction in predictions.items():
    error = mean_squared_error(prediction, y_test)
    print(f"{name:25} test error {error:8.1f}   R² {shares[name]:6.3f}")

figure, axes = plt.subplots(figsize=(8, 3.5))
bars = axes.barh(list(shares), list(shares.values()), color=lesson.BLUE)
axes.bar_label(bars, fmt="%.2f", padding=4)
axes.axvline(0, color=lesson.BLACK, linewidth=0.8)
axes.invert_yaxis()
axes.set(title="What each explains of the test data", xlabel="R²", xlim=(-0.15, 1))
lesson.save(figure, "08_comparison")

figure, axes = plt.subplots(figsize=(8, 6))
names = ["linear regression", "network, standard scores"]
plot.predictions(y_test, {name: predictions[name] for name in names}, ax=axes)
axes.set_title(f"The test part, {target_name}: prediction against truth")
lesson.save(figure, "08_predictions")

# %% [markdown]
# On a few hundred samples linear regression is hard to beat. That is no shame: it is the reason
# to try it first.
#
# ## The table

# %%
raw_share, scaled_share = shares["network, raw data"], shares["network, standard scores"]
linear_share = shares["linear regression"]
table.check("R², network on raw data", raw_share, "below .25: nothing", raw_share < 0.25)
table.check("R², network on standard scores", scaled_share, "at least .3", scaled_share >= 0.3)
table.check(
    "its lead over linear regression",
    scaled_share - linear_share,
    "−.1 at least",
    scaled_share >= linear_share - 0.1,
)
table.close()
