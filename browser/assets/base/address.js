/* How the state of the page is written into the address, so that a link, back and forward bring it back.

   #/x,y,z/f=412/p=frame/v=3,5/from=2/to=9/k=4/folder=1/way=3,7/c=video/o=points,ways/sel=+r-.5,.5,0,0;-p…
   Each file adds the fields that are its own: FA.address.field("name", {empty, read}). */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const fields = new Map();
  const clamp = (n, least, most) => Math.min(most, Math.max(least, n));
  const short = (n) => String(Number(n.toFixed(4)));

  /* What a text means, or what stands for nothing: a link may hold anything. */
  const read = {
    integers: (text) =>
      text
        .split(",")
        .map(Number)
        .filter((n) => Number.isInteger(n) && n >= 0 && n < 1e9)
        .slice(0, 500),
    integer: (text) => (read.integers(text).length ? read.integers(text)[0] : null),
    number: (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : null),
    text: (text) => text.slice(0, 200),
    one: (choices) => (text) => (choices().includes(text) ? text : ""),
    some: (choices) => (text) => text.split(",").filter((name) => choices().includes(name)),
  };

  /**
   * Add a field to the state and to the address.
   * @param {string} name
   * @param {object} how
   * @param {() => any} how.empty its value where the address says nothing
   * @param {(text: string) => any} how.read the value of a text
   * @param {(value: any) => string} [how.write] the text of a value
   * @param {(value: any) => boolean} [how.silent] whether a value goes without saying
   * @param {() => boolean} [how.there] whether this atlas has it
   */
  function field(name, how) {
    fields.set(name, how);
    FA.state.add(name, how.empty());
  }

  /* How far from its middle the map may be put: an upright one gets out from under a wide panel. */
  const reach = () => (FA.atlas && FA.atlas.tile[1] > FA.atlas.tile[0] ? 4 : 1);
  const there = (how) => !how.there || how.there();

  function empty() {
    const found = { x: 0, y: 0, z: null };
    for (const [name, how] of fields) found[name] = how.empty();
    return found;
  }

  function place(part, found) {
    const values = part.split(",").map(Number);
    if (!part || values.length !== 3 || !values.every(Number.isFinite)) return;
    found.x = clamp(values[0], -reach(), reach());
    found.y = clamp(values[1], -1, 1);
    found.z = clamp(values[2], -9, 30);
  }

  function parse(hash) {
    const found = empty();
    for (const part of hash.replace(/^#\/?/, "").split("/")) {
      const cut = part.indexOf("=");
      if (cut < 0) {
        place(part, found);
        continue;
      }
      const name = part.slice(0, cut);
      if (!fields.has(name) || !there(fields.get(name))) continue;
      try {
        found[name] = fields.get(name).read(decodeURIComponent(part.slice(cut + 1)));
      } catch (_) {
        continue; // no text at all: "%E0%A4%A"
      }
    }
    return found;
  }

  function plain(value) {
    return value === null || value === "" || (Array.isArray(value) && !value.length);
  }

  function written(values) {
    const parts = [];
    if (values.z !== null)
      parts.push([short(values.x), short(values.y), String(Number(values.z.toFixed(2)))].join(","));
    for (const [name, how] of fields) {
      const value = values[name];
      if (how.silent ? how.silent(value) : plain(value)) continue;
      parts.push(name + "=" + (how.write ? how.write(value) : encodeURI(String(value)).replace(/[/#]/g, hexed)));
    }
    return "#/" + parts.join("/");
  }

  const hexed = (sign) => (sign === "/" ? "%2F" : "%23");

  /* "+r-0.5,0.5,0,0" → a rectangle by two corners; "~p…" → a lasso that takes away. */
  function shape(text) {
    const match = /^([+~-])([rp])([-\d.,e]+)$/.exec(text);
    if (!match) return null;
    const values = match[3].split(",").map(Number);
    if (values.length < 4 || values.length % 2 || !values.every(Number.isFinite)) return null;
    const points = [];
    for (let i = 0; i < values.length; i += 2) points.push([values[i], values[i + 1]]);
    if (match[2] === "p" && points.length < 3) return null;
    return {
      kind: match[2] === "r" ? "rectangle" : "polygon",
      points: match[2] === "r" ? points.slice(0, 2) : points.slice(0, 400),
      subtract: match[1] !== "+",
    };
  }

  const shapeText = (one) =>
    (one.subtract ? "~" : "+") +
    (one.kind === "rectangle" ? "r" : "p") +
    one.points.map((p) => p.map(short).join(",")).join(",");

  FA.address = {
    field,
    read,
    parse,
    written,
    reach,
    shapes: {
      empty: () => [],
      read: (text) => text.split(";").map(shape).filter(Boolean).slice(0, 50),
      write: (list) => list.map(shapeText).join(";"),
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
