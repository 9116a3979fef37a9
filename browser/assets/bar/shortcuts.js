/* Everything by keyboard; help.js lists the keys. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const STEP = 140; // pixels

  const pan = (x, y) => FA.map.leaflet.panBy([x * STEP, y * STEP], { animate: !FA.calm() });
  const zoom = (by) => FA.map.leaflet.setZoom(FA.map.leaflet.getZoom() + by, { animate: !FA.calm() });
  const toggle = (name) => FA.overlays.toggle(name, !FA.overlays.on(name));

  const KEYS = {
    ArrowLeft: () => pan(-1, 0),
    ArrowRight: () => pan(1, 0),
    ArrowUp: () => pan(0, -1),
    ArrowDown: () => pan(0, 1),
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    _: () => zoom(-1),
    0: () => FA.map.whole(),
    "[": () => FA.frame.previous(),
    "]": () => FA.frame.next(),
    p: () => FA.frame.play(),
    "/": () => {
      FA.byId("fa-search").focus();
      FA.byId("fa-search").select();
    },
    s: () => FA.select.view(),
    r: () => FA.select.use("rectangle"),
    l: () => FA.select.use("lasso"),
    d: () => toggle("density"),
    o: () => toggle("points"),
    g: () => toggle("clusters"),
    t: () => toggle("trust"),
    y: () => FA.dates.toggle(),
    c: () => FA.copy(location.href, "Link"),
    "?": () => FA.help.open(),
    u: () => FA.players.there() && FA.players.undo(),
    ...FA.playersRoles.keys,
  };

  /* 1, 2, 3 … are the panels as the drawer has them. */
  const panel = (key) => (/^[1-9]$/.test(key) ? FA.parts.panels()[Number(key) - 1] : undefined);

  function escape(event) {
    if (event.target.closest && event.target.closest("[data-takes-escape]")) return;
    if (FA.popover.shut()) return;
    if (!FA.byId("fa-drawer").contains(event.target) && (FA.dates.leave() || FA.duplicates.leave())) return;
    if (FA.select.active()) return FA.select.use("");
    if (event.target.id === "fa-search") return event.target.blur();
    FA.drawer.close();
  }

  const typing = (target) =>
    target.closest &&
    target.closest(
      "input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]",
    );

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return escape(event);
    if (typing(event.target)) return;
    if (event.target.closest("[type=range], .fa-close") && event.key.startsWith("Arrow")) return;
    if ((FA.dates.open() || FA.duplicates.open()) && !["y", "c", "/", "?", "[", "]"].includes(event.key) && !panel(event.key)) return;
    if (event.target.tagName === "VIDEO" && (event.key.startsWith("Arrow") || event.key === " ")) return;
    const onMap = !event.target.closest("button, a, video, summary, [role=tab]");
    if (event.key === "Enter" && onMap) return void FA.hover.openMiddle();
    const opens = panel(event.key);
    const act = opens ? () => FA.drawer.open(opens.name) : KEYS[event.key];
    if (!act || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  FA.part("last", () => addEventListener("keydown", press, true));
})((window.FrameAtlas = window.FrameAtlas || {}));
