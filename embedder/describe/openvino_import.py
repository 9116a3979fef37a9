"""OpenVINO without its telemetry: a bare `import openvino` reports to Google Analytics."""

import importlib
import sys
from types import ModuleType
from typing import cast

from frameatlas.errors import MissingExtraError

TELEMETRY = "openvino_telemetry"


def import_openvino() -> ModuleType:
    """OpenVINO, which sends nothing: it is told that its telemetry package is not installed.

    Telemetry is on by default and asks nobody; its only switch is a file in the user's home, which
    is not ours to write. OpenVINO has a stub for where the package is missing, and takes that.

    Raises:
        MissingExtraError: OpenVINO is not installed.
    """
    if "openvino" not in sys.modules:
        # None in sys.modules makes an import fail as if there were no such package.
        sys.modules.setdefault(TELEMETRY, cast(ModuleType, None))
    try:
        return importlib.import_module("openvino")
    except ImportError as error:
        raise MissingExtraError(
            f"Expected OpenVINO for --engine openvino. Received: {error}. Install it with "
            "pip install 'frameatlas[openvino]', or leave the choice to --engine auto."
        ) from error
