/* Zooming with the wheel that follows the fingers instead of jumping: used by AtlasMap.create. */
(function () {
  "use strict";

  const PIXELS_A_ZOOM = 160; // of wheel movement; a notch of a common mouse is 100 or 120
  const PINCH_PIXELS = 40; // browsers report pinching on a touchpad as a small wheel movement with Ctrl
  const PULL = 0.28; // of the remaining way, in each frame of the screen
  const CLOSE = 0.004; // of a zoom step: arrived
  const REST = 140; // milliseconds without a turn until tiles are asked for: sooner, most would be cancelled

  function pixelsOf(event) {
    const unit = event.deltaMode === 1 ? 34 : event.deltaMode === 2 ? 400 : 1;
    return event.deltaY * unit;
  }

  window.AtlasWheel = function (map) {
    let target = null; // zoom that the wheel asks for; null at rest
    let point = null; // of the window, stays where it is
    let latlng = null;
    let resting = 0; // timer: the wheel has arrived, and may turn on

    function stay(zoom) {
      // The middle of the window for which the place under the pointer keeps its place.
      const offset = point.subtract(map.getSize().divideBy(2));
      return map.unproject(map.project(latlng, zoom).subtract(offset), zoom);
    }

    function frame() {
      if (target === null) return;
      const zoom = map.getZoom();
      const left = target - zoom;
      const next = Math.abs(left) < CLOSE ? target : zoom + left * PULL;
      const middle = map._limitCenter(stay(next), next, map.options.maxBounds);
      if (next !== target) {
        map._move(middle, next, { flyTo: true });
        requestAnimationFrame(frame);
        return;
      }
      map._move(middle, next, { flyTo: true });
      resting = setTimeout(end, REST);
    }

    function end() {
      clearTimeout(resting);
      resting = 0;
      if (target === null) return;
      target = null;
      map._move(map.getCenter(), map.getZoom())._moveEnd(true);
    }

    function turned(event) {
      event.preventDefault();
      const pixels = event.ctrlKey ? PINCH_PIXELS : PIXELS_A_ZOOM;
      const from = target === null ? map.getZoom() : target;
      const wanted = from - Math.max(-1, Math.min(1, pixelsOf(event) / pixels));
      const limited = Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), wanted));
      if (Math.abs(limited - from) < CLOSE && target === null) return;
      point = map.mouseEventToContainerPoint(event);
      latlng = map.containerPointToLatLng(point);
      if (target === null) {
        map._stop();
        map._moveStart(true, false);
      }
      if (target === null || resting) requestAnimationFrame(frame);
      clearTimeout(resting);
      resting = 0;
      target = limited;
    }

    map.getContainer().addEventListener("wheel", turned, { passive: false });
    map.on("mousedown touchstart", end);
    return { end };
  };
})();
