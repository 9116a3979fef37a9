/* Parts of the map in a notebook: what is painted on its canvas. */
/* exported makePainter */
/* global bytesOf */

/** Paints tiles, marks of what is selected and shapes; `after` adds what is under way. */
function makePainter(model, { canvas, seen, tiles, size, scale }, after) {
  const context = canvas.getContext("2d");
  let waiting = 0;

  function soon() {
    if (!waiting) waiting = requestAnimationFrame(paint);
  }

  function paint() {
    waiting = 0;
    const dense = window.devicePixelRatio || 1;
    canvas.width = Math.round(size.width * dense);
    canvas.height = Math.round(size.height * dense);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    paintTiles();
    paintMarks();
    model.get("_shapes").forEach(shape);
    after();
  }

  function paintTiles() {
    const z = seen.zoom();
    const side = 2 ** z;
    const [left, top] = seen.toMap(0, 0);
    const [right, bottom] = seen.toMap(size.width, size.height);
    const index = (part) => Math.max(0, Math.min(side - 1, Math.floor((part / 2) * side)));
    const missing = [];
    for (let y = index(1 - top); y <= index(1 - bottom); y += 1) {
      for (let x = index(left + 1); x <= index(right + 1); x += 1) {
        const one = { z, x, y, scale: scale() };
        if (!tiles.here(one)) missing.push(one);
        paintTile(one);
      }
    }
    const middle = [((seen.view.x + 1) / 2) * side - 0.5, ((1 - seen.view.y) / 2) * side - 0.5];
    const far = (one) => Math.hypot(one.x - middle[0], one.y - middle[1]);
    tiles.want(missing.sort((a, b) => far(a) - far(b)));
  }

  /* A tile, or what a lower zoom shows in its place. */
  function paintTile(one) {
    const side = 2 / 2 ** one.z;
    const [left, top] = seen.toScreen(one.x * side - 1, 1 - one.y * side);
    const [right, bottom] = seen.toScreen((one.x + 1) * side - 1, 1 - (one.y + 1) * side);
    for (let up = 0; up <= one.z; up += 1) {
      const tile = tiles.here({ z: one.z - up, x: one.x >> up, y: one.y >> up, scale: one.scale });
      if (!tile) continue;
      if (!tile.picture) return;
      const [width, height] = [tile.picture.width / 2 ** up, tile.picture.height / 2 ** up];
      const inner = (place) => place - ((place >> up) << up);
      const from = [inner(one.x) * width, inner(one.y) * height, width, height];
      context.drawImage(tile.picture, ...from, left, top, right - left, bottom - top);
      return;
    }
  }

  function paintMarks() {
    const marks = new Float32Array(bytesOf(model.get("_marks")));
    context.fillStyle = "#0a84ff";
    context.strokeStyle = "#ffffff";
    context.lineWidth = 1.5;
    for (let i = 0; i < marks.length; i += 2) {
      const [left, top] = seen.toScreen(marks[i], marks[i + 1]);
      if (left < -5 || top < -5 || left > size.width + 5 || top > size.height + 5) continue;
      context.beginPath();
      context.arc(left, top, 4, 0, 7);
      context.fill();
      context.stroke();
    }
  }

  function shape({ kind, points, subtract }) {
    if (points.length < 2) return;
    const [a, b] = points;
    const corners = kind === "rectangle" ? [a, [b[0], a[1]], b, [a[0], b[1]]] : points;
    context.beginPath();
    corners.forEach((corner, i) => context[i ? "lineTo" : "moveTo"](...seen.toScreen(...corner)));
    context.closePath();
    context.fillStyle = subtract ? "rgba(255,77,109,.14)" : "rgba(76,194,255,.16)";
    context.fill();
    for (const [width, colour] of [
      [4, "rgba(0,0,0,.55)"],
      [2, subtract ? "#ff4d6d" : "#4cc2ff"],
    ]) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  return { soon, shape, end: () => cancelAnimationFrame(waiting) };
}
