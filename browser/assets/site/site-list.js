/* The list of videos: search by file name, ways over the map on and off. */
(function (site) {
  "use strict";

  const MOST_ROWS = 200;
  const COLOURS = ["#ff5d5d", "#43b7ff", "#ffd23f", "#5be37d", "#d07bff", "#ff9a3d", "#3fe0d0", "#ff7ec8", "#a6d608", "#8f9bff"];

  const byId = (id) => document.getElementById(id);
  const ways = new Map(); // source → {path, colour}
  site.ways = ways;

  function freeColour() {
    const used = [...ways.values()].map((way) => way.colour);
    return COLOURS.find((colour) => !used.includes(colour)) || COLOURS[ways.size % COLOURS.length];
  }

  site.toggleWay = function (source) {
    if (ways.has(source)) {
      site.map.removePath(ways.get(source).path);
      ways.delete(source);
    } else {
      const colour = freeColour();
      ways.set(source, { colour, path: site.map.addPath(site.way(source), colour, site.about.sources[source][0]) });
    }
    show();
    site.panel.refresh();
  };

  function visit(source) {
    const [first, last] = site.range(source);
    const bounds = L.latLngBounds([]);
    for (let frame = first; frame < last; frame++) bounds.extend(site.map.toLatLng(site.place(frame)));
    if (!site.isPhotos(source) && !ways.has(source)) site.toggleWay(source);
    const wide = innerWidth > 720;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const options = { paddingTopLeft: wide ? [380, 80] : [30, 70], paddingBottomRight: [wide ? 60 : 30, wide ? 60 : innerHeight * 0.42], maxZoom: site.about.depth - 1 };
    if (calm) site.map.map.fitBounds(bounds, { ...options, animate: false });
    else site.map.map.flyToBounds(bounds, { ...options, duration: 0.9 });
  }

  function visitPhoto(frame) {
    site.map.flyTo(site.place(frame), site.about.depth);
    site.panel.pin(frame);
  }

  /* What a text finds: sources by their names, then photos by theirs. */
  function found(text) {
    const wanted = text.trim().toLowerCase();
    const has = (name) => name.toLowerCase().includes(wanted);
    const hits = [];
    site.about.sources.forEach(([name, , frames], source) => {
      if (frames && has(name)) hits.push({ source });
      if (!wanted || !frames) return;
      const [first] = site.range(source);
      site.photoNames(source).forEach((photo, i) => {
        if (has(photo)) hits.push({ source, frame: first + i, photo });
      });
    });
    return hits;
  }

  function row({ source, frame, photo }) {
    const [name, kind, frames] = site.about.sources[source];
    const item = document.createElement("li");
    if (kind === "photos") item.append(document.createElement("i"));
    else {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = ways.has(source);
      if (box.checked) box.style.setProperty("--way", ways.get(source).colour);
      box.setAttribute("aria-label", `Way of ${name} over the map`);
      box.title = "Its way over the map";
      box.onchange = () => {
        site.toggleWay(source);
        byId("rows").querySelector(`li[data-source="${source}"] input`).focus();
      };
      item.append(box);
    }
    item.dataset.source = source;
    const button = document.createElement("button");
    button.type = "button";
    button.title = photo || name;
    const [label, small] = [document.createElement("b"), document.createElement("small")];
    label.textContent = photo || name;
    const [first, last] = site.range(source);
    small.textContent = photo ? name : kind === "photos" ? `${frames} photos` : site.clock(site.seconds(last - 1) - site.seconds(first), 0);
    button.append(label, small);
    button.onclick = () => (photo ? visitPhoto(frame) : visit(source));
    item.append(button);
    return item;
  }

  function show() {
    const text = byId("search").value;
    const hits = found(text);
    byId("rows").replaceChildren(...hits.slice(0, MOST_ROWS).map(row));
    const more = hits.length > MOST_ROWS ? `, the first ${MOST_ROWS} are listed` : "";
    byId("found").textContent = hits.length ? `${hits.length.toLocaleString("en")} ${text.trim() ? "found" : "in all"}${more}` : "Nothing has this in its name.";
    byId("clear").hidden = !ways.size;
  }

  function open(wanted) {
    byId("list").hidden = !wanted;
    byId("videos").setAttribute("aria-expanded", String(wanted));
    if (wanted) {
      show();
      byId("search").focus();
    } else byId("videos").focus();
  }

  site.list = {
    show, open,
    get isOpen() { return !byId("list").hidden; },
    begin() {
      byId("videos").onclick = () => open(byId("list").hidden);
      byId("search").oninput = show;
      byId("search").onkeydown = (event) => {
        if (event.key !== "Enter") return;
        const first = byId("rows").querySelector("button");
        if (first) first.click();
      };
      byId("clear").onclick = () => [...ways.keys()].forEach(site.toggleWay);
    },
  };
})(window.FrameSite);
