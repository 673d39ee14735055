from __future__ import annotations

import pytest

from nnlite.layers import Add, BatchNormalization, Dense, Dropout, Input
from nnlite.models import Model, Sequential


def printed(model: Model, **options: int) -> str:
    """The text that `summary` prints."""
    lines: list[str] = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


def test_the_table_of_the_course_is_printed() -> None:
    model = Sequential(
        [
            Dense(4, activation="sigmoid", input_shape=(2,)),
            Dense(5, activation="sigmoid"),
            Dense(1, activation="sigmoid"),
        ]
    )
    assert (
        printed(model)
        == """\
Model: "sequential"
______________________________________________________________
 Layer (type)            Output Shape         Param #
==============================================================
 dense (Dense)           (None, 4)            12

 dense_1 (Dense)         (None, 5)            25

 dense_2 (Dense)         (None, 1)            6
==============================================================
Total params: 43
Trainable params: 43
Non-trainable params: 0
______________________________________________________________"""
    )


def test_a_graph_shows_its_inputs_and_what_is_connected_to_what() -> None:
    x = Input((2,), name="x")
    a = Dense(3, name="a")(x)
    b = Dense(3, name="b", trainable=False)(x)
    model = Model(x, Dense(1, name="out")(Add(name="sum")([a, b])), name="branches")
    assert (
        printed(model)
        == """\
Model: "branches"
______________________________________________________________
 Layer (type)      Output Shape    Param #    Connected to
==============================================================
 x (InputLayer)    (None, 2)       0

 a (Dense)         (None, 3)       9          x

 b (Dense)         (None, 3)       9          x

 sum (Add)         (None, 3)       0          a, b

 out (Dense)       (None, 1)       4          sum
==============================================================
Total params: 22
Trainable params: 13
Non-trainable params: 9
______________________________________________________________"""
    )


def test_a_narrow_table_is_as_wide_as_it_must_be() -> None:
    model = Sequential([Dense(4, input_shape=(2,)), BatchNormalization(), Dropout(0.2)])
    assert (
        printed(model, line_length=10)
        == """\
Model: "sequential"
__________________________________________________________________
 Layer (type)                              Output Shape  Param #
==================================================================
 dense (Dense)                             (None, 4)     12

 batch_normalization (BatchNormalization)  (None, 4)     16

 dropout (Dropout)                         (None, 4)     0
==================================================================
Total params: 28
Trainable params: 20
Non-trainable params: 8
__________________________________________________________________"""
    )


def test_a_shared_layer_has_one_row() -> None:
    x = Input((2,), name="x")
    layer = Dense(2, name="twice")
    text = printed(Model(x, layer(layer(x))))
    assert " twice (Dense)" in text
    assert text.count("twice (Dense)") == 1
    assert "Total params: 6" in text


def test_large_numbers_have_commas_and_axes_all_sizes() -> None:
    model = Sequential([Dense(1000, input_shape=(28, 784)), Dense(10)])
    assert "(None, 28, 1000)" in printed(model)
    assert "785,000" in printed(model)
    assert "Total params: 795,010" in printed(model)


def test_the_summary_goes_to_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    Sequential([Dense(1, input_shape=(2,))], name="tiny").summary()
    out = capsys.readouterr().out
    assert out.startswith('Model: "tiny"\n')
    assert out.endswith("_\n")


def test_a_summary_says_what_it_takes() -> None:
    model = Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(TypeError, match="summary takes the arguments line_length, print_fn"):
        model.summary(show_trainable=True)
