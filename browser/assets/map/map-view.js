/* The map in the window: where it is, what of it is seen, flying over it, and making room for a panel. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const EDGE = 24; // pixels around what is fitted into the window
  let atlasMap = null; // what AtlasMap.create gave
  let map = null; // Leaflet's
  let following = false; // the address leads, the map follows
  let loading = null; // ends the line that says that tiles are waited for
  const important = []; // functions that give places which stay in sight when a panel opens

  const toLatLng = (x, y) => atlasMap.toLatLng([x, y]);
  const toPlace = (latlng) => atlasMap.toPlace(latlng);
  const limit = (n) => Math.min(1, Math.max(-1, n));
  const within = (zoom) => Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), zoom));

  /* Pixels at the top that the bar covers; the drawer lies beside the map, not over it. */
  const covered = () => FA.byId("fa-bar").offsetHeight;

  /* Zoom at which the whole map is just seen. */
  function wholeZoom() {
    const size = map.getSize();
    return Math.max(map.getMinZoom(), atlasMap.wholeZoom(size.x - EDGE, size.y - covered() - EDGE));
  }

  /* The middle of the window for which a place is in the middle of what is not covered. */
  const aside = (latlng, zoom) => map.unproject(map.project(latlng, zoom).subtract([0, covered() / 2]), zoom);

  function fly(x, y, z, still) {
    const zoom = within(z === undefined || z === null ? map.getZoom() : z);
    const target = aside(toLatLng(x, y), zoom);
    if (still || FA.calm()) map.setView(target, zoom, { animate: false });
    else map.flyTo(target, zoom, { duration: 0.9 });
  }

  const whole = (still) => fly(0, 0, wholeZoom(), still === true);

  /* Fly to where all of some places are seen; not closer than a zoom, if one is given. */
  function show(places, closest, still) {
    const [xs, ys] = [places.map((p) => p[0]), places.map((p) => p[1])];
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const cell = 4 / 2 ** FA.atlas.deepest;
    const [wide, high] = [(x1 - x0) / 2 + cell, (y1 - y0) / 2 + cell];
    const zoom = wholeZoom() - Math.log2(Math.min(1, Math.max(wide, high)));
    fly((x0 + x1) / 2, (y0 + y1) / 2, Math.min(zoom, closest === undefined ? FA.atlas.deepest : closest), still);
  }

  /* What is not covered, as a window of the map: its middle, width and height in map units. */
  function seen() {
    const size = map.getSize();
    const a = toPlace(map.containerPointToLatLng([0, covered()]));
    const b = toPlace(map.containerPointToLatLng([size.x, size.y]));
    const [x0, x1, y0, y1] = [limit(a[0]), limit(b[0]), limit(b[1]), limit(a[1])];
    return {
      x: (x0 + x1) / 2,
      y: (y0 + y1) / 2,
      width: Math.max(1e-6, x1 - x0),
      height: Math.max(1e-6, y1 - y0),
    };
  }

  /* Whether a place is in what is seen, and not at its very edge. */
  function sees([px, py], window) {
    const { x, y, width, height } = window || seen();
    return Math.abs(px - x) <= 0.49 * width && Math.abs(py - y) <= 0.49 * height;
  }

  /* The window on the map: left, bottom, right, top. */
  function bounds() {
    const box = map.getBounds();
    const [x0, y1] = toPlace(box.getNorthWest());
    const [x1, y0] = toPlace(box.getSouthEast());
    return [x0, y0, x1, y1];
  }

  /* A panel opened, closed or grew: the map has another size. What was seen whole stays whole, and of what
     matters (hits, the open frame) all stays in sight that was. */
  function resized() {
    const before = seen();
    const all = before.width > 1.99 && before.height > 1.99;
    const kept = important.flatMap((places) => places()).filter((place) => sees(place, before));
    map.invalidateSize({ animate: false, pan: true });
    if (all) whole(true);
    else if (kept.some((place) => !sees(place))) show(kept, map.getZoom(), true);
  }

  function rest() {
    if (following) return;
    const [x, y] = toPlace(map.getCenter());
    const far = FA.address.reach();
    FA.state.set({ x: Math.min(far, Math.max(-far, x)), y: limit(y), z: map.getZoom() });
  }

  function follow(state) {
    const here = toPlace(map.getCenter());
    const apart = Math.abs(here[0] - state.x) + Math.abs(here[1] - state.y);
    if (state.z !== null && apart < 2e-4 && Math.abs(map.getZoom() - state.z) < 0.01) return;
    following = true;
    if (state.z === null) whole(true);
    else map.setView(toLatLng(state.x, state.y), state.z, { animate: false });
    following = false;
  }

  function tileUrl(z, x, y, scale) {
    const query = FA.api.query(FA.state.filter());
    const place = `${FA.atlas.map}/${z}/${x}/${y}`;
    // Browsers keep tiles for good: a tile that is drawn otherwise has another address.
    return `/tiles/${place}.webp?scale=${scale}&d=${FA.atlas.drawing}${query ? "&" + query : ""}`;
  }

  function onLoading(busy) {
    if (loading) loading();
    loading = busy && !FA.connection.lost() ? FA.busy("Drawing the map…") : null;
  }

  function controls() {
    const by = (step) => map.setZoom(Math.round(map.getZoom()) + step, { animate: !FA.calm() });
    const small = FA.h("div", { class: "fa-minimap", "aria-hidden": "true" });
    const zoom = FA.h(
      "div",
      { class: "fa-zoom", role: "group", "aria-label": "Zoom" },
      FA.iconButton("plus", "Closer ( + )", () => by(1)),
      FA.iconButton("minus", "Further ( − )", () => by(-1)),
      FA.iconButton("whole", "The whole map ( 0 )", () => whole()),
    );
    FA.byId("fa-corner").append(small, zoom);
    return atlasMap.minimap(small);
  }

  FA.part("map", () => {
    atlasMap = window.AtlasMap.create(FA.byId("fa-map"), {
      tileUrl,
      tile: FA.atlas.tile,
      deepest: FA.atlas.deepest,
      beyond: 2,
      label: `Map of ${FA.count(FA.atlas.frames, "frame")}: arrows move, plus and minus zoom, Enter opens the frame in the middle`,
      lost: FA.connection.lost,
      onLoading,
    });
    map = FA.map.leaflet = atlasMap.map;
    FA.map.level = atlasMap.tileZoom;
    const minimap = controls();
    map.on("moveend", rest);
    map.on("moveend resize", () => {
      const { width, height } = seen();
      document.body.classList.toggle("fa-whole", width > 1.99 && height > 1.99);
    });
    FA.state.on(["x", "y", "z"], follow);
    const refresh = (FA.map.refresh = () => {
      atlasMap.refresh();
      minimap.refresh();
    });
    FA.state.on(FA.state.FILTERS, refresh);
    follow(FA.state.value);
  });

  FA.map = {
    toLatLng,
    toPlace,
    fly,
    whole,
    show,
    seen,
    sees,
    bounds,
    wholeZoom,
    tileUrl,
    resized,
    keepInSight: (places) => void important.push(places),
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
