/* "+12" on a picture that stands for twelve others, which come into sight further in. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const NARROWEST = 54; // pixels of a picture that still has room for it

  const written = (n) => "+" + (n < 1000 ? n : (n / 1000).toFixed(n < 10000 ? 1 : 0) + "k");

  function paint(context, at) {
    const facts = FA.view.facts();
    if (!facts || !FA.overlays.on("more")) return;
    const half = [at.sx / 2 ** facts.level, -at.sy / 2 ** facts.level]; // of a picture, in pixels
    if (2 * half[0] < NARROWEST) return;
    context.font = "600 11px system-ui, sans-serif";
    context.textBaseline = "middle";
    const { cells } = facts;
    for (let i = 0; i + 2 < cells.length; i += 3) badge(context, at(cells[i], cells[i + 1]), half, written(cells[i + 2] - 1));
  }

  function badge(context, [x, y], half, text) {
    const [across, down] = half;
    const wide = context.measureText(text).width + 8;
    const [left, top] = [x + across - wide - 5, y + down - 21];
    context.fillStyle = "rgba(10,12,16,.72)";
    context.beginPath();
    context.roundRect(left, top, wide, 16, 5);
    context.fill();
    context.fillStyle = "#fff";
    context.fillText(text, left + 4, top + 8.5);
  }

  FA.overlay({
    name: "more",
    title: "How many more",
    hint: "“+12” where a picture stands for twelve others",
    rank: 35,
    depth: 5,
    first: true,
    paint,
  });
  FA.part("overlay", () => FA.view.on(FA.overlays.repaint));
})((window.FrameAtlas = window.FrameAtlas || {}));
