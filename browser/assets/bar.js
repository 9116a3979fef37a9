/* The bar at the top: name, search, overlays, panels, the look, help; the chips are in filters.js. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const OVERLAYS = [
    ["points", "Points", "One dot per frame"],
    ["density", "Density", "Where frames crowd"],
    ["ways", "Ways of videos", "Lines with time along them"],
    ["hits", "Search hits", "What was found"],
    ["clusters", "Groups", "Representative frames with names"],
    ["trust", "Untrustworthy regions", "Where neighbours on the map are not alike"],
  ];
  function overlays() {
    return FA.popover.choices(OVERLAYS, () => FA.state.OVERLAYS.filter(FA.overlays.on), FA.overlays.toggle);
  }

  function begin() {
    const box = FA.h("input", {
      type: "search",
      class: "fa-input",
      id: "fa-search",
      placeholder: "Search names, or name@1:20",
      "aria-label": "Search names of videos, or name@time",
      onkeydown: (event) => {
        if (event.key === "Enter") search();
      },
      oninput: FA.once(() => {
        if (box.value !== searched && box.value.trim().length > 1 && !box.value.includes("@")) search();
      }, 300),
    });
    let searched = "";
    const search = () => {
      searched = box.value;
      FA.search.byText(searched);
    };
    const layers = FA.button("layers", "Overlays", () => FA.popover.open(layers, overlays), {
      id: "fa-overlays",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      "aria-label": "Overlays",
    });
    FA.fill(
      FA.byId("fa-bar"),
      FA.h(
        "button",
        { type: "button", class: "fa-name", title: "The whole map (0)", onclick: () => FA.map.whole() },
        FA.h("b", {}, FA.atlas.name),
        FA.h("span", {}, FA.count(FA.atlas.frames, "frame")),
      ),
      FA.h(
        "div",
        { class: "fa-search-box", role: "search" },
        FA.icon("search"),
        box,
        FA.iconButton("frame", "Search by picture", () => FA.drawer.open("search"), { id: "fa-by-picture" }),
      ),
      FA.h("div", { id: "fa-chips", role: "group", "aria-label": "Filter and colour" }),
      FA.h(
        "div",
        { class: "fa-tools" },
        layers,
        FA.iconButton("select", "Select frames", () => FA.drawer.open("selection"), {
          id: "fa-open-selection",
        }),
        FA.players.there()
          ? FA.iconButton("players", "Players", () => FA.drawer.open("players"), { id: "fa-open-players" })
          : null,
        FA.iconButton("video", "Videos", () => FA.drawer.open("video")),
        FA.iconButton("chart", "Charts", () => FA.drawer.open("charts")),
        FA.iconButton("poster", "Poster of this view", () => FA.drawer.open("poster"), {
          id: "fa-open-poster",
        }),
        FA.iconButton("sun", "Light, dark or as the system", FA.theme.next, { id: "fa-theme" }),
        FA.iconButton("help", "Keys and help ( ? )", FA.shortcuts.help, { id: "fa-help" }),
      ),
    );
  }

  FA.bar = { begin };
})((window.FrameAtlas = window.FrameAtlas || {}));
