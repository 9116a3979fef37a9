/* The slippy map of frames, for the browser's page and for the static site.

   AtlasMap.create(element, {tileUrl, tile, deepest}) → {map, toLatLng, toPlace, …}; needs Leaflet,
   atlas-grid.js and atlas-wheel.js. A place is [x, y] on the map, -1 to 1, y upwards. */
(function () {
  "use strict";

  const CLEAR = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
  const ENLARGED = 0.15; // zoom steps beyond which a tile would look soft
  const TRIES = 3; // for a tile that does not come
  const PATIENCE = 4000; // milliseconds that old tiles stay below new ones
  const AGAIN = 700; // milliseconds before the next one, and longer each time
  const SELDOM = 120; // milliseconds between two looks of the minimap while the map moves: each has it painted anew
  const STILL = 250; // milliseconds after a movement until tiles are drawn anew: one drag often follows another
  const SHADES = 16; // steps from the dark beginning of a path to its bright end

  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

  /* Tiles by a function of zoom, column, row and scale; where it gives nothing, nothing is loaded. */
  const FrameTiles = window.L.TileLayer.extend(window.AtlasGrid(window.L.TileLayer)).extend({
    /* A jump keeps the tiles that are there below those that come, as a zoom does; Leaflet would remove them. */
    getEvents() {
      const events = window.L.TileLayer.prototype.getEvents.call(this);
      delete events.viewprereset;
      return events;
    },

    createTile(coords, done) {
      const tile = document.createElement("img");
      tile.alt = "";
      tile.draggable = false;
      tile.decoding = "async";
      const last = coords.z >= this.options.maxNativeZoom;
      // In double size where they are seen enlarged: between whole zooms, and beyond the last one.
      const enlarged = this._map && this._map.getZoom() > coords.z + ENLARGED;
      const dense = last || enlarged || (window.devicePixelRatio || 1) > 1;
      const url = this.options.tileUrl(coords.z, coords.x, coords.y, dense ? 2 : 1);
      tile.onload = () => done(null, tile);
      tile.onerror = () => this._failed(tile, url, 1);
      tile.src = url || CLEAR;
      return tile;
    },

    /* A tile that does not come is asked for again. While it is not done, Leaflet keeps the coarser one below. */
    _failed(tile, url, tries) {
      if (tries > TRIES && !(this.options.lost && this.options.lost())) {
        tile.onerror = null;
        tile.src = CLEAR;
        return;
      }
      tile.style.visibility = "hidden"; // some browsers draw a broken picture
      setTimeout(() => {
        if (!tile.parentNode) return;
        const probe = new Image();
        probe.onload = () => {
          tile.style.visibility = "";
          tile.onerror = null;
          tile.src = url;
        };
        probe.onerror = () => this._failed(tile, url, tries + 1);
        probe.src = url;
      }, AGAIN * tries);
    },

    _initTile(tile) {
      window.L.TileLayer.prototype._initTile.call(this, tile);
      // Between whole zooms Chromium shows hairlines of the ground between tiles, and bright ones where
      // Leaflet's style sheet adds their edges up: each tile lies a pixel over the next one instead.
      const size = this.getTileSize();
      tile.style.width = size.x + 1 + "px";
      tile.style.height = size.y + 1 + "px";
      tile.style.mixBlendMode = "normal";
    },
  });

  function shaded(colour, share) {
    // From half dark to the full colour, through a canvas-free mix that every browser knows.
    const number = parseInt(colour.slice(1), 16);
    const part = (shift) => Math.round(((number >> shift) & 255) * (0.5 + 0.5 * share));
    return `rgb(${part(16)},${part(8)},${part(0)})`;
  }

  function createMap(element, tile, deepest, beyond) {
    const L = window.L;
    const bounds = L.latLngBounds([-tile[1], 0], [0, tile[0]]);
    // An upright map fills little of a wide window, and has to get out from under a wide panel.
    const aside = tile[0] * (tile[1] > tile[0] ? 4 : 0.5);
    const map = L.map(element, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomControl: false,
      minZoom: 0,
      maxZoom: deepest + beyond,
      zoomSnap: 0,
      zoomDelta: 1,
      scrollWheelZoom: false,
      keyboardPanDelta: 140,
      // A whole map gets out from under the bar of a low window, too.
      maxBounds: L.latLngBounds([-2.5 * tile[1], -aside], [1.5 * tile[1], tile[0] + aside]),
      maxBoundsViscosity: 0.8,
      bounceAtZoomLimits: false,
      fadeAnimation: false, // half of what a frame of a zoom costs without a graphics card
      preferCanvas: true,
      inertiaDeceleration: 4200,
    });
    return { map, bounds };
  }

  window.AtlasMap = {};

  /* Put a map into an element.

     options.tileUrl(z, x, y, scale): address of a tile, or "" for an empty one; scale is 1 or 2
     options.tile: [width, height] of a tile in CSS pixels
     options.deepest: zoom at which a tile is a single frame
     options.beyond: how many zooms the last tiles may be enlarged; 1
     options.label: what a screen reader says of it
     options.lost(): whether the server is known to be gone, so that what is drawn has to stay
     options.onLoading(busy): hears when tiles are waited for, and when they are there */
  window.AtlasMap.create = function (element, options) {
    const L = window.L;
    const { tile, deepest } = options;
    const beyond = options.beyond === undefined ? 1 : options.beyond;
    const { map, bounds } = createMap(element, tile, deepest, beyond);
    element.classList.add("atlas-map");
    element.setAttribute("role", "application");
    element.setAttribute("aria-label", options.label || "Map of frames: arrows move, plus and minus zoom");

    let tileUrl = options.tileUrl;
    let layer = null;
    const paths = L.layerGroup().addTo(map);
    const ink = L.canvas({ padding: 0.3 });

    const toLatLng = ([x, y]) => L.latLng((-(1 - y) / 2) * tile[1], ((x + 1) / 2) * tile[0]);
    const toPlace = (latlng) => [(2 * latlng.lng) / tile[0] - 1, 1 + (2 * latlng.lat) / tile[1]];

    /* Load all tiles anew; the old ones stay until the new ones are there. */
    function refresh() {
      const old = layer;
      layer = new FrameTiles("", {
        tileUrl: (z, x, y, scale) => tileUrl(z, x, y, scale),
        tileSize: L.point(tile[0], tile[1]),
        bounds,
        noWrap: true,
        minZoom: -9,
        maxZoom: deepest + beyond,
        minNativeZoom: 0,
        maxNativeZoom: deepest,
        keepBuffer: 3,
        updateWhenZooming: false,
        updateInterval: 60,
        lost: options.lost,
      });
      if (old) replace(old, layer);
      if (options.onLoading) {
        layer.on("loading", () => options.onLoading(true));
        layer.on("load", () => options.onLoading(false));
      }
      layer.addTo(map);
    }

    /* What was drawn stays until the new tiles are there, however long the server is gone. */
    function replace(old, made) {
      const gone = () => map.removeLayer(old);
      made.once("load", gone);
      const late = () => {
        if (options.lost && options.lost()) setTimeout(late, PATIENCE);
        else gone();
      };
      setTimeout(late, PATIENCE);
    }

    /* Zoom at which the whole map is just seen in so many pixels, by default in the window. */
    function wholeZoom(width, height) {
      const size = map.getSize();
      return Math.log2(Math.min((width || size.x) / tile[0], (height || size.y) / tile[1]));
    }

    function limit() {
      // A small window shows the whole map at a zoom below 0.
      map.setMinZoom(Math.min(0, Math.floor(wholeZoom() * 4) / 4));
    }

    function flyTo(place, zoom, still) {
      const target = clamp(zoom === undefined || zoom === null ? map.getZoom() : zoom, map.getMinZoom(), map.getMaxZoom());
      const calm = still || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (calm) map.setView(toLatLng(place), target, { animate: false });
      else map.flyTo(toLatLng(place), target, { duration: 0.9 });
    }

    function zoomBy(steps) {
      map.setZoom(clamp(Math.round(map.getZoom() + steps), map.getMinZoom(), map.getMaxZoom()));
    }

    /* A video's way: rows of x, y, seconds. Dark where it begins, bright where it ends. */
    function addPath(rows, colour, label) {
      const points = [];
      for (let i = 0; i + 2 < rows.length; i += 3) points.push(toLatLng([rows[i], rows[i + 1]]));
      const group = L.layerGroup();
      const common = { renderer: ink, interactive: false, lineJoin: "round", lineCap: "round" };
      const line = (some, style) => L.polyline(some, { ...common, ...style }).addTo(group);
      line(points, { color: "#000", weight: 5.5, opacity: 0.55 });
      const steps = Math.max(1, Math.min(SHADES, points.length - 1));
      for (let i = 0; i < steps; i++) {
        const from = Math.floor((i * (points.length - 1)) / steps);
        const to = Math.floor(((i + 1) * (points.length - 1)) / steps);
        line(points.slice(from, to + 1), { color: shaded(colour, steps > 1 ? i / (steps - 1) : 1), weight: 3 });
      }
      const dot = (at, style) =>
        L.circleMarker(at, { ...common, radius: 6, color: "#fff", weight: 2, fillOpacity: 1, ...style }).addTo(group);
      if (points.length) {
        dot(points[0], { fillColor: "#000" });
        dot(points[points.length - 1], { fillColor: colour }).bindTooltip(L.Util.template("{t}", { t: escaped(label) }), {
          permanent: true, direction: "right", offset: [8, 0], className: "atlas-path-label",
        });
      }
      return group.addTo(paths);
    }

    function escaped(text) {
      const span = document.createElement("span");
      span.textContent = text || "";
      return span.innerHTML; // eslint-disable-line no-restricted-properties -- read, to escape; nothing is put in
    }

    /* A small picture of the whole map in an element, with the window on it; pressing it goes there. */
    function minimap(box) {
      box.style.aspectRatio = `${tile[0]} / ${tile[1]}`;
      // Upright frames make an upright map: as high as others are wide, and what is beside it follows.
      document.documentElement.style.setProperty("--upright", Math.min(1, tile[0] / tile[1]).toFixed(3));
      const picture = document.createElement("img");
      picture.alt = "";
      picture.draggable = false;
      picture.src = tileUrl(0, 0, 0, 2) || CLEAR;
      const frame = document.createElement("i");
      box.replaceChildren(picture, frame);
      let shown = 0; // when
      const show = (event) => {
        const now = performance.now();
        if (event && event.type !== "moveend" && event.type !== "resize" && now - shown < SELDOM) return;
        shown = now;
        const seen = map.getBounds();
        const [left, top] = toPlace(seen.getNorthWest());
        const [right, bottom] = toPlace(seen.getSouthEast());
        const share = (value) => 100 * clamp((value + 1) / 2, 0, 1);
        frame.style.left = share(left) + "%";
        frame.style.top = 100 - share(top) + "%";
        frame.style.width = share(right) - share(left) + "%";
        frame.style.height = share(top) - share(bottom) + "%";
      };
      const go = (event) => {
        if (!(event.buttons & 1) && event.type !== "pointerdown") return;
        const area = box.getBoundingClientRect();
        const x = (2 * (event.clientX - area.left)) / area.width - 1;
        const y = 1 - (2 * (event.clientY - area.top)) / area.height;
        map.setView(toLatLng([clamp(x, -1, 1), clamp(y, -1, 1)]), map.getZoom(), { animate: false });
      };
      box.addEventListener("pointerdown", go);
      box.addEventListener("pointermove", go);
      map.on("move zoom moveend resize", show);
      show();
      return { refresh: () => { picture.src = tileUrl(0, 0, 0, 2) || CLEAR; } };
    }

    // While the map moves, tiles are moved and stretched as they are; at rest they are drawn anew, and sharp.
    let stills = 0;
    map.on("zoomstart movestart", () => {
      clearTimeout(stills);
      element.classList.add("atlas-moving");
    });
    map.on("zoomend moveend", () => {
      clearTimeout(stills);
      stills = setTimeout(() => element.classList.remove("atlas-moving"), STILL);
    });
    if (window.AtlasWheel) window.AtlasWheel(map);
    map.on("resize", limit);
    limit();
    map.setView(toLatLng([0, 0]), Math.max(map.getMinZoom(), wholeZoom()), { animate: false });
    refresh();

    return {
      map, toLatLng, toPlace, refresh, wholeZoom, flyTo, zoomBy, addPath, minimap,
      setTileUrl(made) { tileUrl = made; refresh(); },
      clearPaths() { paths.clearLayers(); },
      removePath(path) { paths.removeLayer(path); },
      /* Zoom of the tiles on the screen, which decides the frames that are shown. */
      tileZoom: () => clamp(Math.round(map.getZoom()), 0, deepest),
      whole(still) { flyTo([0, 0], wholeZoom(), still); },
      onHover(call) {
        map.on("mousemove", (event) => call(toPlace(event.latlng), event));
        map.on("mouseout movestart zoomstart", (event) => call(null, event));
      },
      onPick(call) { map.on("click", (event) => call(toPlace(event.latlng), event)); },
    };
  };
})();
