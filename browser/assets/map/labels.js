/* Which labels of regions are seen, and how strongly: for the browser's page and for the static site.

   AtlasLabels.choose(labels, size): few from far, the parts of a region from near, none over another or cut off. */
(function () {
  "use strict";

  const [BEGINS, ENDS] = [0.35, 0.7]; // share of the window that a region fills when its parts come, and are all there
  const ALONE = 160; // pixels across from which one that is part of none begins to have a label
  const ACROSS = 2.83; // a disc is so many times wider than the root mean square of its points' distances
  const GAP = 8; // pixels between labels
  const EDGE = 4; // and to the window's edge
  const FAINT = 0.12; // below it, a label is not drawn
  const PLAIN = 0.8; // nor below this, where a part has no name
  const [SMALLEST, LARGEST] = [12, 19]; // pixels of its letters

  const clamp = (value) => Math.max(0, Math.min(1, value));

  /* Pixels of a label's letters: the larger its region, the larger. */
  const letters = (frames, most) => Math.round(SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(frames / Math.max(1, most)));

  /* Parts come when their region fills the window; it goes when it is wider than the window. */
  function strength({ level, leaf, spread, around }, size) {
    const across = ACROSS * spread;
    const share = (ACROSS * around) / Math.min(size.x, size.y);
    const parts = around ? (share - BEGINS) / (ENDS - BEGINS) : (across - ALONE) / ALONE;
    const comes = level ? clamp(parts) : 1;
    const goes = leaf ? 1 : clamp(1.8 - across / Math.max(size.x, size.y));
    return comes * goes;
  }

  const least = ({ level, named }) => (level && !named ? PLAIN : FAINT);

  const apart = (a, b) =>
    Math.abs(a.x - b.x) >= (a.width + b.width) / 2 + GAP || Math.abs(a.y - b.y) >= (a.height + b.height) / 2 + GAP;

  const beyond = (at, room) => Math.max(0, -at, at - room);

  /* Its middle is in the window, or so near to it that many of its frames are. */
  const inside = ({ x, y, spread, named }, size) =>
    Math.hypot(beyond(x, size.x), beyond(y, size.y)) <= (named ? 0.7 * spread : 0);

  /* Where the middle of a label comes to lie so that the window does not cut it off. */
  function moved(label, size) {
    const within = (at, across, room) => {
      const half = across / 2 + EDGE;
      return room > 2 * half ? Math.max(half, Math.min(room - half, at)) : at;
    };
    if (!inside(label, size)) return label;
    return { ...label, x: within(label.x, label.width, size.x), y: within(label.y, label.height, size.y) };
  }

  /**
   * @param {{level: number, leaf: boolean, named: boolean, frames: number, spread: number,
   *   around: number, x: number, y: number, width: number, height: number, kept?: boolean}[]} labels in pixels of the
   *   window: the middle, the box of the label, the spread of its region and of the one around it; kept: in any case
   * @param {{x: number, y: number}} size of the window
   * @param {{x: number, y: number, width: number, height: number}[]} [taken] what lies on the window: boxes by their middle
   * @returns {Map<number, {strong: number, dx: number, dy: number}>} the number of each label that is seen → its opacity,
   *   and how far it is moved into the window
   */
  function choose(labels, size, taken = []) {
    const seen = labels
      .map((label, n) => ({ label, n, strong: label.kept ? 1 : strength(label, size) }))
      .filter(({ label, strong }) => label.kept || (strong >= least(label) && inside(label, size)));
    const rank = ({ label, strong }) => [label.kept ? 0 : 1, strong >= 0.5 ? 0 : 1, label.named ? 0 : 1, label.level, -label.frames];
    seen.sort((a, b) => {
      const [left, right] = [rank(a), rank(b)];
      const n = left.findIndex((value, place) => value !== right[place]);
      return n < 0 ? a.n - b.n : left[n] - right[n];
    });
    const chosen = new Map();
    const boxes = [...taken];
    for (const { label, n, strong } of seen) {
      const box = moved(label, size);
      if (!label.kept && !boxes.every((other) => apart(other, box))) continue;
      boxes.push(box);
      chosen.set(n, { strong, dx: Math.round(box.x - label.x), dy: Math.round(box.y - label.y) });
    }
    return chosen;
  }

  const pen = document.createElement("canvas").getContext("2d");

  /* Pixels across of a text in a font. */
  function widthOf(text, font) {
    pen.font = font;
    return pen.measureText(text).width;
  }

  window.AtlasLabels = { choose, strength, letters, widthOf };
})();
