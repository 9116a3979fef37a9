/* Cut lists for editing programs: of the selection, or of what a search found, with handles and gaps. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const KINDS = [
    ["otio", "OTIO", "DaVinci Resolve, Premiere, Avid, Kdenlive and others"],
    ["fcpxml", "FCPXML", "Final Cut Pro, DaVinci Resolve"],
    ["edl", "EDL", "Nearly every editing program"],
    ["llc", "LosslessCut", "A project for each video"],
    ["concat", "FFmpeg", "A list for FFmpeg's concat"],
  ];
  const wanted = { handles: 0, merge: 0, snap: "none" }; // the same for the next list

  function seconds(how, name, label, title) {
    const input = FA.h("input", {
      class: "fa-input",
      type: "number",
      min: "0",
      max: name === "handles" ? "3600" : "86400",
      step: "0.5",
      value: String(how[name]),
      onchange: () => {
        how[name] = Number(input.value) || 0;
      },
    });
    return FA.h("label", { title }, label, input);
  }

  const shots = (how) =>
    FA.h(
      "label",
      { class: "fa-switch" },
      FA.h("input", {
        type: "checkbox",
        checked: how.snap === "shots",
        onchange: (event) => {
          how.snap = event.currentTarget.checked ? "shots" : "none";
        },
      }),
      "whole shots",
    );

  /* A file's name of a bin's, whatever stands in it. */
  const fileName = (title, named) => (title ? title.replace(/[\\/:*?"<>|]+/g, "_") + named.replace(/^[^.]*/, "") : named);

  /* `body()` says of what, frames or `cut: {videos}`; `each`: every frame is a cut of its own, in their order. A list that has
     a `title` begins with whole shots, and remembers by itself how it is wanted. */
  function of(body, id, each, title) {
    const how = title ? { ...wanted, snap: "shots", title } : wanted;
    const take = async (kind, button) => {
      button.disabled = true;
      try {
        const asked = body();
        const cut = { ...how, each, ...asked.cut };
        const response = await FA.api.post("/api/export/" + kind, { ...asked, cut });
        const named = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") || "");
        FA.save(await response.blob(), fileName(title, named ? named[1] : "selection." + kind));
      } catch (error) {
        FA.api.complain(error);
      } finally {
        button.disabled = false;
      }
    };
    return FA.h(
      "fieldset",
      { class: "fa-cuts" },
      FA.h("legend", { class: "fa-note" }, title ? `Cut list of ${title}` : "Cut list"),
      FA.h(
        "div",
        { class: "fa-cuts-how" },
        seconds(how, "handles", "Handles, s", "Seconds before and after each cut"),
        seconds(how, "merge", "Close gaps, s", "Gaps of so many seconds are closed"),
        shots(how),
      ),
      FA.h(
        "div",
        { class: "fa-row", role: "group", "aria-label": title ? `Cut list of ${title}` : "Cut list" },
        KINDS.map(([kind, label, title]) =>
          FA.button("download", label, (event) => take(kind, event.currentTarget), { title, id: id + kind }),
        ),
      ),
    );
  }

  FA.cuts = { of };
})((window.FrameAtlas = window.FrameAtlas || {}));
