# %% [markdown]
# # 16 An autoencoder: two numbers for a digit
#
# Nobody tells this network which digit it sees. There are images, and no labels. What is there to
# learn, then?
#
# Its task is: *give back what came in.* That would be easy, if it were not for a bottleneck. In
# the middle of the network there are only two neurons. So the first half, the **encoder**, must
# say in two numbers what the image is, and the second half, the **decoder**, must draw the image
# from these two numbers. The two numbers are called the **code**.
#
# - code: $c = encoder(x)$
# - what comes out: $\hat x = decoder(c)$
# - the loss: the mean of $(\hat x − x)^2$ over all pixels. The target is x itself.
#
# To do well, the network must find out by itself in what digits differ.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from nnlite import Input, Model, exercises, lessons
from nnlite.layers import Dense
from nnlite.optimizers import Adam

table = lessons.begin("16 An autoencoder")

data = lessons.load_digits()
height, width = data.x_train.shape[1:]
pixels = height * width
x_train, x_test = (part.reshape(-1, pixels) for part in (data.x_train[:20_000], data.x_test))
y_train, y_test = data.y_train[:20_000], data.y_test
print("training", x_train.shape, " test", x_test.shape)

# %% [markdown]
# ## Two models that share their layers
#
# The encoder is a network with an image as input and the code as output. The decoder goes the
# other way round. Both are written in the functional form (lesson 07): a layer is called with
# what comes in, and a `Model` goes from an input to an output.
#
# A model can be called like a layer. So the autoencoder is three lines: image, code, image. It has
# no weights of its own, they are those of the two. Train it, and both have learned.
#
# The code has no activation: any two numbers will do. Before it stand tanh neurons. A ReLU may grow
# without end, a tanh stays between −1 and 1, so no code runs far away from the others. A grey value
# lies between 0 and 1, so the decoder ends with sigmoids.


# %%
def make_models():
    image = Input(shape=(pixels,))
    hidden = Dense(128, activation="relu", name="look")(image)
    hidden = Dense(32, activation="tanh", name="narrow")(hidden)
    encoder = Model(image, Dense(2, name="code")(hidden), name="encoder", seed=0)

    code = Input(shape=(2,))
    hidden = Dense(32, activation="tanh", name="wide")(code)
    hidden = Dense(128, activation="relu", name="sketch")(hidden)
    drawn = Dense(pixels, activation="sigmoid", name="draw")(hidden)
    decoder = Model(code, drawn, name="decoder", seed=1)

    autoencoder = Model(image, decoder(encoder(image)), name="autoencoder", seed=2)
    return encoder, decoder, autoencoder


encoder, decoder, autoencoder = make_models()
autoencoder.summary()
both = encoder.count_params() + decoder.count_params()
table.equal("weights: encoder and decoder", both, autoencoder.count_params())

# %%
epochs = 9 if data.is_mnist else 150
autoencoder.compile(optimizer=Adam(0.003), loss="mse")
history = autoencoder.fit(x_train, x_train, batch_size=64, epochs=epochs, verbose=1)

# %% [markdown]
# ## What is left of a digit
#
# The two numbers, drawn again. How good is that? We need something to compare with:
#
# - Always the mean image, whatever comes in: that takes no number at all.
# - The best *straight* way to two numbers and back, an encoder and a decoder without any curve. It
#   needs no training, it can be computed, and is known as principal component analysis (PCA).
#
# All are measured on test images, that none of them has seen.

# %%
codes = encoder.predict(x_test)
redrawn = decoder.predict(codes)
table.same("decoder(encoder(x)), the whole", redrawn, autoencoder.predict(x_test), 1e-5)

pca = PCA(2, random_state=0).fit(x_train)
straight = pca.inverse_transform(pca.transform(x_test))
mean_image = x_train.mean(axis=0)
errors = [float(np.mean((x - x_test) ** 2)) for x in (mean_image, straight, redrawn)]
print("mean image {:.4f}, straight {:.4f}, autoencoder {:.4f}".format(*errors))
table.check(
    "straight against mean image", errors[1] / errors[0], "below .9", errors[1] < 0.9 * errors[0]
)
table.check(
    "autoencoder against straight", errors[2] / errors[1], "below .9", errors[2] < 0.9 * errors[1]
)


# %%
def draw_rows(rows, names):
    figure, axes = plt.subplots(len(rows), len(rows[0]), figsize=(8, 0.75 * len(rows) + 0.4))
    for line, images, name in zip(axes, rows, names, strict=True):
        for ax, image in zip(line, images, strict=True):
            ax.imshow(image.reshape(height, width), cmap="gray_r", clim=(0, 1))
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color="0.7")
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
    return figure


firsts = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])
figure = draw_rows(
    [x_test[firsts], redrawn[firsts], straight[firsts]], ["image", "2 numbers", "2 straight"]
)
figure.suptitle("Ten test images, redrawn from two numbers each")
lessons.save(figure, "16_redrawn")

# %% [markdown]
# Some digits come back well, others as a blur, or as a digit that looks alike. Two numbers are not
# much. But the curves in the network make more of them than straight lines can.
#
# ## The plane of the codes
#
# Two numbers are a point in a plane. So every image has a place there. Let us write its digit at
# the place, for some test images. (The network does not know the labels. We only look.)

# %%
low, high = np.quantile(codes, [0.02, 0.98], axis=0)
margin = 0.05 * (high - low)
figure, ax = plt.subplots(figsize=(8, 6))
few = slice(0, 500)
for digit in range(10):
    chosen = codes[few][y_test[few] == digit]
    colour = lessons.COLOURS[digit % 7]
    ax.plot(*chosen.T, linestyle="", marker=f"${digit}$", markersize=8, color=colour)
