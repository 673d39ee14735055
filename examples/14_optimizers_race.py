# %% [markdown]
# # 14 Optimizers race
#
# Descent knows one thing: the gradient where it stands. What it makes of it is the rule of its
# *optimizer*. The plain rule walks against the gradient. Momentum also remembers where it was
# going. RMSprop remembers how large the gradients were. Adam remembers both.
#
# Here each rule is derived in a few lines, written by hand in three, and compared with nnlite.
# Then all run through the same valley, each with the learning rate that suits it best.
#
# g is the gradient of a weight w, α the learning rate, t counts the steps.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from nnlite import Input, Sequential, exercises, lessons, optimizers
from nnlite.layers import Dense

table = lessons.begin("14 Optimizers race")

# %% [markdown]
# ## The valley
#
# $J = ½·(w^2 + 100·b^2)$. Along w it is nearly flat, along b it is steep: a long, narrow valley,
# with its lowest point at 0, 0. Valleys like this are the rule. In lesson 02, w and b had one.
#
# The gradient has two parts: $dJ/dw = w$ and $dJ/db = 100·b$.


# %%
STEEP = np.array([1.0, 100.0])
START = np.array([-4.0, 1.0])


def J(point):
    return 0.5 * np.sum(STEEP * point**2)


def gradient(point):
    return STEEP * point


h, slopes = 1e-6, []
for direction in np.eye(2):
    slopes.append((J(START + h * direction) - J(START - h * direction)) / (2 * h))
table.same("gradient at the start", gradient(START), slopes, 1e-6)

# %% [markdown]
# ## Plain descent: one rate for all
#
# $w ← w − α·g$
#
# Put the gradients in: each step multiplies w by $1 − α$, and b by $1 − 100·α$.
#
# - If b is not to jump farther and farther, $1 − 100·α$ must stay above −1: $α < 2/100 = .02$.
# - But then w shrinks by 2 percent a step, at most. The steep part sets the rate, and the flat
#   part has to live with it.
#
# A rule, by hand, is a function. It gets the gradient, the step's number t and a memory, and
# returns what is added to the weights.


# %%
def plain(g, t, memory, rate):
    return -rate * g


def walk(rule, rate, steps, gradient=gradient, start=START):
    point, memory, path = start.copy(), {}, [start]
    for t in range(1, steps + 1):
        point = point + rule(gradient(point), t, memory, rate)
        path.append(point)
    return np.array(path)


w, b = walk(plain, 0.015, 20)[20]
table.equal("w after 20: −4·.985²⁰", w, -4 * 0.985**20, digits=12)
table.equal("b after 20: (−.5)²⁰", b, 0.5**20, digits=12)
lost = J(walk(plain, 0.021, 100)[-1])
table.check("J at α = .021, 100 steps", lost, "diverges", lost > J(START))

# %% [markdown]
# ## Momentum: remember the way
#
# Think of a heavy ball. It has a speed v, and the gradient only changes the speed:
#
# - $v ← μ·v − α·g$
# - $w ← w + v$
#
# μ is how much of the speed is left after a step; .9 is usual. What does that do?
#
# - Let g stay the same, step after step. Then v becomes $−α·g·(1 + μ + μ^2 + …)$, and this sum
#   is $1/(1 − μ)$. At μ = .9 the ball gets *ten times* as fast.
# - Let g change its sign each time, as it does across a valley. Then v becomes
#   $−α·g·(1 − μ + μ^2 − …)$, and this sum is $1/(1 + μ)$: about *half* the step.
#
# So it is fast along the valley, and calm across it.


# %%
def momentum(g, t, memory, rate):
    memory["v"] = 0.9 * memory.get("v", 0) - rate * g
    return memory["v"]


steady, swinging = {}, {}
for t in range(1, 201):
    steady_step = momentum(1.0, t, steady, 1.0)
    swinging_step = momentum((-1.0) ** t, t, swinging, 1.0)
table.equal("speed if g stays 1", steady_step, -10, digits=6)
table.equal("speed if g swings: 1/1.9", abs(swinging_step), 1 / 1.9, digits=6)

# %% [markdown]
# ## Adagrad: a rate for each weight
#
# Why should a steep and a flat direction have the same rate? Add up the squares of all gradients,
# for each weight by itself, and divide by the root:
#
# - $s ← s + g^2$
# - $w ← w − α·g/\sqrt{s}$
#
# Let g stay the same. Then $s = t·g^2$, and the step is $α·g/(\sqrt{t}·|g|)$: that is $α/\sqrt{t}$,
# *whatever the size of g*. Steep and flat count the same. But the steps get smaller and smaller,
# for s never shrinks.


