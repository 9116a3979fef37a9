/* A coloured edge around every picture of the map, by what the map is coloured by. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let layer = null;
  let asked = 0;

  const painter = (by) => {
    const colour = FA.colour.of(by);
    return (context, value, box) => window.AtlasPalette.edge(context, colour(value), box);
  };

  async function show() {
    const mine = (asked += 1);
    if (layer) FA.map.leaflet.removeLayer(layer);
    layer = null;
    const by = FA.state.value.c;
    if (!by || !(await FA.colour.there(by).catch(FA.api.complain)) || mine !== asked) return;
    const draw = (...given) => painter(by)(...given);
    layer = FA.cellsLayer(by, draw, FA.colour.ready(by)).addTo(FA.map.leaflet);
  }

  FA.part("overlay", () => {
    FA.state.on([...FA.state.FILTERS, "c", "tint", "groups"], show);
    show();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
