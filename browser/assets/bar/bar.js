/* The bar at the top: name and count, search, overlays, panels, the look, help; the chips are in filters.js. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const SOON = 300; // milliseconds after the last letter

  function overlays() {
    const rows = FA.parts.switches().map((one) => [one.name, one.title, one.hint]);
    return [FA.popover.choices(rows, () => FA.state.value.o, FA.overlays.toggle), FA.clusters.control()];
  }

  /* "1,149 frames", or under a filter "37 of 1,149 frames". */
  function count(facts) {
    const all = FA.count(FA.atlas.frames, "frame");
    const some = facts && FA.state.filtered();
    FA.byId("fa-count").textContent = some ? `${FA.number(facts.total)} of ${all}` : all;
  }

  const name = () =>
    FA.h(
      "button",
      { type: "button", class: "fa-name", title: "The whole map (0)", onclick: () => FA.map.whole() },
      FA.h("b", {}, FA.atlas.name),
      FA.h("span", { id: "fa-count" }, FA.count(FA.atlas.frames, "frame")),
    );

  function searchBox() {
    let searched = "";
    const search = () => {
      searched = box.value;
      FA.search.byText(searched);
    };
    const soon = FA.once(() => {
      if (box.value !== searched && box.value.trim().length > 1 && !box.value.includes("@")) search();
    }, SOON);
    const box = FA.h("input", {
      type: "search",
      class: "fa-input",
      id: "fa-search",
      ...FA.words.asked(),
      onkeydown: (event) => event.key === "Enter" && search(),
      oninput: () => (box.value ? soon() : search()),
    });
    const follow = () => {
      if (document.activeElement !== box) searched = box.value = FA.state.value.find;
    };
    FA.state.on(["find"], follow);
    FA.words.on(() => Object.entries(FA.words.asked()).forEach(([name, text]) => box.setAttribute(name, text)));
    follow();
    return FA.h(
      "div",
      { class: "fa-search-box", role: "search" },
      FA.icon("search"),
      box,
      FA.iconButton("frame", "Search by picture", () => FA.drawer.open("search"), { id: "fa-by-picture" }),
    );
  }

  /* A tool with its name beside it where there is room. */
  const tool = (icon, title, label, onclick, attributes) =>
    FA.button(icon, title, onclick, { title: label, class: "fa-button fa-tool", ...attributes });

  /* On a narrow screen one button opens what has no room. */
  function menu() {
    const go = (icon, title, call) =>
      FA.button(icon, title, () => {
        FA.popover.shut();
        call();
      }, { class: "fa-button fa-tool" });
    return [
      go("calendar", "By date", FA.dates.toggle),
      go("twins", "Duplicates", FA.duplicates.toggle),
      ...FA.parts.panels().map((one) => go(one.icon, one.title, () => FA.drawer.open(one.name))),
      FA.addFolder.able() ? go("plus", "Add a folder…", () => FA.addFolder.open("index")) : null,
      go("sun", "Light or dark", FA.theme.next),
      go("help", "Help", FA.help.open),
    ];
  }

  function tools() {
    const layers = tool("layers", "Overlays", "What is drawn over the pictures", () => FA.popover.open(layers, overlays), {
      id: "fa-overlays",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
    });
    const narrow = FA.iconButton("more", "Panels and help", () => FA.popover.open(narrow, menu), {
      id: "fa-more",
      class: "fa-button fa-only-icon fa-only-narrow",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
    });
    const panels = FA.parts
      .panels()
      .filter((one) => !["frame", "search"].includes(one.name))
      .map((one) =>
        tool(one.icon, one.title, `Panel: ${one.title}`, () => FA.drawer.open(one.name), {
          id: "fa-open-" + one.name,
          onpointerenter: one.warm,
        }),
      );
    return FA.h(
      "div",
      { class: "fa-tools", role: "group", "aria-label": "Tools" },
      layers,
      tool("calendar", "By date", "The frames in rows by date (y)", FA.dates.toggle, { id: "fa-by-date", "aria-pressed": "false" }),
      panels,
      tool("twins", "Duplicates", "Videos and photos that are nearly the same, side by side", FA.duplicates.toggle, {
        id: "fa-open-duplicates",
        "aria-pressed": "false",
      }),
      FA.addFolder.able()
        ? tool("plus", "Add…", "Add a folder, or draw the map anew", () => FA.addFolder.open("index"), { id: "fa-add" })
        : null,
      FA.iconButton("sun", "Light, dark or as the system", FA.theme.next, { id: "fa-theme" }),
      narrow,
      FA.iconButton("help", "Help and keys ( ? )", FA.help.open, { id: "fa-help" }),
    );
  }

  /* Tools have their names beside them where neither filters nor tools are cut off by that. */
  function fit() {
    const [bar, chips] = [FA.byId("fa-bar"), FA.byId("fa-chips")];
    bar.classList.add("fa-named");
    const cut = [bar, chips].some((one) => one.scrollWidth > one.clientWidth + 1);
    if (cut || matchMedia("(max-width: 1099px)").matches) bar.classList.remove("fa-named");
  }

  FA.part("bar", () => {
    const chips = FA.h("div", { id: "fa-chips", role: "group", "aria-label": "Filter and colour", tabIndex: -1 });
    FA.fill(FA.byId("fa-bar"), name(), searchBox(), chips, tools());
  });
  FA.part("overlay", () => FA.view.on(count));
  FA.part("last", () => {
    new ResizeObserver(fit).observe(FA.byId("fa-bar"));
    new MutationObserver(fit).observe(FA.byId("fa-chips"), { childList: true, subtree: true, characterData: true });
    fit();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
