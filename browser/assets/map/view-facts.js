/* How many frames the window shows, and of how many: asked when the map comes to rest, and given to whoever listens. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const REST = 120; // milliseconds
  const listeners = [];
  let facts = null; // {inside, total, level, cells: Float32Array of x, y, frames}
  let zooms = 0; // changes of the zoom so far, and how many of them the facts know of
  let known = 0;

  function question() {
    const [x0, y0, x1, y1] = FA.map.bounds();
    const place = `z=${FA.map.level()}&left=${x0}&bottom=${y0}&right=${x1}&top=${y1}`;
    const query = FA.api.query(FA.state.filter());
    return `/api/view/${FA.atlas.map}?${place}${query ? "&" + query : ""}`;
  }

  let asked = 0;
  async function ask() {
    const [mine, now] = [(asked += 1), zooms];
    try {
      const { values, headers } = await FA.api.columns(question(), Float32Array);
      if (mine !== asked) return;
      facts = {
        inside: Number(headers.get("X-Inside")),
        total: Number(headers.get("X-Total")),
        level: Number(headers.get("X-Level")),
        cells: values,
        zoomed: now > known, // not by a zoom that came after the question
      };
      known = now;
      for (const call of listeners) call(facts);
    } catch (error) {
      FA.api.complain(error);
    }
  }

  const soon = FA.once(ask, REST);

  FA.view = {
    /** Hear of the facts now, if they are known, and whenever they change. */
    on(call) {
      listeners.push(call);
      if (facts) call(facts);
    },
    facts: () => facts,
  };

  FA.part("overlay", () => {
    const map = FA.map.leaflet;
    map.on("zoomend", () => (zooms += 1));
    map.on("moveend", soon);
    FA.state.on(FA.state.FILTERS, soon);
    soon();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
