"""The state of a training on disk: written beside and renamed, whole at every instant."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from frameatlas.errors import FormatError, InputError
from frameatlas.store.atomic import remove_folder, sync_file, translate_os_errors, write_text
from frameatlas.store.hdf5_reader import dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.json_fields import Fields

PLAN, STATE = "plan.json", "state.h5"


@dataclass(frozen=True)
class RunFolder:
    """``NAME.run``: what a training needs to go on, and nothing that a descriptor holds.

    Attributes:
        path: The folder. It may move: no path is in it.
    """

    path: Path

    @property
    def begun(self) -> bool:
        """Whether there is a state to go on from."""
        return (self.path / STATE).is_file()

    def expect(self, *, resume: bool) -> None:
        """See that there is something to go on with, or nothing, before hours of decoding.

        Raises:
            InputError: There is something and ``resume`` is False, or nothing and it is True.
        """
        if self.begun and not resume:
            raise InputError(
                f"Expected {self.path} not to exist. Received: a training that was begun; go "
                "on with --resume, or remove that folder."
            )
        if resume and not self.begun:
            raise InputError(
                f"Expected a training that was begun in {self.path}. Received: none; leave "
                "--resume out."
            )

    def open(self, plan: Mapping[str, Any], *, resume: bool) -> None:
        """Begin, or see that what was begun is the same.

        Args:
            plan: All that decides the result, as JSON: two levels of names.
            resume: Whether to go on.

        Raises:
            InputError: There is something of another plan, or something at all and ``resume`` is
                False, or nothing and it is True.
        """
        self.expect(resume=resume)
        if not resume:
            with translate_os_errors(self.path):
                self.path.mkdir(parents=True, exist_ok=True)
            write_text(self.path / PLAN, json.dumps(plan, indent=1) + "\n")
            return
        different = _differences(_read(self.path / PLAN), plan)
        if different:
            raise InputError(
                f"Expected the plan that {self.path} was begun with. Received: another: "
                f"{'; '.join(different)}. Give the same options, or remove that folder."
            )

    def save(self, variables: Sequence[Any], step: int) -> None:
        """Write every number, and the steps that are done."""
        path = self.path / STATE
        beside = path.with_name(f".{STATE}.new")
        with translate_os_errors(path):
            with new_table(beside) as file:
                for number, variable in enumerate(variables):
                    file[f"{number:05d}"] = variable.numpy()
                file.attrs["variables"] = len(variables)
                file.attrs["step"] = step
            sync_file(beside)
            beside.replace(path)

    def load(self, variables: Sequence[Any]) -> int:
        """Fill variables as they were; gives the steps that were done.

        Raises:
            FormatError: The file is not what ``save`` wrote.
        """
        path = self.path / STATE
        try:
            with open_table(path) as file:
                if int(file.attrs["variables"]) != len(variables):
                    raise ValueError("another number of arrays")
                for number, variable in enumerate(variables):
                    values = np.asarray(dataset_of(file, f"{number:05d}", path)[()])
                    if values.shape != tuple(variable.shape):
                        raise ValueError(f"an array of shape {values.shape}")
                    variable.assign(values)
                return int(file.attrs["step"])
        except (OSError, ValueError, TypeError, KeyError, RuntimeError, FormatError) as error:
            raise FormatError(
                f"Expected the state of this training in {path}. Received: {error}; remove "
                f"{self.path} and train anew."
            ) from error

    def remove(self) -> None:
        """Remove the folder: the descriptor has all that is worth keeping."""
        with translate_os_errors(self.path):
            remove_folder(self.path)


def _read(path: Path) -> dict[str, Any]:
    try:
        return Fields.of_json(path.read_text(encoding="utf-8"), str(path)).values
    except (OSError, UnicodeDecodeError, FormatError) as error:
        raise InputError(
            f"Expected the plan of a training in {path}. Received: {error}; remove its folder."
        ) from error


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What is otherwise, by name: "rate: 0.001, begun with 0.00035"."""
    found = []
    for key in sorted({*old, *new}):
        before, now = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(now, dict):
            found += _differences(before, now)
        elif before != now:
            found.append(f"{key}: {now!r:.60}, begun with {before!r:.60}")
    return found
