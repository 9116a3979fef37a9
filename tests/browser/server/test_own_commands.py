import json

import pytest

from frameatlas.browser.server import own_commands
from frameatlas.browser.server.own_commands import run_command
from frameatlas.errors import InterruptedIndexError, SourceError

SAYS = "import json, sys; print(json.dumps({'event': 'step', 'got': sys.argv[1:]})); "


def standing_in(monkeypatch, program):
    """Put a few lines in the place of the command line."""
    monkeypatch.setattr(own_commands, "_PROGRAM", program)


@pytest.mark.process
def test_events_are_heard_and_the_last_one_comes_back(monkeypatch):
    standing_in(monkeypatch, SAYS + "print('no JSON'); print(json.dumps({'event': 'done'}))")
    heard = []
    assert run_command(["index", "a b"], heard.append, lambda: False) == {"event": "done"}
    assert heard[0]["got"] == ["index", "a b", "--json"]
    assert json.dumps(heard)


@pytest.mark.process
def test_a_program_where_the_server_was_started_is_not_run(monkeypatch, tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('planted')\n")
    monkeypatch.chdir(tmp_path)
    standing_in(monkeypatch, SAYS)
    assert run_command(["index"], lambda event: None, lambda: False)["event"] == "step"


@pytest.mark.process
def test_a_command_that_fails_says_its_own_sentence(monkeypatch):
    says = "print('Expected x. Received: y.', file=sys.stderr)"
    standing_in(monkeypatch, f"import sys; {says}; exit(2)")
    with pytest.raises(SourceError, match=r"Expected x\. Received: y\."):
        run_command(["index"], lambda event: None, lambda: False)


@pytest.mark.process
def test_a_command_is_interrupted_as_by_a_key(monkeypatch):
    waits = "import time\ntry:\n  print('{}', flush=True); time.sleep(60)\n"
    standing_in(monkeypatch, waits + "except KeyboardInterrupt:\n  exit(130)")
    heard = []
    with pytest.raises(InterruptedIndexError, match="goes on"):
        run_command(["index"], heard.append, lambda: bool(heard))
