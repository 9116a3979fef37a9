/* The panel of one frame: its picture and moment, the film about it, its neighbours in time and in looks. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const NEAREST = 24;
  let shown = null; // what /api/frame said of the frame that is open
  let apart = false;
  let along = false; // the map goes where the next frame is, if it is not seen

  async function fill(box, changed) {
    const { f } = FA.state.value;
    if (f === null) return void empty(box);
    if (shown && shown.frame === f && !(changed || ["p"]).includes("p")) return;
    try {
      const found = await FA.api.newest("frame", "/api/frame/" + f);
      if (!found || FA.state.value.f !== f) return;
      shown = found;
      draw(box);
      FA.marks.setOpen(found.place);
      if (along) goAlong(found.place);
      FA.say(`${found.name} at ${FA.colour.when(found)}`);
    } catch (error) {
      shown = null;
      FA.fill(box, FA.h("p", { class: "fa-note fa-bad" }, error.message));
    }
  }

  function goAlong([px, py]) {
    along = false;
    const { x, y, width, height } = FA.map.seen();
    if (Math.abs(px - x) > 0.47 * width || Math.abs(py - y) > 0.47 * height) FA.map.fly(px, py);
  }

  function empty(box) {
    shown = null;
    FA.fill(
      box,
      FA.h(
        "p",
        { class: "fa-note" },
        "Click a frame on the map, or press Enter to open the one in the middle of the window.",
      ),
    );
  }

  function draw(box) {
    const frame = shown;
    const stage = FA.h("div", { class: "fa-stage" }, picture(frame));
    FA.fill(
      box,
      stage,
      FA.h(
        "div",
        { class: "fa-title" },
        FA.h("h2", {}, frame.name),
        FA.h("p", { class: "fa-time" }, FA.colour.when(frame)),
        frame.file && frame.file !== frame.name
          ? FA.h("p", { class: "fa-path", title: frame.file }, frame.file)
          : null,
      ),
      actions(frame, stage),
      missing(frame),
      whereabouts(frame),
      nearest(frame),
    );
  }

  const picture = (frame) => {
    const image = FA.h("img", {
      src: FA.api.picture(frame.frame),
      alt: `Frame of ${frame.name} at ${FA.colour.when(frame)}`,
      class: "fa-large",
    });
    image.addEventListener("error", () =>
      image.replaceWith(FA.h("p", { class: "fa-note fa-bad" }, "This picture cannot be read.")),
    );
    return image;
  };

  function play(frame, stage) {
    const follow = FA.player.onMap(frame.source);
    FA.fill(stage, FA.player.video(frame.source, frame.seconds, frame.playable, follow));
  }

  function actions(frame, stage) {
    const step = (to, label, icon) =>
      FA.iconButton(icon, label, () => go(to), { disabled: to === null || to === undefined });
    const playable = FA.player.canPlay(frame.playable);
    return FA.h(
      "div",
      { class: "fa-row" },
      step(frame.previous, "Previous frame ( [ )", "back"),
      playable
        ? FA.button("play", "Play", () => play(frame, stage), { class: "fa-button fa-main", id: "fa-play" })
        : null,
      step(frame.next, "Next frame ( ] )", "next"),
      FA.h("span", { class: "fa-grow" }),
      FA.iconButton(
        "target",
        "Fly to it on the map",
        () => FA.map.fly(...frame.place, Math.max(FA.map.leaflet.getZoom(), FA.atlas.deepest - 2)),
        { id: "fa-fly" },
      ),
      FA.iconButton("video", "Show the way of its video", () => FA.openVideo(frame.source)),
      FA.iconButton("link", "Copy the link to this view", () => FA.copy(location.href, "Link")),
      FA.iconButton("copy", "Copy " + frame.address, () => FA.copy(frame.address, frame.address), {
        id: "fa-copy-address",
      }),
    );
  }

  const missing = (frame) =>
    frame.missing
      ? FA.h(
          "p",
          { class: "fa-note fa-bad" },
          `The video is not where it was: ${frame.missing}. The stored frames are all here.`,
        )
      : null;

  function onPoster(place) {
    const found = FA.poster.whereIs(place);
    return found
      ? `On a poster of this view, ${found.columns} × ${found.rows}: about column ${found.column}, row ${found.row}.`
      : "It is outside of the present view, and so of its poster.";
  }

  const whereabouts = (frame) =>
    FA.h(
      "p",
      { class: "fa-note" },
      FA.h("span", { id: "fa-whereabouts" }, onPoster(frame.place)),
      " ",
      FA.h(
        "button",
        { type: "button", class: "fa-link", onclick: () => FA.drawer.open("poster") },
        "Poster…",
      ),
    );

  function moved() {
    const text = FA.byId("fa-whereabouts");
    if (shown && text) text.textContent = onPoster(shown.place);
  }

  function nearest(frame) {
    const list = FA.h("div", { "aria-live": "polite" }, FA.h("p", { class: "fa-note" }, "Looking…"));
    const box = FA.h("input", {
      type: "checkbox",
      checked: apart,
      id: "fa-apart",
      onchange: () => {
        apart = box.checked;
        load(frame, list);
      },
    });
    load(frame, list);
    return FA.h(
      "section",
      {},
      FA.heading("Frames like this", FA.h("label", { class: "fa-switch" }, box, "other videos only")),
      list,
    );
  }

  async function load(frame, list) {
    try {
      const found = await FA.api.newest(
        "nearest",
        `/api/nearest/${frame.frame}?count=${NEAREST}&apart=${apart ? 1 : 0}`,
      );
      if (!found) return;
      FA.fill(
        list,
        found.length
          ? FA.gallery(found, "Frames like this")
          : FA.h("p", { class: "fa-note" }, "There are no others."),
        found.length ? FA.button("target", "Show them on the map", () => mark(frame, found)) : null,
      );
    } catch (error) {
      FA.fill(list, FA.h("p", { class: "fa-note fa-bad" }, error.message));
    }
  }

  function mark(frame, found) {
    FA.marks.setHits(found.map((one, k) => ({ ...one, rank: k + 1 })));
    if (!FA.overlays.on("hits")) FA.overlays.toggle("hits", true);
    FA.map.whole();
  }

  /* Another frame of the same film. */
  function go(to) {
    if (to === null || to === undefined) return;
    along = true;
    FA.state.set({ f: to, p: "frame" });
  }

  FA.frame = {
    previous: () => shown && go(shown.previous),
    next: () => shown && go(shown.next),
    comeAlong: () => {
      along = true;
    },
    play: () => FA.byId("fa-play") && FA.byId("fa-play").click(),
    begin() {
      FA.drawer.fill("frame", fill);
      FA.state.on(["x", "y", "z", "p"], moved);
      FA.state.on(["f"], (state) => {
        if (state.f === null) FA.marks.setOpen(null);
      });
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
