"""Errors become a status by their class, not by where they were raised."""

import pytest
from flask import Flask

from frameatlas.browser.web.responses import answer_errors
from frameatlas.errors import DamagedAtlasError, FormatError, InputError, SourceError, SpaceError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DamagedAtlasError("said"), 503),
        (FormatError("said"), 503),
        (InputError("said"), 400),
        (SourceError("said"), 404),
        (SpaceError("said"), 507),
    ],
)
def test_an_error_of_ours_is_told_with_its_status(error, status):
    answer = ask(error)
    assert answer.status_code == status
    assert answer.get_json() == {"error": "said"}


@pytest.mark.parametrize("error", [ValueError("frame_rows"), OSError("h5py"), KeyError("x")])
def test_any_other_error_is_a_fault_of_its_own(error, capsys):
    answer = ask(error)
    assert answer.status_code == 500
    assert "fault of its own" in answer.get_json()["error"]
    assert type(error).__name__ in capsys.readouterr().err


def ask(error):
    server = Flask("test")
    answer_errors(server)

    @server.get("/api/frame_rows")
    def frame_rows():
        raise error

    return server.test_client().get("/api/frame_rows")
