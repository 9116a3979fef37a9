/* Labels of the map's regions: few from far, more from near, none over another; each may be written anew. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const FONT = "system-ui, sans-serif";
  const [PICTURE, SMALLER, PENCIL, EDGES, LINE, WIDEST] = [68, 50, 30, 24, 44, 260]; // pixels
  let group = null;
  let regions = [];
  let parents = new Set(); // "level.n" of those that have parts
  let spreads = new Map(); // of each region, by "level.n"
  const shown = new Map(); // key → {marker, box}
  let editing = null; // {key, text, leave}: the region that is being named, and what is written so far
  let asked = 0;

  const key = (region) => (region.n >= 0 ? `${region.level}.${region.n}` : region.given);
  /* Pixels of its picture: what has no name has one from near too, as a number alone says nothing. */
  const picture = (region) => (FA.narrow() ? 0 : region.level === 0 ? PICTURE : region.name ? 0 : SMALLER);
  const most = () => Math.max(1, ...regions.map((one) => one.frames));
  const count = (region) => FA.number(region.frames);

  function badge(region) {
    const id = key(region);
    const label = FA.h("span", {}, region.name);
    label.style.fontSize = window.AtlasLabels.letters(region.frames, most()) + "px";
    const say = `Fly to ${region.title}, ${FA.count(region.frames, "frame")}`;
    const go = FA.h(
      "button",
      {
        type: "button",
        class: "fa-cluster-go",
        "aria-label": say,
        title: say,
        onclick: (event) => {
          event.stopPropagation();
          FA.map.fly(...region.place, FA.map.leaflet.getZoom() + 1.5);
        },
      },
      picture(region) ? FA.h("img", { src: FA.api.picture(region.frame, 96), alt: "" }) : null,
      label,
      FA.h("small", {}, count(region)),
    );
    const pencil = FA.iconButton(
      "edit",
      region.name ? "Rename " + region.title : "Name " + region.title,
      (event) => {
        event.stopPropagation();
        edit(region, go, pencil);
      },
      { class: "fa-button fa-only-icon fa-tiny" },
    );
    const kind = (region.level ? " fa-part" : "") + (region.name ? "" : " fa-unnamed");
    const box = FA.h("div", { class: "fa-cluster" + kind }, go, pencil);
    L.DomEvent.disableClickPropagation(box);
    if (editing && editing.key === id) queueMicrotask(() => edit(region, go, pencil, editing.text));
    return box;
  }

  function edit(region, go, pencil, text) {
    pencil.remove();
    const leave = FA.clusters.field(
      region,
      go,
      async (name) => {
        const same = name === null || name.trim() === region.name;
        const kept = same || (await FA.clusters.rename(region, name));
        editing = kept ? null : { key: key(region), text: name, leave: null }; // what was written is offered again
        take(key(region));
        draw();
      },
      text,
    );
    editing = { key: key(region), text, leave };
  }

  /* The box of a label, in pixels of the window. */
  function box(region, scale) {
    const point = FA.map.leaflet.latLngToContainerPoint(FA.map.toLatLng(...region.place));
    const size = window.AtlasLabels.letters(region.frames, most());
    const text = region.name ? Math.min(WIDEST, window.AtlasLabels.widthOf(region.name, `600 ${size}px ${FONT}`)) : 0;
    const number = window.AtlasLabels.widthOf(count(region), `500 11px ${FONT}`);
    const id = key(region);
    return {
      x: point.x,
      y: point.y,
      width: picture(region) + text + number + PENCIL + EDGES,
      height: LINE,
      level: region.level,
      leaf: !parents.has(id),
      named: Boolean(region.name),
      frames: region.frames,
      spread: region.spread * scale,
      around: (spreads.get(`${region.level - 1}.${region.parent}`) || 0) * scale,
      kept: Boolean(editing && editing.key === id),
    };
  }

  /* Pixels of a unit of the map. */
  function scale() {
    const map = FA.map.leaflet;
    const [a, b] = [FA.map.toLatLng(-1, 0), FA.map.toLatLng(1, 0)];
    return Math.abs(map.latLngToContainerPoint(b).x - map.latLngToContainerPoint(a).x) / 2;
  }

  /* What lies over a corner of the map, as boxes. */
  function corner() {
    const map = FA.byId("fa-map").getBoundingClientRect();
    return [...FA.byId("fa-corner").children]
      .map((one) => one.getBoundingClientRect())
      .filter((one) => one.width)
      .map(({ left, top, width, height }) => ({ x: left - map.left + width / 2, y: top - map.top + height / 2, width, height }));
  }

  function draw() {
    if (!group) return;
    const on = FA.overlays.on("clusters");
    const unit = scale();
    const boxes = on ? regions.map((one) => box(one, unit)) : [];
    const chosen = window.AtlasLabels.choose(boxes, FA.map.leaflet.getSize(), corner());
    const wanted = new Map([...chosen].map(([n, seen]) => [key(regions[n]), [regions[n], seen]]));
    for (const [id, { region }] of shown) {
      if (!wanted.has(id) || wanted.get(id)[0] !== region) take(id);
    }
    for (const [id, [region, { strong, dx, dy }]] of wanted) {
      if (!shown.has(id)) shown.set(id, { region, ...put(region) });
      Object.assign(shown.get(id).box.style, { opacity: String(0.7 + 0.3 * strong), left: dx + "px", top: dy + "px" });
    }
  }

  function take(id) {
    if (editing && editing.key === id && editing.leave) editing = { ...editing, text: editing.leave(), leave: null };
    if (shown.has(id)) group.removeLayer(shown.get(id).marker);
    shown.delete(id);
  }

  function put(region) {
    const made = badge(region);
    const icon = L.divIcon({ className: "fa-cluster-place", html: made, iconSize: [0, 0] });
    const marker = L.marker(FA.map.toLatLng(...region.place), { icon, keyboard: false, interactive: false });
    marker.addTo(group);
    return { marker, box: made };
  }

  async function load() {
    if (!group || !FA.overlays.on("clusters")) return draw();
    const mine = (asked += 1);
    try {
      const found = await FA.during("Finding groups…", FA.clusters.all());
      if (mine !== asked) return;
      regions = found;
      parents = new Set(found.filter((one) => one.parent >= 0).map((one) => `${one.level - 1}.${one.parent}`));
      spreads = new Map(found.map((one) => [key(one), one.spread]));
      draw();
    } catch (error) {
      FA.api.complain(error);
    }
  }

  FA.overlay({
    name: "clusters",
    title: "Groups",
    hint: "Names of regions; more of them from near",
    rank: 50,
    depth: 0,
  });
  FA.part("overlay", () => {
    group = L.layerGroup().addTo(FA.map.leaflet);
    FA.state.on(["o", "groups", "named"], load);
    FA.map.leaflet.on("moveend zoomend resize", draw);
    load();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