ax.set(title=f"The place of {len(codes[few])} test images in the plane of codes")
ax.set(xlabel="$c_1$", ylabel="$c_2$")
ax.set(xlim=(low[0] - margin[0], high[0] + margin[0]))
ax.set(ylim=(low[1] - margin[1], high[1] + margin[1]))
lessons.save(figure, "16_plane")

# %% [markdown]
# (Look at the digits, not at the colours: seven colours have to do for ten digits. A few points
# lie outside of the picture.)
#
# Equal digits mostly lie together, though nobody said which are equal. How well? Ask for each test
# image the 15 training images that are nearest in the plane, and let them vote with their labels.
# One who guesses is right one time in ten.


# %%
def share_found(train, test):
    voters = KNeighborsClassifier(15).fit(train, y_train)
    return voters.score(test, y_test)


found = share_found(encoder.predict(x_train), codes)
found_straight = share_found(pca.transform(x_train), pca.transform(x_test))
print(f"digits found by two numbers: {found:.2f}, by two straight numbers: {found_straight:.2f}")
table.check("digits found from the code", found, "over .5", found > 0.5)
lead = found - found_straight
table.check("more than by straight numbers", lead, "over .05", lead > 0.05)

# %% [markdown]
# ## A walk in the plane
#
# The decoder draws an image for *any* two numbers, also for those that no image ever had. So we
# walk over the plane on a grid, and let it draw at each place. This picture and the one before
# show the same part of the plane: compare.

# %%
COUNT = 13
across = np.linspace(low[0], high[0], COUNT)
down = np.linspace(high[1], low[1], COUNT)
places = np.array([(c_1, c_2) for c_2 in down for c_1 in across], dtype=np.float32)
drawings = decoder.predict(places).reshape(COUNT, COUNT, height, width)

figure, ax = plt.subplots(figsize=(8, 7.6))
half = (high - low) / (COUNT - 1) / 2
edges = (low[0] - half[0], high[0] + half[0], low[1] - half[1], high[1] + half[1])
# A white margin of a tenth around each drawing.
edge = max(1, height // 10)
framed = np.pad(drawings, [(0, 0), (0, 0), (edge, edge), (edge, edge)])
sheet = framed.swapaxes(1, 2).reshape(COUNT * framed.shape[2], COUNT * framed.shape[3])
ax.imshow(sheet, cmap="gray_r", clim=(0, 1), extent=edges, aspect="auto")
ax.set(title="What the decoder draws, place by place", xlabel="$c_1$", ylabel="$c_2$")
lessons.save(figure, "16_walk")

# %% [markdown]
# ## From one digit to another
#
# There are two ways from one image to another. *Mix the pixels*: more and more of the second,
# less and less of the first. Or *walk in the plane*, straight from the code of the first to that
# of the second, and draw on the way. Both begin and end with the same two drawings.

# %%
shares = np.linspace(0, 1, 9)[:, np.newaxis]


def mixed(first, second):
    return (1 - shares) * redrawn[first] + shares * redrawn[second]


def walked(first, second):
    return decoder.predict((1 - shares) * codes[first] + shares * codes[second])


# Of all the zeros and all the sevens, those that come back best.
losses = np.mean((redrawn - x_test) ** 2, axis=1)
first, second = (np.where(y_test == digit, losses, np.inf).argmin() for digit in (0, 7))
table.same(
    "both begin and end alike", mixed(first, second)[[0, -1]], walked(first, second)[[0, -1]], 1e-5
)
figure = draw_rows([mixed(first, second), walked(first, second)], ["pixels mixed", "a walk"])
figure.suptitle("From a 0 to a 7")
lessons.save(figure, "16_from_0_to_7")

# %% [markdown]
# Half way, the mixed image is both digits at once, one over the other, both pale. Nobody writes
# like that. The walk passes through other places of the plane, and draws what belongs there; that
# may be a third digit. Is this more like something that somebody wrote, or do we only wish so?
# Measure: how far is it to the most similar of 5000 training images (or of all, if there are
# fewer)? We try the middle between 300 pairs of test images.

# %%
rng = np.random.default_rng(0)
pairs = rng.integers(0, len(x_test), size=(600, 2))
pairs = pairs[y_test[pairs[:, 0]] != y_test[pairs[:, 1]]][:300]
left, right = pairs.T
middle_mixed = (redrawn[left] + redrawn[right]) / 2
middle_walked = decoder.predict((codes[left] + codes[right]) / 2)
neighbours = NearestNeighbors(n_neighbors=1).fit(x_train[:5000])
far_mixed, far_walked = (neighbours.kneighbors(x)[0][:, 0] for x in (middle_mixed, middle_walked))
nearer = np.mean(far_walked < far_mixed)
print(f"to the nearest real image: mixed {far_mixed.mean():.2f}, walked {far_walked.mean():.2f}")
table.check("pairs where the walk is nearer", nearer, "over half", nearer > 0.5)

# %% [markdown]
# What is it good for?
#
# - *Pressing data together.* A code of more numbers gives better images: try 8 in place of 2.
# - *Finding what does not belong.* What comes back badly is unlike all that was learned.
# - *Making new images.* Draw from codes that no image had. Networks that make images in earnest
#   began with this thought.
#
# And it is a lesson about learning: without a single label, only from giving back what came in,
# the network found an order in which equal digits mostly lie together.

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("16")

# %%
table.close()
