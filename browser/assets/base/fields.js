/* The fields of the state that several parts share. What is one part's own, that part adds itself. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const { field, read, shapes } = FA.address;
  const COLOURS = ["video", "folder", "time", "cluster", "player", "team"];
  const players = () => Boolean(FA.players && FA.players.there());
  const colours = () => (players() ? COLOURS : COLOURS.slice(0, 4));
  const none = () => null;
  const list = () => [];

  field("f", { empty: none, read: read.integer }); // the frame that is open
  field("p", { empty: () => "", read: read.one(() => FA.parts.panels().map((one) => one.name)) });
  field("v", { empty: list, read: read.integers }); // the filter: videos, seconds, groups, folder
  field("from", { empty: none, read: read.number });
  field("to", { empty: none, read: read.number });
  field("k", { empty: list, read: read.integers });
  field("folder", { empty: none, read: read.integer });
  field("player", { empty: list, read: read.integers, there: players });
  field("team", { empty: list, read: read.integers, there: players });
  field("where", {
    empty: list,
    read: (text) => text.split("\n").filter(Boolean).slice(0, 50),
    write: (lines) => encodeURIComponent(lines.join("\n")),
  }); // conditions on columns
  field("way", { empty: list, read: read.integers }); // videos whose ways are drawn
  const column = (text) => (text.startsWith("column:") ? read.text(text) : "");
  field("c", { empty: () => "", read: (text) => read.one(colours)(text) || column(text) }); // what the map is coloured by
  field("sel", { empty: list, ...shapes }); // what is selected

  const first = () =>
    FA.parts
      .switches()
      .filter((one) => one.first)
      .map((one) => one.name);
  field("o", {
    empty: first,
    read: read.some(() => FA.parts.switches().map((one) => one.name)),
    silent: (names) => String([...names].sort()) === String(first().sort()),
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
