/* Parts of the map in a notebook: what is seen, which tiles are here, cards of frames. `map_widget.py`
   joins these files to the one module that anywidget takes. */
/* exported make, bytesOf, makeView, makeTiles, makeCard */

const MOST_ASKED = 6; // tiles under way: the kernel draws one after the other
const KEPT = 400; // pictures of tiles
const PATIENCE = 2500; // milliseconds after which one says that the kernel is awaited

const make = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const bytesOf = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);

/** What is seen: the middle in map units (-1 to 1, y upwards), and CSS pixels for each unit across. */
function makeView(facts, sizeOf) {
  const [tileWidth, tileHeight] = facts.tile;
  const flat = tileHeight / tileWidth; // pixels down for each across
  const fit = () => Math.min(sizeOf().width / 2, sizeOf().height / 2 / flat) * 0.98;
  const most = 2 ** facts.deepest * tileWidth;
  const view = { x: 0, y: 0, scale: fit() };
  return {
    view,
    flat,
    whole: () => Object.assign(view, { x: 0, y: 0, scale: fit() }),
    isWhole: () => !view.x && !view.y && Math.abs(view.scale / fit() - 1) < 1e-6,
    zoom: () =>
      Math.max(0, Math.min(facts.deepest, Math.round(Math.log2((2 * view.scale) / tileWidth)))),
    toScreen: (x, y) => [
      sizeOf().width / 2 + (x - view.x) * view.scale,
      sizeOf().height / 2 - (y - view.y) * view.scale * flat,
    ],
    toMap: (left, top) => [
      view.x + (left - sizeOf().width / 2) / view.scale,
      view.y - (top - sizeOf().height / 2) / (view.scale * flat),
    ],
    pan: (right, down) => {
      view.x = Math.max(-1, Math.min(1, view.x - right / view.scale));
      view.y = Math.max(-1, Math.min(1, view.y + down / (view.scale * flat)));
    },
    /* The place under a point of the screen stays there. */
    zoomBy(factor, left, top) {
      const [x, y] = this.toMap(left, top);
      view.scale = Math.max(Math.min(fit(), most) / 2, Math.min(most, view.scale * factor));
      const [nowX, nowY] = this.toMap(left, top);
      view.x += x - nowX;
      view.y += y - nowY;
    },
  };
}

/** The tiles: pictures that are here, and those that were asked for. */
function makeTiles(model, facts, changed) {
  const here = new Map(); // "z/x/y/scale" → {picture, cells, across}
  const asked = new Map(); // the same → when
  let wanted = [];

  const keyOf = ({ z, x, y, scale }) => [z, x, y, scale].join("/");

  async function keep(key, picture, cellBytes) {
    const cells = new Int32Array(bytesOf(cellBytes));
    const entry = { picture: null, cells, across: Math.sqrt(cells.length) };
    try {
      entry.picture = await createImageBitmap(new Blob([bytesOf(picture)]));
    } catch {
      entry.picture = null; // shown as empty; the next zoom has another
    }
    here.set(key, entry);
    while (here.size > KEPT) {
      const oldest = here.keys().next().value;
      if (here.get(oldest).picture) here.get(oldest).picture.close();
      here.delete(oldest);
    }
    changed();
  }

  function ask() {
    while (asked.size < MOST_ASKED && wanted.length) {
      const one = wanted.shift();
      const key = keyOf(one);
      if (here.has(key) || asked.has(key)) continue;
      asked.set(key, Date.now());
      model.send({ do: "tile", ...one });
    }
  }

  return {
    here: (one) => here.get(keyOf(one)),
    want: (list) => {
      wanted = list;
      ask();
    },
    learn: (message, buffers) => {
      const key = keyOf(message);
      asked.delete(key);
      ask();
      return keep(key, buffers[0], buffers[1]);
    },
    first: (picture, cells) =>
      Promise.all([1, 2].map((scale) => keep(keyOf({ z: 0, x: 0, y: 0, scale }), picture, cells))),
    late: () => [...asked.values()].some((when) => Date.now() - when > PATIENCE),
    forget: () => asked.clear(),
    /* The frame shown in a place of the map: a number; -1 for none; undefined where nobody knows yet. */
    frameAt: (x, y, z, scale) => {
      if (Math.abs(x) > 1 || Math.abs(y) > 1) return -1;
      const side = 2 ** z;
      const across = ((x + 1) / 2) * side;
      const down = ((1 - y) / 2) * side;
      const column = Math.min(side - 1, Math.floor(across));
      const row = Math.min(side - 1, Math.floor(down));
      const tile = here.get(keyOf({ z, x: column, y: row, scale }));
      if (!tile) return undefined;
      const inner = (part, whole) => Math.min(tile.across - 1, Math.floor((part - whole) * tile.across));
      return tile.cells[inner(down, row) * tile.across + inner(across, column)];
    },
  };
}

/** A card with a picture of a frame, its video and its time. */
function makeCard(name, close) {
  const picture = make("img", { alt: "" });
  const text = make("div", {});
  const card = make("div", { class: `fa-nb-card fa-nb-${name}`, hidden: "" }, ...(close ? [close] : []), picture, text);
  let address = "";
  return {
    card,
    hide: () => card.setAttribute("hidden", ""),
    show: (message, buffer) => {
      URL.revokeObjectURL(address);
      address = URL.createObjectURL(new Blob([bytesOf(buffer)], { type: "image/jpeg" }));
      picture.src = address;
      text.textContent = `${message.name} · ${message.time} · frame ${message.frame}`;
      card.removeAttribute("hidden");
    },
    end: () => URL.revokeObjectURL(address),
  };
}
