"""A layer of one's own: write one, and repair one."""

from __future__ import annotations

from nnlite.exercises.checks import Case, LayerOfYours
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "11.1",
        "A layer that scales",
        "Each feature is multiplied by a number s of its own that is learned: a = s·x. Write what\n"
        "comes out, the gradient ds, summed over the samples, and the gradient of x.",
        "class Scale(Layer):\n"
        "    def build(self, input_shape):\n"
        '        self.add_weight("s", input_shape, "ones")\n'
        "\n"
        "    def forpass(self, x, training=False):\n"
        "        if training:\n"
        "            self.x = x\n"
        "        return ...\n"
        "\n"
        "    def backprop(self, grad):\n"
        "        self.ds = ...\n"
        "        return ...\n",
        LayerOfYours(
            (4,), (Case(([[1, -2, 3, 0], [0, 1, 0, 4]],), [[1, -2, 3, 0], [0, 1, 0, 4]]),)
        ),
    ),
    Exercise(
        "11.2",
        "Find the mistake: a square that learns nothing right",
        "This layer squares: a = x². What comes out is right, and yet the layers before it learn\n"
        "badly. Repair it.",
        "class Square(Layer):\n"
        "    def forpass(self, x, training=False):\n"
        "        if training:\n"
        "            self.x = x\n"
        "        return x * x\n"
        "\n"
        "    def backprop(self, grad):\n"
        "        return grad * self.x\n",
        LayerOfYours(
            (4,),
            (Case(([[1, -2, 3, 0], [0, 1, 0, 4]],), [[1, 4, 9, 0], [0, 1, 0, 16]]),),
            hints={
                "It is grad as it came in": "The slope of x² is left out: the gradient is grad·2x.",
                "Twice as large": "Twice as large: the slope of x² is 2x.",
            },
            unrepaired="1/2 of it: is a factor 2 missing",
            kind="mistake",
        ),
    ),
)
