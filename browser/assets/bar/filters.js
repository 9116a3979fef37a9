/* The chips in the bar: what is shown, by video, folder, time and group, and what colours it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const { set, value } = FA.state;
  const without = (list, one) => list.filter((n) => n !== one);
  const pick = (name) => (one, yes) =>
    set({ [name]: yes ? [...value[name], one] : without(value[name], one) }, true);
  let regionBox = null; // the menu of groups, while it is open
  const nameOf = (n) => (FA.atlas.sources.find((s) => s.n === n) || { name: "?" }).name;

  function timeMenu() {
    const field = (name, label) => {
      const input = FA.h("input", {
        class: "fa-input",
        inputMode: "decimal",
        placeholder: name === "from" ? "0:00" : "end",
        id: "fa-time-" + name,
        onchange: () => set({ [name]: input.value.trim() === "" ? null : FA.seconds(input.value) }, true),
      });
      input.value = value[name] === null ? "" : FA.clock(value[name], true);
      return FA.h("label", { class: "fa-field" }, FA.h("span", {}, label), input);
    };
    return [
      FA.h("p", { class: "fa-note" }, "Only moments of each video between"),
      FA.h("div", { class: "fa-fields" }, field("from", "From"), field("to", "To")),
    ];
  }

  async function clusterMenu(box) {
    try {
      const found = await FA.clusters.all();
      FA.fill(box, FA.clusters.control(), FA.regionRows(found, () => value.k, pick("k"), () => clusterMenu(box)));
      regionBox = box;
    } catch (error) {
      FA.fill(box, FA.h("p", { class: "fa-note" }, error.message));
    }
  }

  const colourMenu = (columns) =>
    FA.popover.radio(
      "colour",
      [
        ["", "No colours"],
        ["video", "by video"],
        ...(FA.atlas.folders.length > 1 ? [["folder", "by folder"]] : []),
        ["time", "by time in the video"],
        ["cluster", "by group"],
        ...(FA.players.there()
          ? [
              ["player", "by player"],
              ["team", "by team"],
            ]
          : []),
        ...columns.map((one) => [FA.colour.COLUMN + one.name, "by " + FA.known.title(one.name).toLowerCase()]),
      ],
      value.c,
      (c) => set({ c }, true),
    );

  const MENUS = {
    v: [
      "Video",
      () =>
        FA.popover.choices(
          FA.atlas.sources.filter((s) => s.frames).map((s) => [s.n, s.name]),
          () => value.v,
          pick("v"),
        ),
    ],
    folder: [
      "Folder",
      () =>
        FA.popover.radio(
          "folder",
          [[null, "All folders"], ...FA.atlas.folders.map((f, n) => [n, f || "(top folder)"])],
          value.folder,
          (n) => set({ folder: n }, true),
        ),
    ],
    time: ["Time", timeMenu],
    where: [
      "Details",
      (box) => {
        FA.known.menu(box);
        return FA.skeleton("Looking what is known…");
      },
    ],
    player: ["Player", (box) => FA.players.menu(box, () => value.player, pick("player"))],
    team: ["Team", (box) => FA.players.teamMenu(box, () => value.team, pick("team"))],
    k: [
      "Group",
      (box) => {
        clusterMenu(box);
        return FA.skeleton("Finding groups of frames that are alike…");
      },
    ],
    c: [
      "Colour",
      (box) => {
        const names = () => FA.known.coloured().map((one) => one.name).join("\n");
        const before = names();
        const learned = () => {
          if (names() === before) return;
          const held = box.contains(document.activeElement);
          FA.fill(box, colourMenu(FA.known.coloured()));
          if (held) box.querySelector("input:checked").focus({ preventScroll: true });
        };
        FA.known.load().then(learned, FA.api.complain);
        return colourMenu(FA.known.coloured());
      },
    ],
  };

  function active(name) {
    if (name === "v" && value.v.length)
      return value.v.length === 1 ? nameOf(value.v[0]) : value.v.length + " videos";
    if (name === "folder" && value.folder !== null) return FA.atlas.folders[value.folder] || "(top folder)";
    if (name === "time" && (value.from !== null || value.to !== null)) {
      return (
        (value.from === null ? "0:00" : FA.clock(value.from, true)) +
        "–" +
        (value.to === null ? "end" : FA.clock(value.to, true))
      );
    }
    if (name === "where") return FA.known.active();
    if (name === "player" && value.player.length) return FA.players.some(value.player);
    if (name === "team" && value.team.length) return value.team.map((n) => n || "unknown").join(", ");
    if (name === "k" && value.k.length) return FA.count(value.k.length, "group");
    if (name === "c" && value.c) return "by " + (value.c === "time" ? "time" : FA.legend.title(value.c));
    return "";
  }

  const NOTHING = {
    v: { v: [] },
    folder: { folder: null },
    time: { from: null, to: null },
    where: { where: [] },
    player: { player: [] },
    team: { team: [] },
    k: { k: [] },
    c: { c: "" },
  };

  function chip(name) {
    const [title, make] = MENUS[name];
    const what = active(name);
    const button = FA.h(
      "button",
      {
        type: "button",
        class: "fa-chip" + (what ? " fa-on" : ""),
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        id: "fa-chip-" + name,
        onclick: () => FA.popover.open(button, make),
      },
      FA.h("span", {}, what ? `${title}: ${what}` : title),
    );
    const clear = what
      ? FA.iconButton(
          "close",
          `No longer ${title.toLowerCase()}: ${what}`,
          () => {
            FA.popover.shut();
            set(NOTHING[name], true);
          },
          { class: "fa-button fa-only-icon fa-tiny" },
        )
      : null;
    return FA.h("div", { class: "fa-chip-box" }, button, clear);
  }

  function update() {
    const row = FA.byId("fa-chips");
    const focused =
      document.activeElement && row.contains(document.activeElement) ? document.activeElement.id : "";
    const names = Object.keys(MENUS).filter((n) =>
      n === "folder" ? FA.atlas.folders.length > 1 : !["player", "team"].includes(n) || FA.players.there(),
    );
    const opener = FA.popover.button();
    FA.fill(row, FA.hits.chip(), names.map(chip));
    if (opener && FA.byId(opener.id)) FA.popover.moveTo(FA.byId(opener.id));
    if (focused && FA.byId(focused)) FA.byId(focused).focus();
  }

  FA.filters = { update };
  FA.part("bar", () => {
    FA.state.on([...FA.state.FILTERS, "c"], update);
    FA.state.on(["groups"], () => regionBox && regionBox.isConnected && clusterMenu(regionBox));
    update();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
