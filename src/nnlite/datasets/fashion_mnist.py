"""Fashion-MNIST: 70,000 pieces of clothing, each a picture of 28 by 28 grey values, as in MNIST.

The files come from a folder of the user's, from the cache, or, the first time, from a mirror.
Data: Xiao, Rasul and Vollgraf, Zalando Research, MIT licence.
"""

from __future__ import annotations

from nnlite.datasets import mnist
from nnlite.datasets.image_set import ImageSet, Part
from nnlite.datasets.known_file import KnownFile
from nnlite.foundation.arguments import explains_its_arguments

MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
)

# Of the compressed files, as they were published. Names and sizes are those of MNIST.
MD5 = (
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
FILES = tuple(
    KnownFile(digits.name, digits.size, md5_of_gz=md5, unlike=digits.sha256)
    for digits, md5 in zip(mnist.FILES, MD5, strict=True)
)


@explains_its_arguments
def load_data() -> tuple[Part, Part]:
    """Return Fashion-MNIST as `(x_train, y_train), (x_test, y_test)`.

    The four files, plain or with `.gz`, may lie in the subfolder `fashion_mnist` of the folder that
    the environment variable `NNLITE_DATA` names, or of the user's cache folder. What is missing is
    downloaded into the latter. (They are called like those of MNIST: hence the subfolder.)

    Returns
    -------
    x_train : uint8 array of shape (60000, 28, 28)
        Grey values, 0 is the background.
    y_train : uint8 array of shape (60000,)
        The classes: 0 T-shirt/top, 1 Trouser, 2 Pullover, 3 Dress, 4 Coat, 5 Sandal, 6 Shirt,
        7 Sneaker, 8 Bag, 9 Ankle boot.
    x_test, y_test : uint8 arrays of shapes (10000, 28, 28) and (10000,)
        The same, for the test.

    Raises
    ------
    OSError
        If files are missing and no mirror delivers them: it says where to put them.
    ValueError
        If a file is there but is not the one of Fashion-MNIST. A compressed one is known by its
        checksum, a plain one by its size, and by not being that of MNIST.

    Examples
    --------
    >>> from nnlite.datasets import fashion_mnist
    >>> (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()  # doctest: +SKIP
    >>> x_train.shape, y_train[:3]                                        # doctest: +SKIP
    ((60000, 28, 28), array([9, 0, 0], dtype=uint8))
    """
    return ImageSet("Fashion-MNIST", "fashion_mnist", FILES, MIRRORS, only_there=True).load()
