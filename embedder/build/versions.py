"""Versions of what an atlas was made with."""

import platform
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = (
    "frameatlas",
    "tensorflow",
    "keras",
    "openvino",
    "numpy",
    "scikit-learn",
    "h5py",
    "av",
)


def library_versions() -> dict[str, str]:
    """Version of Python and of each library that is installed."""
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
