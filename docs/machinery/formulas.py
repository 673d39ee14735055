"""Formulas as MathML, made while the page is: browsers set it by themselves, without a script."""

from __future__ import annotations

import html
import re
import unicodedata

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

# Names of functions, and what follows that is no bracket: ln a has a space, ln(a) has none.
FUNCTION = re.compile(r"(<mi>[a-z]{2,}</mi>)(?!<mo[^>]*>\(|</)")
# A minus that stands behind another operator, or opens a bracket, belongs to what follows.
OPERATORS = "=←≈<>≤≥+−-·"
SIGN = re.compile(r"(<mo[^>]*>[^<)]</mo>|<mrow>)<mo>[−-]</mo>")
CODE = re.compile("&#x([0-9A-F]+);")


def pieces(formula: str) -> list[str]:
    r"""Return the parts of a formula between which a line may end: after an operator.

    Not within braces, and not behind a sign, which belongs to what follows.

    >>> pieces(r"L = −\ln a·(−y)·e^{a − b}")
    ['L =', ' −\\ln a·', '(−y)·', 'e^{a − b}']
    """
    if r"\left" in formula:
        return [formula]
    found, depth, last = [""], 0, "="
    for sign in formula:
        found[-1] += sign
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and sign in OPERATORS and last not in OPERATORS + "(":
            found.append("")
        last = sign if sign.strip() else last
    return [piece for piece in found if piece.strip()]


def mathml(formula: str, display: str) -> str:
    r"""Return a formula in MathML.

    >>> "<mo>·</mo>" in mathml("w·x", "inline")
    True
    """
    found = CODE.sub(_sign, convert(formula, display=display))
    # The lecture writes its operators as signs, which the converter takes for letters.
    found = re.sub(r"<mi>(.)</mi>", _operator, found)
    found = SIGN.sub(r'\1<mo form="prefix">−</mo>', found)
    return FUNCTION.sub(r'\1<mspace width="0.17em"/>', found)


def _sign(found: re.Match[str]) -> str:
    return html.escape(chr(int(found[1], 16)))


def _operator(found: re.Match[str]) -> str:
    sign = found[1]
    is_operator = unicodedata.category(sign) == "Sm" or sign in "·…"
    return f"<mo>{sign}</mo>" if is_operator else found[0]


def in_line(writer: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a sentence."""
    parts = [mathml(piece, "inline") for piece in pieces(node.astext())]
    writer.body.append("<wbr>".join(parts))
    raise nodes.SkipNode


def displayed(writer: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own."""
    writer.body.append(f'<div class="math">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer `html_math_renderer = "mathml"`."""
    app.add_html_math_renderer("mathml", (in_line, None), (displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
