# %% [markdown]
# # 10 Convolution: one small filter, everywhere in the image
#
# A dense layer does not know which pixels are neighbours. And it has a weight for every pixel,
# so a stroke that it learned on the left it must learn again on the right. A convolution looks
# at a small window at a time, with the same few weights everywhere. The window moves over the
# image. At each place (i, j) the filter W answers with one number:
#
#     z[i, j] = Σᵤ Σᵥ x[i + u, j + v] · W[u, v] + b
#
# Many filters side by side give many such pictures of answers: the feature maps.
#
# In mathematics a convolution turns the filter around first, x[i − u, j − v]. What we compute,
# and the slide and every deep-learning library with us, is called cross-correlation there. For
# a network it makes no difference: it would just learn the filter turned around.

# %%
import digits
import lesson
import matplotlib.pyplot as plt
import numpy as np

from nnlite import Sequential, plot
from nnlite.layers import Conv2D, Dense, Flatten, MaxPooling2D

table = lesson.Table("10 Convolution")

# %% [markdown]
# ## By hand
#
# The slide's image is 3 × 3 with the numbers 1 to 9, the filter is 2 × 2 with four ones. So that
# the answer has the size of the image, we put zeros around it. A 2 × 2 filter needs only one
# more row and one more column: they go below and to the right.


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

table.equal("three filters: 1", maps[0, :, :, 0], printed)
table.equal("three filters: 10", maps[0, :, :, 1], 10 * printed)
table.equal("three filters: −1", maps[0, :, :, 2], -printed)

# %%
figure, panels = plt.subplots(1, 5, figsize=(8, 2.2))
pictures = [
    (image, "image"),
    (pad(image, ones), "with zeros"),
    *((maps[0, :, :, place], f"filter {value}") for place, value in enumerate([1, 10, -1])),
]
for axes, (values, title) in zip(panels, pictures, strict=True):
    axes.imshow(np.abs(values), cmap="Blues", vmin=0, vmax=2 * np.abs(values).max())
    for (i, j), value in np.ndenumerate(values):
        axes.text(j, i, f"{value:g}", ha="center", va="center")
    axes.set_title(title)
    axes.set_axis_off()
lesson.save(figure, "10_by_hand")

# %% [markdown]
# ## The gradient of a filter
#
# The filter is used at every place, so its gradient is a sum over all places. Where the weight
# W[u, v] met the pixel x[i + u, j + v], it made z[i, j]:
#
#     dW[u, v] = Σᵢ Σⱼ x[i + u, j + v] · dz[i, j]
#
# That is a cross-correlation again: of the image with dz.

# %%
dz = np.array([[1.0, 0.0, -2.0], [0.5, 3.0, 0.0], [0.0, -1.0, 1.0]])
by_hand = correlate(pad(image, ones), dz)
layer.forpass(image[np.newaxis, :, :, np.newaxis], training=True)
layer.backprop(np.stack([dz, dz, dz], axis=-1)[np.newaxis])
print("dW:", by_hand.tolist())

table.same("gradient of a filter, by hand and nnlite", by_hand, layer.dW[:, :, 0, 0])

# %% [markdown]
# ## Padding, stride, pooling
#
# With padding `"valid"` the window stays inside the image, which gets smaller; with `"same"`
# it does not. A stride of 2 moves the window two pixels at a time. For an image of n pixels, a
# window of k, and p zeros in all:
#
#     size of the answer = (n + p − k) / stride + 1, rounded down
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
table.equal(
    "28 under valid, same, stride 2, pooling", [size[0] for size in sizes], [26, 28, 14, 14]
)

# %% [markdown]
# ## A convolutional network for digits
#
# Ten filters of 3 × 3, ReLU, max pooling 2 × 2, then a dense layer of 100 and the ten outputs.
# The convolution itself has only 10 · (3 · 3 + 1) = 100 parameters. Most of the others join
# the 14 · 14 · 10 pooled values with the 100 neurons.

# %%
data = digits.load_digits()
x_train, x_test = data.x_train[..., np.newaxis], data.x_test[..., np.newaxis]
y_train, y_test = data.y_train, data.y_test
epochs, parameters, goal = (3, 197_210, 0.98) if data.is_mnist else (30, 17_210, 0.95)

model = Sequential(
    [
        Conv2D(10, 3, padding="same", activation="relu", input_shape=x_train.shape[1:]),
        MaxPooling2D(2),
        Flatten(),
        Dense(100, activation="relu"),
        Dense(10, activation="softmax"),
    ],
    seed=42,
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.summary()
table.equal("parameters", model.count_params(), parameters)

# %% [markdown]
# On MNIST three epochs are enough for 98 percent. The small digits are only 1347: there we take
# 30 epochs and are content with 95 percent.

# %%
first_filters = model.layers[0].W.copy()
history = model.fit(
    x_train, y_train, batch_size=32, epochs=epochs, validation_data=(x_test, y_test), verbose=1
)
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy after {epochs} epochs: {accuracy:.4f}")
table.check(
    f"test accuracy, {data.name}, {epochs} epochs", accuracy, f"at least {goal}", accuracy >= goal
)

axes = plot.history(history, metrics="accuracy")
axes.set_title(f"{data.name}: accuracy over the epochs (validation is the test part)")
lesson.save(axes.figure, "10_accuracy")

# %% [markdown]
# ## What the filters learned
#
# Nobody told the filters what to look for. They began at random, and now many of them are edges:
# positive weights on one side, negative ones on the other.

# %%
figure, (above, below) = plt.subplots(2, 1, figsize=(8, 4))
plot.filters(first_filters, columns=10, ax=above)
plot.filters(model, columns=10, ax=below)
above.set_title("The ten filters before the training")
below.set_title("and after it")
lesson.save(figure, "10_filters")

# %% [markdown]
# The feature maps show where each filter answers. By hand and with nnlite they are the same.

# %%
digit = x_test[0]
layer = model.layers[0]
W, b = (weight.astype(np.float64) for weight in layer.get_weights())
padded = pad(digit[:, :, 0], W[:, :, 0, 0])
by_hand = np.stack(
    [np.maximum(correlate(padded, W[:, :, 0, place]) + b[place], 0) for place in range(10)], axis=-1
)
twin = Conv2D(10, 3, padding="same", activation="relu", dtype="float64")
twin.build(digit.shape)
twin.set_weights([W, b])
table.same("feature maps of a digit, by hand and nnlite", by_hand, twin(digit[np.newaxis])[0])

axes = plot.feature_maps(model, digit, columns=5)
axes.set_title(f"A {y_test[0]}, as the ten filters see it")
lesson.save(axes.figure, "10_feature_maps")

# %% [markdown]
# ## The table

# %%
table.close()
