/* The panel of one video: its way over the map, played and scrubbed, and the videos whose way is like it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const MOST_WAYS = 6; // as many as there are colours
  let drawn = ""; // of which videos the panel is

  const sources = () => FA.atlas.sources.filter((one) => one.frames);
  const source = (n) => FA.atlas.sources.find((one) => one.n === n);

  async function fill(box, changed) {
    const { way } = FA.state.value;
    if (String(way) === drawn && changed && !changed.includes("p") && box.firstChild) return;
    drawn = String(way);
    const main = way.length ? source(way[0]) : null;
    FA.fill(box, chooser(main), main ? body(main, way) : intro());
  }

  const intro = () =>
    FA.h(
      "p",
      { class: "fa-note" },
      "Choose a video to see its way over the map: where it begins, where it lingers, where it goes.",
    );

  function chooser(main) {
    const select = FA.h(
      "select",
      {
        class: "fa-input",
        "aria-label": "Video",
        id: "fa-choose-video",
        onchange: () => FA.openVideo(Number(select.value)),
      },
      FA.h("option", { value: "", disabled: true, selected: !main }, "Choose a video…"),
      sources().map((one) =>
        FA.h("option", { value: String(one.n), selected: main && one.n === main.n }, one.name),
      ),
    );
    return select;
  }

  function body(main, way) {
    const still = FA.h("img", { class: "fa-large", alt: "", src: FA.api.picture(main.first) });
    const stage = FA.h("div", { class: "fa-stage" }, still);
    const time = FA.h("output", { class: "fa-time" }, "0:00.0");
    const slider = FA.h("input", {
      type: "range",
      min: "0",
      max: String(Math.max(0, main.frames - 1)),
      value: "0",
      class: "fa-slider",
      "aria-label": "Moment of " + main.name,
      id: "fa-scrub",
    });
    const path = FA.api.path(main.n).catch((error) => FA.api.complain(error));
    slider.addEventListener("input", async () =>
      scrub(main, await path, Number(slider.value), stage, still, time, slider),
    );
    const play = FA.button(
      "play",
      "Play along the map",
      async () => playFrom(main, await path, Number(slider.value), stage, slider, time),
      { class: "fa-button fa-main", id: "fa-play-way", disabled: main.kind === "photos" },
    );
    return [
      stage,
      FA.h(
        "div",
        { class: "fa-title" },
        FA.h("h2", {}, main.name),
        FA.h(
          "p",
          { class: "fa-path" },
          `${FA.count(main.frames, "frame")} · ${FA.clock(main.seconds || 0, true)}`,
        ),
      ),
      FA.h("div", { class: "fa-row" }, slider, time),
      FA.h(
        "div",
        { class: "fa-row" },
        play,
        FA.button("filter", "Only this video", () => FA.state.set({ v: [main.n] }, true)),
        FA.button("frame", "Open frame", () => FA.openFrame(main.first + Number(slider.value))),
      ),
      FA.shots.section(main),
      way.length > 1 ? beside(way) : null,
      related(main),
      FA.shots.alike(main),
    ];
  }

  function scrub(main, path, row, stage, still, time, slider) {
    if (!path) return;
    if (!still.isConnected) {
      FA.player.stop(stage);
      FA.fill(stage, still);
    }
    still.src = FA.api.picture(main.first + row);
    const seconds = path[3 * row + 2];
    time.textContent = FA.clock(seconds);
    slider.setAttribute("aria-valuetext", FA.clock(seconds));
    FA.marks.setMoment([path[3 * row], path[3 * row + 1]]);
  }

  async function playFrom(main, path, row, stage, slider, time) {
    if (!path) return;
    try {
      const frame = await FA.api.json("/api/frame/" + (main.first + row));
      if (!stage.isConnected) return; // another video was chosen meanwhile: this one would be heard, not seen
      if (!FA.player.canPlay(frame.playable)) {
        return FA.fill(stage, frame.missing ? FA.moved(frame) : FA.note("This source cannot be played.", true));
      }
      FA.fill(
        stage,
        FA.player.video(
          main.n,
          path[3 * row + 2] + (row ? 0 : FA.player.BEFORE),
          frame.playable,
          (seconds) => {
            const found = FA.ways.at(path, seconds);
            if (!found) return;
            slider.value = String(found.row);
            time.textContent = FA.clock(seconds);
            FA.marks.setMoment(found.place);
          },
        ),
      );
    } catch (error) {
      FA.api.complain(error);
    }
  }

  /* Ways side by side, each on a map of its own, in the colours that they have on the large one. */
  function beside(way) {
    const less = (n) => FA.state.set({ way: way.filter((one) => one !== n) }, true);
    return FA.h(
      "section",
      { "aria-label": "Side by side" },
      FA.heading(
        "Side by side",
        FA.button("close", "One only", () => FA.state.set({ way: way.slice(0, 1) }, true), {
          class: "fa-button fa-quiet",
        }),
      ),
      FA.h(
        "div",
        { class: "fa-beside" },
        way.filter(source).map((n, k) =>
          FA.h(
            "figure",
            {},
            small(n, FA.ways.COLOURS[k % 6]),
            FA.h(
              "figcaption",
              { title: source(n).name },
              FA.h("span", {}, source(n).name),
              FA.iconButton("close", "Without " + source(n).name, () => less(n), {
                class: "fa-button fa-only-icon fa-tiny",
              }),
            ),
          ),
        ),
      ),
    );
  }

  function small(n, colour) {
    const [width, height] = [176, (176 * FA.atlas.tile[1]) / FA.atlas.tile[0]];
    const canvas = FA.h("canvas", {
      width: 2 * width,
      height: 2 * height,
      class: "fa-small-map",
      role: "img",
      "aria-label": "Way of " + source(n).name,
    });
    FA.api.path(n).then(
      (path) => {
        const context = canvas.getContext("2d");
        context.scale(2, 2);
        FA.ways.paint(
          context,
          (x, y) => [12 + ((x + 1) / 2) * (width - 24), 12 + ((1 - y) / 2) * (height - 24)],
          path,
          colour,
          true,
        );
      },
      () => {},
    );
    return canvas;
  }

  function related(main) {
    const box = FA.h("section", { "aria-label": "Videos whose way is like it" });
    const asked = FA.api.kept("similar" + main.n, () => FA.api.json(`/api/similar/${main.n}?count=6`));
    FA.waiting(asked, box, "Comparing its way with those of all videos…")
      .then(
        (found) => {
          FA.fill(
            box,
            group("Most alike", found.similar),
            cutAlike(found.similar),
            group("Most different", found.different),
          );
        },
        (error) => FA.fill(box, FA.note(error.message, true)),
      );
    return box;
  }

  const cutAlike = (list) =>
    list && list.length
      ? FA.cuts.of(() => ({ cut: { videos: list.map((one) => one.source) } }), "fa-alike-", false)
      : null;

  function group(title, list) {
    if (!list || !list.length) return null;
    return [
      FA.heading(title),
      FA.h(
        "ul",
        { class: "fa-list" },
        list.map((one) => {
          const other = source(one.source);
          return FA.h(
            "li",
            {},
            FA.h("img", {
              src: FA.api.picture(other.first + Math.floor(other.frames / 2), 96),
              alt: "",
              loading: "lazy",
            }),
            FA.h(
              "button",
              { type: "button", class: "fa-link fa-grow", onclick: () => FA.openVideo(one.source) },
              one.name,
            ),
            FA.button(null, "Compare", () => compare(one.source), {
              class: "fa-button fa-quiet",
              "aria-label": "Compare with " + one.name,
            }),
          );
        }),
      ),
    ];
  }

  function compare(n) {
    const { way } = FA.state.value;
    if (!way.includes(n)) FA.state.set({ way: [...way.slice(0, MOST_WAYS - 1), n] }, true);
  }

  FA.openVideo = (n) => {
    if (!source(n)) return;
    const { o } = FA.state.value;
    const shown = o.includes("ways") ? o : [...o, "ways"];
    FA.state.set({ way: [n], p: "video", o: shown }, true);
  };

  FA.panel({ name: "video", title: "Video", icon: "video", rank: 2, on: ["way"], fill });
})((window.FrameAtlas = window.FrameAtlas || {}));
