/* Sentences that were asked when the site was made: buttons that light the map up where frames fit. No network runs
   here, so there are these and no others. */
(function (site) {
  "use strict";

  const MOST = 20000; // marks, the hottest
  const COLDEST = 30; // of 255
  const heats = new Map(); // number of the sentence → a byte for each frame
  let layer = null;
  let chosen = -1;

  site.said = function (number, text) {
    const raw = atob(text);
    heats.set(number, Uint8Array.from(raw, (sign) => sign.charCodeAt(0)));
  };

  function load(number) {
    if (heats.has(number)) return Promise.resolve();
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = `data/said-${number}.js`;
      script.onload = done;
      script.onerror = () => failed(new Error(`data/said-${number}.js is missing: export the site again.`));
      document.head.append(script);
    });
  }

  function hottest(heat) {
    const frames = [...heat.keys()].filter((frame) => heat[frame] >= COLDEST);
    frames.sort((a, b) => heat[a] - heat[b]); // hot ones are painted over cold ones
    return frames.slice(-MOST);
  }

  function paint(heat) {
    const renderer = L.canvas({ padding: 0.3 });
    const radius = Math.max(4, Math.min(16, 160 / Math.sqrt(site.about.frames)));
    const marks = hottest(heat).map((frame) => {
      const v = heat[frame] / 255;
      const fillColor = `rgb(255, ${Math.round(225 - 190 * v)}, ${Math.round(60 - 40 * v)})`;
      const style = { renderer, radius, stroke: false, fillColor, fillOpacity: 0.2 + 0.7 * v, interactive: false };
      return L.circleMarker(site.map.toLatLng(site.place(frame)), style);
    });
    layer = L.layerGroup(marks).addTo(site.map.map);
  }

  async function choose(number) {
    if (layer) layer.remove();
    layer = null;
    chosen = chosen === number ? -1 : number;
    try {
      if (chosen >= 0) {
        await load(chosen);
        if (chosen === number) paint(heats.get(number));
      }
    } catch (error) {
      chosen = -1;
      site.say(error.message);
    }
    document.body.classList.toggle("lit", chosen >= 0);
    for (const [n, button] of buttons.entries()) button.setAttribute("aria-pressed", String(n === chosen));
  }

  const buttons = [];

  function offer() {
    const texts = site.about.said || [];
    if (!texts.length) return;
    const bar = document.createElement("nav");
    bar.id = "said";
    bar.className = "float";
    bar.setAttribute("aria-label", "Sentences");
    bar.title = "Where frames fit these sentences. They were asked when this page was made; no network runs here.";
    texts.forEach((text, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.setAttribute("aria-pressed", "false");
      button.onclick = () => choose(number);
      buttons.push(button);
      bar.append(button);
    });
    document.body.append(bar);
  }

  const begin = site.begin;
  site.begin = async function () {
    await begin();
    if (site.known) offer();
  };
})(window.FrameSite);
