/* One canvas over the map on which overlays paint. It is repainted when the map comes to rest and moves and
   grows with it meanwhile, so that panning costs nothing, however much is painted. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const MARGIN = 0.25; // of the window, painted beyond each edge, so that a short pan uncovers nothing bare

  const MARKS = ["fill", "stroke", "fillRect", "strokeRect", "fillText", "strokeText", "drawImage", "putImageData"];

  /* Have a context say whether anything was painted: an empty canvas is hidden, as it would be moved with the map. */
  function watched(context, painted) {
    for (const name of MARKS) {
      const own = context[name];
      context[name] = (...given) => {
        painted();
        return own.apply(context, given);
      };
    }
    return context;
  }

  /** @returns {new (painters: Function[]) => any} a class of Leaflet's layers */
  function layerClass() {
    return L.Layer.extend({
      initialize(painters) {
        this.painters = painters;
      },

      onAdd(map) {
        this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated fa-canvas");
        this.canvas.setAttribute("aria-hidden", "true");
        this.context = watched(this.canvas.getContext("2d"), () => (this.painted = true));
        map.getPane("overlayPane").append(this.canvas);
        this.paint();
      },

      onRemove() {
        this.canvas.remove();
      },

      getEvents() {
        return {
          moveend: this.paint,
          zoomend: this.paint,
          viewreset: this.paint,
          resize: this.paint,
          zoomanim: this.follow,
          zoom: this.follow,
        };
      },

      /* Stretch what is painted to where the map is or goes, until it is painted anew. */
      follow(event) {
        const map = this._map;
        const center = event.center || map.getCenter();
        const zoom = event.zoom === undefined ? map.getZoom() : event.zoom;
        const offset = map._latLngToNewLayerPoint(this.corner, zoom, center);
        L.DomUtil.setTransform(this.canvas, offset, map.getZoomScale(zoom, this.zoom));
      },

      paint() {
        const map = this._map;
        if (!map || map._animatingZoom) return;
        const size = map.getSize();
        const margin = size.multiplyBy(MARGIN).round();
        const whole = size.add(margin.multiplyBy(2));
        const dense = Math.min(2, devicePixelRatio || 1);
        const origin = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
        this.zoom = map.getZoom();
        this.corner = map.layerPointToLatLng(origin);
        const { canvas } = this;
        if (canvas.width !== whole.x * dense || canvas.height !== whole.y * dense) {
          canvas.width = whole.x * dense;
          canvas.height = whole.y * dense;
          canvas.style.width = whole.x + "px";
          canvas.style.height = whole.y + "px";
        }
        L.DomUtil.setTransform(canvas, origin, 1);
        const { context } = this;
        context.setTransform(dense, 0, 0, dense, 0, 0);
        context.clearRect(0, 0, whole.x, whole.y);
        this.painted = false;
        const at = this.projection(origin);
        for (const painter of this.painters) {
          context.save();
          painter(context, at, whole);
          context.restore();
        }
        canvas.style.visibility = this.painted ? "" : "hidden";
      },

      /* Map coordinates → pixels of the canvas: two multiplications, as it is done 50,000 times. */
      projection(origin) {
        const map = this._map;
        const a = map.latLngToLayerPoint(FA.map.toLatLng(-1, 1));
        const b = map.latLngToLayerPoint(FA.map.toLatLng(1, -1));
        const [sx, sy] = [(b.x - a.x) / 2, (b.y - a.y) / 2];
        const at = (x, y) => [a.x + (x + 1) * sx - origin.x, a.y + (1 - y) * sy - origin.y];
        at.x0 = a.x - origin.x + sx;
        at.y0 = a.y - origin.y + sy;
        at.sx = sx;
        at.sy = -sy;
        return at;
      },
    });
  }

  /* A disc with a white edge. */
  FA.disc = function (context, x, y, radius, fill) {
    context.beginPath();
    context.arc(x, y, radius, 0, 6.2832);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = "#fff";
    context.stroke();
  };

  FA.canvasLayer = (painters) => new (layerClass())(painters);
})((window.FrameAtlas = window.FrameAtlas || {}));
