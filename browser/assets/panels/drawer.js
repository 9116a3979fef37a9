/* The drawer with its tabs: a column beside the map, a sheet below it on a narrow screen. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const section = (name) => FA.byId("fa-panel-" + name);

  function tabs() {
    const panels = FA.parts.panels();
    return panels.map(({ name, icon, title }, k) =>
      FA.button(icon, title, () => open(name), {
        role: "tab",
        id: "fa-tab-" + name,
        "aria-controls": "fa-panel-" + name,
        class: "fa-tab",
        title,
        onkeydown: (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          event.stopPropagation();
          const to = panels[(k + step + panels.length) % panels.length].name;
          open(to);
          FA.byId("fa-tab-" + to).focus();
        },
      }),
    );
  }

  const places = () =>
    FA.parts.panels().map(({ name }) =>
      FA.h("div", {
        id: "fa-panel-" + name,
        class: "fa-panel",
        role: "tabpanel",
        "aria-labelledby": "fa-tab-" + name,
        tabIndex: 0, // it scrolls, also where nothing in it takes the focus
        hidden: true,
      }),
    );

  function open(name) {
    if (FA.state.value.p === name) return;
    FA.state.set({ p: name }, true);
  }

  function close() {
    const { p } = FA.state.value;
    if (p) FA.state.set({ p: "", f: null }, true);
    FA.byId("fa-map").focus({ preventScroll: true });
  }

  /* The map has what the drawer leaves it. */
  function room() {
    const { p } = FA.state.value;
    const panel = FA.parts.panel(p);
    const { classList } = document.body;
    const before = classList.value;
    classList.toggle("fa-open", Boolean(panel));
    classList.toggle("fa-wide-drawer", Boolean(panel && panel.wide));
    return classList.value !== before;
  }

  function show(_, changed) {
    const { p } = FA.state.value;
    const drawer = FA.byId("fa-drawer");
    drawer.inert = !p;
    if (room()) FA.map.resized();
    for (const { name } of FA.parts.panels()) {
      const tab = FA.byId("fa-tab-" + name);
      tab.setAttribute("aria-selected", String(p === name));
      tab.tabIndex = p === name || (!p && name === "frame") ? 0 : -1;
      section(name).hidden = p !== name;
      if (p !== name && (!changed || changed.includes("p"))) FA.player.stop(section(name));
    }
    const tab = p && FA.byId("fa-tab-" + p);
    if (tab && (!changed || changed.includes("p"))) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    const panel = FA.parts.panel(p);
    if (panel) panel.fill(section(p), changed);
  }

  FA.drawer = { open, close, section, room };

  FA.part("last", () => {
    FA.fill(FA.byId("fa-tabs"), tabs());
    FA.fill(
      FA.byId("fa-drawer-end"),
      FA.iconButton("close", "Close the panel (Esc)", close, { id: "fa-close" }),
    );
    FA.byId("fa-drawer").append(...places());
    const on = FA.parts.panels().flatMap((panel) => panel.on || []);
    FA.state.on([...new Set(["p", ...on, ...FA.state.FILTERS])], show);
    show();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