# %%
def adagrad(g, t, memory, rate):
    memory["s"] = memory.get("s", 0.1) + g**2
    return -rate * g / np.sqrt(memory["s"] + 1e-7)


# %% [markdown]
# (s begins at .1, as in Keras, so that the first step is not too bold. The .0000001 is called ε:
# it keeps us from 0/0 where a gradient is 0.)
#
# ## RMSprop: let the past fade
#
# Take a mean in place of the sum, one that forgets:
#
# - $s ← ρ·s + (1 − ρ)·g^2$
# - $w ← w − α·g/\sqrt{s}$
#
# A square from k steps ago counts $(1 − ρ)·ρ^k$. These shares add up to 1, since
# $1 + ρ + ρ^2 + … = 1/(1 − ρ)$: it is a mean, and at ρ = .9 mostly of the last ten steps.
#
# Let g stay the same. Then s becomes $g^2$, and the step becomes α, with the sign of g. It no
# longer gets smaller. That has a price: at the end it does not come to rest, either.


# %%
def rmsprop(g, t, memory, rate):
    memory["s"] = 0.9 * memory.get("s", 0) + 0.1 * g**2
    return -rate * g / np.sqrt(memory["s"] + 1e-7)


# %% [markdown]
# ## Adam: both
#
# A fading mean of the gradients, as momentum has. A fading mean of their squares, as RMSprop has.
#
# - $m ← β_1·m + (1 − β_1)·g$
# - $v ← β_2·v + (1 − β_2)·g^2$
#
# Both begin at 0, and so they are too small at first. By how much? Let g stay the same. After t
# steps m is g times the sum of the shares so far, and this sum is $1 − β_1^t$. So divide by it:
#
# - $\hat m = m/(1 − β_1^t)$ and $\hat v = v/(1 − β_2^t)$
# - $w ← w − α·\hat m/\sqrt{\hat v}$
#
# The first step is then α in each direction, neither more nor less. (Here v is a mean of squares.
# With momentum the same letter was a speed. The books do it like this, we are sorry.)


# %%
def adam(g, t, memory, rate):
    memory["m"] = 0.9 * memory.get("m", 0) + 0.1 * g
    memory["v"] = 0.999 * memory.get("v", 0) + 0.001 * g**2
    m, v = memory["m"] / (1 - 0.9**t), memory["v"] / (1 - 0.999**t)
    return -rate * m / (np.sqrt(v) + 1e-7)


memory = {}
for t in range(1, 6):
    adam(2.0, t, memory, rate=0.1)
table.equal("m after 5 steps with g = 2", memory["m"], 2 * (1 - 0.9**5), digits=12)
for name, rule, expected in [("Adagrad", adagrad, 0.1 / 10), ("RMSprop", rmsprop, 0.1)]:
    memory = {}
    for t in range(1, 101):
        step = rule(np.array([3.0, 300.0]), t, memory, 0.1)
    table.same(f"{name}: step 100", step, [-expected, -expected], 1e-4)

# %% [markdown]
# ## By hand and with nnlite
#
# The optimizers of nnlite walk on any array: `step(weights, gradients)` changes the weights.

# %%
RULES = {
    "SGD": (plain, lambda rate: optimizers.SGD(rate)),
    "momentum": (momentum, lambda rate: optimizers.SGD(rate, momentum=0.9)),
    "Adagrad": (adagrad, lambda rate: optimizers.Adagrad(rate)),
    "RMSprop": (rmsprop, lambda rate: optimizers.RMSprop(rate)),
    "Adam": (adam, lambda rate: optimizers.Adam(rate)),
}
for name, (rule, make) in RULES.items():
    point, optimizer, path = START.copy(), make(0.05), [START]
    for _ in range(50):
        optimizer.step(point, gradient(point))
        path.append(point.copy())
    # nnlite and Keras put Adam's ε at another place, so there the last digits differ.
    tolerance = 1e-4 if name == "Adam" else 1e-10
    table.same(f"{name}: by hand, nnlite", walk(rule, 0.05, 50), path, tolerance)

# %% [markdown]
# ## The race
#
# A race in which everybody has the same rate is not fair: α means something else in each rule. So
# each runs with 25 rates, from .001 to 3, and we keep its best. All 25 walk at once: a row of a
# matrix is a point p. The goal: J below a hundredth, and it must *stay* there until step 300. A
# valley is a matrix A here, its J is $½·p·A·p^T$ and its gradient is $p·A$, since A is its own
# transpose.


