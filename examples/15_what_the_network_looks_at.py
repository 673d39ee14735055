# %% [markdown]
# # 15 What the network looks at
#
# A network says "this is a 7", and it is right. But why a 7? This lesson asks the network itself,
# three times:
#
# - *Which digits does it confuse?* A table tells, the confusion matrix.
# - *Which pixels count?* The gradient tells, the one of the input.
# - *Can it be fooled?* It can, by a change so small that we still read the same digit. The
#   gradient shows how.
#
# Until now a gradient said how to change the weights. Here the weights stay as they are, and the
# image changes.

# %%
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from nnlite import Input, Sequential, exercises, lessons, plot
from nnlite.layers import Dense
from nnlite.losses import SparseCategoricalCrossentropy
from nnlite.optimizers import Adam

table = lessons.begin("15 What the network looks at")

data = lessons.load_digits()
height, width = data.x_train.shape[1:]
pixels = height * width
x_train, x_test = (part.reshape(-1, pixels) for part in (data.x_train, data.x_test))
y_train, y_test = data.y_train, data.y_test
print("training", x_train.shape, " test", x_test.shape)

# %% [markdown]
# ## The network
#
# One hidden layer of 64 ReLU neurons, and ten outputs. The last layer has no activation here: it
# gives the ten sums z, one for each digit (they are called *logits*), and the largest one wins.
# Softmax would make probabilities of them. `from_logits=True` tells the loss to do that itself.


# %%
def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


epochs, goal = (4, 0.95) if data.is_mnist else (40, 0.93)
model = Sequential(
    [Input(shape=(pixels,)), Dense(64, activation="relu", name="hidden"), Dense(10, name="z")],
    seed=1,
)
model.compile(
    optimizer=Adam(0.002),
    loss=SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=64, epochs=epochs, verbose=1)
z_test = model.predict(x_test)
predicted = z_test.argmax(axis=1)
accuracy = np.mean(predicted == y_test)
table.check(f"test accuracy, {data.name}", accuracy, f"at least {goal}", accuracy >= goal)

# %% [markdown]
# ## Which digits does it confuse?
#
# One number, the accuracy, says how many are right. The **confusion matrix** says more. Each row
# is a true digit, each column what the network took it for. The right ones stand on the diagonal,
# in blue. Everything else is a mistake.

# %%
counts = np.zeros((10, 10), dtype=int)
np.add.at(counts, (y_test, predicted), 1)
table.equal("all counts together", counts.sum(), len(y_test))
table.equal("the diagonal: right ones", counts.trace(), np.sum(predicted == y_test))

mistakes = counts - np.diag(counts.diagonal())
for true, taken in np.argwhere(mistakes == mistakes.max()):
    print(f"most often a {true} is taken for a {taken}: {mistakes.max()} times")

figure, ax = plt.subplots(figsize=(8, 6))
plot.confusion(y_test, predicted, ax=ax)
lessons.save(figure, "15_confusion")

# %% [markdown]
# Are the mistakes spread evenly over the 90 cells beside the diagonal? What share of them do the
# ten fullest cells hold? Some cells are always fuller than others. So we also throw as many
# mistakes into 90 cells at random. (With the small digits there are so few mistakes that ten cells
# hold nearly all of them. That proves nothing.)
#
# And the matrix is not the same in the mirror: that a 4 is taken for a 9 is one thing, that a 9 is
# taken for a 4 is another.


# %%
def share_of_the_fullest(cells):
    return np.sort(cells)[..., -10:].sum(axis=-1) / mistakes.sum()


share = share_of_the_fullest(mistakes.ravel())
thrown = np.random.default_rng(0).multinomial(mistakes.sum(), np.full(90, 1 / 90), size=200)
by_chance = share_of_the_fullest(thrown).mean()
print(f"the ten fullest cells hold {share:.2f} of all mistakes, by chance {by_chance:.2f}")
if data.is_mnist:
    table.check("the 10 fullest cells", share, f"above {by_chance:.2f}", share > by_chance)

# %% [markdown]
# ## Which pixels count? The gradient of the input
#
# Take the sum $z_c$ of one digit c. How does it change if one pixel gets a little darker? That is
# a slope: $dz_c/dx$, one number for each pixel. The chain rule goes all the way back, through both
# layers, and then *one step farther* than in lesson 06, to x:
#
# - $z_c = h·w_c + b_c$, where h are the hidden neurons and $w_c$ column c of $W_2$
# - $dz_c/dh = w_c$
# - ReLU lets through what is on: $dz_c/dz_1 = w_c$ where $z_1 > 0$, and 0 elsewhere
# - $z_1 = x·W_1 + b_1$, so $dz_c/dx = dz_c/dz_1 · W_1^T$


