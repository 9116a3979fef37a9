/* Colours of frames, by video, folder, time in the video, group, player or a column: far apart for the largest, grey for the rest. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const { COLOURS: PALETTE, RAMP, REST, ramp } = window.AtlasPalette;
  const VALUES = { video: "source", folder: "folder", time: "time", cluster: "cluster", player: "player", team: "team" }; // as the server calls them
  const COLUMN = "column:"; // before the name of a column, as in "column:camera"
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

  /* The name of the column that it is coloured by; null where it is none. */
  const column = (by) => (by.startsWith(COLUMN) ? by.slice(COLUMN.length) : null);

  /* What the server says of that column, once `ready` has asked. */
  const facts = (by) => {
    const found = FA.known.facts();
    return (found && found.columns.find((one) => one.name === column(by))) || null;
  };

  /** Whether it can be coloured by that here; an address may name a column of another atlas: then by nothing. */
  async function there(by) {
    if (!by || column(by) === null) return true;
    if (!facts(by)) await FA.known.load();
    if (facts(by)) return true;
    if (FA.state.value.c === by) {
      FA.state.set({ c: "" });
      FA.api.complain(new Error(`Nothing is coloured: this atlas has no column ${column(by)}.`));
    }
    return false;
  }

  /* The values of a column of texts: the server numbers them as it lists them. */
  async function values(by) {
    if (!facts(by)) await FA.known.load();
    const found = facts(by);
    return found && found.values ? found.values.map(([name, size], n) => ({ n, name, size })) : [];
  }

  /* Whether shares of a span are coloured, from its first to its last. */
  const scaled = (by) => by === "time" || Boolean(column(by) && facts(by) && !facts(by).values);

  /** The categories of what is coloured; after it `of` knows their colours. */
  async function ready(by) {
    if (!by) return [];
    const categories = await (column(by) === null ? CATEGORIES[by]() : values(by));
    learn(by, categories);
    return categories;
  }

  const learn = (by, categories) => void assigned.set(by, assign(categories, FA.state.value.tint));

  /** The colour of a value that the server gave for a frame. */
  function of(by) {
    if (scaled(by)) return (share) => (share < 0 ? REST : ramp(share));
    if (!by) return () => "rgba(255,255,255,.9)";
    const known = assigned.get(by) || new Map();
    return (n) => known.get(n) || REST;
  }

  /** What of a question says by what frames are coloured. */
  function query(by) {
    if (column(by) !== null) return `value=column&column=${encodeURIComponent(column(by))}&of=${FA.state.value.rev}`;
    return "value=" + VALUES[by] + (by === "cluster" ? "&" + FA.clusters.query() : "");
  }

  FA.address.field("tint", { empty: () => [], read: FA.address.read.integers });

  FA.colour = {
    COLUMN,
    column,
    facts,
    scaled,
    there,
    /* As the server calls what it is coloured by. */
    value: (by) => (column(by) === null ? VALUES[by] : "column"),
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
