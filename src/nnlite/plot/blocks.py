"""What a model is made of, call by call: for every block its words, and which blocks it reads."""

from __future__ import annotations

from typing import Any, NamedTuple

from nnlite.foundation.errors import type_error, value_error
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.layer import Layer
from nnlite.models import Model

MOST_BLOCKS = 150


class Block(NamedTuple):
    """One call of a layer, or an end of the model.

    `kind` is "weights", "joins", "plain" or "end"; `shape` that of what leaves, `again` whether the
    layer was called before.
    """

    words: list[str]
    kind: str
    reads: list[int]
    shape: str = ""
    again: bool = False


def blocks_of(model: Any, names: bool = True) -> list[Block]:
    """Return the inputs, every call of a layer after those it reads, and the outputs.

    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> for block in blocks_of(Sequential([Dense(3, input_shape=(2,))])):
    ...     print(block.reads, block.words)
    [] ['input_layer', 'InputLayer']
    [0] ['dense', 'Dense', '9 parameters']
    [1] ['output']
    """
    if not isinstance(model, Model):
        remedy = "Put layers into a model: Sequential([Dense(1, input_shape=(2,))])."
        raise type_error("plot.architecture draws a model.", type(model).__name__, remedy=remedy)
    model.check_built("plot.architecture")
    if len(model.nodes) > MOST_BLOCKS:
        rule = f"A picture holds at most {MOST_BLOCKS} layers, or nobody can read it."
        received, where = f"a model that calls {len(model.nodes)}", f"model '{model.name}'"
        raise value_error(rule, received, where, "summary() lists any number of layers.")
    blocks: list[Block] = []
    places: dict[Tensor, int] = {}
    called: set[Layer] = set()
    for node in [*(tensor.node for tensor in model.inputs), *model.nodes]:
        places[node.output] = len(blocks)
        blocks.append(_block(model, node, [places[t] for t in node.inputs], called, names))
        called.add(node.layer)
    for tensor, name in zip(model.outputs, model.output_names, strict=True):
        words = ["output"] if len(model.outputs) == 1 or not names else ["output", name]
        blocks.append(Block(words, "end", [places[tensor]]))
    return blocks


def _block(model: Model, node: Node, reads: list[int], called: set[Layer], names: bool) -> Block:
    layer = node.layer
    parameters, again = layer.count_params(), layer in called
    kind = "weights" if parameters else "joins" if node.several else "plain"
    bends = isinstance(layer, ActivatedLayer) and layer.activation.name != "linear"
    words = [type(layer).__name__ + (f", {layer.activation.name}" if bends else "")]
    if names:
        words.insert(0, model.name_of(layer))
    if parameters:
        words.append("the same parameters" if again else _parameters(layer))
    shape = str(node.output.shape)
    return Block(words, kind if node.inputs else "end", reads, shape, again)


def _parameters(layer: Layer) -> str:
    """Tell how many parameters a layer has, and how many of them training leaves as they are."""
    every, trained = layer.count_params(), sum(w.size for w in layer.trainable_weights)
    words = f"{every:,} parameter{'s' * (every != 1)}"
    if not trained:
        return f"{words}, frozen"
    return words if every == trained else f"{words}, {every - trained:,} not trained"
