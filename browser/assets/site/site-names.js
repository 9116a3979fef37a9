/* Names of the map's regions, as they were when the site was made: few from far, more from near. */
(function (site) {
  "use strict";

  const FONT = "system-ui, sans-serif";
  const [EDGES, HIGH] = [18, 30]; // pixels around a name, and of a label
  const labels = new Map(); // number of the region → its element
  let layer = null;
  let shown = true;

  const byId = (id) => document.getElementById(id);
  const regions = () => site.about.regions || [];

  function parents() {
    return new Set(regions().map(([level, , parent]) => `${level - 1}.${parent}`));
  }

  function put([, , , frame, frames, , , name], most) {
    const text = document.createElement("span");
    text.className = "region";
    text.textContent = name;
    text.style.fontSize = `${window.AtlasLabels.letters(frames, most)}px`;
    text.title = `${name}, ${frames.toLocaleString("en")} frames`;
    const icon = L.divIcon({ className: "region-place", html: text, iconSize: [0, 0] });
    L.marker(site.map.toLatLng(site.place(frame)), { icon, keyboard: false, interactive: false }).addTo(layer);
    return text;
  }

  /* What lies on the map, as boxes. */
  function floating() {
    const map = byId("map").getBoundingClientRect();
    return [...document.querySelectorAll(".float:not(#card)")]
      .map((one) => one.getBoundingClientRect())
      .filter((one) => one.width)
      .map(({ left, top, width, height }) => ({ x: left - map.left + width / 2, y: top - map.top + height / 2, width, height }));
  }

  function draw() {
    const { map, toLatLng } = site.map;
    const unit = Math.abs(map.latLngToContainerPoint(toLatLng([1, 0])).x - map.latLngToContainerPoint(toLatLng([-1, 0])).x) / 2;
    const most = Math.max(1, ...regions().map((one) => one[4]));
    const inner = parents();
    const boxes = regions().map(([level, n, , frame, frames, spread, wider, name]) => {
      const size = window.AtlasLabels.letters(frames, most);
      const { x, y } = map.latLngToContainerPoint(toLatLng(site.place(frame)));
      const width = window.AtlasLabels.widthOf(name, `600 ${size}px ${FONT}`) + EDGES;
      const leaf = !inner.has(`${level}.${n}`);
      return { level, leaf, named: true, frames, spread: spread * unit, around: wider * unit, x, y, width, height: HIGH };
    });
    const chosen = shown ? window.AtlasLabels.choose(boxes, map.getSize(), floating()) : new Map();
    for (const [n, region] of regions().entries()) {
      if (chosen.has(n) && !labels.has(n)) labels.set(n, put(region, most));
      if (!labels.has(n)) continue;
      labels.get(n).hidden = !chosen.has(n);
      const { strong, dx, dy } = chosen.get(n) || { strong: 0, dx: 0, dy: 0 };
      Object.assign(labels.get(n).style, { opacity: String(0.7 + 0.3 * strong), left: `${dx}px`, top: `${dy}px` });
    }
  }

  function toggle() {
    shown = !shown;
    byId("names").setAttribute("aria-pressed", String(shown));
    draw();
  }

  const begin = site.begin;
  site.begin = async function () {
    await begin();
    if (!site.known || !regions().length) return;
    layer = L.layerGroup().addTo(site.map.map);
    byId("names").hidden = false;
    byId("names").onclick = toggle;
    site.map.map.on("moveend zoomend resize", draw);
    draw();
  };

  site.regions = { toggle: () => void (layer && toggle()) };
})(window.FrameSite);
