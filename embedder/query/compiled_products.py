"""Products of rows of bytes with a direction, by code that XLA makes: no row is float32 in memory.

TensorFlow is in the process anyway once a network for sentences is open. Made for
``frameatlas.search.fused_products``, which says what for.
"""

import logging
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.search.fused_products import (
    FUSED_ROWS,
    RowProducts,
    aligned_bytes,
    offer_products,
)

WORTH_ROWS = 4 * FUSED_ROWS
"""Rows from which compiling pays, shared out among two cores."""

CLOSE = 1e-5
"""Of the lengths of both: most that a product may differ from NumPy's."""


def offer_compiled_products(rows: int, width: int) -> bool:
    """Offer XLA's products to the scans of this process, where they pay and are right.

    Args:
        rows: How many are to be scanned: compiling takes as long as to scan some 100,000.
        width: Numbers of a row.

    Returns:
        Whether they were offered.
    """
    products = _right_products(width) if rows >= WORTH_ROWS else None
    if products is not None:
        offer_products(products)
    return products is not None


@cache
def _right_products(width: int) -> RowProducts | None:
    """The products, once they were compared with NumPy's; None where XLA gives none or others."""
    try:
        products = compiled_products()
        return products if _is_right(products, width) else None
    except Exception as error:
        # XLA is not on every machine, and what it lacks it says in many ways: NumPy scans as well.
        logging.getLogger(__name__).debug("scans by NumPy: %s", error)
        return None


@cache
def compiled_products() -> RowProducts:
    """The products, compiled at the first call for rows of one width."""
    tf = import_tensorflow()

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def multiply(rows: Any, direction: Any) -> Any:
        return tf.linalg.matvec(tf.cast(rows, tf.float32), direction)

    def products(rows: NDArray[np.int8], direction: NDArray[np.float32]) -> NDArray[np.float32]:
        with tf.device("/CPU:0"):
            shared = tf.experimental.dlpack.from_dlpack(rows.__dlpack__())
            return np.asarray(multiply(shared, tf.constant(direction)).numpy(), np.float32)

    return products


def _is_right(products: RowProducts, width: int) -> bool:
    """Whether it multiplies as NumPy does."""
    rng = np.random.default_rng(0)
    rows = aligned_bytes((FUSED_ROWS, width))
    few = rng.integers(-127, 128, (64, width))
    rows[:] = np.resize(few, rows.shape)
    direction = rng.normal(size=width).astype(np.float32)
    exact = rows[:64].astype(np.float64) @ direction.astype(np.float64)
    found = products(rows, direction)
    scale = float(np.linalg.norm(few, axis=1).max() * np.linalg.norm(direction))
    same = np.abs(found.reshape(-1, 64) - exact).max() <= CLOSE * scale
    return bool(found.shape == (FUSED_ROWS,) and same)
