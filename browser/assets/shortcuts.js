/* Everything by keyboard, and the list that "?" shows. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const LIST = [
    ["← ↑ → ↓", "move over the map"],
    ["+  −", "closer, further"],
    ["0", "the whole map"],
    ["Enter", "open the frame in the middle"],
    ["[  ]", "previous, next frame of the video"],
    ["p", "play"],
    ["/", "search"],
    ["s", "select what the window shows"],
    ["r  l", "rectangle, lasso (Shift adds, Alt takes away)"],
    ["d  o  g  t", "density, points, groups, untrustworthy regions"],
    ["1 … 6", "panels: frame, video, search, selection, charts, poster"],
    ["c", "copy the link to this view"],
    ["Esc", "close what is open"],
    ["?", "this list"],
  ];
  const OF_PLAYERS = [
    ["7", "panel: players"],
    ["u", "undo the last correction of players"],
  ];
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
    c: () => FA.copy(location.href, "Link"),
    "?": help,
    u: () => FA.players.there() && FA.players.undo(),
  };
  FA.state.PANELS.forEach((name, k) => {
    KEYS[k + 1] = () => (name !== "players" || FA.players.there()) && FA.drawer.open(name);
  });

  function help() {
    const dialog =
      FA.byId("fa-keys") ||
      document.body.appendChild(
        FA.h("dialog", { id: "fa-keys", class: "fa-dialog", "aria-label": "Keys and help" }),
      );
    FA.fill(
      dialog,
      FA.h(
        "div",
        { class: "fa-heading" },
        FA.h("h2", {}, "Keys"),
        FA.iconButton("close", "Close", () => dialog.close()),
      ),
      FA.h(
        "dl",
        { class: "fa-keys" },
        [...LIST, ...(FA.players.there() ? OF_PLAYERS : [])].map(([keys, text]) => [
          FA.h(
            "dt",
            {},
            keys.split(/ +/).map((k) => FA.h("kbd", {}, k)),
          ),
          FA.h("dd", {}, text),
        ]),
      ),
      FA.h(
        "p",
        { class: "fa-note" },
        "Each frame of your videos has one place; frames that look alike are neighbours. Zoom in to see more of them, click one to open it, drop a picture to find where it would be.",
      ),
    );
    if (!dialog.open) dialog.showModal();
  }

  function escape(event) {
    if (event.target.closest && event.target.closest("[data-takes-escape]")) return;
    if (FA.popover.shut()) return;
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
    if (event.target.type === "range" && event.key.startsWith("Arrow")) return;
    if (event.target.tagName === "VIDEO" && (event.key.startsWith("Arrow") || event.key === " ")) return;
    const onMap = !event.target.closest("button, a, video, summary, [role=tab]");
    if (event.key === "Enter" && onMap) return void FA.hover.openMiddle();
    const act = KEYS[event.key];
    if (!act || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  FA.shortcuts = {
    help,
    begin: () => addEventListener("keydown", press, true),
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
