"""The fast NumPy routines behind the layers: pure functions, memory comes in as arguments.

What makes them fast
--------------------
A matrix product runs at the speed of the processor, everything around it at the speed of the
memory. So this package is about moving numbers as little as possible, in stretches as long as
possible, and about products that are neither too small nor too many.

*Nothing is gathered.* A convolution could copy every window of an image into a row of a matrix,
kh·kw numbers for each one that is there, and multiply once. But in memory the pixels of a window
that lie side by side are neighbours already, kw·c numbers in a row. So a matrix of windows is
only a way to look at a row of the image, and a product takes it as it lies (`sweep`).

*Fewer products.* Down the image there are no such neighbours. There, m rows of results are made
at once from t = m + kh − 1 combined rows: for a kernel of 3 and m = 4, six products instead of
twelve. How that can be is worked out for a row of four numbers in `toom_cook`. It costs the last
digit or two of float32, so small work keeps the plain sums: a convolution of whole numbers by
hand is exact.

*Jumps become slides.* With a stride of 2, four pixels are laid on top of each other as channels;
with a dilation of 2, every second pixel is an image of its own. Both then slide (`folding`). The
gradient of x is a sweep, too: of dz, with the kernel turned around. And that of W is the product
of the same windows, transposed, with dz.

*Pieces stay in the cache.* A batch is worked on some images after the other, about a megabyte of
results at a time: what is done next with them finds them there.

*Long stretches.* An operation between arrays starts a loop for every stretch of neighbouring
numbers, and a stretch of ten is over as soon as it has begun. So the sum over a tall, narrow
matrix is a product with a vector of ones, rows of few columns are taken many at a time
(`channels`), and where a pooling follows, a sweep writes the columns that it compares far apart
(`pooled`).

*Memory is used again.* A large new array costs a page fault for every 4 kB when it is first
written, more than the arithmetic on it. So functions ask for memory by name, and the training
loop hands out that of the step before. Without it, arrays are new: prediction is safe in threads.

*Pooling is a tournament.* The maximum of a window is found along the width, then along the
height: kw + kh comparisons instead of kw·kh. The gradient walks the same way back, at each match
to the winner, and so arrives at one place, the first of the largest.
"""

from nnlite.kernels.products import column_sums, product, row_sums

__all__ = ["column_sums", "product", "row_sums"]
