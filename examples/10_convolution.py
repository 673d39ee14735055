# %% [markdown]
# # 10 Convolution: one small filter, everywhere in the image
#
# A dense layer does not know which pixels are neighbours. And it has a weight for every pixel,
# so a stroke that it learned on the left it must learn again on the right. A convolution looks
# at a small window at a time, with the same few weights everywhere. The window moves over the
# image. At each place (i, j) the filter W answers with one number:
#
# $z_{i,j} = Σ_u Σ_v x_{i+u,\,j+v}·W_{u,v} + b$
#
# Many filters side by side give many such pictures of answers: the feature maps.
#
# In mathematics a convolution turns the filter around first, $x_{i-u,\,j-v}$. What we compute,
# and the slide and every deep-learning library with us, is called cross-correlation there. For
# a network it makes no difference: it would just learn the filter turned around.
#
# Here and in the code, a filter is also called a kernel.

# %%
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Sequential, exercises, lessons, plot
from nnlite.layers import Conv2D, Dense, Flatten, MaxPooling2D
from nnlite.plot.style import signed_colours

table = lessons.begin("10 Convolution")

# %% [markdown]
# ## By hand
#
# The slide's image is 3 × 3 with the numbers 1 to 9, the filter is 2 × 2 with four ones. So that
# the answer has the size of the image, we put zeros around it. A 2 × 2 filter needs only one
# more row and one more column. They go below and to the right, here and with `padding="same"` in
# Keras; the slide does not say where.


# %%
def correlate(x, W):
    """Return the answers of the filter W at all places inside x."""
    height, width = W.shape
    rows, columns = x.shape[0] - height + 1, x.shape[1] - width + 1
    z = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            z[i, j] = np.sum(x[i : i + height, j : j + width] * W)
    return z


def pad(x, W):
    """Return x with zeros around it, so that the answer is as large as x."""
    rows, columns = W.shape[0] - 1, W.shape[1] - 1
    return np.pad(x, [(rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)])


image = np.arange(1.0, 10.0).reshape(3, 3)
ones = np.ones((2, 2))
print(pad(image, ones))
answer = correlate(pad(image, ones), ones)
print(answer)

printed = np.array([[12, 16, 9], [24, 28, 15], [15, 17, 9]])
table.equal("1…9 under a 2×2 filter of ones", answer, printed)

# %% [markdown]
# One place in slow motion: the window is at row 1, column 1 (we count from 0). Above stand the
# image with its zeros, the filter, and the map of all answers. Below, the four pixels in the window
# are multiplied with the four weights, and added up.

# %%
place = (1, 1)
axes = plot.convolution(pad(image, ones), ones, place)
axes.figure.set_figwidth(8)
lessons.save(axes.figure, "10_by_hand")

window = pad(image, ones)[1:3, 1:3]
print("window", window.tolist(), "times ones, added up:", np.sum(window * ones))
table.equal("at row 1, column 1", np.sum(window * ones), 28.0)

# %% [markdown]
# ## With nnlite: three filters
#
# `Conv2D(3, 2)` has three filters of 2 × 2. Images come as (samples, height, width, channels),
# and the filters are kept as (height, width, channels, filters). We set the filters to 1, 10 and
# −1 everywhere.

# %%
W = np.ones((2, 2, 1, 3)) * [1, 10, -1]
layer = Conv2D(3, 2, padding="same", use_bias=False, dtype="float64")
layer.build((3, 3, 1))
layer.set_weights([W])
maps = layer(image[np.newaxis, :, :, np.newaxis])
print("image", image.shape, " → feature maps", maps.shape)

table.equal("filter of 1", maps[0, :, :, 0], printed)
table.equal("filter of 10", maps[0, :, :, 1], 10 * printed)
table.equal("filter of −1", maps[0, :, :, 2], -printed)

# %% [markdown]
# The three feature maps have one scale: white is 0, blue positive, vermilion negative. −28 is as
# strong as 28, on the other side. Beside 280 both are pale.

# %%
figure, axes = plt.subplots(figsize=(8, 3))
plot.feature_maps(maps[0], columns=3, numbers=True, ax=axes)
axes.set_title("The feature maps of the filters 1, 10 and −1")
lessons.save(figure, "10_three_filters")

# %% [markdown]
# ## The gradient of a filter
#
# The filter is used at every place, so its gradient is a sum over all places. Where the weight
# $W_{u,v}$ met the pixel $x_{i+u,\,j+v}$, it made $z_{i,j}$:
#
# $dW_{u,v} = Σ_i Σ_j x_{i+u,\,j+v}·dz_{i,j}$
#
# That is a cross-correlation again: of the image with dz.

# %%
dz = np.array([[1.0, 0.0, -2.0], [0.5, 3.0, 0.0], [0.0, -1.0, 1.0]])
by_hand = correlate(pad(image, ones), dz)
layer.forpass(image[np.newaxis, :, :, np.newaxis], training=True)
layer.backprop(np.stack([dz, dz, dz], axis=-1)[np.newaxis])
print("dW:", by_hand.tolist())

table.same("dW, by hand and nnlite", by_hand, layer.dW[:, :, 0, 0])

