"""The fast NumPy routines behind the layers: pure functions, memory comes in as arguments.

What the memory does
--------------------
A matrix product runs at the speed of the processor, everything around it at the speed of the
memory. So a convolution becomes one product, z = columns·W, where each row of `columns` is one
window, and the rest of this package is about moving numbers as little as possible.

*Copies follow the memory.* With many channels, the pixels of a window are runs of neighbouring
numbers, kw·c long, and a window is gathered row by row. With few channels those runs are too
short to be worth a loop, so the roles change: each row of the array holds *one place* of the kernel
for all windows, a shifted copy of the images in long runs, and the product takes its transpose.

*Pieces stay in the cache.* The columns are kh·kw times larger than the images. Gathered for a whole
batch they would travel to the main memory and back before the product reads them. Gathered for a
few images, about two megabytes, most are still in the second-level cache when it does. In training,
max pooling follows at once, then b and ReLU, on a quarter of the numbers (`fused`). For the way
back the columns are gathered again, but for the last piece: that is faster than to keep them all.

*Neighbours share.* Two neighbouring results of a row see almost the same pixels. For a kernel that
is three wide, four products of sums of pixels make both, instead of six (`pairs`). And a product
with few columns is slow: for a dx of few channels, one twice as wide makes two pixels at once.

*Sums are products.* `sum(0)` over a tall, narrow matrix starts a loop for each of its short rows; a
product with a vector of ones runs through it once. In the same way `np.maximum(z, 0)` compares
number by number, while the maximum with an array of zeros takes sixteen at a time.

*Memory is used again.* A large new array costs a page fault for every 4 kB when it is first
written, more than the arithmetic on it. So functions ask for memory by name, and the training loop
hands out that of the step before. Without it, arrays are new: prediction is safe in threads.

*Gradients go the same way.* dW is the product columnsᵀ·dz. With stride 1, dx is itself a
convolution, of dz with the kernel turned around: gathering again is cheaper than adding up kh·kw
overlapping products. With larger strides windows overlap less, and there the products are added.

*Pooling is a tournament.* The maximum of a window is found along the width, then along the height:
kw + kh comparisons instead of kw·kh. The gradient walks the same way back, at each match to the
winner, and so arrives at one place, the first of the largest.
"""

from nnlite.kernels.products import by_column, column_sums, product, row_sums

__all__ = ["by_column", "column_sums", "product", "row_sums"]
