/* Which labels of regions are seen, and how strongly: for the browser's page and for the static site.

   AtlasLabels.choose(labels, size): few from far, the parts of a region from near, none over another. */
(function () {
  "use strict";

  const [BEGINS, ENDS] = [0.35, 0.7]; // share of the window that a region fills when its parts come, and are all there
  const ALONE = 160; // pixels across from which one that is part of none begins to have a label
  const ACROSS = 2.83; // a disc is so many times wider than the root mean square of its points' distances
  const GAP = 8; // pixels between labels
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

  const inside = ({ x, y, width, height }, size) =>
    x + width / 2 > 0 && y + height / 2 > 0 && x - width / 2 < size.x && y - height / 2 < size.y;

  /**
   * @param {{level: number, leaf: boolean, named: boolean, frames: number, spread: number,
   *   around: number, x: number, y: number, width: number, height: number, kept?: boolean}[]} labels in pixels of the
   *   window: the middle, the box of the label, the spread of its region and of the one around it; kept: in any case
   * @param {{x: number, y: number}} size of the window
   * @returns {Map<number, number>} the number of each label that is seen → its opacity
   */
  function choose(labels, size) {
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
    const boxes = [];
    for (const { label, n, strong } of seen) {
      if (!boxes.every((box) => apart(box, label))) continue;
      boxes.push(label);
      chosen.set(n, strong);
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
