"""The widget: what Python sets and reads, and what its page shows in a real Chromium."""

import base64
import json
import re
import sys

import numpy as np
import pytest

import frameatlas
from frameatlas.errors import InputError, MissingExtraError

HARNESS = """<!doctype html><meta charset="utf-8"><body><div id="cell"></div>
<script type="module">
  const decode = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const state = {}, listeners = {};
  const fire = (name, ...given) => (listeners[name] || []).forEach((hear) => hear(...given));
  window.learn = ({ values, messages }) => {
    for (const [name, value] of Object.entries(values)) {
      state[name] = value && value.bytes !== undefined ? decode(value.bytes) : value;
      fire("change:" + name);
    }
    for (const { message, buffers } of messages) fire("msg:custom", message, buffers.map(decode));
  };
  const model = {
    get: (name) => state[name],
    send: async (message) => window.learn(await window.kernel(message)),
    on: (name, hear) => (listeners[name] ||= []).push(hear),
    off: (name, hear) => (listeners[name] = listeners[name].filter((one) => one !== hear)),
  };
  const { default: widget } = await import(
    URL.createObjectURL(new Blob([await window.script()], { type: "text/javascript" })));
  window.learn(await window.kernel({}));
  window.end = widget.render({ model, el: document.querySelector("#cell") });
</script>"""
"""What a notebook does for a widget, in twenty lines: state, messages, bytes."""


@pytest.fixture
def widget(pictured):
    pytest.importorskip("anywidget", reason="anywidget (the extra notebook) is not installed")
    return pictured.show(height=400)


@pytest.fixture
def page(widget, open_page):
    """A page that shows the widget; messages are answered by the widget itself."""
    sent = []
    widget.send = lambda message, buffers=(): sent.append(
        {"message": message, "buffers": [base64.b64encode(b).decode() for b in buffers]}
    )

    def kernel(message):
        widget._hear(widget, message, [])
        messages, sent[:] = list(sent), []
        state = widget.get_state(["height", *(n for n in widget.keys if n.startswith("_"))])
        kept = {n: v for n, v in state.items() if n not in ("_esm", "_css", "_anywidget_id")}
        values = {
            n: {"bytes": base64.b64encode(v).decode()} if isinstance(v, bytes | memoryview) else v
            for n, v in kept.items()
        }
        return json.loads(json.dumps({"values": values, "messages": messages}))

    page = open_page(viewport={"width": 800, "height": 500})
    page.expose_function("kernel", kernel)
    page.expose_function("script", lambda: widget._esm)
    page.set_content(HARNESS)
    page.add_style_tag(content=widget._css)
    page.wait_for_selector(".fa-nb-status:has-text('120 frames')")
    return page


def place_of(widget, page, frame):
    """Where a frame is on the page while the whole map is shown: x and y in pixels."""
    box = page.locator(".fa-nb canvas").bounding_box()
    x, y = np.frombuffer(widget._answers.marks(np.array([frame])), "<f4").tolist()
    flat = 90 / 160
    unit = min(box["width"] / 2, box["height"] / 2 / flat) * 0.98
    return (
        box["x"] + box["width"] / 2 + x * unit,
        box["y"] + box["height"] / 2 - y * unit * flat,
    )


def drag(page, *places, key=None):
    if key:
        page.keyboard.down(key)
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def test_a_selection_is_numbers_of_frames_that_may_be_set_and_watched(widget):
    heard = []
    widget.observe(lambda change: heard.append(change["new"].tolist()), "selection")
    assert widget.selection.dtype == np.int64
    assert widget.selection.tolist() == []
    for given in ([5, 3, 3], {3, 5}, np.arange(120) == 7, range(2), np.array([], np.int64)):
        widget.selection = given
    assert heard == [[3, 5], [7], [0, 1], []]
    widget.selection = [1, 2]
    assert widget._selected == 2
    assert len(widget._marks) == 2 * 2 * 4
    with pytest.raises(ValueError, match="read-only"):
        widget.selection[0] = 3


@pytest.mark.parametrize("given", [[120], [-1], [0.5], "abc", [[1]], [True, False], None, 3])
def test_what_are_no_frames_is_one_sentence_and_changes_nothing(widget, given):
    widget.selection = [4]
    with pytest.raises(InputError, match="Expected numbers of frames from 0 to 119"):
        widget.selection = given
    assert widget.selection.tolist() == [4]


