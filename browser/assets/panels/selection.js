/* What is selected: how much, of which videos, a gallery, and files of it to take along. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const EXPORTS = [
    ["csv", "CSV", "Table of frames"],
    ["zip", "ZIP", "Pictures of the frames"],
  ];
  const ENDINGS = { csv: ".csv", zip: ".zip" };
  let asked = 0;

  const body = () => {
    const { sel } = FA.state.value;
    return { shapes: sel, filter: FA.state.filter() };
  };

  function tools() {
    const tool = (name, icon, text) =>
      FA.button(icon, text, () => FA.select.use(name), {
        "data-tool": name,
        "aria-pressed": "false",
      });
    return FA.h(
      "div",
      { class: "fa-row" },
      tool("rectangle", "rectangle", "Rectangle"),
      tool("lasso", "lasso", "Lasso"),
      FA.button("whole", "This view", FA.select.view, { id: "fa-select-view" }),
    );
  }

  /* What the next shape does. Where there are keys, Shift and Alt say so too. */
  function modes() {
    const keys = matchMedia("(hover: hover)").matches;
    const one = (mode, text) =>
      FA.h(
        "label",
        { class: "fa-switch" },
        FA.h("input", {
          type: "radio",
          name: "fa-select-mode",
          value: mode || "new",
          checked: FA.select.mode() === mode,
          onchange: () => FA.select.mode(mode),
        }),
        text,
      );
    return FA.h(
      "fieldset",
      { class: "fa-modes" },
      FA.h("legend", { class: "fa-note" }, keys ? "Drag over the map; the shape is" : "Draw on the map with a finger; the shape is"),
      one("", "the selection"),
      one("add", keys ? "added (Shift)" : "added"),
      one("subtract", keys ? "taken away (Alt)" : "taken away"),
    );
  }

  function fill(box, changed) {
    if (!box.firstChild) {
      FA.fill(
        box,
        tools(),
        modes(),
        FA.h("div", { id: "fa-selected", "aria-live": "polite" }),
        FA.bins.list(),
      );
    } else if (
      changed &&
      !["sel", ...FA.state.FILTERS].some((n) => changed.includes(n)) &&
      asked
    )
      return;
    load(FA.byId("fa-selected"));
  }

  async function load(place) {
    if (!FA.state.value.sel.length) {
      asked += 1;
      return void FA.fill(place, FA.h("p", { class: "fa-note" }, "Nothing is selected yet."));
    }
    const mine = (asked += 1);
    try {
      const answer = await FA.waiting(FA.api.post("/api/select", body()), place, "Counting the frames…", "gallery");
      const found = await answer.json();
      if (mine === asked) draw(place, found);
    } catch (error) {
      if (mine === asked) FA.fill(place, FA.note(error.message, true));
    }
  }

  function draw(place, found) {
    const text = `${FA.count(found.count, "frame")} of ${FA.count(found.videos.length, "video")}`;
    FA.say(text + " selected");
    FA.fill(
      place,
      FA.heading(
        text,
        FA.button("close", "Clear", () => FA.state.set({ sel: [] }, true), {
          class: "fa-button fa-quiet",
          id: "fa-clear",
        }),
      ),
      FA.h(
        "div",
        { class: "fa-row", role: "group", "aria-label": "Export" },
        EXPORTS.map(([kind, label, title]) =>
          FA.button("download", label, (event) => take(kind, event.currentTarget), {
            title,
            id: "fa-export-" + kind,
            disabled: !found.count,
          }),
        ),
      ),
      found.count ? FA.cuts.of(body, "fa-export-", false) : null,
      FA.bins.into(body, "fa-bin"),
      bars(found),
      FA.gallery(found.sample.map(FA.when.momentOf), "Selected frames"),
      found.count > found.sample.length
        ? FA.h("p", { class: "fa-note" }, `${found.sample.length} of them, spread evenly; exports hold all.`)
        : null,
    );
  }

  function bars(found) {
    const most = Math.max(1, ...found.videos.map((one) => one.frames));
    return FA.h(
      "ul",
      { class: "fa-bars", "aria-label": "Videos covered" },
      found.videos
        .slice(0, 12)
        .map((one) =>
          FA.h(
            "li",
            {},
            FA.h("i", { style: { width: (100 * one.frames) / most + "%" } }),
            FA.h(
              "button",
              { type: "button", class: "fa-link", onclick: () => FA.openVideo(one.source) },
              one.name,
            ),
            FA.h("span", {}, FA.number(one.frames)),
          ),
        ),
      found.videos.length > 12 ? FA.h("li", {}, `and ${found.videos.length - 12} more`) : null,
    );
  }

  async function take(kind, button) {
    button.disabled = true;
    try {
      const response = await FA.api.post("/api/export/" + kind, body());
      const named = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") || "");
      FA.save(await response.blob(), named ? named[1] : FA.atlas.name + "-selection" + ENDINGS[kind]);
    } catch (error) {
      FA.api.complain(error);
    } finally {
      button.disabled = false;
    }
  }

  FA.panel({ name: "selection", title: "Selection", icon: "select", rank: 4, on: ["sel"], fill });
})((window.FrameAtlas = window.FrameAtlas || {}));