# %% [markdown]
# ## Padding, stride, pooling
#
# With padding `"valid"` the window stays inside the image, which gets smaller; with `"same"`
# it does not. A stride of 2 moves the window two pixels at a time. For an image of n pixels, a
# window of k, and p zeros in all:
#
# $size = (n + p − k)/stride + 1$, rounded down
#
# Max pooling has no weights. It keeps the largest number of each 2 × 2 window: "was it seen
# around here?" The picture gets half as wide and half as high.


# %%
def max_pool(x):
    rows, columns = x.shape[0] // 2, x.shape[1] // 2
    answer = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            answer[i, j] = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return answer


four = np.array([[1.0, 2, 5, 3], [4, 3, 1, 2], [7, 0, 2, 2], [1, 8, 6, 9]])
print(max_pool(four))
pooled = MaxPooling2D(2)(four[np.newaxis, :, :, np.newaxis])[0, :, :, 0]
table.equal("max pooling, by hand", max_pool(four), [[4.0, 5.0], [8.0, 9.0]])
table.equal("max pooling, with nnlite", pooled, [[4.0, 5.0], [8.0, 9.0]])

sizes = [
    Conv2D(10, 3, padding="valid").compute_output_shape((28, 28, 1)),
    Conv2D(10, 3, padding="same").compute_output_shape((28, 28, 1)),
    Conv2D(10, 3, strides=2, padding="same").compute_output_shape((28, 28, 1)),
    MaxPooling2D(2).compute_output_shape((28, 28, 10)),
]
for name, size in zip(["valid", "same", "stride 2", "2×2 max pooling"], sizes, strict=True):
    print(f"{name:16} 28 × 28 → {size[0]} × {size[1]}")
table.equal("28: valid, same, stride 2, pooling", [size[0] for size in sizes], [26, 28, 14, 14])

# %% [markdown]
# ## A convolutional network for digits
#
# Ten filters of 3 × 3, ReLU, max pooling 2 × 2, then a dense layer of 100 and the ten outputs.
# The convolution itself has only 10 · (3 · 3 + 1) = 100 parameters. Most of the others join
# the pooled values with the 100 neurons: 14 · 14 · 10 of them with MNIST, 4 · 4 · 10 with the small
# digits.

# %%
data = lessons.load_digits()
x_all, y_all = data.x_train[..., np.newaxis], data.y_train
x_test, y_test = data.x_test[..., np.newaxis], data.y_test
sixth = len(x_all) // 6
x_train, y_train, x_val, y_val = x_all[:-sixth], y_all[:-sixth], x_all[-sixth:], y_all[-sixth:]
print("training", x_train.shape, " validation", x_val.shape, " test", x_test.shape)

epochs, parameters, goal = (3, 197_210, 0.98) if data.is_mnist else (30, 17_210, 0.95)


