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
    const shown = name === "density" ? softened(values, width, height) : values;
    grids[name] = picture(shown, width, height, name === "density" ? heat : haze);
  }

  const heat = (v) => [255, 205 - v * 0.55, 70 - v * 0.2, v > 4 ? 30 + v * 0.8 : 0];
  const haze = (v) => [225, 40, 80, Math.max(0, (v - 150) * 1.7)]; // half of the nearest are lost on any map

  /* Few frames in many places would be a rain of dots: blur by as much as frames are apart. */
  function softened(values, width, height) {
    const reach = Math.round(Math.min(6, Math.sqrt((width * height) / Math.max(1, FA.atlas.frames)) / 1.5));
    let from = Float32Array.from(values.subarray(0, width * height));
    for (let pass = 0; reach && pass < 2; pass++) {
      for (const [step, across] of [[1, width], [width, height]]) from = smeared(from, reach, step, across, width);
    }
    const most = from.reduce((a, b) => Math.max(a, b), 1e-9);
    return from.map((v) => (255 * v) / most);
  }

  function smeared(from, reach, step, across, width) {
    const to = new Float32Array(from.length);
    for (let i = 0; i < from.length; i++) {
      const at = step === 1 ? i % width : Math.floor(i / width);
      for (let d = -reach; d <= reach; d++) if (at + d >= 0 && at + d < across) to[i] += from[i + d * step];
    }
    return to;
  }

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
