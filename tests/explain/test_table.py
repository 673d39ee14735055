import re

import numpy as np
import pytest

from nnlite import Sequential, optimizers
from nnlite.explain.lines import Line, percent, shape_of, short
from nnlite.layers import Dense, Flatten, Layer

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([0, 1, 1, 0])


def xor(**options):
    """The XOR network with weights that can be followed by hand."""
    model = Sequential(
        [
            Dense(2, activation="relu", input_shape=(2,), name="hidden"),
            Dense(1, activation="sigmoid", name="output"),
        ],
        name="xor",
        dtype="float64",
    )
    model.set_weights([[[1, -1], [1, -1]], [0, 1], [[2], [-4]], [-1]])
    model.compile(optimizers.SGD(0.5, **options), "binary_crossentropy")
    return model


# Z1 = [0 1; 1 0; 1 0; 2 −1], Z2 = −5, 1, 1, 3; σ(Z2) = 0.0067, 0.7311, 0.7311, 0.9526
XOR = """\
xor: one training step on m = 4 samples

FORWARD                                                  mean|·|   max|·|
hidden (Dense)  2·2 + 2 = 6 parameters
  Z1 = X·W1 + b1        (4, 2)·(2, 2) + (2,) = (4, 2)       0.75        2
  A1 = max(Z1, 0)       (4, 2)   50 % zero, 0 of 2 dead    0.625        2
output (Dense)  2·1 + 1 = 3 parameters
  Z2 = A1·W2 + b2       (4, 2)·(2, 1) + (1,) = (4, 1)        2.5        5
  A2 = σ(Z2)            (4, 1)   25 % saturated            0.605    0.953
loss (BinaryCrossentropy)
  J = −Σ (Y·ln A2 + (1 − Y)·ln(1 − A2))/m = 0.9205

BACKWARD                                                 mean|·|   max|·|
loss
  dZ2 = (A2 − Y)/m      (4, 1)                            0.0936    0.238
output (Dense)
  dW2 = A1ᵀ·dZ2         (2, 4)·(4, 1) = (2, 1)             0.172    0.342
  db2 = Σ dZ2           (1,)                               0.105    0.105
  dA1 = dZ2·W2ᵀ         (4, 1)·(1, 2) = (4, 2)             0.281    0.953
hidden (Dense)
  dZ1 = dA1 ⊙ (Z1 > 0)  (4, 2)                             0.094    0.476
  dW1 = Xᵀ·dZ1          (2, 4)·(4, 2) = (2, 2)             0.171    0.342
  db1 = Σ dZ1           (2,)                               0.107    0.207

UPDATE                                                   mean|·|   max|·|
optimizer (SGD)
  ΔW = −0.5·dW          all 9 parameters                  0.0748    0.171
  J = 0.9205 → 0.7734 on this batch"""


def test_the_table_of_xor_is_what_the_hand_computes():
    assert xor().explain(X, Y).text(80) == XOR


