"""Where frames were taken, for a site that is to tell it."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.columns.all_columns import Columns


def frame_places(atlas: Atlas) -> NDArray[np.float32] | None:
    """Latitude and longitude in degrees, float32 of shape (n, 2), NaN where unknown.

    None where no frame has a place: the site then holds nothing of it.
    """
    columns = Columns(atlas)
    if "latitude" not in columns or "longitude" not in columns:
        return None
    places = np.stack([columns[name].values for name in ("latitude", "longitude")], axis=1)
    places[~np.isfinite(places).all(axis=1)] = np.nan
    return places.astype(np.float32) if np.isfinite(places).any() else None
