/* The state of this page: all of it lives in the address, so that a link, back and forward bring it back.

   #/x,y,z/f=412/p=frame/v=3,5/from=2/to=9/k=4/folder=1/way=3,7/c=video/o=points,ways/sel=+r-.5,.5,0,0;-p…
   Of players: player=16,40/team=1 (filter), who=16,40 (sheets side by side), ask=3 (a question)
   Of a search by picture: q=its id, which the server knows while it lives */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const PANELS = ["frame", "video", "search", "selection", "charts", "poster", "players"];
  const COLOURS = ["video", "folder", "time", "cluster", "player", "team"];
  const FILTERS = ["v", "from", "to", "k", "folder", "player", "team", "edit"];
  const OF_PLAYERS = ["player", "team", "who", "ask"]; // nothing to an atlas of anything else
  const OVERLAYS = ["points", "density", "ways", "hits", "clusters", "trust"];
  const DEFAULT_OVERLAYS = ["ways", "hits"];
  const empty = () => ({
    x: 0,
    y: 0,
    z: null,
    f: null,
    p: "",
    v: [],
    from: null,
    to: null,
    k: [],
    folder: null,
    player: [],
    team: [],
    who: [],
    ask: null,
    q: "",
    way: [],
    c: "",
    o: [...DEFAULT_OVERLAYS],
    sel: [],
  });

  const state = { ...empty(), edit: "" }; // edit: which corrections colours and tiles are of; never in the address
  const listeners = [];
  let timer = 0;

  /* How far from its middle the map may be put: an upright one gets out from under a wide panel. */
  const reach = () => (FA.atlas && FA.atlas.tile[1] > FA.atlas.tile[0] ? 4 : 1);
  const players = () => Boolean(FA.players && FA.players.there());
  const integers = (text) =>
    text
      .split(",")
      .map(Number)
      .filter((n) => Number.isInteger(n) && n >= 0 && n < 1e9)
      .slice(0, 500);
  const integer = (text) => (integers(text).length ? integers(text)[0] : null);
  const number = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : null);
  const short = (n) => String(Number(n.toFixed(4)));
  const clamp = (n, least, most) => Math.min(most, Math.max(least, n));

  const READ = {
    f: integer,
    folder: integer,
    from: number,
    to: number,
    v: integers,
    k: integers,
    way: integers,
    player: integers,
    team: integers,
    who: integers,
    ask: integer,
    q: (t) => (/^[\w-]{8,40}$/.test(t) ? t : ""),
    p: (t) => (PANELS.includes(t) && (t !== "players" || players()) ? t : ""),
    c: (t) => (COLOURS.includes(t) && (!["player", "team"].includes(t) || players()) ? t : ""),
    o: (t) => t.split(",").filter((name) => OVERLAYS.includes(name)),
    sel: (t) => t.split(";").map(shape).filter(Boolean).slice(0, 50),
  };

  /* "+r-0.5,0.5,0,0" → a rectangle by two corners; "-p…" → a lasso that takes away. */
  function shape(text) {
    const match = /^([+~-])([rp])([-\d.,e]+)$/.exec(text);
    if (!match) return null;
    const values = match[3].split(",").map(Number);
    if (values.length < 4 || values.length % 2 || !values.every(Number.isFinite)) return null;
    const points = [];
    for (let i = 0; i < values.length; i += 2) points.push([values[i], values[i + 1]]);
    if (match[2] === "p" && points.length < 3) return null;
    return {
      kind: match[2] === "r" ? "rectangle" : "polygon",
      points: match[2] === "r" ? points.slice(0, 2) : points.slice(0, 400),
      subtract: match[1] !== "+",
    };
  }

  const written = (one) =>
    (one.subtract ? "~" : "+") +
    (one.kind === "rectangle" ? "r" : "p") +
    one.points.map((p) => p.map(short).join(",")).join(",");

  function parse(hash) {
    const found = empty();
    for (const part of hash.replace(/^#\/?/, "").split("/")) {
      const cut = part.indexOf("=");
      if (cut < 0) {
        const place = part.split(",").map(Number);
        if (part && place.length === 3 && place.every(Number.isFinite)) {
          [found.x, found.y, found.z] = [
            clamp(place[0], -reach(), reach()),
            clamp(place[1], -1, 1),
            clamp(place[2], 0, 30),
          ];
        }
        continue;
      }
      const name = part.slice(0, cut);
      if (Object.hasOwn(READ, name) && (players() || !OF_PLAYERS.includes(name))) {
        let value = part.slice(cut + 1);
        try {
          value = decodeURIComponent(value);
        } catch (_) {
          continue;
        }
        found[name] = READ[name](value);
      }
    }
    return found;
  }

  function address(values) {
    const parts = [];
    if (values.z !== null)
      parts.push([short(values.x), short(values.y), String(Number(values.z.toFixed(2)))].join(","));
    for (const name of ["f", "p", "v", "from", "to", "k", "folder", "player", "team", "who", "ask", "q", "way", "c"]) {
      const value = values[name];
      if (Array.isArray(value) ? value.length : value !== null && value !== "")
        parts.push(name + "=" + value);
    }
    if (values.o.join() !== DEFAULT_OVERLAYS.join()) parts.push("o=" + values.o);
    if (values.sel.length) parts.push("sel=" + values.sel.map(written).join(";"));
    return "#/" + parts.join("/");
  }

  function tell(before) {
    const changed = Object.keys(state).filter((k) => JSON.stringify(before[k]) !== JSON.stringify(state[k]));
    if (!changed.length) return changed;
    for (const [names, fn] of listeners) if (names.some((n) => changed.includes(n))) fn(state, changed);
    return changed;
  }

  function write(push) {
    clearTimeout(timer);
    const text = address(state);
    if (text === location.hash) return;
    history[push ? "pushState" : "replaceState"](null, "", text);
  }

  /* Change some of it. With `push`, back returns to before. */
  function set(patch, push) {
    const before = { ...state };
    if (push) write(false);
    Object.assign(state, patch);
    const changed = Object.keys(patch).some((k) => JSON.stringify(before[k]) !== JSON.stringify(state[k]));
    if (!changed) return;
    if (push) write(true);
    else {
      clearTimeout(timer);
      timer = setTimeout(() => write(false), 250); // browsers refuse hundreds of changes a second
    }
    tell(before);
  }

  function reread() {
    clearTimeout(timer);
    const before = { ...state };
    Object.assign(state, parse(location.hash));
    tell(before);
  }

  FA.state = {
    value: state,
    set,
    parse,
    address,
    reread,
    PANELS,
    OVERLAYS,
    FILTERS,
    reach,
    on: (names, fn) => listeners.push([names, fn]),
    filter() {
      const { v, from, to, k, folder, player, team } = state;
      const named = player.length || team.length;
      return { v, from, to, k, folder, player, team, edit: named ? FA.players.revision() : "" };
    },
    begin() {
      Object.assign(state, parse(location.hash));
      addEventListener("popstate", reread);
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