# %%
def gradient_by_hand(x, digits):
    W_1, b_1, W_2, _ = model.get_weights()
    dz_1 = W_2[:, digits].T * (x @ W_1 + b_1 > 0)
    return dz_1 @ W_1.T


# %% [markdown]
# In nnlite `backprop` of the model returns the gradient of its input. We put in what the gradient
# is to be of: 1 for the sum that we ask for, 0 for the nine others.


# %%
def gradient_of_input(x, digits):
    model.forpass(x, training=True)
    return model.backprop(np.eye(10, dtype=np.float32)[digits])


few = slice(0, 50)
by_hand = gradient_by_hand(x_test[few], y_test[few])
with_nnlite = gradient_of_input(x_test[few], y_test[few])
table.same("dz/dx, by hand and with nnlite", by_hand, with_nnlite, 1e-4)

# %% [markdown]
# A picture of this gradient is called a **saliency map**. Blue: ink here would raise the sum of the
# digit, it speaks for it. Vermilion: ink here would speak against it.

# %%
right_ones = predicted == y_test
firsts = np.array([np.flatnonzero((y_test == digit) & right_ones)[0] for digit in range(10)])
slopes = gradient_of_input(x_test[firsts], y_test[firsts])

SIGNED = LinearSegmentedColormap.from_list("signed", [lessons.VERMILION, "white", lessons.BLUE])


def draw_rows(rows, captions, columns):
    """Draw rows of images: grey from 0 to 1, or, where a reach is given, in signed colours."""
    figure, axes = plt.subplots(len(rows), columns, figsize=(8, len(rows) * 6.6 / columns + 0.7))
    for line, (images, reach) in zip(axes, rows, strict=True):
        for ax, image in zip(line, images, strict=True):
            drawn = ax.imshow(image.reshape(height, width), cmap="gray_r", clim=(0, 1))
            if reach is not None:
                drawn.set(cmap=SIGNED, clim=(-reach, reach))
                scale = drawn
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color="0.7")
    for line, words in captions.items():
        for ax, word in zip(axes[line], words, strict=True):
            ax.set_title(word, fontsize=10)
    figure.colorbar(scale, ax=axes.ravel().tolist(), shrink=0.8 / len(rows), aspect=7, pad=0.01)
    return figure


reach = np.quantile(np.abs(slopes), 0.995)
figure = draw_rows([(x_test[firsts], None), (slopes, reach)], {0: y_test[firsts]}, columns=10)
figure.suptitle("Ten digits, and dz/dx of each: where the network looks")
lessons.save(figure, "15_saliency")

# %% [markdown]
# Most maps look less like a digit than one would hope. The network was never asked to look where
# we look. It only had to tell these images apart, and it may use any pixel that helps.
#
# ## Does the map tell the truth?
#
# A colourful picture proves nothing. So test it: in each image turn a few pixels over, ink to
# paper and paper to ink. Once those where the slope says that it hurts most, once as many at
# random. How many digits are still right?


# %%
def turned_over(x, places):
    changed = x.copy()
    rows = np.arange(len(x))[:, np.newaxis]
    changed[rows, places] = 1 - changed[rows, places]
    return changed


def accuracy_of(x):
    return np.mean(model.predict(x).argmax(axis=1) == y_some)


x_some, y_some = x_test[:1000], y_test[:1000]
count = 10 if data.is_mnist else 4
change = 1 - 2 * x_some  # from ink to paper is −1, from paper to ink is +1
harm = -gradient_of_input(x_some, y_some) * change
worst = np.argsort(-harm, axis=1)[:, :count]
rng = np.random.default_rng(0)
anywhere = np.argsort(rng.random(x_some.shape), axis=1)[:, :count]

untouched = accuracy_of(x_some)
by_slope = accuracy_of(turned_over(x_some, worst))
by_chance = accuracy_of(turned_over(x_some, anywhere))
print(f"{count} of {pixels} pixels turned over, accuracy:")
print(f"none {untouched:.3f}, at random {by_chance:.3f}, by the slope {by_slope:.3f}")
table.check(f"{count} pixels at random: accuracy", by_chance, "at least .8", by_chance >= 0.8)
table.check(f"{count} pixels by the slope", by_slope, "below .6", by_slope < 0.6)

