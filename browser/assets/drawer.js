/* The drawer with its tabs: a column at the right, a sheet at the bottom of a narrow screen. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const TABS = [
    ["frame", "frame", "Frame"],
    ["video", "video", "Video"],
    ["search", "search", "Search"],
    ["selection", "select", "Selection"],
    ["charts", "chart", "Charts"],
    ["poster", "poster", "Poster"],
  ];
  const showers = {}; // panel → function that fills it when it is opened or what it shows changed

  const section = (name) => FA.byId("fa-panel-" + name);

  function tabs() {
    return TABS.map(([name, icon, text], k) =>
      FA.button(icon, text, () => open(name), {
        role: "tab",
        id: "fa-tab-" + name,
        "aria-controls": "fa-panel-" + name,
        class: "fa-tab",
        onkeydown: (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          event.stopPropagation();
          const to = TABS[(k + step + TABS.length) % TABS.length][0];
          open(to);
          FA.byId("fa-tab-" + to).focus();
        },
      }),
    );
  }

  function open(name) {
    if (FA.state.value.p === name) return;
    FA.state.set({ p: name }, true);
  }

  function close() {
    const { p } = FA.state.value;
    if (p) FA.state.set({ p: "", f: null }, true);
    FA.byId("fa-map").focus({ preventScroll: true });
  }

  function show(_, changed) {
    const { p } = FA.state.value;
    const drawer = FA.byId("fa-drawer");
    drawer.inert = !p;
    for (const [name] of TABS) {
      const tab = FA.byId("fa-tab-" + name);
      tab.setAttribute("aria-selected", String(p === name));
      tab.tabIndex = p === name || (!p && name === "frame") ? 0 : -1;
      section(name).hidden = p !== name;
      if (p !== name && (!changed || changed.includes("p"))) FA.player.stop(section(name));
    }
    if (p && showers[p]) showers[p](section(p), changed);
  }

  FA.drawer = {
    open,
    close,
    section,
    fill: (name, fn) => {
      showers[name] = fn;
    },
    begin() {
      if (FA.players.there()) TABS.push(["players", "players", "Players"]);
      FA.fill(FA.byId("fa-tabs"), tabs());
      FA.fill(
        FA.byId("fa-drawer-end"),
        FA.iconButton("close", "Close the panel (Esc)", close, { id: "fa-close" }),
      );
      FA.state.on(["p", "f", "way", "sel", "who", "ask", ...FA.state.FILTERS], show);
      show();
    },
  };

  FA.openFrame = function (frame) {
    FA.frame.comeAlong();
    FA.state.set({ f: frame, p: "frame" }, true);
  };

  /* Small pictures in a grid, each a button that opens its frame. */
  FA.gallery = function (frames, label) {
    const thumb = (one) => {
      const text = `${one.name} at ${FA.colour.when(one)}`;
      const below =
        one.similarity === undefined ? FA.colour.when(one, true) : Math.round(100 * one.similarity) + "%";
      return FA.h(
        "div",
        { role: "listitem" },
        FA.h(
          "button",
          {
            type: "button",
            class: "fa-thumb",
            title: text,
            "aria-label": text,
            "data-frame": String(one.frame),
            onclick: () => FA.openFrame(one.frame),
          },
          FA.h("img", { src: FA.api.picture(one.frame, 96), alt: "", loading: "lazy" }),
          FA.h("span", {}, below),
        ),
      );
    };
    return FA.h("div", { class: "fa-gallery", role: "list", "aria-label": label }, frames.map(thumb));
  };

  FA.heading = (text, ...more) => FA.h("div", { class: "fa-heading" }, FA.h("h3", {}, text), ...more);
})((window.FrameAtlas = window.FrameAtlas || {}));
