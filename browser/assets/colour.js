/* Colours of frames, by video, folder, time in the video or cluster, and what the colours mean. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const RAMP = [
    "#3b4cc0",
    "#5977e3",
    "#7b9ff9",
    "#9ebeff",
    "#c0d4f5",
    "#f2cbb7",
    "#f7ac8e",
    "#ee8468",
    "#d65244",
    "#b40426",
  ];
  const VALUES = { video: "source", folder: "folder", time: "time", cluster: "cluster", player: "player", team: "team" }; // as the server calls them

  /* Hues by the golden angle: neighbours in the list never look alike. */
  const hues = new Map(); // made once: points ask for them 50,000 times
  function hue(n) {
    if (!hues.has(n))
      hues.set(
        n,
        `hsl(${Math.round((n * 137.508 + 205) % 360)} ${n % 2 ? 85 : 70}% ${[62, 52, 70][n % 3]}%)`,
      );
    return hues.get(n);
  }

  /* The source of a frame: the last one that begins at or before it. */
  function sourceOf(frame) {
    const { sources } = FA.atlas;
    let low = 0;
    let high = sources.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (sources[middle].first <= frame) low = middle;
      else high = middle - 1;
    }
    while (low > 0 && !sources[low].frames) low--;
    return sources[low];
  }

  /* When a frame is, as it is shown: a time, or for photos the name of the file. */
  function when(one, short) {
    const source = FA.atlas.sources.find((s) => s.n === one.source);
    if (source && source.kind === "photos") return one.photo || one.time || "photo " + (one.seconds + 1);
    return FA.clock(one.seconds === undefined ? FA.seconds(one.time) : one.seconds, short);
  }

  /* About when a frame is: frames of a video are evenly apart. */
  function momentOf(frame) {
    const source = sourceOf(frame);
    return {
      frame,
      source: source.n,
      name: source.name,
      seconds: (frame - source.first) / (source.kind === "photos" ? 1 : FA.atlas.fps),
    };
  }

  const ramp = (t) => RAMP[Math.max(0, Math.min(RAMP.length - 1, Math.round(t * (RAMP.length - 1))))];

  /* The colour of a point by the value that came with it. */
  const of = (by) => {
    if (by === "time") return ramp;
    if (by === "player" || by === "team") return (n) => someone(n, by);
    return by ? hue : () => "rgba(255,255,255,.9)";
  };

  /* A player or a team; grey is nobody, and a team that is not known. */
  const someone = (n, by) => (n < (by === "team" ? 1 : 0) ? "#8d96a3" : hue(n));

  const RAMPED = `linear-gradient(90deg, ${RAMP.join(", ")})`;

  /* Rows of text and what stands for it, for the colours and for the overlays that need a word. */
  async function legend() {
    const { c: by, way } = FA.state.value;
    const rows = [];
    if (FA.overlays.on("density"))
      rows.push(["few frames … many", "linear-gradient(90deg, rgba(255,205,70,.25), #ff4313)"]);
    if (FA.overlays.on("trust"))
      rows.push([
        "neighbours here are less alike",
        "linear-gradient(90deg, rgba(225,40,80,.05), rgb(225,40,80))",
      ]);
    if (by === "time" || (FA.overlays.on("ways") && way.length === 1))
      rows.push(["first moment … last", RAMPED]);
    if (by === "video") rows.push(...FA.atlas.sources.filter((s) => s.frames).map((s) => [s.name, hue(s.n)]));
    if (by === "folder") rows.push(...FA.atlas.folders.map((name, n) => [name || "(top folder)", hue(n)]));
    if (by === "player" || by === "team") rows.push(...(await FA.players.legend(by)));
    if (by === "cluster") rows.push(...(await FA.api.clusters()).map((c) => [FA.clusters.name(c), hue(c.n)]));
    return rows;
  }

  async function showLegend() {
    const box = FA.byId("fa-legend");
    const rows = await legend().catch(() => []);
    box.hidden = !rows.length;
    FA.fill(
      box,
      rows
        .slice(0, 40)
        .map(([text, background]) =>
          FA.h(
            "div",
            {},
            FA.h("i", { class: background.startsWith("l") ? "fa-wide" : "", style: { background } }),
            text,
          ),
        ),
    );
  }

  FA.colour = {
    VALUES,
    of,
    hue,
    someone,
    ramp,
    sourceOf,
    momentOf,
    when,
    begin() {
      FA.state.on(["c", "o", "way", "edit"], showLegend);
      showLegend();
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
