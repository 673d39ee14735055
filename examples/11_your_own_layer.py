# %% [markdown]
# # 11 A layer of your own
#
# ReLU (lesson 07) lets positive numbers pass and stops negative ones. Let us build a layer that
# *learns* how much of the negative ones to let through, with a slope s of its own for each feature:
#
# - $a = x$ where x > 0, else $s·x$
# - $dx = grad$ where x > 0, else $s·grad$
# - $ds = Σ grad·x$ over the samples, but only where x ≤ 0
#
# A layer needs three methods. `build` makes the weights: `add_weight("s", …)` gives `self.s`, and
# beside it `self.ds` for the gradient. `forpass` computes the output, and in training it keeps
# what `backprop` will need. `backprop` gets the gradient of the output, writes the gradients of
# the weights, and returns the gradient of the input. No 1/m here: the loss has put it into grad.
#
# Anybody can make a mistake in the third. So nobody should use a layer before it is checked.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons

from nnlite import Input, Sequential, exercises, lessons, plot
from nnlite.layers import Dense, Layer, LeakyReLU
from nnlite.optimizers import Adam
from nnlite.testing import check_layer

table = lessons.begin("11 A layer of your own")

# %% [markdown]
# ## Ten lines, and a mistake
#
# Compare `backprop` with the equations. What is wrong?


# %%
class LearnedSlope(Layer):
    def build(self, input_shape):
        self.add_weight("s", input_shape, "zeros")

    def forpass(self, x, training=False):
        if training:
            self.x = x
        return np.where(x > 0, x, self.s * x)

    def backprop(self, grad):
        self.ds = (grad * self.x).sum(axis=0)
        return np.where(self.x > 0, grad, self.s * grad)


# %% [markdown]
# ## It runs
#
# Put it into a network: two moons, eight hidden neurons, 100 epochs. How many of the points does
# it get right?

# %%
moons, label = make_moons(300, noise=0.15, random_state=0)


def train(slopes):
    model = Sequential(
        [Input(shape=(2,)), Dense(8), slopes, Dense(1, activation="sigmoid")],
        seed=0,
        dtype="float64",
    )
    model.compile(optimizer=Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(moons, label, epochs=100, verbose=0)
    return model


_, wrong_accuracy = train(LearnedSlope()).evaluate(moons, label, verbose=0)
print(f"accuracy with the mistake: {wrong_accuracy:.3f}")
table.check("accuracy with the mistake", wrong_accuracy, "above .8", wrong_accuracy > 0.8)

# %% [markdown]
# ## The check
#
# That is far better than guessing. It learns, so who would look for a mistake? `check_layer` does.
# It moves every number of every weight a little, measures how the output changes, and compares that
# with what `backprop` says. It names the weight and the place.

# %%
try:
    check_layer(LearnedSlope(), input_shape=(3,))
    complaint = ""
except AssertionError as error:
    complaint = str(error)
print(complaint)

table.check("the check of the mistake", "fails" if complaint else "passes", "fails", complaint)
table.check("names the weight", "weight s" in complaint, "True", "weight s" in complaint)
table.check("names the place", "ds[" in complaint, "True", "ds[" in complaint)

# %% [markdown]
# ## The repair
#
# The gradient of x is right, that of s is not: where x is positive, s has no say in the output,
# so these samples must not count. `np.minimum(x, 0)` is x where x ≤ 0, and 0 elsewhere.


# %%
class RepairedSlope(LearnedSlope):
    def backprop(self, grad):
        self.ds = (grad * np.minimum(self.x, 0)).sum(axis=0)
        return np.where(self.x > 0, grad, self.s * grad)


report = check_layer(RepairedSlope(), input_shape=(3,))
print(report)
table.check(
    "the check of the repair", "passes" if report.passed else "fails", "passes", report.passed
)

# %% [markdown]
# ## By hand, and with nnlite
#
# A fixed slope of .3 for all is nnlite's `LeakyReLU(0.3)`. Do both agree, forward and backward?

# %%
rng = np.random.default_rng(0)
x, grad = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
ours = RepairedSlope(input_shape=(3,), dtype="float64")
ours.build((3,))
ours.s = np.full(3, 0.3)
theirs = LeakyReLU(0.3, dtype="float64")
table.same("output, ours and LeakyReLU", ours.forpass(x, True), theirs.forpass(x, True))
table.same("gradient of x", ours.backprop(grad), theirs.backprop(grad))
by_hand = [sum(grad[i, j] * x[i, j] for i in range(5) if x[i, j] <= 0) for j in range(3)]
table.same("gradient of s, by a loop and ours", by_hand, ours.ds)

# %% [markdown]
# ## In a network
#
# The repaired layer is a layer like all others. In the same network each of the eight neurons now
# learns what to do with negative numbers.

# %%
slopes = RepairedSlope(name="slopes")
model = train(slopes)
model.summary()
accuracy = model.evaluate(moons, label, verbose=0)[1]
print(f"accuracy: {accuracy:.3f}; with the mistake it was {wrong_accuracy:.3f}")
table.check("accuracy on the moons", accuracy, "at least .97", accuracy >= 0.97)
changed = np.abs(slopes.s).min()
table.check("every slope has left 0", changed, "above .001", changed > 0.001)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4))
z = np.linspace(-2, 2, 201)
for place, slope in enumerate(slopes.s):
    told = f"{slope:.2f}".replace("-", "−")
    left.plot(z, np.where(z > 0, z, slope * z), color=lessons.COLOURS[place], label=told)
left.set(title="What the 8 neurons learned", xlabel="x", ylabel="a = x or s·x")
left.legend(title="s", ncols=2, loc="lower right")
plot.decision_boundary(model, moons, label, ax=right)
right.set_title("Their network and the two moons")
lessons.save(figure, "11_learned_slopes")

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("11")

# %%
table.close()
