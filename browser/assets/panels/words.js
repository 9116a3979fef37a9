/* Sentences: what is typed into the search box is also taken as what frames are to show, where the atlas has words.
   The best frames are listed below the names that match, and the map lights up where frames fit. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const AGAIN = 700; // milliseconds between two looks whether the network is open
  const BEYOND = 0.3; // of the window, asked for beyond each edge
  const COLDEST = 0.12; // below, nothing is painted
  const LEAST = 0.25; // of the best one's strength: what hardly stands out is not listed
  const listeners = [];
  let box = null;
  let heat = null; // {key, values, rows, total, part}: frame, x, y and heat of points
  let hits = [];
  let lit = true; // whether the heat is painted

  /* "a red car -rain": what frames are to show, and after a minus what not. */
  function parsed(text) {
    const [wanted, ...others] = text.trim().split(/\s-(?=\S)/);
    return { text: wanted, not: others.join(" ") };
  }

  const query = (said) =>
    "text=" + encodeURIComponent(said.text) + (said.not ? "&not=" + encodeURIComponent(said.not) : "");

  const place = () => {
    const panel = FA.byId("fa-panel-search");
    if (panel && !box) box = FA.h("div", { id: "fa-said", "aria-live": "polite" });
    if (panel && box.parentNode !== panel) panel.append(box);
    return box;
  };

  /* Whether frames are found by what they show: the atlas has words, and the server a network that knows them. */
  const there = () => Boolean(FA.atlas.sentences);

  /* What the search box says of itself. */
  const asked = () =>
    there()
      ? {
          placeholder: "Names, name@1:20 or “a red car”",
          "aria-label": "Search names of videos, name@time, or what frames show",
        }
      : { placeholder: "Search names, or name@1:20", "aria-label": "Search names of videos, or name@time" };

  /* The atlas may have been given words since the page was loaded. */
  function heard(now) {
    if (Boolean(now) === there()) return;
    FA.atlas.sentences = now;
    for (const call of listeners) call();
    look();
  }

  function forget() {
    heat = null;
    hits = [];
    document.body.classList.remove("fa-heated");
    if (box) FA.fill(box);
    FA.overlays.repaint();
  }

  /* Ask until the network is open, as long as the same is typed. */
  async function answer(said, typed) {
    for (;;) {
      const found = await FA.api.newest("say", "/api/say?count=24&" + query(said) + (FA.state.value.each ? "&all=1" : ""));
      if (!found || FA.state.value.find !== typed) return null;
      if (found.nearest) return found.nearest;
      FA.fill(place(), FA.skeleton("Opening the network that knows words…", "gallery"));
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }

  async function look() {
    const typed = FA.state.value.find;
    if (!typed || typed.includes("@")) return forget();
    try {
      await null; // whoever hears of what is typed after us may have yet to fill the panel
      if (FA.state.value.find !== typed) return;
      if (!there()) return hint();
      const said = parsed(typed);
      if (!said.text) return forget();
      const found = await answer(said, typed);
      if (!found) return;
      hits = found.filter((one, k) => k === 0 || one.strength >= LEAST);
      list(said);
      await load(said, false);
    } catch (error) {
      if (FA.state.value.find !== typed) return;
      forget();
      FA.fill(place(), FA.note(error.message, true));
    }
  }

  /* A quiet line where the atlas has no words yet. */
  function hint() {
    FA.fill(
      place(),
      FA.h(
        "p",
        { class: "fa-note", id: "fa-no-words" },
        "Only names are searched. With ",
        FA.h("code", {}, "frameatlas words"),
        " this box also takes what frames show, such as “a red car at night”.",
      ),
      FA.addFolder.able()
        ? FA.button("plus", "Give the frames words…", () => FA.addFolder.open("words"), { id: "fa-give-words" })
        : null,
    );
  }

  function list(said) {
    FA.fill(
      place(),
      FA.heading(
        "Frames that fit",
        FA.button("layers", lit ? "Hide the heat" : "Show the heat", light, {
          class: "fa-button fa-quiet",
          id: "fa-heat",
          "aria-pressed": String(lit),
        }),
      ),
      FA.h(
        "p",
        { class: "fa-note" },
        said.not ? `“${said.text}”, rather than “${said.not}”` : `“${said.text}”`,
        ". Bars say how far a frame stands out here; they are no percentages.",
      ),
      FA.oneEach(hits),
      gallery(said),
    );
    FA.say(`${hits.length} frames fit ${said.text}`);
  }

  const gallery = (said) => {
    const grid = FA.gallery(hits, "Frames that fit " + said.text);
    [...grid.querySelectorAll(".fa-thumb")].forEach((thumb, k) => {
      thumb.append(FA.h("i", { class: "fa-fit", style: { width: 100 * hits[k].strength + "%" } }));
      thumb.title = `${k + 1}. ${thumb.title}`;
    });
    return grid;
  };

  function light() {
    lit = !lit;
    look();
  }

  /* Every frame's heat, or where they are too many, those of the window. */
  async function load(said, part) {
    const text = query(said);
    const parts = [text, FA.api.query(FA.state.filter())];
    if (part) {
      const [x0, y0, x1, y1] = FA.map.bounds();
      const [dx, dy] = [BEYOND * (x1 - x0), BEYOND * (y1 - y0)];
      parts.push(`left=${x0 - dx}&bottom=${y0 - dy}&right=${x1 + dx}&top=${y1 + dy}`);
    }
    const url = `/api/heat/${FA.atlas.map}?${parts.filter(Boolean).join("&")}`;
    const { values, headers } = await FA.api.columns(url, Float32Array);
    if (headers.get("X-Total") === null || query(parsed(FA.state.value.find)) !== text) return;
    const rows = Math.floor(values.length / 4);
    heat = { values, rows, total: Number(headers.get("X-Total")), part };
    document.body.classList.toggle("fa-heated", lit);
    FA.overlays.repaint();
  }

  const shade = (v) => `rgba(255, ${Math.round(225 - 190 * v)}, ${Math.round(60 - 40 * v)}, ${0.15 + 0.5 * v})`;

  function paint(context, at, whole) {
    if (!heat || !lit) return;
    const count = heat.part ? FA.atlas.frames : heat.rows;
    const radius = Math.max(2.5, Math.min(30, (0.55 * at.sx) / Math.sqrt(Math.max(1, count))));
    const { values, rows } = heat;
    for (let i = 0; i < rows; i++) {
      const v = values[4 * i + 3];
      if (v < COLDEST) continue;
      const x = at.x0 + values[4 * i + 1] * at.sx;
      const y = at.y0 + values[4 * i + 2] * at.sy;
      if (x < -radius || y < -radius || x > whole.x + radius || y > whole.y + radius) continue;
      context.beginPath();
      context.arc(x, y, radius * (0.6 + 0.4 * v), 0, 6.2832);
      context.fillStyle = shade(v);
      context.fill();
    }
  }

  FA.overlay({ name: "heat", depth: 30, paint });
  FA.part("panel", () => {
    FA.state.on(["find", "each", "shots"], () => void look());
    FA.state.on(FA.state.FILTERS, () => heat && void look());
    FA.map.leaflet.on(
      "moveend",
      FA.once(() => {
        if (heat && heat.rows < heat.total) load(parsed(FA.state.value.find), true).catch(FA.api.complain);
      }, 150),
    );
    look();
  });

  FA.words = { asked, heard, there, on: (call) => listeners.push(call), heat: () => heat, hits: () => hits };
})((window.FrameAtlas = window.FrameAtlas || {}));
