/* How tiles of every kind are laid out and asked for: AtlasGrid, mixed into Leaflet's grid layers.

   While the zoom changes nothing is asked for: what a turning wheel passes by would only be cancelled. Tiles have
   no transform of their own, so that a browser moves one picture a zoom and not one for each tile. */
(function () {
  "use strict";

  const REST = 160; // milliseconds that fingers rest on the glass until tiles are asked for
  const SAME = 1e-6; // of a zoom step

  window.AtlasGrid = function (Base) {
    const own = Base.prototype;
    return {
      /* Leaflet's, for all tiles at once and not anew for each that comes. */
      _pruneTiles() {
        if (this._pruning) return;
        this._pruning = requestAnimationFrame(() => {
          this._pruning = 0;
          own._pruneTiles.call(this);
        });
      },

      _addTile(coords, container) {
        own._addTile.call(this, coords, container);
        const { style } = this._tiles[this._tileCoordsToKey(coords)].el;
        const place = this._getTilePos(coords);
        style.transform = "";
        style.left = place.x + "px";
        style.top = place.y + "px";
      },

      _setView(center, zoom, noPrune, noUpdate) {
        own._setView.call(this, center, zoom, noPrune, noUpdate);
        if (!noUpdate) this._askedZoom = zoom;
      },

      _onMoveEnd(event) {
        clearTimeout(this._resting);
        const map = this._map;
        if (!map || map._animatingZoom) return;
        const ask = () => this._map && this._setView(map.getCenter(), map.getZoom());
        const zooms = this._askedZoom !== undefined && Math.abs(map.getZoom() - this._askedZoom) > SAME;
        if (!zooms) own._onMoveEnd.call(this, event);
        else if (event && event.type === "move") this._resting = setTimeout(ask, REST);
        else ask();
      },
    };
  };
})();
