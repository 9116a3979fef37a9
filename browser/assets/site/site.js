/* The page of a static site: map, theme, keys, and the place in the address. */
(function (site) {
  "use strict";

  const byId = (id) => document.getElementById(id);
  let silence = 0;

  /* Say something for a moment, to eyes and readers. */
  site.say = function (text) {
    const status = byId("status");
    status.textContent = text;
    status.hidden = false;
    clearTimeout(silence);
    silence = setTimeout(() => { status.hidden = true; }, 2500);
  };

  function theme(wanted) {
    document.documentElement.dataset.theme = wanted;
    try {
      localStorage.setItem("frameatlas-theme", wanted);
    } catch (_) {
      // A browser that keeps nothing for pages from disk: the system's choice holds again next time.
    }
  }

  function firstTheme() {
    let kept = null;
    try {
      kept = localStorage.getItem("frameatlas-theme");
    } catch (_) {
      // as if nothing had been kept
    }
    document.documentElement.dataset.theme = kept || (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
  }

  const switchTheme = () => theme(document.documentElement.dataset.theme === "light" ? "dark" : "light");

  /* Place, zoom and frame in the address, so that it can be sent to somebody: #x,y,zoom or #x,y,zoom,frame */
  site.remember = function () {
    if (!site.map || !site.known) return;
    const [x, y] = site.map.toPlace(site.map.map.getCenter());
    const parts = [x.toFixed(4), y.toFixed(4), site.map.map.getZoom().toFixed(2)];
    if (site.panel.pinned >= 0) parts.push(site.panel.pinned);
    try {
      history.replaceState(null, "", "#" + parts.join(","));
    } catch (_) {
      // Some browsers refuse it for pages from disk; the address then stays as it is.
    }
  };

  function recall() {
    const parts = location.hash.slice(1).split(",").map(Number);
    const [x, y, z, frame] = parts;
    if (parts.length < 3 || parts.length > 4 || !parts.every(Number.isFinite)) return;
    site.map.flyTo([Math.max(-1, Math.min(1, x)), Math.max(-1, Math.min(1, y))], z, true);
    if (Number.isInteger(frame) && frame >= 0 && frame < site.about.frames) site.panel.pin(frame);
  }

  function openMiddle() {
    const frame = site.at(site.map.toPlace(site.map.map.getCenter()), site.map.tileZoom());
    if (frame < 0) site.say("No frame lies in the middle of the window.");
    else site.panel.pin(frame);
  }

  function escape() {
    if (site.panel.pinned >= 0) site.panel.pin(-1);
    else if (site.list.isOpen) site.list.open(false);
  }

  const KEYS = {
    "+": () => site.map.zoomBy(1), "=": () => site.map.zoomBy(1), "-": () => site.map.zoomBy(-1),
    0: () => site.map.whole(), v: () => site.list.open(!site.list.isOpen), "/": () => site.list.open(true),
    t: switchTheme, f: () => site.panel.fly(), w: () => site.panel.toggleWay(), c: () => site.panel.copy(), n: () => site.regions.toggle(),
    p: () => site.more.play(), "?": () => site.help(),
    ",": () => site.panel.step(-1), ".": () => site.panel.step(1), Escape: escape,
  };

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function pressed(event) {
    if (byId("help").open || event.target.matches("select, video")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("#search");
    if (typing && event.key !== "Escape") return;
    if (event.key === "Enter" && !event.target.matches("button")) return openMiddle();
    const [dx, dy] = ARROWS[event.key] || [0, 0];
    if ((dx || dy) && event.target !== byId("map")) {
      event.preventDefault();
      return site.map.map.panBy([dx * 140, dy * 140]);
    }
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // the map has plus and minus of its own
    act();
  }

  /* "1,149 frames of 26 videos and 12 photos" */
  function counted({ frames, sources }) {
    const many = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
    const videos = sources.filter(([, kind, count]) => count && kind !== "photos").length;
    const photos = sources.reduce((sum, [, kind, count]) => sum + (kind === "photos" ? count : 0), 0);
    if (!videos) return many(photos, "photo");
    return `${many(frames, "frame")} of ${many(videos, "video")}${photos ? ` and ${many(photos, "photo")}` : ""}`;
  }

  site.begin = async function () {
    const { about } = site;
    byId("count").textContent = counted(about);
    site.map = window.AtlasMap.create(byId("map"), {
      tileUrl: site.tileUrl, tile: about.tile, deepest: about.depth,
      label: "Map of frames. Arrows move, plus and minus zoom, Enter opens the frame in the middle, V lists the videos.",
    });
    site.map.minimap(byId("mini"));
    site.panel.begin();
    site.list.begin();
    byId("in").onclick = () => site.map.zoomBy(1);
    byId("out").onclick = () => site.map.zoomBy(-1);
    byId("whole").onclick = () => site.map.whole();
    byId("theme").onclick = switchTheme;
    document.addEventListener("keydown", pressed, true);
    try {
      await site.learn();
    } catch (error) {
      site.say(error.message);
      return;
    }
    if (about.depth > about.seen.zoom) site.map.refresh();
    recall();
    site.map.map.on("moveend", site.remember);
    addEventListener("hashchange", recall);
    document.body.dataset.ready = "true";
  };

  firstTheme();
})(window.FrameSite);
