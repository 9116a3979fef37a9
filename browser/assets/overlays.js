/* What lies over the frames: which overlays are on, and one canvas on which each paints. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const ORDER = ["density", "trust", "points", "ways", "hits", "selection", "frame", "moment"]; // from below
  const marks = {}; // name → function (context, project, size) that paints
  let layer = null;

  const on = (name) => FA.state.value.o.includes(name);
  const repaint = () => layer && layer.paint();

  function toggle(name, yes) {
    const o = FA.state.OVERLAYS.filter((n) => (n === name ? yes : on(n)));
    FA.state.set({ o }, true);
  }

  function dim() {
    const dotted = Boolean(FA.state.value.c) && FA.points.wanted();
    document.body.classList.toggle("fa-coloured", dotted || on("density"));
    repaint();
  }

  function begin() {
    layer = FA.canvasLayer(
      ORDER.map(
        (name) =>
          (...given) =>
            marks[name] && marks[name](...given),
      ),
    ).addTo(FA.map.leaflet);
    FA.state.on(["o", "c"], dim);
    FA.state.on(["f", "way", "sel"], repaint);
    dim();
  }

  FA.overlays = { begin, dim, repaint, marks, on, toggle };
})((window.FrameAtlas = window.FrameAtlas || {}));
