/* A coloured edge around every picture of the map, by what the map is coloured by. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let layer = null;

  const painter = (by) => {
    const colour = FA.colour.of(by);
    return (context, value, box) => window.AtlasPalette.edge(context, colour(value), box);
  };

  function show() {
    if (layer) FA.map.leaflet.removeLayer(layer);
    const by = FA.state.value.c;
    if (!by) return void (layer = null);
    const draw = (...given) => painter(by)(...given);
    layer = FA.cellsLayer(by, draw, FA.colour.ready(by)).addTo(FA.map.leaflet);
  }

  FA.part("overlay", () => {
    FA.state.on([...FA.state.FILTERS, "c", "tint", "groups"], show);
    show();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
