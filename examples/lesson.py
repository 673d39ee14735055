"""What all lessons share stands in `nnlite.lessons`."""

from nnlite.lessons import *  # noqa: F403
from nnlite.lessons import set_look

set_look()
