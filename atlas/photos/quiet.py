"""Pillow's settings while photos are open: no warnings, and our own limit of pixels.

Both belong to the whole process. Whoever comes first sets them, whoever is last puts back what was
there: any number of threads may be within at the same time.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from frameatlas.photos.memory import LARGEST_PHOTO


class _Shared:
    """Enters a context for the first who wants it, and leaves it with the last."""

    def __init__(self, setting: Callable[[ExitStack], None]) -> None:
        self._setting = setting
        self._lock = Lock()
        self._within = 0
        self._stack = ExitStack()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._within:
                self._setting(self._stack)
            self._within += 1
        try:
            yield
        finally:
            with self._lock:
                self._within -= 1
                if not self._within:
                    self._stack.close()


def _set(stack: ExitStack) -> None:
    from PIL import Image

    stack.enter_context(warnings.catch_warnings())
    warnings.filterwarnings("ignore", module=r"PIL\.")
    warnings.filterwarnings("ignore", message=".*(decompression bomb|EXIF)")
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = LARGEST_PHOTO
    stack.callback(setattr, Image, "MAX_IMAGE_PIXELS", before)


quiet_pillow = _Shared(_set)
"""Context in which Pillow warns of nothing and takes photos of up to ``LARGEST_PHOTO`` pixels.

Damaged EXIF refuses no photo, and a photo that is larger is refused by us, with a reason.
"""
