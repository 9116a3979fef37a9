/* The bar at the top: name, search, chips of filters and colour, overlays, the look, help. */
(function (FA) {
  "use strict";

  const OVERLAYS = [
    ["points", "Points", "One dot per frame"], ["density", "Density", "Where frames crowd"],
    ["ways", "Ways of videos", "Lines with time along them"], ["hits", "Search hits", "What was found"],
    ["clusters", "Groups", "Representative frames with names"], ["trust", "Untrustworthy regions", "Where neighbours on the map are not alike"],
  ];
  let menu = null; // the open popover and its button

  function popover(button, make) {
    const same = menu && menu.button === button;
    shut();
    if (same) return;
    const box = FA.h("div", { class: "fa-menu", role: "dialog", "aria-label": button.getAttribute("aria-label") || button.textContent });
    FA.byId("fa-over").append(box);
    FA.fill(box, make(box));
    const at = button.getBoundingClientRect();
    box.style.left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8)) + "px";
    box.style.top = at.bottom + 8 + "px";
    button.setAttribute("aria-expanded", "true");
    menu = { box, button };
    const first = box.querySelector("input, button, select");
    if (first) first.focus({ preventScroll: true });
  }

  function shut() {
    if (!menu) return false;
    menu.box.remove();
    menu.button.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body) menu.button.focus({ preventScroll: true });
    menu = null;
    return true;
  }

  /* A list of switches, with a box that narrows it where it is long. */
  function choices(rows, chosen, change) {
    const list = FA.h("div", { class: "fa-choices" });
    const draw = (text) => FA.fill(list, rows.filter(([, name]) => name.toLowerCase().includes(text)).slice(0, 300).map(([value, name, hint]) => {
      const box = FA.h("input", { type: "checkbox", checked: chosen().includes(value), onchange: () => change(value, box.checked) });
      return FA.h("label", { title: hint || name }, box, FA.h("span", {}, name));
    }));
    draw("");
    const find = rows.length > 9 ? FA.h("input", { type: "search", class: "fa-input", placeholder: "Narrow the list", "aria-label": "Narrow the list",
      oninput: () => draw(find.value.toLowerCase()) }) : null;
    return [find, list];
  }

  const { set, value } = FA.state;
  const without = (list, one) => list.filter((n) => n !== one);
  const pick = (name) => (one, yes) => set({ [name]: yes ? [...value[name], one] : without(value[name], one) }, true);
  const nameOf = (n) => (FA.atlas.sources.find((s) => s.n === n) || { name: "?" }).name;

  function timeMenu() {
    const field = (name, label) => {
      const input = FA.h("input", { class: "fa-input", inputMode: "decimal", placeholder: name === "from" ? "0:00" : "end", id: "fa-time-" + name,
        onchange: () => set({ [name]: input.value.trim() === "" ? null : FA.seconds(input.value) }, true) });
      input.value = value[name] === null ? "" : FA.clock(value[name], true);
      return FA.h("label", { class: "fa-field" }, FA.h("span", {}, label), input);
    };
    return [FA.h("p", { class: "fa-note" }, "Only moments of each video between"), FA.h("div", { class: "fa-fields" }, field("from", "From"), field("to", "To"))];
  }

  async function clusterMenu(box) {
    try {
      const rows = (await FA.api.clusters()).map((c) => [c.n, FA.clusters.name(c), FA.count(c.frames, "frame")]);
      FA.fill(box, choices(rows, () => value.k, pick("k")));
    } catch (error) {
      FA.fill(box, FA.h("p", { class: "fa-note" }, error.message));
    }
  }

  const radio = (name, rows, chosen, change) => FA.h("div", { class: "fa-choices" }, rows.map(([one, text]) =>
    FA.h("label", {}, FA.h("input", { type: "radio", name, checked: chosen === one, onchange: () => change(one) }), FA.h("span", {}, text))));

  const MENUS = {
    v: ["Video", () => choices(FA.atlas.sources.filter((s) => s.frames).map((s) => [s.n, s.name]), () => value.v, pick("v"))],
    folder: ["Folder", () => radio("folder", [[null, "All folders"], ...FA.atlas.folders.map((f, n) => [n, f || "(top folder)"])], value.folder, (n) => set({ folder: n }, true))],
    time: ["Time", timeMenu],
    k: ["Group", (box) => { clusterMenu(box); return FA.h("p", { class: "fa-note" }, "Looking for groups…"); }],
    c: ["Colour", () => radio("colour", [["", "No colours"], ["video", "by video"], ["folder", "by folder"], ["time", "by time in the video"], ["cluster", "by group"]], value.c, (c) => set({ c }, true))],
  };

  function active(name) {
    if (name === "v" && value.v.length) return value.v.length === 1 ? nameOf(value.v[0]) : value.v.length + " videos";
    if (name === "folder" && value.folder !== null) return FA.atlas.folders[value.folder] || "(top folder)";
    if (name === "time" && (value.from !== null || value.to !== null)) {
      return (value.from === null ? "0:00" : FA.clock(value.from, true)) + "–" + (value.to === null ? "end" : FA.clock(value.to, true));
    }
    if (name === "k" && value.k.length) return FA.count(value.k.length, "group");
    if (name === "c" && value.c) return "by " + (value.c === "cluster" ? "group" : value.c);
    return "";
  }

  const NOTHING = { v: { v: [] }, folder: { folder: null }, time: { from: null, to: null }, k: { k: [] }, c: { c: "" } };

  function chip(name) {
    const [title, make] = MENUS[name];
    const what = active(name);
    const button = FA.h("button", { type: "button", class: "fa-chip" + (what ? " fa-on" : ""), "aria-haspopup": "dialog", "aria-expanded": "false", id: "fa-chip-" + name,
      "aria-label": what ? `${title}: ${what}` : title, onclick: () => popover(button, make) }, FA.h("span", {}, what ? `${title}: ${what}` : title));
    const clear = what ? FA.iconButton("close", `No longer ${title.toLowerCase()}: ${what}`, () => { shut(); set(NOTHING[name], true); }, { class: "fa-button fa-only-icon fa-tiny" }) : null;
    return FA.h("div", { class: "fa-chip-box" }, button, clear);
  }

  function update() {
    const row = FA.byId("fa-chips");
    const focused = document.activeElement && row.contains(document.activeElement) ? document.activeElement.id : "";
    const names = Object.keys(MENUS).filter((n) => n !== "folder" || FA.atlas.folders.length > 1);
    const open = menu && menu.button.id;
    FA.fill(row, names.map(chip));
    if (open && FA.byId(open)) {
      menu.button = FA.byId(open);
      menu.button.setAttribute("aria-expanded", "true");
    }
    if (focused && FA.byId(focused)) FA.byId(focused).focus();
  }

  function overlays() {
    return choices(OVERLAYS, () => FA.state.OVERLAYS.filter(FA.overlays.on), FA.overlays.toggle);
  }

  function begin() {
    const box = FA.h("input", { type: "search", class: "fa-input", id: "fa-search", placeholder: "Search names, or name@1:20", "aria-label": "Search names of videos, or name@time",
      onkeydown: (event) => { if (event.key === "Enter") search(); },
      oninput: FA.once(() => { if (box.value !== searched && box.value.trim().length > 1 && !box.value.includes("@")) search(); }, 300) });
    let searched = "";
    const search = () => {
      searched = box.value;
      FA.search.byText(searched);
    };
    const layers = FA.button("layers", "Overlays", () => popover(layers, overlays), { id: "fa-overlays", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": "Overlays" });
    FA.fill(FA.byId("fa-bar"),
      FA.h("button", { type: "button", class: "fa-name", title: "The whole map (0)", onclick: () => FA.map.whole() }, FA.h("b", {}, FA.atlas.name),
        FA.h("span", {}, FA.count(FA.atlas.frames, "frame"))),
      FA.h("div", { class: "fa-search-box", role: "search" }, FA.icon("search"), box,
        FA.iconButton("frame", "Search by picture", () => FA.drawer.open("search"), { id: "fa-by-picture" })),
      FA.h("div", { id: "fa-chips", role: "group", "aria-label": "Filter and colour" }),
      FA.h("div", { class: "fa-tools" }, layers,
        FA.iconButton("select", "Select frames", () => FA.drawer.open("selection"), { id: "fa-open-selection" }),
        FA.iconButton("video", "Videos", () => FA.drawer.open("video")),
        FA.iconButton("chart", "Charts", () => FA.drawer.open("charts")),
        FA.iconButton("poster", "Poster of this view", () => FA.drawer.open("poster"), { id: "fa-open-poster" }),
        FA.iconButton("sun", "Light, dark or as the system", FA.theme.next, { id: "fa-theme" }),
        FA.iconButton("help", "Keys and help ( ? )", FA.shortcuts.help, { id: "fa-help" })));
    FA.state.on(["v", "from", "to", "k", "folder", "c"], update);
    update();
    addEventListener("pointerdown", (event) => {
      if (menu && !menu.box.contains(event.target) && !menu.button.contains(event.target)) shut();
    }, true);
  }

  FA.bar = { begin, update, shut };
})((window.FrameAtlas = window.FrameAtlas || {}));