def test_print_gives_the_table(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert str(xor().explain(X, Y)) == XOR


def test_repr_says_what_it_is():
    assert repr(xor().explain(X, Y)) == "<Explanation of 'xor' on 4 samples>"


LESSON = """\
sequential: one training step on m = 364 samples

FORWARD                                                        mean|·|   max|·|
dense (Dense)  30·2 + 2 = 62 parameters
  Z1 = X·W1 + b1          (364, 30)·(30, 2) + (2,) = (364, 2)     2.92     11.5
  A1 = σ(Z1)              (364, 2)   22 % saturated              0.518        1
dense_1 (Dense)  2·1 + 1 = 3 parameters
  Z2 = A1·W2 + b2         (364, 2)·(2, 1) + (1,) = (364, 1)       0.14    0.488
  A2 = σ(Z2)              (364, 1)   0 % saturated               0.497    0.618
loss (BinaryCrossentropy)
  J = −Σ (Y·ln A2 + (1 − Y)·ln(1 − A2))/m = 0.7075

BACKWARD                                                       mean|·|   max|·|
loss
  dZ2 = (A2 − Y)/m        (364, 1)                             0.00139   0.0017
dense_1 (Dense)
  dW2 = A1ᵀ·dZ2           (2, 364)·(364, 1) = (2, 1)            0.0913     0.11
  db2 = Σ dZ2             (1,)                                   0.168    0.168
  dA1 = dZ2·W2ᵀ           (364, 1)·(1, 2) = (364, 2)           6.93e−4  8.51e−4
dense (Dense)
  dZ1 = dA1 ⊙ A1(1 − A1)  (364, 2)                             7.16e−5  1.93e−4
  dW1 = Xᵀ·dZ1            (30, 364)·(364, 2) = (30, 2)         0.00176  0.00441
  db1 = Σ dZ1             (2,)                                 0.00889  0.00912

UPDATE                                                         mean|·|   max|·|
optimizer (SGD)
  ΔW = −0.1·dW            all 65 parameters                    7.29e−4   0.0168
  J = 0.7075 → 0.7029 on this batch"""


def lesson():
    """The network of lesson 06, with data and weights in float64 that every machine has."""
    model = Sequential(
        [Dense(2, activation="sigmoid", input_shape=(30,)), Dense(1, activation="sigmoid")],
        dtype="float64",
    )
    W1 = np.cos(np.arange(60.0)).reshape(30, 2)
    model.set_weights([W1, [0, 0], [[0.5], [-0.5]], [0]])
    model.compile(optimizers.SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    x = 1.4 * np.sin(np.arange(364.0 * 30) ** 2).reshape(364, 30)
    return model, x, np.arange(364) % 3 > 0


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_network_of_the_lesson_reads_like_the_slide(width):
    model, x, y = lesson()
    assert model.explain(x, y).text(width) == LESSON


@pytest.mark.parametrize("width", [60, 70, 80, 100])
def test_no_row_is_wider_than_asked(width):
    from nnlite.layers import BatchNormalization, Conv2D, Dropout, MaxPooling2D

    model = Sequential(
        [
            Conv2D(8, 3, padding="same", activation="relu", input_shape=(28, 28, 1)),
            BatchNormalization(),
            MaxPooling2D(2),
            Dropout(0.25),
            Flatten(),
            Dense(10, activation="softmax"),
        ],
        seed=0,
        name="images",
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(1)
    text = model.explain(300 * rng.random((32, 28, 28, 1)), rng.integers(0, 10, 32)).text(width)
    titles = re.compile(r"^\S+ \(\w+\)  ")
    assert all(len(row) <= width for row in text.split("\n") if not titles.match(row))


def test_a_row_that_is_too_long_puts_its_shapes_below():
    model = Sequential(
        [Dense(100, activation="sigmoid", input_shape=(784,)), Dense(1)], seed=0, name="digits"
    )
    rows = model.explain(np.ones((60000, 784), np.float32)).text(66).split("\n")
    place = next(p for p, row in enumerate(rows) if row.startswith("  Z1 = X·W1 + b1"))
    assert rows[place].split()[:5] == ["Z1", "=", "X·W1", "+", "b1"]
    assert rows[place + 1].strip() == "(60000, 784)·(784, 100) + (100,) = (60000, 100)"
    assert rows[place + 1].startswith("   ")
    assert len(rows[place].split()) == 7


def test_numbers_take_seven_characters_at_most():
    numbers = [0.0, 1.0, 12.345, 0.001, 0.00099, 99999.0, 100000.0, 1e-300, 3.4e38, np.inf, np.nan]
    texts = [short(number) for number in numbers]
    assert texts == [
        "0", "1", "12.3", "0.001", "9.9e−4", "99999", "1e5", "1e−300", "3.4e38", "inf", "nan"
    ]  # fmt: skip
    assert all(len(text) <= 7 for text in texts)


def test_shares_never_round_to_none_or_all():
    assert [percent(share) for share in (0, 1e-6, 0.005, 0.5, 0.9999, 1)] == [
        "0 %", "0.1 %", "0.5 %", "50 %", "99.9 %", "100 %"
    ]  # fmt: skip


def test_shapes_are_plain_numbers():
    assert shape_of(np.zeros((np.int64(2), np.int64(3)))) == "(2, 3)"


def test_a_line_knows_its_mean_and_its_largest_without_signs():
    line = Line("Z", "X", "", np.array([[-3.0, 1.0]]))
    assert (line.mean, line.largest) == (2.0, 3.0)


@pytest.mark.parametrize(
    ("optimizer", "line"),
    [
        (optimizers.SGD(0.5), "ΔW = −0.5·dW"),
        (optimizers.SGD(0.5, momentum=0.9), "ΔW = SGD(dW, 0.5)"),
        (optimizers.SGD(0.5, clipnorm=1.0), "ΔW = SGD(dW, 0.5)"),
        (optimizers.Adam(), "ΔW = Adam(dW, 0.001)"),
    ],
)
def test_the_update_is_told_by_its_rule(optimizer, line):
    model = xor()
    model.compile(optimizer, "binary_crossentropy")
    assert model.explain(X, Y).update[0].lines[0].equation == line


def test_parameters_are_counted_as_on_the_board():
    class Gain(Layer):
        def build(self, input_shape):
            self.add_weight("g", (), "ones")

        def forpass(self, x, training=False):
            return x * self.g

        def backprop(self, grad):
            return grad * self.g

    from nnlite.layers import BatchNormalization

    model = Sequential([Gain(), BatchNormalization(), Dense(50, trainable=False), Flatten()])
    model.build((None, 30))
    assert [section.remark for section in model.explain(np.ones((2, 30))).forward] == [
        "1 parameter",
        "30 + 30 + 30 + 30 = 120 parameters, 60 of them trained",
        "30·50 + 50 = 1,550 parameters, none of them trained",
        "",
    ]
