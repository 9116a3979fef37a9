/* The state of this page. All of it but `edit` lives in the address (address.js). */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  /** @type {any} */
  const state = { x: 0, y: 0, z: null, edit: "", rev: "", shots: "" }; // edit, rev and shots: which corrections, columns and shots colours, tiles and lists are of; never in the address
  const listeners = [];
  let timer = 0;

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  function tell(before) {
    const changed = Object.keys(state).filter((name) => !same(before[name], state[name]));
    if (!changed.length) return;
    for (const [names, call] of listeners) if (names.some((name) => changed.includes(name))) call(state, changed);
  }

  function write(push) {
    clearTimeout(timer);
    const text = FA.address.written(state);
    if (text === location.hash) return;
    history[push ? "pushState" : "replaceState"](null, "", text);
  }

  /**
   * Change some of it.
   * @param {object} patch
   * @param {boolean} [push] back returns to before
   */
  function set(patch, push) {
    const before = { ...state };
    if (push) write(false);
    Object.assign(state, patch);
    if (Object.keys(patch).every((name) => same(before[name], state[name]))) return;
    if (push) write(true);
    else {
      clearTimeout(timer);
      timer = setTimeout(() => write(false), 250); // browsers refuse hundreds of changes a second
    }
    tell(before);
  }

  /* Everybody hears of everything again, as when the server is back; the map stays where it is. */
  function retell() {
    const names = Object.keys(state).filter((name) => !["x", "y", "z"].includes(name));
    const some = new Set(names);
    for (const [own, call] of listeners) if (own.some((name) => some.has(name))) call(state, names);
  }

  function reread() {
    clearTimeout(timer);
    const before = { ...state };
    Object.assign(state, FA.address.parse(location.hash));
    tell(before);
  }

  FA.state = {
    value: state,
    set,
    reread,
    retell,
    parse: (hash) => FA.address.parse(hash),
    address: (values) => FA.address.written(values),
    add: (name, value) => void (state[name] = value),
    FILTERS: ["v", "from", "to", "k", "folder", "player", "team", "edit", "where", "rev"],
    on: (names, call) => void listeners.push([names, call]),
    filter() {
      const { v, from, to, k, groups, folder, player, team, where, rev } = state;
      const named = player.length || team.length;
      const edit = named ? FA.players.revision() : "";
      const about = { where: where.join("\n"), rev: where.length ? rev : "" };
      return { v, from, to, k, groups, folder, player, team, edit, ...about };
    },
    /* Nothing of the filter: what "clear filters" sets. */
    unfiltered: () => ({ v: [], from: null, to: null, k: [], folder: null, player: [], team: [], where: [] }),
    filtered() {
      return FA.api.query(FA.state.filter()) !== "";
    },
    begin() {
      Object.assign(state, FA.address.parse(location.hash));
      addEventListener("popstate", reread);
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
