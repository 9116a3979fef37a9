"""What NumPy raises where a ``.npy`` file is damaged: its header is a Python expression."""

import tokenize

NPY_ERRORS = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, SyntaxError, tokenize.TokenError),
    *(OverflowError, MemoryError, RecursionError),
)
"""For ``except``, around ``np.load`` and around reading a header."""
