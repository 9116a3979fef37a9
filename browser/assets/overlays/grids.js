/* Grids that the server made: where frames crowd, and where the map is not to be trusted. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const SOFTEST = 6; // cells of the grid
  const drawn = {}; // name → {url, canvas}

  const heat = (v) => [255, 205 - v * 0.55, 70 - v * 0.2, v > 4 ? 30 + v * 0.8 : 0];
  const haze = (v) => [225, 40, 80, Math.max(0, (v - 150) * 1.7)]; // half of the nearest are lost on any map

  function urlOf(name) {
    const query = name === "density" ? FA.api.query(FA.state.filter()) : "";
    return `/api/${name}/${FA.atlas.map}${query ? "?" + query : ""}`;
  }

  async function load(name) {
    const url = urlOf(name);
    if (drawn[name] && drawn[name].url === url) return;
    try {
      const { values, headers } = await FA.during(
        name === "trust" ? "Comparing neighbours on the map…" : "Counting frames…",
        FA.api.columns(url, Uint8Array),
      );
      if (url !== urlOf(name)) return; // the filter changed meanwhile
      const [width, height] = [Number(headers.get("X-Width")), Number(headers.get("X-Height"))];
      const canvas =
        name === "density"
          ? picture(softened(values, width, height), width, height, heat)
          : picture(values, width, height, haze);
      drawn[name] = { url, canvas };
      FA.overlays.repaint();
    } catch (error) {
      FA.api.complain(error);
    }
  }

  function picture(values, width, height, colour) {
    const canvas = FA.h("canvas", { width, height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let i = 0; i < width * height; i++) image.data.set(colour(values[i]), 4 * i);
    context.putImageData(image, 0, 0);
    return canvas;
  }

  /* Few frames in many places would be a rain of dots: blur by as much as frames are apart. */
  function softened(values, width, height) {
    const reach = Math.round(
      Math.min(SOFTEST, Math.sqrt((width * height) / Math.max(1, FA.atlas.frames)) / 1.5),
    );
    let from = Float32Array.from(values.subarray(0, width * height));
    for (let pass = 0; reach && pass < 2; pass++) {
      for (const [step, across] of [
        [1, width],
        [width, height],
      ])
        from = smeared(from, reach, step, across, width);
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

  const paint = (name, wanted) => (context, at) => {
    if (!wanted() || !drawn[name]) return;
    const [x0, y0] = at(-1, 1);
    const [x1, y1] = at(1, -1);
    context.imageSmoothingQuality = "high";
    context.drawImage(drawn[name].canvas, x0, y0, x1 - x0, y1 - y0);
  };

  function update() {
    if (FA.overlays.on("density")) load("density");
    if (FA.overlays.on("trust")) load("trust");
  }

  FA.overlay({
    name: "density",
    title: "Density",
    hint: "Where frames crowd",
    rank: 20,
    depth: 10,
    paint: paint("density", () => FA.overlays.on("density") || FA.points.crowded()),
  });
  FA.overlay({
    name: "trust",
    title: "Untrustworthy regions",
    hint: "Where neighbours on the map are not alike",
    rank: 60,
    depth: 20,
    paint: paint("trust", () => FA.overlays.on("trust")),
  });
  FA.part("overlay", () => {
    FA.state.on(["o", ...FA.state.FILTERS], update);
    update();
  });

  FA.grids = { load };
})((window.FrameAtlas = window.FrameAtlas || {}));
