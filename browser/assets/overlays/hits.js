/* What was found, on the map: by a picture, or as frames like one. Each way to search adds itself as a source of hits;
   one is shown at a time, the address names it, and Clear takes it away. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const sources = new Map();
  let hits = []; // [{place, frame, rank, query?}]
  let linked = false; // the address says where to look: hits do not move the map
  let shown = null; // {name, value, title, promise}

  /**
   * A way to find frames.
   * @param {string} name its field in the address
   * @param {object} how
   * @param {(text: string) => string} how.read what the field may hold; "" is nothing
   * @param {(value: string, progress: (job: any) => void) => Promise<{title: string, hits: any[], place?: number[]}>} how.find
   */
  function source(name, how) {
    sources.set(name, how);
    FA.address.field(name, { empty: () => "", read: how.read });
  }

  const nothing = () => Object.fromEntries([...sources.keys()].map((name) => [name, ""]));
  const wanted = () => [...sources.keys()].find((name) => FA.state.value[name]);

  /* Show what one source finds, in place of all others. */
  function show(name, value, more) {
    const o = FA.overlays.on("hits") ? FA.state.value.o : [...FA.state.value.o, "hits"];
    FA.state.set({ ...nothing(), [name]: value, o, ...more }, true);
  }

  const clear = () => FA.state.set({ ...nothing(), find: "" }, true);

  function put(list) {
    hits = list;
    FA.overlays.repaint();
    FA.filters.update();
  }

  function load() {
    const name = wanted();
    const value = name ? FA.state.value[name] : "";
    if (shown && shown.name === name && shown.value === value && !shown.failed) return;
    if (!name) {
      shown = null;
      return void put([]);
    }
    const mine = (shown = { name, value, title: "", progress: null, result: null, failed: null, promise: null });
    put([]);
    const heard = (job) => {
      mine.progress = job;
      changed(mine);
    };
    mine.promise = FA.during("Searching…", sources.get(name).find(value, heard)).then(
      (found) => {
        Object.assign(mine, { result: found, title: found.title });
        if (shown !== mine) return;
        put([...found.hits, ...(found.place ? [{ place: found.place, query: true }] : [])]);
        changed(mine);
        if (!linked) inSight();
        linked = false;
      },
      (error) => {
        mine.failed = error;
        if (shown === mine) changed(mine);
      },
    );
    changed(mine);
  }

  const listeners = [];
  const changed = (search) => listeners.forEach((call) => call(search));

  /* All of the hits in the window, unless they are. */
  function inSight() {
    const places = hits.map((hit) => hit.place);
    if (!places.every((place) => FA.map.sees(place))) FA.map.show(places);
  }

  function paint(context, project) {
    if (!FA.overlays.on("hits")) return;
    hits.forEach((hit, k) => {
      const [x, y] = project(...hit.place);
      FA.disc(context, x, y, hit.query ? 13 : 10, hit.query ? "#ff4d6d" : "#ffb000");
      context.fillStyle = "#14171c";
      context.font = "700 11px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(hit.query ? "?" : String(hit.rank || k + 1), x, y + 0.5);
    });
  }

  /* What is found, for the bar: a chip with the way out. */
  function chip() {
    if (!shown) return null;
    const count = hits.filter((hit) => !hit.query).length;
    const text = shown.failed ? "Search failed" : shown.result ? FA.count(count, "hit") : "Searching…";
    return FA.h(
      "div",
      { class: "fa-chip-box" },
      FA.h(
        "button",
        { type: "button", class: "fa-chip fa-on", id: "fa-chip-hits", title: shown.title, onclick: () => FA.map.show(hits.map((hit) => hit.place)) },
        FA.h("span", {}, text),
      ),
      FA.iconButton("close", "Clear the hits", clear, { class: "fa-button fa-only-icon fa-tiny", id: "fa-clear-hits" }),
    );
  }

  FA.overlay({ name: "hits", title: "Search hits", hint: "What was found", rank: 40, depth: 50, first: true, paint });
  FA.part("panel", () => {
    FA.state.on([...sources.keys()], load);
    linked = Boolean(wanted()) && /^#\/-?[\d.]+,/.test(location.hash);
    FA.map.keepInSight(() => hits.map((hit) => hit.place));
    load();
  });

  FA.hits = {
    source,
    show,
    clear,
    chip,
    nothing,
    list: () => hits,
    shown: () => shown,
    on: (call) => void listeners.push(call),
    again: () => {
      if (shown) shown.failed ||= new Error("again");
      load();
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
