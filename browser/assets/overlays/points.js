/* One point for each frame that the filter leaves, coloured; where there are too many, the density in their place. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const BEYOND = 0.3; // of the window, asked for beyond each edge
  let shown = null; // {rows, values, total, part}: four columns of four bytes, and whether of a window only
  let asked = 0;
  let windowed = false; // the newest question is about a window: whoever moves meanwhile asks anew

  const wanted = () => FA.overlays.on("points");
  const crowded = () => Boolean(wanted() && shown && shown.rows < shown.total);

  function query(part) {
    const by = FA.state.value.c;
    const parts = [FA.api.query(FA.state.filter()), by ? FA.colour.query(by) : ""];
    if (FA.players.coloured() && !parts[0].includes("edit=")) parts.push("edit=" + FA.players.revision());
    if (part) {
      const [x0, y0, x1, y1] = FA.map.bounds();
      const [dx, dy] = [BEYOND * (x1 - x0), BEYOND * (y1 - y0)];
      parts.push(`left=${x0 - dx}&bottom=${y0 - dy}&right=${x1 + dx}&top=${y1 + dy}`);
    }
    return parts.filter(Boolean).join("&");
  }

  async function load(part) {
    if (!wanted()) {
      shown = null;
      windowed = false;
      return FA.overlays.repaint();
    }
    const mine = (asked += 1);
    windowed = part;
    try {
      if (!(await FA.colour.there(FA.state.value.c)) || mine !== asked) return;
      const text = query(part);
      const question = FA.api.columns(`/api/points/${FA.atlas.map}${text ? "?" + text : ""}`, Float32Array);
      const { values, headers } = await FA.during("Looking up every frame…", question);
      await FA.colour.ready(FA.state.value.c);
      if (mine !== asked) return;
      shown = { rows: Math.floor(values.length / 4), values, total: Number(headers.get("X-Total")), part };
      if (crowded()) await FA.grids.load("density");
      if (crowded() && !part) return load(true);
      FA.overlays.repaint();
    } catch (error) {
      FA.api.complain(error);
    }
  }

  function paint(context, at, whole) {
    if (!shown || !wanted() || crowded()) return;
    const colour = FA.colour.of(FA.state.value.c);
    const { values, rows } = shown;
    const radius = Math.max(
      1.5,
      Math.min(6, (0.32 * at.sx) / Math.sqrt(Math.max(1, shown.part ? FA.atlas.frames : rows))),
    );
    const { x0, y0, sx, sy } = at;
    let last = "";
    for (let i = 0; i < rows; i++) {
      const px = x0 + values[4 * i + 1] * sx;
      const py = y0 + values[4 * i + 2] * sy;
      if (px < -9 || py < -9 || px > whole.x + 9 || py > whole.y + 9) continue;
      const fill = colour(values[4 * i + 3]);
      if (fill !== last) context.fillStyle = last = fill;
      if (radius < 2.5) context.fillRect(px - radius, py - radius, 2 * radius, 2 * radius);
      else dot(context, px, py, radius);
    }
  }

  function dot(context, x, y, radius) {
    context.beginPath();
    context.arc(x, y, radius, 0, 6.2832);
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = "rgba(0,0,0,.65)";
    context.stroke();
  }

  FA.overlay({ name: "points", title: "Points", hint: "One dot per frame", rank: 10, depth: 30, paint });
  FA.part("overlay", () => {
    FA.state.on([...FA.state.FILTERS, "c", "tint", "groups", "o"], (_, changed) => {
      if (!changed.every((name) => name === "o") || wanted() !== Boolean(shown)) load(false);
    });
    FA.map.leaflet.on(
      "moveend",
      FA.once(() => {
        if (windowed) load(true);
      }, 150),
    );
    load(false);
  });

  FA.points = { crowded, wanted };
})((window.FrameAtlas = window.FrameAtlas || {}));