# %%
RATES = np.geomspace(0.001, 3, 25)
STEPS, GOAL = 300, 0.01
STRAIGHT = np.diag(STEEP)


def heights(path, A):
    return 0.5 * np.sum(path @ A * path, axis=-1)


def steps_to_goal(path, A):
    """Return after how many steps J is below the goal, and stays there."""
    above = np.flatnonzero(~(heights(path, A) < GOAL))
    return above[-1] + 1 if len(above) else 0


def race(A, start):
    """Return the best path of each rule, with its rate and how many steps it took."""
    best = {}
    for name, (rule, _) in RULES.items():
        with np.errstate(over="ignore", invalid="ignore"):  # too large a rate runs to infinity
            starts = np.tile(start, (len(RATES), 1))
            paths = walk(rule, RATES[:, np.newaxis], STEPS, lambda points: points @ A, starts)
            paths = paths.swapaxes(0, 1)
            needed = [(steps_to_goal(path, A), heights(path[-1], A)) for path in paths]
        # Who is not there in time still has a best rate: the one that came lowest.
        winner = needed.index(min(needed))
        best[name] = paths[winner], RATES[winner], int(needed[winner][0])
    return best


def told(steps):
    return f"{steps} steps" if steps <= STEPS else f"not in {STEPS}"


best = race(STRAIGHT, START)
for name, (_, rate, steps) in best.items():
    print(f"{name:9} best rate {rate:6.3f}: {told(steps)}")

plain_steps = best["SGD"][2]
for name in ["momentum", "Adam"]:
    steps = best[name][2]
    table.check(f"{name} against SGD", told(steps), "half as many", steps < plain_steps / 2)
table.check("Adagrad", told(best["Adagrad"][2]), "at most 10", best["Adagrad"][2] <= 10)

# %%
LINES = dict(zip(RULES, ["-", "--", "-.", ":", "-"], strict=True))
HUES = dict(zip(RULES, lessons.COLOURS, strict=False))


def draw_race(best, A, title):
    figure, panels = plt.subplots(2, 3, figsize=(8, 5.4))
    grid = np.meshgrid(np.linspace(-4.8, 1.6, 120), np.linspace(-4.2, 1.8, 120))
    points = np.stack(grid, axis=-1).reshape(-1, 2)
    ground = heights(points, A).reshape(120, 120)
    for ax, (name, (path, _, steps)) in zip(panels.flat, best.items(), strict=False):
        ax.contour(*grid, ground, levels=[0.5, 2, 8, 32, 128], colors="0.75", linewidths=1)
        ax.plot(*path.T, ".-", color=HUES[name], linewidth=1.2, markersize=5)
        ax.plot(0, 0, "*", color="white", markersize=13, markeredgecolor="black", zorder=6)
        ax.set(title=f"{name}: {told(steps)}", xlim=(-4.8, 1.6), ylim=(-4.2, 1.8))
        ax.set(xticks=[-4, -2, 0], yticks=[-2, 0], xlabel="w", ylabel="b")
    last = panels[1, 2]
    for name, (path, *_) in best.items():
        J_along = np.maximum(heights(path, A), 1e-6)
        last.plot(J_along, LINES[name], color=HUES[name], label=name)
    last.axhline(GOAL, color="black", linewidth=0.8)
    last.text(12, GOAL / 1.3, "goal", va="top")
    last.set(title="J over the steps", xlabel="step", yscale="log", ylim=(1e-5, 1e3))
    last.set_yticks([1e-4, 1e-2, 1, 100], ["0.0001", "0.01", "1", "100"])
    figure.legend(*last.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    figure.suptitle(title)
    return figure


figure = draw_race(best, STRAIGHT, "A valley along w: each rule with its best rate")
lessons.save(figure, "14_race")

# %% [markdown]
# Plain descent creeps: it is the flat direction that takes so long. Momentum and Adam need less
# than half its steps. RMSprop has steps of about the size α, from the start to the end. So α must
# be small, or it would tremble around the star for ever, and with small steps the way is long.
#
# And Adagrad wins by far! Is it the best rule, then? Look again at what it does: it treats w and b
# each by itself. Our valley runs exactly along w. That is a gift.
#
# ## The same valley, turned
#
# Turn the valley by 45°, and the start with it. It is as long and as steep as before, only it no
# longer runs along a weight. In a network, valleys run anywhere.

# %%
TURN = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
TURNED = TURN @ STRAIGHT @ TURN.T
turned = race(TURNED, TURN @ START)
for name, (_, rate, steps) in turned.items():
    print(f"{name:9} best rate {rate:6.3f}: {told(steps)}")

for name in ["SGD", "momentum"]:
    path = best[name][0] @ TURN.T
    table.same(f"{name}: turned path", path, turned[name][0], 1e-8)
steps = turned["Adagrad"][2]
table.check("Adagrad, turned", told(steps), "over 10 times more", steps > 10 * best["Adagrad"][2])
steps = turned["Adam"][2]
table.check("Adam, turned", told(steps), "half of SGD's", steps < turned["SGD"][2] / 2)

figure = draw_race(turned, TURNED, "The same valley, turned by 45°")
lessons.save(figure, "14_race_turned")

# %% [markdown]
# Plain descent and momentum walk exactly the same path, only turned: they know nothing of the
# axes. Adagrad has lost its gift. Adam, which is half momentum, hardly minds.
#
# ## The same valley, a thousand times as deep
#
# Now multiply J by 1000. The valley has the same shape, but each gradient is 1000 times as large.
# Everybody keeps the rate that was best before.

# %%
DEEP = 1000 * STRAIGHT
for name, (rule, _) in RULES.items():
    with np.errstate(over="ignore", invalid="ignore"):
        path = walk(rule, best[name][1], STEPS, lambda point: point @ DEEP)
        end = np.nan_to_num(heights(path[-1], DEEP) / 1000, nan=np.inf)
    print(f"{name:9} J/1000 after {STEPS} steps: {end:.2g}")
    if name in ("SGD", "momentum"):
        table.check(f"{name}, 1000 times deeper", f"{end:.2g}", "lost", not end < J(START))
    else:
        table.check(f"{name}, 1000 times deeper", f"{end:.2g}", "at the goal", end < GOAL)

# %% [markdown]
# Dividing by the size of the gradient cancels the 1000. So the rules that divide keep their rates,
# whatever the loss is measured in. For the others you look for a new one each time.
#
# That is why Adam is so often the first choice. It is not the fastest everywhere, but it did well
# in all three valleys.
#
# ## A real network
#
# Scikit-learn's small digits, 8 × 8 pixels, and a network 64-32-10. Each rule trains it for eight
# epochs, with eight rates. We look at the loss of digits that it did not learn from.

# %%
digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    digits.data / 16, digits.target, stratify=digits.target, random_state=0
)


