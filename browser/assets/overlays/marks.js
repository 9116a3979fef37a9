/* Marked on the map: the frame that is open, and the moment that is played. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let moment = null; // [x, y] of what is played or scrubbed
  let openPlace = null;

  /* Around the open frame: its cell where that can be seen, else a ring. */
  function paintFrame(context, project) {
    if (!openPlace) return;
    const [x, y] = project(...openPlace);
    const half = 1 / Math.pow(2, FA.atlas.deepest); // of its own cell, in map units
    const [wide, high] = [half * project.sx, half * Math.abs(project.sy)];
    context.beginPath();
    if (wide > 20) context.rect(x - wide, y - high, 2 * wide, 2 * high);
    else context.arc(x, y, 14, 0, 6.2832);
    for (const [width, style] of [
      [6, "rgba(0,0,0,.6)"],
      [3, "#4cc2ff"],
    ]) {
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke();
    }
  }

  function paintMoment(context, project) {
    if (moment) FA.disc(context, ...project(...moment), 9, "#ff4d6d");
  }

  FA.overlay({ name: "frame", depth: 70, paint: paintFrame });
  FA.overlay({ name: "moment", depth: 80, paint: paintMoment });

  FA.marks = {
    setMoment(place) {
      moment = place;
      FA.overlays.repaint();
    },
    setOpen(place) {
      openPlace = place;
      FA.overlays.repaint();
    },
  };

  FA.part("overlay", () => FA.map.keepInSight(() => (openPlace ? [openPlace] : [])));
})((window.FrameAtlas = window.FrameAtlas || {}));
