/* A coloured edge around every picture of the map, by what the map is coloured by. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const WIDTH = 3; // CSS pixels
  let layer = null;

  const painter = (by) => {
    const colour = FA.colour.of(by);
    return (context, value, { x, y, width, height }) => {
      context.lineWidth = WIDTH + 1.5; // a dark line within, so that the colour is told from the picture
      context.strokeStyle = "rgba(0,0,0,.55)";
      context.strokeRect(x + WIDTH / 2 + 0.75, y + WIDTH / 2 + 0.75, width - WIDTH - 1.5, height - WIDTH - 1.5);
      context.lineWidth = WIDTH;
      context.strokeStyle = colour(value);
      context.strokeRect(x + WIDTH / 2, y + WIDTH / 2, width - WIDTH, height - WIDTH);
    };
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
