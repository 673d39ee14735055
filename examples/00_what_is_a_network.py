# %% [markdown]
# # 00 What is a network?
#
# A network is a formula with many numbers in it, its *weights*. Nobody writes these numbers down.
# They are *learned*: the network sees examples, compares its answers with the right ones, and
# moves each weight a little. Again and again, until the answers are good.
#
# This lesson trains one network, in seconds, without a single derivative. It gives you the words.
# The lessons after it open the box.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons

from nnlite import Input, Sequential, exercises, lessons, plot
from nnlite.layers import Dense
from nnlite.optimizers import Adam

table = lessons.begin("00 What is a network?")

# %% [markdown]
# ## The examples
#
# We have 300 points in the plane, of two kinds. The task: *which kind is it?*
#
# - One point is a **sample**.
# - What we know of it is a **feature**: here $x_1$ and $x_2$, so each sample has two.
# - What we want to know is its **target** $y$, also called its label: here 0 or 1.
#
# So x is a table: a row for each sample, a column for each feature. We keep 100 samples aside.
# The network never learns from them, so they can tell whether it understood.

# %%
x, y = make_moons(300, noise=0.15, random_state=0)
x_train, y_train, x_test, y_test = x[:200], y[:200], x[200:], y[200:]
print("x", x_train.shape, " y", y_train.shape)
for sample in range(3):
    print(f"sample {sample}: x = {x_train[sample].round(2)}, y = {y_train[sample]}")

LOOKS = [(0, lessons.VERMILION, "o"), (1, lessons.BLUE, "s")]
figure, ax = plt.subplots(figsize=(8, 4))
for kind, colour, marker in LOOKS:
    chosen = y_train == kind
    ax.plot(*x_train[chosen].T, marker, color=colour, markersize=5, label=f"y = {kind}")
ax.set(title="200 samples: two features each, and a target", xlabel="$x_1$", ylabel="$x_2$")
ax.set(aspect="equal", xlim=(-1.6, 3.1))
ax.legend()
lessons.save(figure, "00_samples")

# %% [markdown]
# ## The network
#
# - A **neuron** takes numbers in, multiplies each by a weight, adds them up, adds one more number
#   (its *bias*), and sends the sum through a curve, its **activation**.
# - A **layer** is several neurons side by side. They all look at the same numbers.
# - A **network** is layers one behind the other.
#
# Ours has six neurons in a *hidden* layer and one at the end. How many weights are that? Each
# hidden neuron has 2 weights and a bias: $6·(2 + 1) = 18$. The last one has 6 and a bias: 7.

# %%
model = Sequential(
    [
        Input(shape=(2,)),
        Dense(6, activation="relu", name="hidden"),
        Dense(1, activation="sigmoid", name="output"),
    ],
    seed=2,
)
model.summary()
table.equal("weights and biases, 18 + 7", model.count_params(), 25)

# %% [markdown]
# ## Three choices: compile
#
# - The **loss** is one number that says how wrong the answers are. Learning means: make it small.
# - The **optimizer** is the rule that moves the weights. Adam is a popular one. Lesson 02 begins
#   with the plainest, SGD. The number says how far a step goes: the *learning rate*.
# - A **metric** is a number for people: here the *accuracy*, the share of right answers. The
#   network does not learn from it.

