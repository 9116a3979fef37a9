"""The error tree: one root, each error also the built-in that a caller would catch."""

import inspect

import pytest

import frameatlas
from frameatlas import errors

BUILT_IN = {
    "InputError": ValueError,
    "NoAtlasError": FileNotFoundError,
    "FormatError": ValueError,
    "NewerFormatError": ValueError,
    "DamagedAtlasError": ValueError,
    "LockedError": BlockingIOError,
    "SpaceError": OSError,
    "SourceError": OSError,
    "WeightsError": ValueError,
    "MissingExtraError": ImportError,
    "TrainingError": ArithmeticError,
    "ClusterError": ConnectionError,
    "InterruptedIndexError": InterruptedError,
}


def tree():
    return {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__module__ == errors.__name__ and kind is not errors.FrameatlasError
    }


def test_every_error_is_listed_here_and_exported():
    assert set(tree()) == set(BUILT_IN)
    assert set(BUILT_IN) | {"FrameatlasError"} <= set(frameatlas.__all__)


@pytest.mark.parametrize("name", BUILT_IN)
def test_is_caught_as_frameatlas_error_and_as_the_built_in(name):
    kind = getattr(frameatlas, name)
    message = "Expected this. Received: that."
    for caught in (frameatlas.FrameatlasError, BUILT_IN[name]):
        with pytest.raises(caught, match="Expected this") as info:
            raise kind(message)
        assert str(info.value) == message


def test_the_docstring_draws_the_tree():
    drawn = errors.__doc__
    for name, built_in in BUILT_IN.items():
        line = next(line for line in drawn.splitlines() if f" {name} " in f"{line} ")
        assert built_in.__name__ in line or name == "NewerFormatError"
        assert tree()[name].__doc__.strip()


def test_a_newer_format_is_a_format_error():
    assert issubclass(frameatlas.NewerFormatError, frameatlas.FormatError)
