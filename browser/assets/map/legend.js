/* What the colours mean: sorted by what the window shows, folded away by its head, and pressed to see one alone. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const MOST = 40; // rows
  const KEY = "frameatlas:legend";
  const TITLES = { cluster: "group", time: "time in the video" };
  /* How one category alone is filtered. */
  const ALONE = {
    video: ["v", (n) => [n], []],
    folder: ["folder", (n) => n, null],
    cluster: ["k", (n) => [n], []],
    player: ["player", (n) => [n], []],
    team: ["team", (n) => [n], []],
  };
  let folded = false;
  let legended = false; // whether the map makes room for it
  let asked = 0;

  const remembered = () => {
    try {
      const kept = localStorage.getItem(KEY);
      return kept ? kept === "folded" : matchMedia("(max-width: 999px)").matches; // there it lies over pictures
    } catch (_) {
      return false;
    }
  };

  function fold() {
    folded = !folded;
    try {
      localStorage.setItem(KEY, folded ? "folded" : "open");
    } catch (_) {
      /* it holds for this page only */
    }
    show();
  }

  /* Whether regions far from each other may be trusted to be unlike. */
  function farApart(order) {
    const word = order >= 0.75 ? "mostly" : order >= 0.5 ? "roughly" : "hardly";
    return `regions far apart: ${word} in order of likeness (${order.toFixed(2)} of 1)`;
  }

  /* See one value of a column alone, or all again; a value with "|" in it cannot be asked for alone. */
  function isolateValue(by, value) {
    const condition = `${FA.colour.column(by)}=${value}`;
    const now = FA.state.value.where;
    const only = now.length === 1 && now[0] === condition;
    FA.state.set({ where: only ? [] : [condition] }, true);
  }

  /* Rows of overlays that need a word. */
  function scales() {
    const { c, way } = FA.state.value;
    const rows = [];
    if (FA.overlays.on("density"))
      rows.push(["few frames … many", "linear-gradient(90deg, rgba(255,205,70,.25), #ff4313)"]);
    if (FA.overlays.on("trust")) {
      rows.push(["neighbours here are less alike", "linear-gradient(90deg, rgba(225,40,80,.05), rgb(225,40,80))"]);
      if (FA.atlas.order !== null && FA.atlas.order !== undefined) rows.push([farApart(FA.atlas.order)]);
    }
    if (c === "time" || (FA.overlays.on("ways") && way.length === 1))
      rows.push(["first moment … last", FA.colour.RAMPED]);
    if (c !== "time" && FA.colour.scaled(c)) rows.push([FA.known.ends(FA.colour.facts(c)), FA.colour.RAMPED]);
    return rows.map(([text, background]) =>
      FA.h("div", { class: "fa-scale" }, background && FA.h("i", { class: "fa-wide", style: { background } }), text),
    );
  }

  async function counted(by) {
    const [x0, y0, x1, y1] = FA.map.bounds();
    const query = FA.api.query(FA.state.filter());
    const edit = FA.players.coloured() && !query.includes("edit=") ? "&edit=" + FA.players.revision() : "";
    const found = await FA.api.json(
      `/api/legend/${FA.atlas.map}?${FA.colour.query(by)}&left=${x0}&bottom=${y0}&right=${x1}&top=${y1}${query ? "&" + query : ""}${edit}`,
    );
    return new Map(found.counts);
  }

  /* See one alone, or all again. */
  function isolate(by, n) {
    const [name, alone, all] = ALONE[by];
    const now = FA.state.value[name];
    const only = Array.isArray(now) ? now.length === 1 && now[0] === n : now === n;
    FA.state.set({ [name]: only ? all : alone(n) }, true);
  }

  const tint = (n) => FA.state.set({ tint: [...FA.state.value.tint.filter((one) => one !== n), n].slice(-12) }, true);

  function row(by, one, colour, count) {
    const column = FA.colour.column(by);
    const name = column === null ? ALONE[by][0] : "where";
    const id = column !== null ? `${column}=${one.name}` : one.id === undefined ? one.n : one.id;
    const on = [FA.state.value[name]].flat().includes(id);
    const grey = colour === FA.colour.REST;
    const dot = FA.h("i", { style: { background: colour } });
    return FA.h(
      "li",
      {},
      grey && !one.nobody
        ? FA.h(
            "button",
            { type: "button", class: "fa-swatch", title: `Give ${one.name} a colour`, "aria-label": `Give ${one.name} a colour`, onclick: () => tint(one.n) },
            dot,
          )
        : FA.h("span", { class: "fa-swatch" }, dot),
      FA.h(
        "button",
        {
          type: "button",
          class: "fa-alone",
          "aria-pressed": String(on),
          disabled: column !== null && one.name.includes("|"),
          title: on ? "Show all again" : `Only ${one.name}`,
          onclick: () => (column === null ? isolate(by, id) : isolateValue(by, one.name)),
        },
        FA.h("span", {}, one.name),
        FA.h("small", {}, FA.number(count)),
      ),
    );
  }

  async function categories(by) {
    const [list, counts] = await Promise.all([FA.colour.ready(by), counted(by)]);
    const colour = FA.colour.of(by);
    const seen = list
      .map((one) => ({ ...one, count: counts.get(one.n) || 0 }))
      .filter((one) => one.count)
      .sort((a, b) => b.count - a.count);
    const rows = seen.slice(0, MOST).map((one) => row(by, one, colour(one.n), one.count));
    const more = seen.length > MOST ? FA.h("li", { class: "fa-note" }, `and ${seen.length - MOST} more in sight`) : null;
    return FA.h("ul", { "aria-label": "Colours, the most frequent in sight first" }, rows, more);
  }

  function failed(error) {
    FA.api.complain(error);
    return null;
  }

  async function show() {
    const mine = (asked += 1);
    const box = FA.byId("fa-legend");
    const by = FA.state.value.c;
    if (!(await FA.colour.there(by).catch(failed)) || mine !== asked) return;
    const list = by && !FA.colour.scaled(by) && !folded ? await categories(by).catch(failed) : null;
    if (mine !== asked) return;
    const rows = scales();
    box.hidden = !by && !rows.length;
    const title = by ? "By " + FA.legend.title(by) : "What is shown";
    const wide = Boolean(list);
    if (document.body.classList.toggle("fa-legended", wide) !== legended) {
      legended = wide;
      FA.map.resized();
    }
    const held = box.contains(document.activeElement) ? document.activeElement.textContent : null;
    FA.fill(
      box,
      FA.h(
        "button",
        { type: "button", class: "fa-legend-head", "aria-expanded": String(!folded), onclick: fold },
        FA.h("span", {}, title),
        FA.icon("fold"),
      ),
      folded ? null : rows,
      folded ? null : list,
    );
    if (held !== null) {
      const again = [...box.querySelectorAll("button")].find((one) => one.textContent === held);
      if (again) again.focus({ preventScroll: true });
    }
  }

  /* What it is coloured by, as people call it. */
  function title(by) {
    const column = FA.colour.column(by);
    return column === null ? TITLES[by] || by : FA.known.title(column).toLowerCase();
  }

  FA.legend = { title };
  FA.part("overlay", () => {
    folded = remembered();
    FA.state.on(["c", "o", "way", "edit", "tint", "groups", "named", ...FA.state.FILTERS], show);
    FA.view.on(() => FA.state.value.c && show());
    show();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