# %%
model.compile(optimizer=Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
loss_before, accuracy_before = model.evaluate(x_test, y_test, verbose=0)
print(f"before learning: loss {loss_before:.3f}, accuracy {accuracy_before:.2f}")

# %% [markdown]
# ## One call: fit
#
# The network looks at a few samples, a **batch**, and moves its weights once: a *step*. When it
# has seen all samples once, that is an **epoch**. Here: 200 samples in batches of 10 make 20 steps
# an epoch, and 100 epochs make 2000 steps.

# %%
history = model.fit(x_train, y_train, batch_size=10, epochs=100)
loss_after, accuracy_after = model.evaluate(x_test, y_test, verbose=0)
print(f"after learning: loss {loss_after:.3f}, accuracy {accuracy_after:.2f}")

table.equal("steps in 100 epochs", model.optimizer.iterations, 2000)
table.check("accuracy before learning", accuracy_before, "below .6", accuracy_before < 0.6)
table.check("loss after learning", loss_after, "below a quarter", loss_after < loss_before / 4)
table.check("accuracy after learning", accuracy_after, "at least .95", accuracy_after >= 0.95)

# %%
ax = plot.history(history, "loss")
ax.figure.set_size_inches(8, 3.6)
ax.set_title("The loss falls: the network learns")
lessons.save(ax.figure, "00_loss")

# %% [markdown]
# ## Look inside
#
# This is the whole network. Each small picture is the plane of $x_1$ and $x_2$, as one neuron sees
# it: blue where it answers high, vermilion where it answers low. The black line is where its sum
# is 0.
#
# A hidden neuron answers 0 on one side of its line (white), and more and more on the other. So it
# knows one straight line, and no more. The last neuron puts the six together, and its line is
# bent. The lines between the pictures are the weights: the thicker, the larger.

# %%
ax = plot.network(model, x_train, y_train)
lessons.save(ax.figure, "00_network")

# %% [markdown]
# ## Why a curve in each neuron?
#
# Without activations, six neurons and one behind them can draw nothing but one straight line.
# (Lesson 07 shows why.) Let us try: the same network, with no activation in the hidden layer.

# %%
straight = Sequential(
    [Input(shape=(2,)), Dense(6, name="hidden"), Dense(1, activation="sigmoid", name="output")],
    seed=2,
)
straight.compile(optimizer=Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
straight.fit(x_train, y_train, batch_size=10, epochs=100, verbose=0)
_, straight_accuracy = straight.evaluate(x_test, y_test, verbose=0)
table.check("accuracy without curves", straight_accuracy, "below .95", straight_accuracy < 0.95)

grid = np.meshgrid(np.linspace(-1.7, 2.7, 200), np.linspace(-1.2, 1.7, 200))
everywhere = np.column_stack([axis.ravel() for axis in grid])
figure, panels = plt.subplots(1, 2, figsize=(8, 3.6), sharey=True)
for ax, network, title in zip(panels, [straight, model], ["without", "with"], strict=True):
    answers = network.predict(everywhere).reshape(200, 200)
    ax.contourf(*grid, answers, levels=[0, 0.5, 1], colors=["#F3D5BF", "#CFE3F1"])
    for kind, colour, marker in LOOKS:
        ax.plot(*x_test[y_test == kind].T, marker, color=colour, markersize=5, label=f"y = {kind}")
    right = network.evaluate(x_test, y_test, verbose=0)[1]
    ax.set(title=f"{title} curves: {right:.0%} are right", xlabel="$x_1$")
panels[0].set_ylabel("$x_2$")
panels[0].legend(loc="lower left")
lessons.save(figure, "00_why_a_curve")

# %% [markdown]
# ## Which curve? Why a sigmoid, why ReLU?
#
# The first neurons of history had a *step*: 0 below, 1 above. But a step is flat. Move a weight a
# little, and the answer stays the same: nothing tells the network which way is better.
#
# The **sigmoid** is a step made soft: $σ(z) = 1/(1 + e^{-z})$. It has a slope, so it can learn,
# and it stays between 0 and 1, so it can be read as a chance. That is why it stands at the end.
#
# But its slope is at most ¼. What the loss says goes backward through the layers, and each layer
# multiplies it by its slope: five sigmoids by at most $¼^5 ≈ .001$ together. Little arrives at the
# first layer. **ReLU**, $\max(0, z)$, has slope 1 wherever it is on, and takes nothing away. That
# is why it stands inside of deep networks. (Lesson 12 tells the whole story, with the weights.)

# %%
z = np.linspace(-6, 6, 601)
sigmoid = 1 / (1 + np.exp(-z))
curves = {
    "step": ((z > 0).astype(float), np.zeros_like(z)),
    "sigmoid": (sigmoid, sigmoid * (1 - sigmoid)),
    "ReLU": (np.maximum(0, z), (z > 0).astype(float)),
}
table.equal("largest slope of the sigmoid", curves["sigmoid"][1].max(), 0.25, digits=12)
table.check("its fifth power", 0.25**5, "about .001", 0.0009 < 0.25**5 < 0.0011)

figure, panels = plt.subplots(1, 3, figsize=(8, 3.2))
for ax, (name, (curve, slope)) in zip(panels, curves.items(), strict=True):
    ax.plot(z, curve, label="curve")
    ax.plot(z, slope, "--", label="its slope")
    ax.set(title=name, xlabel="$z$", ylim=(-0.1, 2.1), xticks=[-5, 0, 5], yticks=[0, 1, 2])
panels[0].legend(loc="upper left")
lessons.save(figure, "00_activations")

# %% [markdown]
# ## Kinds of learning
#
# - **Supervised**: each sample comes with its right answer, as here. If the answer is a kind, it
#   is *classification* (lessons 05, 06, 09, 10); if it is a number, it is *regression* (03, 08).
# - **Unsupervised**: there are samples, but no answers. The network looks for order by itself
#   (lesson 16).
# - **Reinforcement**: nobody tells the right answer, but good deeds are rewarded, often late. That
#   is how a program learns to play. It is not in this course.

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("00")

# %%
table.close()
