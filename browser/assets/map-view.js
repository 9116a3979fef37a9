/* The map in the window: where it is, what of it is seen, and flying over it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let atlasMap = null; // what AtlasMap.create gave
  let map = null; // Leaflet's
  let following = false; // the address leads, the map follows

  const toLatLng = (x, y) => atlasMap.toLatLng([x, y]);
  const toPlace = (latlng) => atlasMap.toPlace(latlng);
  const limit = (n) => Math.min(1, Math.max(-1, n));

  /* Pixels at the right and at the bottom that the drawer covers, and at the top that the bar does. */
  function covered() {
    const open = document.body.classList.contains("fa-open");
    const drawer = FA.byId("fa-drawer");
    const narrow = FA.narrow();
    return {
      top: FA.byId("fa-bar").offsetHeight,
      right: open && !narrow ? drawer.offsetWidth + 12 : 0,
      bottom: open && narrow ? drawer.offsetHeight : 0,
    };
  }

  /* Zoom at which the whole map is just seen in what is not covered. */
  function wholeZoom() {
    const size = map.getSize();
    const { top, right, bottom } = covered();
    return Math.max(map.getMinZoom(), atlasMap.wholeZoom(size.x - right - 24, size.y - top - bottom - 24));
  }

  /* The middle of the window for which a place is in the middle of what is not covered. */
  function aside(latlng, zoom) {
    const { top, right, bottom } = covered();
    return map.unproject(map.project(latlng, zoom).add([right / 2, (bottom - top) / 2]), zoom);
  }

  function fly(x, y, z, still) {
    const zoom = Math.max(
      map.getMinZoom(),
      Math.min(map.getMaxZoom(), z === undefined || z === null ? map.getZoom() : z),
    );
    const target = aside(toLatLng(x, y), zoom);
    if (still || FA.calm()) map.setView(target, zoom, { animate: false });
    else map.flyTo(target, zoom, { duration: 0.9 });
  }

  const whole = (still) => fly(0, 0, wholeZoom(), still === true);

  /* The first view: all of it, or on a narrow screen as much as fills the height, or frames would be specks. */
  function first() {
    const { y } = map.getSize();
    const tall = Math.log2((0.8 * y) / FA.atlas.tile[1]);
    fly(0, 0, FA.narrow() ? Math.max(wholeZoom(), tall) : wholeZoom(), true);
  }

  /* What is not covered, as a window of the map: its middle, width and height in map units. */
  function seen() {
    const size = map.getSize();
    const { top, right, bottom } = covered();
    const a = toPlace(map.containerPointToLatLng([0, top]));
    const b = toPlace(map.containerPointToLatLng([size.x - right, size.y - bottom]));
    const [x0, x1, y0, y1] = [limit(a[0]), limit(b[0]), limit(b[1]), limit(a[1])];
    return {
      x: (x0 + x1) / 2,
      y: (y0 + y1) / 2,
      width: Math.max(1e-6, x1 - x0),
      height: Math.max(1e-6, y1 - y0),
    };
  }

  /* The window on the map: left, bottom, right, top. */
  function bounds() {
    const box = map.getBounds();
    const [x0, y1] = toPlace(box.getNorthWest());
    const [x1, y0] = toPlace(box.getSouthEast());
    return [x0, y0, x1, y1];
  }

  function rest() {
    if (following) return;
    const [x, y] = toPlace(map.getCenter());
    const far = FA.state.reach();
    FA.state.set({ x: Math.min(far, Math.max(-far, x)), y: limit(y), z: map.getZoom() });
  }

  function follow(state) {
    const here = toPlace(map.getCenter());
    const apart = Math.abs(here[0] - state.x) + Math.abs(here[1] - state.y);
    if (state.z !== null && apart < 2e-4 && Math.abs(map.getZoom() - state.z) < 0.01) return;
    following = true;
    if (state.z === null) first();
    else map.setView(toLatLng(state.x, state.y), state.z, { animate: false });
    following = false;
  }

  function tileUrl(z, x, y, scale) {
    const query = FA.api.query(FA.state.filter());
    const place = `${FA.atlas.map}/${z}/${x}/${y}`;
    // Browsers keep tiles for good: a tile that is drawn otherwise has another address.
    return `/tiles/${place}.webp?scale=${scale}&d=${FA.atlas.drawing}${query ? "&" + query : ""}`;
  }

  function begin() {
    atlasMap = window.AtlasMap.create(FA.byId("fa-map"), {
      tileUrl,
      tile: FA.atlas.tile,
      deepest: FA.atlas.deepest,
      beyond: 2,
      label: `Map of ${FA.count(FA.atlas.frames, "frame")}: arrows move, plus and minus zoom, Enter opens the frame in the middle`,
    });
    map = FA.map.leaflet = atlasMap.map;
    FA.map.level = atlasMap.tileZoom;
    const by = (step) => map.setZoom(Math.round(map.getZoom()) + step, { animate: !FA.calm() });
    FA.byId("fa-over").append(
      FA.h(
        "div",
        { class: "fa-zoom", role: "group", "aria-label": "Zoom" },
        FA.iconButton("plus", "Closer ( + )", () => by(1)),
        FA.iconButton("minus", "Further ( − )", () => by(-1)),
        FA.iconButton("whole", "The whole map ( 0 )", () => whole()),
      ),
    );
    const small = FA.h("div", { class: "fa-minimap", "aria-hidden": "true" });
    FA.byId("fa-over").append(small);
    const minimap = atlasMap.minimap(small);
    map.on("moveend", rest);
    FA.state.on(["x", "y", "z"], follow);
    FA.state.on(FA.state.FILTERS, () => {
      atlasMap.refresh();
      minimap.refresh();
    });
    follow(FA.state.value);
  }

  FA.map = { begin, toLatLng, toPlace, fly, whole, seen, bounds, wholeZoom, tileUrl };
})((window.FrameAtlas = window.FrameAtlas || {}));