def loss_after_training(optimizer):
    model = Sequential(
        [Input(shape=(64,)), Dense(32, activation="relu"), Dense(10, activation="softmax")], seed=0
    )
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    model.fit(x_train, y_train, epochs=8, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)


rates = np.array([0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0])
losses = {name: [] for name in RULES}
for name in lessons.progress(list(RULES), "races"):
    losses[name] = [loss_after_training(RULES[name][1](rate)) for rate in rates]
best_rates = {name: rates[np.argmin(line)] for name, line in losses.items()}
for name, line in losses.items():
    print(f"{name:9} best rate {best_rates[name]:g}, loss {min(line):.3f}")

worst = max(map(min, losses.values()))
table.check("digits: worst best loss", worst, "below .3", worst < 0.3)
ratio = best_rates["SGD"] / best_rates["Adam"]
table.check("digits: rates, SGD to Adam", ratio, "at least 3 to 1", ratio >= 3)
largest = min(line[-1] for line in losses.values())
table.check("digits: best loss, rate 1", largest, "above 1", largest > 1)

# %%
figure, ax = plt.subplots(figsize=(8, 4))
for name, line in losses.items():
    ax.plot(rates, line, LINES[name], marker="o", markersize=4, color=HUES[name], label=name)
ax.set(title="Digits: the loss after eight epochs", xlabel="learning rate α", xscale="log")
ax.set(ylabel="cross-entropy, test part", ylim=(0, 3.5))
ax.set_xticks(rates, [f"{rate:g}" for rate in rates], minor=False)
ax.minorticks_off()
ax.legend(loc="upper center", ncols=2)
lessons.save(figure, "14_rates")

# %% [markdown]
# At its best rate, every rule learns the digits. But the best rates lie far apart: what is right
# for SGD is far too much for Adam. So if you change the optimizer, change the rate with it. And if
# a network does not learn, try rates first, a factor of three apart. It is the cheapest remedy.
#
# (One remark: we chose the rates by the test part, so these losses flatter. Lesson 08 tells how it
# is done properly, with a third part of the data.)

# %% [markdown]
# ## Exercises
#
# Each of them checks itself, as often as you like, and says what kind of mistake it is.

# %%
exercises.name_them("14")

# %%
table.close()
