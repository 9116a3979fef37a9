/* Colours far apart, for the browser's page and for the static site: AtlasPalette. */
(function () {
  "use strict";

  /* Twelve that nobody takes for one another (after Sasha Trubetskoy's list of distinct colours). */
  const COLOURS = [
    "#ff3b58",
    "#3fd65c",
    "#ffe119",
    "#4f7bff",
    "#ff8a2b",
    "#42d4f4",
    "#f032e6",
    "#bfef45",
    "#b46bff",
    "#fabed4",
    "#1fb5a5",
    "#b9824c",
  ];
  const RAMP = [
    "#3b4cc0",
    "#5977e3",
    "#7b9ff9",
    "#9ebeff",
    "#c0d4f5",
    "#f2cbb7",
    "#f7ac8e",
    "#ee8468",
    "#d65244",
    "#b40426",
  ];
  const REST = "#8d96a3"; // what has no colour of its own, and nobody

  /* The colour of a share of 0 to 1. */
  const ramp = (t) => RAMP[Math.max(0, Math.min(RAMP.length - 1, Math.round(t * (RAMP.length - 1))))];

  const EDGE = 3; // pixels

  /* A coloured edge within a box, with a dark line that tells it from the picture. */
  function edge(context, colour, { x, y, width, height }) {
    context.lineWidth = EDGE + 1.5;
    context.strokeStyle = "rgba(0,0,0,.55)";
    context.strokeRect(x + EDGE / 2 + 0.75, y + EDGE / 2 + 0.75, width - EDGE - 1.5, height - EDGE - 1.5);
    context.lineWidth = EDGE;
    context.strokeStyle = colour;
    context.strokeRect(x + EDGE / 2, y + EDGE / 2, width - EDGE, height - EDGE);
  }

  window.AtlasPalette = { COLOURS, RAMP, REST, ramp, edge };
})();