def test_what_the_page_on_python_says_of_notebooks_runs(widget, pictured, root, capsys):
    (block,) = re.findall(r"(?ms)^```py\n(.*?)^```", (root / "docs" / "python.md").read_text())
    names = {"atlas": pictured}
    exec(block, names)
    right = np.flatnonzero(pictured.coordinates[:, 0] > 0.5)
    assert names["widget"].selection.tolist() == right.tolist()
    names["widget"].selection = [1]
    assert capsys.readouterr().out == "1 frames\n"


def test_a_height_is_bounded(widget, pictured):
    with pytest.raises(InputError, match="Expected a height of 120 to 4000 pixels"):
        pictured.show(height=5)
    assert pictured.show(selection=[3]).selection.tolist() == [3]


def test_a_frame_may_be_opened_from_python(widget):
    widget.frame = np.int64(119)
    assert widget.frame == 119
    with pytest.raises(InputError, match="Expected a frame from 0 to 119"):
        widget.frame = 120
    widget.frame = None


@pytest.mark.parametrize(
    "message",
    [None, "tile", {"do": "tile"}, {"do": "hover", "frame": "x"}, {"do": "select", "shapes": 5},
     {"do": "select", "shapes": ["x"], "joins": True}, {"do": "select", "shapes": {"a": 1}},
     {"do": "open", "frame": 10**40}, {"do": "open", "frame": [1]}, {"do": "rm"}],
)  # fmt: skip
def test_messages_that_cannot_be_meant_are_answered_by_a_sentence(widget, message):
    sent = []
    widget.send = lambda content, buffers=(): sent.append(content)
    widget._hear(widget, message, [])
    assert all(one["do"] == "error" and one["text"] for one in sent)
    assert widget.selection.tolist() == []
    assert widget.frame is None


def test_without_anywidget_one_sentence_says_what_to_install(tmp_atlas, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingExtraError, match=r"pip install frameatlas\[notebook\]"):
        tmp_atlas.show()
    with pytest.raises(MissingExtraError, match="frameatlas browse"):
        frameatlas.show(tmp_atlas.folder)


def test_shapes_select_add_and_take_away(widget, page, until):
    page.click("[data-tool=rectangle]")
    left, top = place_of(widget, page, 61)
    right, low = place_of(widget, page, 75)
    drag(page, (left - 5, top - 5), (right + 5, low + 5))
    page.wait_for_selector(".fa-nb-status:has-text('6 selected')")
    assert widget.selection.tolist() == [61, 62, 63, 73, 74, 75]
    x, y = place_of(widget, page, 80)
    drag(page, (x - 4, y - 4), (x + 4, y + 4), key="Shift")
    page.wait_for_selector(".fa-nb-status:has-text('7 selected')")
    page.click("[data-tool=lasso]")
    lasso = [(left - 9, top - 5), (right + 9, top - 5), (right + 9, top + 5), (left - 9, top + 5)]
    drag(page, *lasso, key="Alt")
    page.wait_for_selector(".fa-nb-status:has-text('4 selected')")
    assert widget.selection.tolist() == [73, 74, 75, 80]
    page.click("text=Clear")
    until(page, "document.querySelector('.fa-nb-status').innerText === '120 frames'")
    assert widget.selection.tolist() == []


def test_frames_are_pointed_at_pressed_and_closed(widget, page):
    x, y = place_of(widget, page, 50)
    page.mouse.move(x, y)
    page.wait_for_selector(".fa-nb-hover:not([hidden]):has-text('frame 50')")
    assert page.evaluate("document.querySelector('.fa-nb-hover img').naturalWidth > 0")
    page.mouse.click(x, y)
    page.wait_for_selector(".fa-nb-open:not([hidden]):has-text('1.mp4 · 0:00:00.67 · frame 50')")
    assert widget.frame == 50
    page.click("[aria-label=Close]")
    page.wait_for_selector(".fa-nb-open", state="hidden")
    page.wait_for_function("window.kernel({}).then(() => true)")
    assert widget.frame is None


def test_keys_and_buttons_zoom_to_single_frames_and_back(widget, page, until):
    x, y = place_of(widget, page, 65)
    page.mouse.move(x, y)
    page.mouse.click(x, y)  # the map takes the wheel once it was pressed
    for _ in range(8):
        page.mouse.wheel(0, -240)
    page.mouse.move(x + 1, y)
    page.wait_for_selector(".fa-nb-hover:not([hidden]):has-text('frame 65')")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fa-nb-open:has-text('frame 6')")
    page.click("text=Whole map")
    page.mouse.move(*place_of(widget, page, 115))
    page.wait_for_selector(".fa-nb-hover:not([hidden]):has-text('frame 115')")
    page.click("[title=Closer]")
    page.keyboard.press("-")
    page.evaluate("window.end()")
