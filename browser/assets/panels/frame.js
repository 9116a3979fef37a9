/* The panel of one frame: its picture and moment, the film about it, its neighbours in time and in looks. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const NEAREST = 24;
  const LONG = 3; // how many times as long as it is wide a picture is that can be read closer
  let shown = null; // what /api/frame said of the frame that is open
  let apart = false;
  let again = () => {}; // asks anew what is like it
  let along = false; // the map goes where the next frame is, if it is not seen

  async function fill(box, changed) {
    const { f } = FA.state.value;
    if (f === null) return void empty(box);
    if (shown && shown.frame === f && box.firstChild && !(changed || ["p"]).includes("p")) return;
    try {
      const found = await FA.waiting(FA.api.newest("frame", "/api/frame/" + f), box, "Opening the frame…", "picture");
      if (!found || FA.state.value.f !== f) return;
      shown = found;
      draw(box);
      FA.marks.setOpen(found.place);
      if (along) goAlong(found.place);
      FA.say(`${found.name} at ${FA.when.text(found)}`);
    } catch (error) {
      if (FA.state.value.f !== f) return;
      shown = null;
      FA.fill(box, FA.note(error.message, true));
    }
  }

  function goAlong(place) {
    along = false;
    if (!FA.map.sees(place)) FA.map.fly(...place);
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
    const image = picture(frame);
    const stage = FA.h("div", { class: "fa-stage" }, image);
    FA.fill(
      box,
      stage,
      closer(image, stage),
      FA.h(
        "div",
        { class: "fa-title" },
        FA.h("h2", {}, frame.name),
        FA.h("p", { class: "fa-time" }, FA.when.text(frame)),
        frame.file && frame.file !== frame.name
          ? FA.h("p", { class: "fa-path", title: frame.file }, frame.file)
          : null,
      ),
      actions(frame, stage),
      frame.missing ? FA.moved(frame) : null,
      FA.known.list(frame.known),
      FA.bins.into(() => ({ frames: [frame.frame] }), "fa-frame-bin"),
      whereabouts(frame),
      nearest(frame),
    );
  }

  const picture = (frame) => {
    const image = FA.h("img", {
      src: FA.api.picture(frame.frame),
      alt: `Frame of ${frame.name} at ${FA.when.text(frame)}`,
      class: "fa-large",
    });
    image.addEventListener("error", () =>
      image.replaceWith(FA.h("p", { class: "fa-note fa-bad" }, "This picture cannot be read.")),
    );
    return image;
  };

  /* What is long, as a panorama or a page that was rolled, is a line in the panel: it can be read by scrolling. */
  function closer(image, stage) {
    const button = FA.button("whole", "Read it closer", () => turn(!stage.classList.contains("fa-close")), {
      id: "fa-closer",
      hidden: true,
      "aria-pressed": "false",
    });
    const turn = (close) => {
      stage.classList.toggle("fa-close", close);
      if (close) stage.setAttribute("tabindex", "0"); // arrows scroll it
      else stage.removeAttribute("tabindex");
      button.setAttribute("aria-pressed", String(close));
    };
    image.addEventListener("load", () => {
      const [one, other] = [image.naturalWidth, image.naturalHeight];
      button.hidden = Math.max(one, other) < LONG * Math.min(one, other);
    });
    return button;
  }

  function play(frame, stage) {
    const follow = FA.player.onMap(frame.source);
    const time = stage.parentNode.querySelector(".fa-title .fa-time");
    const tick = (seconds) => {
      follow(seconds);
      time.textContent = FA.clock(seconds); // the large label runs along
    };
    stage.classList.remove("fa-close");
    FA.fill(stage, FA.player.video(frame.source, frame.seconds, frame.playable, tick));
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
        ? FA.button("play", "Play from " + FA.clock(Math.max(0, frame.seconds - FA.player.BEFORE), true), () => play(frame, stage), {
            class: "fa-button fa-main",
            id: "fa-play",
            title: `Plays from ${FA.player.BEFORE} seconds before, to show what led to it ( p )`,
          })
        : null,
      step(frame.next, "Next frame ( ] )", "next"),
      FA.h(
        "div",
        { class: "fa-row" }, // together, also where they have no room beside the others
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
      ),
    );
  }

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
    const list = FA.h("div", { "aria-live": "polite" });
    again = () => list.isConnected && load(frame, list);
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
      { "aria-label": "Frames like this" },
      FA.heading("Frames like this", FA.h("label", { class: "fa-switch" }, box, "other videos only")),
      list,
    );
  }

  const question = (frame, others, every) =>
    `/api/nearest/${frame}?count=${NEAREST}&apart=${others ? 1 : 0}` + (every ? "&every=1" : "");

  async function load(frame, list) {
    try {
      const asked = FA.api.newest("nearest", question(frame.frame, apart, FA.state.value.each));
      const answer = await FA.waiting(asked, list, "Comparing with all frames…", "gallery");
      if (!answer) return;
      const found = FA.alike(answer);
      const { each } = FA.state.value;
      const mark = () => FA.hits.show("like", frame.frame + (apart ? "a" : "") + (each ? "e" : ""));
      const none = `No ${apart ? "frame of another video" : each ? "other frame" : "frame of another shot"} is like it.`;
      FA.fill(
        list,
        FA.oneEach(answer),
        found.length ? FA.gallery(found, "Frames like this") : FA.note(none),
        found.length ? FA.button("target", "Show them on the map", mark) : null,
      );
    } catch (error) {
      FA.fill(list, FA.note(error.message, true));
    }
  }

  /* As hits on the map: "412", "412a" for other videos only, "412e" for every frame of a shot. */
  FA.hits.source("like", {
    read: (text) => (/^\d{1,9}a?e?$/.test(text) ? text : ""),
    async find(value) {
      const frame = parseInt(value, 10);
      const [found, itself] = await Promise.all([
        FA.api.json(question(frame, value.includes("a"), value.endsWith("e"))),
        FA.api.json("/api/frame/" + frame),
      ]);
      return {
        title: `Frames like ${itself.name} at ${FA.when.text(itself)}`,
        hits: FA.alike(found).map((one, k) => ({ ...one, rank: k + 1 })),
        place: itself.place,
      };
    },
  });

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
  };

  FA.panel({ name: "frame", title: "Frame", icon: "frame", rank: 1, on: ["f"], fill });
  FA.part("panel", () => {
    FA.state.on(["x", "y", "z", "p"], moved);
    FA.state.on(["each", "shots"], () => again());
    FA.state.on(["f"], (state) => {
      if (state.f === null) FA.marks.setOpen(null);
    });
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