# %% [markdown]
# So the map does tell where the network looks: these few pixels count, others do not.
#
# ## A fooled network
#
# Now for something nasty. Training goes *down* the loss, by changing the weights. We go *up* the
# loss, by changing the image. And we want it to stay unseen: no pixel may change by more than a
# small ε. Then the best we can do is to change each pixel by ε, in the direction that hurts, and
# that is the *sign* of its gradient:
#
# $x' = x + ε·sign(dL/dx)$
#
# Why does so little do so much? The loss grows by about the sum of slope times change:
#
# - with the signs of the gradient, each pixel adds $ε·|g|$, and all pull in the same direction:
#   together $ε·(|g_1| + |g_2| + …)$
# - with random signs, half of them pull back, and nearly all of it cancels. What is left is about
#   $ε·\sqrt{g_1^2 + g_2^2 + …}$
#
# One pixel is nothing. But there are many of them, and they are all of one mind.
#
# $dL/dz$ is a − y, as in lesson 09. From there `backprop` goes back to the image.


# %%
def gradient_of_loss(x, y):
    z = model.forpass(x, training=True)
    return model.backprop(softmax(z) - np.eye(10, dtype=np.float32)[y])


gradient = gradient_of_loss(x_some, y_some)
together = np.abs(gradient).sum(axis=1)
cancelled = np.sqrt((gradient**2).sum(axis=1))
ratio = np.median(together / cancelled)
print(f"signs of the gradient do {ratio:.1f} times as much as random signs")
table.check("gradient's signs to random signs", ratio, "at least 4 to 1", ratio >= 4)

# %% [markdown]
# Grey values stay between 0 and 1, so we cut off what goes beyond.

# %%
direction = np.sign(gradient)
noise = rng.choice(np.array([-1, 1], dtype=np.float32), x_some.shape)


def moved(direction, epsilon):
    return np.clip(x_some + np.float32(epsilon) * direction, 0, 1)


strengths = np.linspace(0, 0.3, 16)
fooled = np.array([accuracy_of(moved(direction, epsilon)) for epsilon in strengths])
disturbed = np.array([accuracy_of(moved(noise, epsilon)) for epsilon in strengths])

epsilon = 0.1 if data.is_mnist else 0.15
fooled_once = accuracy_of(moved(direction, epsilon))
disturbed_once = accuracy_of(moved(noise, epsilon))
table.check(
    f"accuracy, random signs, ε = {epsilon}", disturbed_once, "over .8", disturbed_once > 0.8
)
table.check(
    f"accuracy, gradient's signs, ε = {epsilon}", fooled_once, "below .3", fooled_once < 0.3
)

figure, ax = plt.subplots(figsize=(8, 4))
ax.plot(strengths, disturbed, "s--", color=lessons.BLUE, label="random signs")
ax.plot(strengths, fooled, "o-", color=lessons.VERMILION, label="signs of the gradient")
ax.axvline(epsilon, color=lessons.GREY, linestyle=":", label=f"ε = {epsilon}, as in the pictures")
ax.set(title=f"{data.name}: accuracy after a change of ε in each pixel", ylim=(0, 1.03))
ax.set(xlabel="ε", ylabel="accuracy")
ax.legend()
lessons.save(figure, "15_how_much_it_takes")

# %% [markdown]
# And so it looks. Above the image. In the middle the step: blue for more ink, vermilion for less,
# white where there is no ink to take away, or no room for more. Below what comes out, with what the
# network says now, and how sure it is.

# %%
x_fooled = moved(direction, epsilon)
sure = softmax(model.predict(x_fooled))
answers = sure.argmax(axis=1)
victims = np.flatnonzero((predicted[:1000] == y_some) & (answers != y_some))
victims_of = [victims[y_some[victims] == digit] for digit in range(10)]
shown = np.array([some[0] for some in victims_of if len(some)][:8])

words = [
    f"{answer}: {a[answer]:.0%}" for answer, a in zip(answers[shown], sure[shown], strict=True)
]
figure = draw_rows(
    [(x_some[shown], None), ((x_fooled - x_some)[shown], epsilon), (x_fooled[shown], None)],
    {0: y_some[shown], 2: words},
    columns=len(shown),
)
figure.suptitle(f"A step of {epsilon} in each pixel, and what the network says then")
lessons.save(figure, "15_fooled")

surest = np.median(sure[victims].max(axis=1))
table.check("how sure it is of the wrong digit", surest, "mostly over .5", surest > 0.5)
table.check("right before, wrong after", len(victims), "over half", len(victims) > len(x_some) / 2)

# %% [markdown]
# We still read the same digit. The network reads another one, and mostly it is sure of it.
# What it has learned is not what we have learned.
#
# This happens to large networks, too. What helps a little: train with such images as well, with
# their right labels. What helps against being surprised: do not believe a network that it is sure.

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("15")

# %%
table.close()
