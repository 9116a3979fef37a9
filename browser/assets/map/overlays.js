/* What lies over the frames: which overlays are on, and one canvas on which each paints. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let layer = null;

  const on = (name) => FA.state.value.o.includes(name);
  const repaint = () => layer && layer.paint();

  function toggle(name, yes) {
    const names = FA.parts.switches().map((one) => one.name);
    FA.state.set({ o: names.filter((one) => (one === name ? yes : on(one))) }, true);
  }

  /* Dots and densities stand out from darker pictures; colours are edges, and pictures stay as they are. */
  function dim() {
    document.body.classList.toggle("fa-dimmed", on("density") || on("points"));
    repaint();
  }

  FA.part("canvas", () => {
    layer = FA.canvasLayer(FA.parts.overlays().flatMap((one) => one.paint || [])).addTo(FA.map.leaflet);
    FA.state.on(["o", "c"], dim);
    FA.state.on(["f", "way", "sel"], repaint);
    dim();
  });

  FA.overlays = { dim, repaint, on, toggle };
})((window.FrameAtlas = window.FrameAtlas || {}));
