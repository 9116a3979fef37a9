/* Colours of frames, by video, folder, time in the video, group or player: far apart for the largest, grey for the rest. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const { COLOURS: PALETTE, RAMP, REST, ramp } = window.AtlasPalette;
  const VALUES = { video: "source", folder: "folder", time: "time", cluster: "cluster", player: "player", team: "team" }; // as the server calls them
  const assigned = new Map(); // what it is coloured by → Map of category → colour

  /* What is coloured, each with its number, name and size. */
  const CATEGORIES = {
    video: async () =>
      FA.atlas.sources.filter((one) => one.frames).map((one) => ({ n: one.n, name: one.name, size: one.frames })),
    folder: async () =>
      FA.atlas.folders.map((name, n) => ({
        n,
        name: name || "(top folder)",
        size: FA.atlas.sources.reduce((sum, one) => sum + (one.folder === n ? one.frames : 0), 0),
      })),
    cluster: async () =>
      (await FA.clusters.first()).map((one) => ({ n: one.n, name: one.title, size: one.frames })),
    player: () => FA.players.categories("player"),
    team: () => FA.players.categories("team"),
    time: async () => [],
  };

  /* The largest have the colours; what a person gave one (`tint`) takes that of the smallest which has none from them. */
  function assign(categories, tint) {
    const known = categories.filter((one) => !one.nobody);
    const bySize = [...known].sort((a, b) => b.size - a.size || a.n - b.n).map((one) => one.n);
    const coloured = bySize.slice(0, PALETTE.length);
    for (const n of tint) {
      if (!bySize.includes(n) || coloured.includes(n)) continue;
      const free = coloured.filter((one) => !tint.includes(one)).pop();
      if (free !== undefined) coloured[coloured.indexOf(free)] = n;
    }
    return new Map(coloured.map((n, k) => [n, PALETTE[k]]));
  }

  /** The categories of what is coloured; after it `of` knows their colours. */
  async function ready(by) {
    if (!by) return [];
    const categories = await CATEGORIES[by]();
    learn(by, categories);
    return categories;
  }

  const learn = (by, categories) => void assigned.set(by, assign(categories, FA.state.value.tint));

  /** The colour of a value that the server gave for a frame. */
  function of(by) {
    if (by === "time") return ramp;
    if (!by) return () => "rgba(255,255,255,.9)";
    const known = assigned.get(by) || new Map();
    return (n) => known.get(n) || REST;
  }

  /** What of a question says by what frames are coloured. */
  const query = (by) => "value=" + VALUES[by] + (by === "cluster" ? "&" + FA.clusters.query() : "");

  FA.address.field("tint", { empty: () => [], read: FA.address.read.integers });

  FA.colour = {
    VALUES,
    query,
    REST,
    RAMPED: `linear-gradient(90deg, ${RAMP.join(", ")})`,
    assign,
    learn,
    of,
    ready,
    ramp,
    /* A player or a team, wherever it is named. */
    someone: (n, by) => of(by)(n),
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
