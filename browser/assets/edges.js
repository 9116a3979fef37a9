/* A coloured edge around every picture of the map, by what the map is coloured by. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const WIDTH = 2.5; // CSS pixels
  let layer = null;

  function address({ z, x, y }, by) {
    const parts = [FA.api.query(FA.state.filter()), "value=" + FA.colour.VALUES[by]];
    if (FA.players.coloured() && !parts[0].includes("edit=")) parts.push("edit=" + FA.players.revision());
    return `/api/cells/${FA.atlas.map}/${z}/${x}/${y}?${parts.filter(Boolean).join("&")}`;
  }

  /* values: rows of cells, the top one first; what is not a number is empty. */
  function draw(canvas, values, by) {
    const context = canvas.getContext("2d");
    const across = Math.round(Math.sqrt(values.length));
    const [width, height] = [canvas.width / across, canvas.height / across];
    const line = WIDTH * (window.devicePixelRatio || 1);
    const colour = FA.colour.of(by);
    context.lineWidth = line;
    values.forEach((value, n) => {
      if (Number.isNaN(value)) return;
      context.strokeStyle = colour(value);
      const [left, top] = [(n % across) * width, Math.floor(n / across) * height];
      context.strokeRect(left + line / 2, top + line / 2, width - line, height - line);
    });
  }

  /* by: what it is coloured by for all its life; Leaflet may ask for a last tile once that has changed. */
  function made(by) {
    const L = window.L;
    const { tile, deepest } = FA.atlas;
    const Edges = L.GridLayer.extend({
      createTile(coords, done) {
        const canvas = document.createElement("canvas");
        const dense = window.devicePixelRatio || 1;
        [canvas.width, canvas.height] = [tile[0] * dense, tile[1] * dense];
        canvas.className = "fa-edges";
        FA.api
          .columns(address(coords, by), Float32Array)
          .then(({ values }) => draw(canvas, values, by))
          .then(() => done(null, canvas), (error) => done(error, canvas));
        return canvas;
      },
    });
    return new Edges({
      tileSize: L.point(tile[0], tile[1]),
      bounds: L.latLngBounds([-tile[1], 0], [0, tile[0]]),
      noWrap: true,
      minZoom: -9,
      maxZoom: 99,
      minNativeZoom: 0,
      maxNativeZoom: deepest,
      updateWhenZooming: false,
      zIndex: 5,
    });
  }

  function show() {
    if (layer) FA.map.leaflet.removeLayer(layer);
    const by = FA.state.value.c;
    layer = by ? made(by).addTo(FA.map.leaflet) : null;
  }

  FA.edges = {
    begin() {
      FA.state.on([...FA.state.FILTERS, "c"], show);
      show();
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
