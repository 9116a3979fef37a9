"""The map in a real JupyterLab: drawn, pressed, selected, and read in Python."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

CELLS = (
    "import frameatlas\n"
    "atlas = frameatlas.open_atlas(FOLDER)\n"
    "seen = []\n"
    "widget = atlas.show(height=420)\n"
    "widget.observe(lambda change: seen.append(len(change['new'])), 'selection')\n"
    "widget",
    "print('chosen', widget.selection.dtype, widget.selection.tolist(), seen, widget.frame)",
    "widget.selection = range(0, len(atlas), 10); widget.frame = 7",
)
"""What is typed into a notebook."""

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

PATIENCE = 120
"""Seconds that a JupyterLab may take to begin on a busy machine."""


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory, pictured):
    """The address of a notebook of ``CELLS`` in a JupyterLab that knows nobody's settings."""
    for name in ("jupyterlab", "ipykernel", "anywidget"):
        pytest.importorskip(
            name, reason=f"{name} is not installed: pip install jupyterlab anywidget"
        )
    folder = tmp_path_factory.mktemp("lab")
    cells = [
        {"cell_type": "code", "id": f"cell-{n}", "metadata": {}, "outputs": [],
         "execution_count": None, "source": text.replace("FOLDER", repr(str(pictured.folder)))}
        for n, text in enumerate(CELLS)
    ]  # fmt: skip
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "map.ipynb").write_text(json.dumps(notebook))
    own = {n: str(folder / n.lower()) for n in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR",
                                               "JUPYTER_DATA_DIR", "IPYTHONDIR")}  # fmt: skip
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--ServerApp.token="]
    options += ["--LabApp.news_url=", f"--ServerApp.root_dir={folder}", "--expose-app-in-browser"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env={**os.environ, **own}, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            runtime = folder / "jupyter_runtime_dir"
            yield f"{_address(runtime, server, folder / 'log')}lab/tree/map.ipynb"
        finally:
            server.terminate()
            server.wait(60)


def _address(runtime: Path, server: "subprocess.Popen[bytes]", log: Path) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()[-2000:]
        for found in runtime.glob("jpserver-*.json"):
            try:
                return str(json.loads(found.read_text())["url"])
            except ValueError:
                continue  # it is being written
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])


def run_cell(page, number):
    page.evaluate(
        """async (number) => {
            const panel = window.jupyterapp.shell.currentWidget;
            panel.content.activeCellIndex = number;
            await window.jupyterapp.commands.execute("notebook:run-cell");
        }""",
        number,
    )


@pytest.mark.slow
@pytest.mark.process
def test_the_map_is_drawn_selected_and_read_in_jupyterlab(jupyterlab, open_page, tmp_path):
    page = open_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(1000 * PATIENCE)
    page.tolerated += ["404", "403"]  # settings that nobody has saved yet
    page.goto(jupyterlab)
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel"
        "?.connectionStatus === 'connected'"
    )
    run_cell(page, 0)
    canvas = page.locator(".fa-nb canvas")
    canvas.wait_for()
    page.wait_for_function(
        """() => {
            const { width, height } = document.querySelector(".fa-nb canvas");
            const context = document.querySelector(".fa-nb canvas").getContext("2d");
            const dots = context.getImageData(0, 0, width, height).data;
            return dots.some((value, i) => i % 4 === 3 && value);
        }"""
    )
    assert page.inner_text(".fa-nb-status").startswith("120 frames")
    page.click(".fa-nb [data-tool=rectangle]")
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.05, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] - 10, steps=5)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.fa-nb-status').innerText.includes('selected')")
    run_cell(page, 1)
    page.wait_for_selector(".jp-OutputArea-output:has-text('chosen int64')")
    said = page.inner_text(".jp-OutputArea-output:has-text('chosen int64')")
    chosen = json.loads(said.split("int64 ")[1].split("]")[0] + "]")
    assert 10 < len(chosen) < 110
    assert f"[{len(chosen)}]" in said
    page.screenshot(path=tmp_path / "selected.png")
    run_cell(page, 2)
    page.wait_for_selector(".fa-nb-open:not([hidden]):has-text('frame 7')")
    page.wait_for_function(
        "document.querySelector('.fa-nb-status').innerText.includes('12 selected')"
    )
    page.screenshot(path=tmp_path / "set.png")
