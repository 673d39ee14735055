"""What the lessons share: how they look, their pictures, the table of their figures, and digits.

A lesson is a script in cells: `# %% [markdown]` opens a cell of prose, `# %%` one of code. It runs
as a script and as a notebook, and `python -m nnlite.lessons notebooks FOLDER` writes the notebooks.

>>> from nnlite import lessons
>>> table = lessons.Table("03 One neuron")
>>> table.equal("w after 99 epochs", 913.597336431, 913.59733643, digits=8)
>>> table.close()
<BLANKLINE>
03 One neuron      came out      expected
----------------------------------------------------
w after 99 epochs  913.59733643  913.59733643  ok
"""

from nnlite.foundation.unknown import explains_unknown_names
from nnlite.lessons.digits import Digits, load_digits
from nnlite.lessons.page import (
    BLACK,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    begin,
    csv_option,
    figures_folder,
    progress,
    refuse,
    save,
    set_look,
)
from nnlite.lessons.scripts import write_notebooks
from nnlite.lessons.table import Row, Table, in_notebook, table_lines

__all__ = [
    "BLACK",
    "BLUE",
    "COLOURS",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILION",
    "Digits",
    "Row",
    "Table",
    "begin",
    "csv_option",
    "figures_folder",
    "in_notebook",
    "load_digits",
    "progress",
    "refuse",
    "save",
    "set_look",
    "table_lines",
    "write_notebooks",
]

explains_unknown_names(__name__)
