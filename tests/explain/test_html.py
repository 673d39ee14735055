from html.parser import HTMLParser

import numpy as np

from nnlite import Sequential
from nnlite.explain.symbols import numbered_symbols
from nnlite.layers import Dense

VOID = {"br", "hr", "img", "input", "meta", "link"}


class Cells(HTMLParser):
    """The text of each row, cell by cell; complains of tags that do not match."""

    def __init__(self):
        super().__init__()
        self.open, self.rows = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def explanation(name="dense", y=(0, 1)):
    model = Sequential([Dense(2, activation="tanh", input_shape=(3,), name=name), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    return model.explain(np.eye(3)[:2] * 1000, y)


def read(page):
    parser = Cells()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser.rows


def test_the_page_has_the_lines_of_the_table():
    found = explanation()
    rows = read(found._repr_html_())
    assert rows[0] == ["FORWARD", "mean|·|", "max|·|"]
    assert rows[1] == ["dense (Dense) 3·2 + 2 = 8 parameters"]
    assert rows[2][:2] == ["Z1 = X·W1 + b1", "(2,\xa03)·(3,\xa02) + (2,) = (2,\xa02)"]
    lines = [
        line
        for sections in (found.forward, found.backward, found.update)
        for section in sections
        for line in section.lines
    ]
    formulas = [row[0] for row in rows if len(row) > 1 and " = " in row[0]]
    assert formulas == [line.equation.replace("ᵀ", "T") for line in lines]


def test_numbers_of_symbols_are_indices():
    page = explanation()._repr_html_()
    assert "Z<sub>1</sub> = X·W<sub>1</sub> + b<sub>1</sub>" in page
    assert "dW<sub>2</sub> = A<sub>1</sub><sup>T</sup>·dZ<sub>2</sub>" in page


def test_warnings_are_shown():
    found = explanation()
    assert found.warnings
    assert page_text(found.warnings[0]) in found._repr_html_()


def page_text(warning):
    symbols = numbered_symbols(["Z1", "Z2", "dZ1", "dZ2"])
    return symbols.sub(r"\1<sub>\2</sub>", warning)


def test_names_cannot_write_tags():
    page = explanation(name="<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_way_forward_alone_says_what_is_missing():
    model = Sequential([Dense(1, input_shape=(2,))])
    page = model.explain([[1.0, 2.0]])._repr_html_()
    read(page)
    assert "BACKWARD" not in page
    assert "The way back needs a loss and the truth" in page


def test_colours_of_the_text_are_those_of_the_page():
    style = explanation()._repr_html_().split("</style>")[0]
    assert "color: inherit" in style
    assert "background: transparent" in style


def test_the_style_of_a_notebook_does_not_turn_the_table_to_the_right():
    style = explanation()._repr_html_().split("</style>")[0]
    # JupyterLab's own rules are more specific than ours.
    assert style.count("text-align:") == style.count("!important") - 1 == 2
