/* What the site knows of its frames: columns that its data scripts bring, and which frame is where.

   The cells of the deepest grid are Morton codes: column in the even bits, row in the odd ones. */
window.FrameSite = (function () {
  "use strict";

  const INDEX = 2 ** 27; // more than there can be frames; a code times this is still exact
  const site = {
    about: null, // what atlas.js says
    known: false, // whether all frames are
    groupOf: null, // a byte for each frame, once they are coloured by group
    parts: [],
  };
  let firsts = []; // number of each source's first frame, and their sum
  let cells, ranks, seconds; // by frame
  let codes, order; // rising codes, and the frame of each
  let seen = null;
  const photos = new Map();
  const places = new Map(); // number of the chunk → latitude and longitude of each of its frames
  const likes = new Map(); // number of the chunk → `like` frames for each of its frames

  function bytesOf(text) {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }

  function load(name) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = `data/${name}.js`;
      script.onload = done;
      script.onerror = () => failed(new Error(`data/${name}.js is missing: export the site again.`));
      document.head.append(script);
    });
  }

  site.atlas = function (about) {
    site.about = about;
    firsts = [0];
    for (const [, , frames] of about.sources) firsts.push(firsts[firsts.length - 1] + frames);
    seen = bytesOf(about.seen.bits);
    cells = new Uint32Array(about.frames);
    ranks = new Uint32Array(about.frames);
    seconds = new Float32Array(about.frames);
    site.begin();
  };

  site.frames = function (chunk, text) {
    const bytes = bytesOf(text);
    const first = chunk * site.about.chunk;
    const count = bytes.length / 12;
    cells.set(new Uint32Array(bytes.buffer, 0, count), first);
    ranks.set(new Uint32Array(bytes.buffer, 4 * count, count), first);
    seconds.set(new Float32Array(bytes.buffer, 8 * count, count), first);
  };

  /* A byte for each frame: its group. */
  site.groups = function (text) {
    site.groupOf = bytesOf(text);
  };

  /* Frames like each of a chunk's, the most alike first. */
  site.like = function (chunk, text) {
    const bytes = bytesOf(text);
    likes.set(chunk, new Uint32Array(bytes.buffer, 0, bytes.length / 4));
  };

  /* Frames like one; none where the site has no such lists. */
  site.alike = async function (frame) {
    const { chunk, like } = site.about;
    if (!like) return [];
    const part = Math.floor(frame / chunk);
    if (!likes.has(part)) await load(`like-${part}`);
    const first = (frame - part * chunk) * like;
    return [...likes.get(part).subarray(first, first + like)].filter((other) => other < site.about.frames);
  };

  site.places = function (chunk, text) {
    places.set(chunk, new Float32Array(bytesOf(text).buffer));
  };

  /* Latitude and longitude at which a frame was taken; null where the site does not tell or nobody knows. */
  site.taken = async function (frame) {
    const { chunk } = site.about;
    if (!site.about.places) return null;
    const part = Math.floor(frame / chunk);
    if (!places.has(part)) await load(`places-${part}`);
    const at = 2 * (frame - part * chunk);
    const found = [...places.get(part).subarray(at, at + 2)];
    return found.some(Number.isNaN) ? null : found;
  };

  site.names = function (source, text) {
    photos.set(source, new TextDecoder().decode(bytesOf(text)).split("\n"));
  };

  /* Load all frames, a script after the other. */
  site.learn = async function () {
    const { frames, chunk, sources } = site.about;
    for (let i = 0; i * chunk < frames; i++) await load(`frames-${i}`);
    const keys = new Float64Array(frames);
    for (let i = 0; i < frames; i++) keys[i] = cells[i] * INDEX + i;
    keys.sort();
    codes = new Uint32Array(frames);
    order = new Uint32Array(frames);
    for (let i = 0; i < frames; i++) {
      codes[i] = Math.floor(keys[i] / INDEX);
      order[i] = keys[i] % INDEX;
    }
    site.known = true;
    for (let i = 0; i < sources.length; i++) if (sources[i][1] === "photos" && sources[i][2]) await load(`names-${i}`);
  };

  function spread(value) {
    let code = 0;
    for (let bit = 0; bit < 14; bit++) code += ((value >> bit) & 1) * 4 ** bit;
    return code;
  }

  function gathered(code) {
    let value = 0;
    for (let bit = 0; bit < 14; bit++) value |= (Math.floor(code / 4 ** bit) & 1) << bit;
    return value;
  }

  const codeOf = (column, row) => spread(column) + 2 * spread(row);
  const cellOf = (code) => [gathered(code), gathered(Math.floor(code / 2))];

  function firstFrom(code) {
    let [low, high] = [0, codes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (codes[middle] < code) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /* The frame that a cell of a grid of 2^level cells a side shows, or -1. */
  function best(code, level) {
    const size = 4 ** (site.about.deepest - level);
    let frame = -1;
    for (let i = firstFrom(code * size); i < codes.length && codes[i] < (code + 1) * size; i++) {
      if (frame < 0 || ranks[order[i]] < ranks[frame]) frame = order[i];
    }
    return frame;
  }

  site.filled = function (z, x, y) {
    if (!site.known) {
      if (z > site.about.seen.zoom) return false; // not known yet: the map is drawn anew when it is
      const finest = 4 ** (site.about.seen.zoom - z);
      const code = codeOf(x, y) * finest;
      for (let i = code; i < code + finest; i++) if (seen[i >> 3] & (1 << (i & 7))) return true;
      return false;
    }
    const size = 4 ** (site.about.deepest - z);
    const i = firstFrom(codeOf(x, y) * size);
    return i < codes.length && codes[i] < (codeOf(x, y) + 1) * size;
  };

  site.tileUrl = (z, x, y) => (site.filled(z, x, y) ? `tiles/${z}/${x}/${y}.webp` : "");

  /* The frame in a cell of a grid of 2^level cells a side, or -1. */
  site.inCell = (column, row, level) => (site.known ? best(codeOf(column, row), level) : -1);

  site.at = function ([x, y], z) {
    if (!site.known || Math.abs(x) > 1 || Math.abs(y) > 1) return -1;
    const level = site.about.levels[z];
    const cell = (value) => Math.min(2 ** level - 1, Math.floor(((value + 1) / 2) * 2 ** level));
    return best(codeOf(cell(x), cell(-y)), level);
  };

  /* The cell in which a frame is drawn at a zoom: left, bottom, right, top on the map. */
  site.bounds = function (frame, z) {
    const level = site.about.levels[z];
    const [column, row] = cellOf(Math.floor(cells[frame] / 4 ** (site.about.deepest - level)));
    const side = 2 / 2 ** level;
    return [column * side - 1, 1 - (row + 1) * side, (column + 1) * side - 1, 1 - row * side];
  };

  site.place = function (frame) {
    const [left, bottom, right, top] = site.bounds(frame, site.about.deepest);
    return [(left + right) / 2, (bottom + top) / 2];
  };

  /* Whether the deepest tiles of the site show a frame: not all, where the site is not as deep as the map. */
  site.shown = function (frame) {
    const level = site.about.levels[site.about.depth];
    return best(Math.floor(cells[frame] / 4 ** (site.about.deepest - level)), level) === frame;
  };

  site.sourceOf = function (frame) {
    let [low, high] = [0, firsts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (firsts[middle] <= frame) low = middle;
      else high = middle;
    }
    return low;
  };

  site.range = (source) => [firsts[source], firsts[source + 1]];
  site.isPhotos = (source) => site.about.sources[source][1] === "photos";
  site.photoNames = (source) => photos.get(source) || [];
  site.seconds = (frame) => seconds[frame];

  site.nameOf = function (frame) {
    const source = site.sourceOf(frame);
    const photo = site.photoNames(source)[frame - firsts[source]];
    return photo || site.about.sources[source][0];
  };

  site.address = function (frame) {
    const source = site.sourceOf(frame);
    const time = site.isPhotos(source) ? String(frame - firsts[source]) : seconds[frame].toFixed(2);
    return `${site.about.sources[source][0]}@${time}`;
  };

  site.clock = function (time, digits = 2) {
    const rest = (time % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
    return `${Math.floor(time / 3600)}:${String(Math.floor(time / 60) % 60).padStart(2, "0")}:${rest}`;
  };

  /* Rows of x, y, seconds: the way of a video. */
  site.way = function (source) {
    const [first, last] = site.range(source);
    const rows = new Float32Array(3 * (last - first));
    for (let frame = first; frame < last; frame++) rows.set([...site.place(frame), seconds[frame]], 3 * (frame - first));
    return rows;
  };

  /* Have an element show a frame as large as the tiles have it. */
  site.show = function (element, frame) {
    const { depth, deepest, levels } = site.about;
    const across = 2 ** (levels[depth] - depth);
    const [column, row] = cellOf(Math.floor(cells[frame] / 4 ** (deepest - levels[depth])));
    const tile = `tiles/${depth}/${Math.floor(column / across)}/${Math.floor(row / across)}.webp`;
    const part = (number) => (across > 1 ? ((number % across) / (across - 1)) * 100 : 50) + "%";
    element.style.backgroundImage = `url("${tile}")`;
    element.style.backgroundSize = `${across * 100}% ${across * 100}%`;
    element.style.backgroundPosition = `${part(column)} ${part(row)}`;
  };

  site.load = load;
  return site;
})();
