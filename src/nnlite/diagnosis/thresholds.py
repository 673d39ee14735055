"""How far something may go before it is called a cause: all numbers of the diagnosis in one place.

They were chosen so that no healthy network of the tests' zoo comes near them. `progress` is
1 − loss / loss of the best constant answer: 0 has learned nothing, 1 everything.
"""

LEARNS = 0.85
"""Who gets so far has no trouble with learning, and nothing is tried."""
LEARNS_HALF = 0.5
"""Who gets so far has neither too large a rate nor too small a network."""
LEARNS_SLOWLY = 0.15
"""Whose loss would lose less in 1000 steps, from where it began, may have too small a rate."""
TWICE, AND_MORE = 2.0, 0.1
"""A remedy helps if its progress is twice that without, and this much more."""
A_QUARTER, CLEARLY = 0.25, 0.15
"""It helps, too, if a quarter of the loss is left, and that is clearly more progress."""
HALF = 0.5
"""Where numbers are out of scale, half of the loss is enough."""
ON_NEW_SAMPLES = 0.1
"""So much more progress on samples not seen has a larger network, or a freer one."""

LARGE_FEATURE, SMALL_FEATURE = 10.0, 0.02
"""The mean of |x| of a feature that is scaled lies between."""
UNEVEN_FEATURES = 100.0
"""So many times larger one feature may be than another."""
FAR_FROM_ZERO = 10.0
"""So many standard deviations the mean of a feature may lie away from 0."""
CONSTANT = 0.9
"""This share of the features may be constant, as the corners of an image are."""
LARGE_TARGET, SMALL_TARGET = 10.0, 0.02
"""The mean of |y| of numbers that a network reaches soon lies between."""
OUT_OF_REACH = 0.05
"""This share of the targets may lie where the output cannot go."""
MORE_THAN_ONE_CLASS, ROWS = 1.5, 0.1
"""Rows of truth that sum to more belong to several classes; so many rows may be odd."""

TOO_FEW_OF_EACH = 10
"""With fewer samples of each class, the numbers in y hardly stand for classes."""
DEAD, SATURATED = 0.5, 0.7
"""This share of the units of a layer may be silent, or flat."""
GROWS, SHRINKS = 100.0, 100.0
"""By this factor the gradient may change on its way back."""
GROSSLY = 1000.0
"""By this one it does not in any healthy network."""
LARGE_START = 20.0
"""So many times the loss of a constant answer may be that at the start."""
EQUAL = 1e-5
"""Units whose weights differ by less than this share do the same."""

MUCH_DROPOUT = 0.5
"""More is suspicious, even where something is learned."""
LARGE_BATCH, SHARE_OF_DATA = 128, 0.25
"""A batch is large from this size on, and from this share of the data on."""
SMALL_BATCH = 32

BY_CHANCE = 0.25
"""So much progress on samples not seen may be chance where labels are shuffled."""
UNRELATED = 0.002
"""This share of shuffled labels may fit the features as well as the true ones."""
ENOUGH_TO_SAY_UNRELATED = 50
"""With fewer samples, chance can look like a relation, and the other way round."""
BY_HEART = 0.8
"""So much progress on ten samples is knowing them by heart."""
