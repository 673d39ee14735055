"""MNIST: 70,000 handwritten digits, each a picture of 28 by 28 grey values.

The files come from a folder of the user's, from the cache, or, the first time, from a mirror.
Data: LeCun, Cortes and Burges, CC BY-SA 3.0.
"""

from __future__ import annotations

from nnlite.datasets.image_set import ImageSet, Part
from nnlite.datasets.known_file import KnownFile
from nnlite.foundation.arguments import explains_its_arguments

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)

# The name of each file, the size and the sha256 of what it holds.
TABLE = """\
train-images-idx3-ubyte 47040016 ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
train-labels-idx1-ubyte 60008 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
t10k-images-idx3-ubyte 7840016 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
t10k-labels-idx1-ubyte 10008 ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
"""
FILES = tuple(
    KnownFile(name, int(size), sha256) for name, size, sha256 in map(str.split, TABLE.splitlines())
)
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = FILES


@explains_its_arguments
def load_data() -> tuple[Part, Part]:
    """Return MNIST as `(x_train, y_train), (x_test, y_test)`.

    The four files, plain or with `.gz`, may lie in the folder that the environment variable
    `NNLITE_DATA` names, in the user's cache folder, or in the subfolder `mnist` of either. What is
    missing is downloaded into the cache folder.

    Returns
    -------
    x_train : uint8 array of shape (60000, 28, 28)
        Grey values, 0 is the background and 255 the ink.
    y_train : uint8 array of shape (60000,)
        The digits, 0 to 9.
    x_test, y_test : uint8 arrays of shapes (10000, 28, 28) and (10000,)
        The same, for the test.

    Raises
    ------
    OSError
        If files are missing and no mirror delivers them: it says where to put them.
    ValueError
        If a file is there but is not the one of MNIST.

    Examples
    --------
    >>> from nnlite.datasets import mnist
    >>> (x_train, y_train), (x_test, y_test) = mnist.load_data()  # doctest: +SKIP
    >>> x_train.shape, y_train[:3]                                # doctest: +SKIP
    ((60000, 28, 28), array([5, 0, 4], dtype=uint8))
    """
    return ImageSet("MNIST", "mnist", FILES, MIRRORS).load()
