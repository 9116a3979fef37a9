"""``/api/commands``, ``/api/folders``: adding folders, and what else the page runs on this machine.

Offered on loopback only: ``frameatlas browse`` lends the tool for it to nobody else.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from frameatlas.browser.downloads.commands import (
    PlannedCommand,
    list_folders,
    plan_command,
    progress_of,
)
from frameatlas.browser.server.job_queue import Job, Jobs
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.wing_tools import RunCommand
from frameatlas.browser.web.parameters import json_body
from frameatlas.browser.web.responses import as_json
from frameatlas.errors import InputError, MissingExtraError


def command_routes(library: Library, jobs: Jobs) -> Blueprint:
    """Commands about a library's atlas."""
    routes = Blueprint("commands", __name__)

    @routes.post("/api/folders")
    def folders() -> Response:
        _tool(library)
        body = json_body()
        return as_json(list_folders(body.get("path") if isinstance(body, dict) else None))

    @routes.post("/api/commands/plan")
    def plan() -> Response:
        _tool(library)
        planned = plan_command(library.folder, json_body())
        return as_json({"command": planned.line, "text": planned.sentence})

    @routes.post("/api/commands")
    def run() -> Response:
        tool, body = _tool(library), json_body()
        planned = plan_command(library.folder, body)
        if not isinstance(body, dict) or body.get("agreed") != planned.line:
            raise InputError(
                "Expected the command that a person agreed to. Received: another; ask again."
            )
        job = jobs.submit("command", lambda job, _: run_planned(tool, planned, job))
        return as_json({"job": job.id})

    @routes.post("/api/jobs/<job_id>/stop")
    def stop(job_id: str) -> Response:
        job = jobs.get(job_id)
        if job is not None and job.ended is None:
            job.stopped = True
        return as_json({"stopped": job is not None})

    return routes


def run_planned(tool: RunCommand, planned: PlannedCommand, job: Job) -> None:
    """Run a command as a job: its progress is the command line's own."""
    notes: list[str] = []

    def hear(event: dict[str, Any]) -> None:
        if event.get("event") in ("remark", "note"):
            notes.append(str(event.get("text", "")))
        progress = progress_of(event)
        if progress is not None:
            job.share = job.share if progress[0] is None else progress[0]
            job.text = progress[1]

    job.text = "Beginning."
    last = tool(planned.arguments, hear, lambda: job.stopped)
    job.result = {"notes": notes[-20:], "failed": _failures(last)}
    name = Path(planned.writes).name
    job.text = f"Done: {name} is written."
    if failed := job.result["failed"]:
        job.text = f"Done, but {failed} of the files could not be read; {name} is written."


def _failures(event: dict[str, Any]) -> int:
    failed = event.get("failed", 0)
    return len(failed) if isinstance(failed, list) else int(failed or 0)


def _tool(library: Library) -> RunCommand:
    tool = library.tools.run_command
    if tool is None:
        raise MissingExtraError(
            "Expected a page that this machine alone can reach. Received: one that others may; "
            "use the command line, or `frameatlas browse` without --host."
        )
    return tool
