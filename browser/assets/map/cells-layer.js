/* A layer of canvases over the tiles: one value for each picture, asked from the server and drawn around or on it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  function address({ z, x, y }, by) {
    const parts = [FA.api.query(FA.state.filter()), FA.colour.query(by)];
    if (["player", "team"].includes(by) && !parts[0].includes("edit=")) parts.push("edit=" + FA.players.revision());
    return `/api/cells/${FA.atlas.map}/${z}/${x}/${y}?${parts.filter(Boolean).join("&")}`;
  }

  /* values: rows of cells, the top one first; what is not a number is empty. */
  function drawn(canvas, values, draw, dense) {
    const context = canvas.getContext("2d");
    const across = Math.round(Math.sqrt(values.length));
    const [width, height] = [canvas.width / dense / across, canvas.height / dense / across];
    context.scale(dense, dense);
    values.forEach((value, n) => {
      if (Number.isNaN(value)) return;
      draw(context, value, { x: (n % across) * width, y: Math.floor(n / across) * height, width, height });
    });
  }

  /**
   * @param {string} by what the map is coloured by
   * @param {(context: CanvasRenderingContext2D, value: number, box: {x: number, y: number, width: number, height: number}) => void} draw
   * @param {Promise<any>} [ready] to wait for before anything is drawn
   */
  FA.cellsLayer = function (by, draw, ready) {
    const L = window.L;
    const { tile, deepest } = FA.atlas;
    const Cells = L.GridLayer.extend(window.AtlasGrid(L.GridLayer)).extend({
      createTile(coords, done) {
        const canvas = document.createElement("canvas");
        const dense = window.devicePixelRatio || 1;
        [canvas.width, canvas.height] = [tile[0] * dense, tile[1] * dense];
        canvas.className = "fa-cells fa-cells-" + FA.colour.value(by);
        Promise.all([FA.api.columns(address(coords, by), Float32Array), ready])
          .then(([{ values }]) => drawn(canvas, values, draw, dense))
          .then(
            () => done(null, canvas),
            (error) => done(error, canvas),
          );
        return canvas;
      },
    });
    return new Cells({
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
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