def network():
    model = Sequential(
        [
            Conv2D(10, 3, padding="same", activation="relu", input_shape=x_all.shape[1:]),
            MaxPooling2D(2),
            Flatten(),
            Dense(100, activation="relu"),
            Dense(10, activation="softmax"),
        ],
        seed=42,
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


model = network()
model.summary()
table.equal("parameters", model.count_params(), parameters)

figure, axes = plt.subplots(figsize=(8, 8.5))
plot.architecture(model, ax=axes)
lessons.save(figure, "10_architecture")

# %% [markdown]
# On MNIST three epochs are enough for 98 percent. The small digits are only 1347: there we take
# 30 epochs and are content with 95 percent.
#
# First we train without the last sixth, and watch it as validation. To look around, 20,000 digits
# are enough. (Of the small ones, that is all.)

# %%
first_filters = model.layers[0].W.copy()
enough = slice(0, 20_000)
history = model.fit(
    x_train[enough],
    y_train[enough],
    batch_size=32,
    epochs=epochs,
    validation_data=(x_val, y_val),
    verbose=1,
)

axes = plot.history(history, metrics="accuracy")
axes.set_title(f"{data.name}: accuracy over the epochs")
lessons.save(axes.figure, "10_accuracy")

# %% [markdown]
# In the first epoch training lies below validation, as in lesson 09: it is the mean over the
# batches of the epoch, each judged before its step. Validation comes after the epoch.

# %%
running, validated = history.history["accuracy"][0], history.history["val_accuracy"][0]
print(f"epoch 1: training {running:.4f} on the way, validation {validated:.4f} after it")
table.check("training, epoch 1", running, "below validation", running < validated)

# %% [markdown]
# ## What the filters learned
#
# Nobody told the filters what to look for. They began at random. What are they now? All twenty
# pictures have one scale: blue weights are positive, vermilion ones negative.

# %%
filters = model.layers[0].W
figure, axes = plt.subplots(figsize=(8, 2.6))
plot.filters(np.concatenate([first_filters, filters], axis=-1), columns=10, ax=axes)
axes.set_title("The ten filters before the training (above) and after it (below)")
lessons.save(figure, "10_filters")

# %% [markdown]
# One often hears that they become edges: positive on one side, negative on the other. Let us
# measure it. An ideal edge is a slope in one of eight directions. How much does a filter correlate
# with the nearest of them? 1 is the same pattern, 0 has nothing to do with it.

# %%
angles = np.radians(np.arange(0, 360, 45))
rows, columns = np.mgrid[-1:2, -1:2]
EDGES = [np.sign((np.cos(t) * columns + np.sin(t) * rows).round(6)).ravel() for t in angles]


def likeness_to_edges(filters):
    """Return for each filter how much it correlates with the nearest edge."""
    kernels = filters[:, :, 0].reshape(9, -1).T
    return np.array([max(np.corrcoef(k, edge)[0, 1] for edge in EDGES) for k in kernels])


before, after = likeness_to_edges(first_filters), likeness_to_edges(filters)
print("before:", before.round(2), "above .8:", (before > 0.8).sum())
print("after: ", after.round(2), "above .8:", (after > 0.8).sum())
table.equal("edges above .8 before", (before > 0.8).sum(), 0)
few = 1 <= (after > 0.8).sum() <= 4
table.check("edges above .8 after", (after > 0.8).sum(), "1 to 4 of 10", few)

# %% [markdown]
# A few are, most are not. A filter becomes what helps the layers after it, and that need not have
# a name. So let us ask something else: which filters does the network need? We switch one after
# the other off and look at the accuracy on some validation digits.

# %%
some = slice(0, 1000)
layer = model.layers[0]
W, b = layer.get_weights()
_, whole = model.evaluate(x_val[some], y_val[some], verbose=0)
cost = np.empty(10)
for place in range(10):
    keep = np.arange(10) != place
    layer.set_weights([W * keep, b * keep])
    cost[place] = whole - model.evaluate(x_val[some], y_val[some], verbose=0)[1]
layer.set_weights([W, b])
print(f"accuracy with all filters: {whole:.3f}. Lost without one of them:")
print(cost.round(3))
print(f"most needed: filter {cost.argmax()}; least needed: filter {cost.argmin()}")
table.check("cost of the most needed filter", cost.max(), "above .02", cost.max() > 0.02)

# %% [markdown]
# The feature maps show where each filter answers. By hand and with nnlite they are the same.

# %%
digit = x_val[0]
W, b = (weight.astype(np.float64) for weight in layer.get_weights())
padded = pad(digit[:, :, 0], W[:, :, 0, 0])
by_hand = np.stack(
    [np.maximum(correlate(padded, W[:, :, 0, place]) + b[place], 0) for place in range(10)], axis=-1
)
twin = Conv2D(10, 3, padding="same", activation="relu", dtype="float64")
twin.build(digit.shape)
twin.set_weights([W, b])
table.same("feature maps, by hand and nnlite", by_hand, twin(digit[np.newaxis])[0])

# %% [markdown]
# Each filter above its own feature map, and the digit at the left. All filters have one scale,
# and so have all maps: 0 is where ReLU let nothing through.

# %%
figure = plt.figure(figsize=(8, 6))
grid = figure.add_gridspec(4, 7, width_ratios=[1.4, 1, 1, 1, 1, 1, 0.15])
seen = figure.add_subplot(grid[1:3, 0])
seen.imshow(digit[:, :, 0], cmap="gray")
seen.set_title(f"a {y_val[0]}")
signed = {"cmap": signed_colours(), "vmin": -np.abs(W).max(), "vmax": np.abs(W).max()}
above, below = [], []
for place in range(10):
    row, column = 2 * (place // 5), 1 + place % 5
    above.append(figure.add_subplot(grid[row, column]))
    above[-1].imshow(W[:, :, 0, place], **signed)
    above[-1].set_title(f"filter {place}", fontsize=10)
    below.append(figure.add_subplot(grid[row + 1, column]))
    below[-1].imshow(by_hand[:, :, place], vmin=0, vmax=by_hand.max())
for axes in [seen, *above, *below]:
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="0.7")
for rows, panels, label in [(slice(0, 2), above, "weight"), (slice(2, 4), below, "answer")]:
    figure.colorbar(panels[0].images[0], cax=figure.add_subplot(grid[rows, 6]), label=label)
lessons.save(figure, "10_feature_maps")

strongest = int(by_hand.max(axis=(0, 1)).argmax())
print(f"the strongest answer: {by_hand.max():.2f}, of filter {strongest}")

# %% [markdown]
# The whole way of this digit, from the pixels to the ten probabilities:

# %%
axes = plot.network(model, x_val[:1], y_val[:1])
axes.figure.set_figwidth(8)
lessons.save(axes.figure, "10_network")

# %% [markdown]
# ## The test, once
#
# All is decided now: the layers, the optimizer, the epochs. So validation has done its work, and
# all digits of the training part may teach. We train afresh, and look at the test part once.

# %%
model = network()
model.fit(x_all, y_all, batch_size=32, epochs=epochs, verbose=1)
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy after {epochs} epochs: {accuracy:.4f}")
table.check(
    f"test accuracy, {data.name}, {epochs} epochs", accuracy, f"at least {goal}", accuracy >= goal
)

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("10")

# %% [markdown]
# ## The table

# %%
table.close()
