/* Ways of videos over the map, with time along them. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const COLOURS = ["#4cc2ff", "#ffb000", "#7ee081", "#ff6b9d", "#c69cff", "#ffe066"];
  const paths = new Map(); // source → Float32Array of x, y, seconds

  /* Where a way is at a time, between the two frames about it. */
  function at(path, seconds) {
    const n = path.length / 3;
    if (!n) return null;
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (path[3 * middle + 2] <= seconds) low = middle;
      else high = middle - 1;
    }
    const next = Math.min(n - 1, low + 1);
    const [a, b] = [path[3 * low + 2], path[3 * next + 2]];
    const t = b > a ? Math.min(1, Math.max(0, (seconds - a) / (b - a))) : 0;
    const mix = (k) => path[3 * low + k] * (1 - t) + path[3 * next + k] * t;
    return { row: t > 0.5 ? next : low, place: [mix(0), mix(1)] };
  }

  async function loadWays() {
    const wanted = FA.state.value.way;
    for (const source of [...paths.keys()]) if (!wanted.includes(source)) paths.delete(source);
    await Promise.all(
      wanted.map(async (source) => {
        try {
          const path = await FA.api.path(source);
          if (FA.state.value.way.includes(source)) paths.set(source, path);
        } catch (error) {
          FA.api.complain(error);
        }
      }),
    );
    FA.overlays.repaint();
  }

  /* A soft curve through the places (Catmull and Rom's): corners of straight lines hide which way time goes. */
  function curve(pen, point, n, i) {
    const [a, b, c, d] = [Math.max(0, i - 1), i, i + 1, Math.min(n - 1, i + 2)].map(point);
    const near = (from, to, at, sign) => [
      at[0] + (sign * (to[0] - from[0])) / 6,
      at[1] + (sign * (to[1] - from[1])) / 6,
    ];
    const [[x1, y1], [x2, y2]] = [near(a, c, b, 1), near(b, d, c, -1)];
    pen.bezierCurveTo(x1, y1, x2, y2, c[0], c[1]);
  }

  function paintWay(context, project, path, colour, fine) {
    const n = path.length / 3;
    const point = (i) => project(path[3 * i], path[3 * i + 1]);
    context.lineJoin = context.lineCap = "round";
    const line = new Path2D();
    if (n) line.moveTo(point(0)[0], point(0)[1]);
    for (let i = 0; i + 1 < n; i++) curve(line, point, n, i);
    const width = fine ? 1.2 : n > 150 ? 1.6 : 2.6; // a long way is a fine line, or it hides the frames
    context.strokeStyle = "rgba(0,0,0,.5)";
    context.lineWidth = 2 * width;
    context.stroke(line);
    context.lineWidth = width;
    for (let i = 0; i + 1 < n; i++) {
      context.strokeStyle = colour || FA.colour.ramp(i / (n - 1));
      context.beginPath();
      context.moveTo(...point(i));
      curve(context, point, n, i);
      context.stroke();
    }
    if (!fine) times(context, path, point, colour);
    else if (n) [0, n - 1].forEach((i) => FA.disc(context, ...point(i), i ? 4 : 3, colour));
  }

  /* Times written along a way, as many as have room. */
  function times(context, path, point, colour) {
    const n = path.length / 3;
    const taken = [];
    const parts = colour ? 4 : 16; // beside another way there is room for few
    context.font = "600 11px system-ui, sans-serif";
    context.textBaseline = "middle";
    const order = [
      0,
      n - 1,
      ...Array.from({ length: parts - 1 }, (_, k) => Math.round(((k + 1) * n) / parts)),
    ];
    for (const i of order) {
      if (i < 0 || i >= n) continue;
      const [x, y] = point(i);
      const clear = taken.every(([a, b]) => Math.abs(a - x) > 46 || Math.abs(b - y) > 20);
      if (!clear) continue;
      taken.push([x, y]);
      FA.disc(context, x, y, 5, colour || FA.colour.ramp(i / Math.max(1, n - 1)));
      const text = FA.clock(path[3 * i + 2], true);
      const width = context.measureText(text).width;
      context.fillStyle = "rgba(10,12,16,.8)";
      context.fillRect(x + 8, y - 8, width + 8, 16);
      context.fillStyle = "#fff";
      context.fillText(text, x + 12, y + 0.5);
    }
  }

  function paintWays(context, project) {
    if (!FA.overlays.on("ways")) return;
    const many = FA.state.value.way.length > 1;
    FA.state.value.way.forEach((source, k) => {
      const path = paths.get(source);
      if (path) paintWay(context, project, path, many ? COLOURS[k % 6] : null);
    });
  }

  FA.overlay({
    name: "ways",
    title: "Ways of videos",
    hint: "Lines with time along them",
    rank: 30,
    depth: 40,
    first: true,
    paint: paintWays,
  });
  FA.part("overlay", () => {
    FA.state.on(["way"], loadWays);
    loadWays();
  });

  FA.ways = { COLOURS, at, paint: paintWay };
})((window.FrameAtlas = window.FrameAtlas || {}));
