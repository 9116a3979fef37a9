/* What is painted over the frames: density, trust, points, ways of videos, hits. Each can be switched off. */
(function (FA) {
  "use strict";

  let layer = null;
  let points = null; // {rows, values, total} of the frames that the filter leaves
  const grids = {};
  const marks = {}; // name → function that paints; the selection and the player add theirs

  const on = (name) => FA.state.value.o.includes(name);
  const repaint = () => layer && layer.paint();

  /* Rows of frame, x, y and the value that colours it: four columns of four bytes. */
  async function loadPoints() {
    const by = FA.colour.VALUES[FA.state.value.c];
    const query = [FA.api.query(FA.state.filter()), by ? "value=" + by : ""].filter(Boolean).join("&");
    const url = `/api/points/${FA.atlas.map}${query ? "?" + query : ""}`;
    const { values, headers } = await FA.api.columns(url, Float32Array);
    points = { rows: Math.floor(values.length / 4), values, total: Number(headers.get("X-Total")) };
  }

  async function loadGrid(name) {
    const query = name === "density" ? FA.api.query(FA.state.filter()) : "";
    const url = `/api/${name}/${FA.atlas.map}${query ? "?" + query : ""}`;
    const { values, headers } = await FA.api.kept(url, () => FA.api.columns(url, Uint8Array));
    const width = Number(headers.get("X-Width"));
    const height = Number(headers.get("X-Height"));
    grids[name] = picture(values, width, height, name === "density" ? heat : haze);
  }

  const heat = (v) => [255, 190 - v * 0.45, 60 - v * 0.2, v ? 40 + v * 0.72 : 0];
  const haze = (v) => [210, 60, 90, v * 0.75];

  function picture(values, width, height, colour) {
    const canvas = FA.h("canvas", { width, height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let i = 0; i < width * height; i++) image.data.set(colour(values[i]), 4 * i);
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function paintGrid(name) {
    return (context, at) => {
      if (!on(name) || !grids[name]) return;
      const [x0, y0] = at(-1, 1);
      const [x1, y1] = at(1, -1);
      context.imageSmoothingQuality = "high";
      context.drawImage(grids[name], x0, y0, x1 - x0, y1 - y0);
    };
  }

  function paintPoints(context, at, whole) {
    if (!points || !(on("points") || FA.state.value.c)) return;
    const colour = FA.colour.of(FA.state.value.c);
    const radius = Math.max(1.5, Math.min(6, (Math.sqrt(at.sx * at.sx * 4 / Math.max(1, points.rows)) * 0.16)));
    const { x0, y0, sx, sy } = at;
    const { values } = points;
    const size = 2 * radius;
    let last = "";
    for (let i = 0; i < points.rows; i++) {
      const px = x0 + values[4 * i + 1] * sx;
      const py = y0 + values[4 * i + 2] * sy;
      if (px < -9 || py < -9 || px > whole.x + 9 || py > whole.y + 9) continue;
      const fill = colour(values[4 * i + 3]);
      if (fill !== last) context.fillStyle = last = fill;
      if (radius < 2.5) context.fillRect(px - radius, py - radius, size, size);
      else {
        context.beginPath();
        context.arc(px, py, radius, 0, 6.2832);
        context.fill();
        context.lineWidth = 1;
        context.strokeStyle = "rgba(0,0,0,.65)";
        context.stroke();
      }
    }
  }

  async function load(name) {
    if (name === "points") await loadPoints();
    else if (name === "density" || name === "trust") await loadGrid(name);
    repaint();
  }

  async function update(changed) {
    const filtered = ["v", "from", "to", "k", "folder"].some((n) => changed.includes(n));
    const wanted = [];
    if ((on("points") || FA.state.value.c) && (filtered || changed.includes("c") || !points)) wanted.push("points");
    if (on("density") && (filtered || !grids.density)) wanted.push("density");
    if (on("trust") && !grids.trust) wanted.push("trust");
    if (filtered) {
      if (!wanted.includes("points")) points = null;
      if (!wanted.includes("density")) delete grids.density;
    }
    try {
      await Promise.all(wanted.map(load));
    } catch (error) {
      FA.toast(error.message, true);
    }
    document.body.classList.toggle("fa-coloured", Boolean(FA.state.value.c) || on("density"));
    repaint();
  }

  function begin() {
    const mark = (name) => (context, at, whole) => marks[name] && marks[name](context, at, whole);
    layer = FA.canvasLayer([
      paintGrid("density"), paintGrid("trust"), paintPoints,
      mark("ways"), mark("hits"), mark("selection"), mark("frame"), mark("moment"),
    ]).addTo(FA.map.leaflet);
    FA.state.on(["o", "c", "v", "from", "to", "k", "folder"], (_, changed) => update(changed));
    FA.state.on(["f", "way", "sel"], repaint);
    update(["o"]);
  }

  FA.overlays = { begin, repaint, marks, on, toggle(name, yes) {
    const o = FA.state.OVERLAYS.filter((n) => (n === name ? yes : on(n)));
    FA.state.set({ o }, true);
  } };
})((window.FrameAtlas = window.FrameAtlas || {}));
