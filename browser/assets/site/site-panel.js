/* The card under the pointer, and the panel of the frame that was pressed. */
(function (site) {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const timeOf = (frame) => (site.isPhotos(site.sourceOf(frame)) ? "photo" : site.clock(site.seconds(frame)));
  let pinned = -1;
  let hovered = -1;
  let outline = null; // of the cell under the pointer
  let mark = null; // of the pinned frame

  function boundsOf(frame) {
    const [left, bottom, right, top] = site.bounds(frame, site.map.tileZoom());
    return [site.map.toLatLng([left, top]), site.map.toLatLng([right, bottom])];
  }

  function rectangle(style) {
    return L.rectangle([[0, 0], [0, 0]], { interactive: false, fill: false, renderer: L.svg(), ...style });
  }

  function hover(place, event) {
    const frame = place === null || event.originalEvent.pointerType === "touch" ? -1 : site.at(place, site.map.tileZoom());
    const card = byId("card");
    card.hidden = frame < 0;
    if (frame < 0) {
      hovered = -1;
      outline.remove();
      return;
    }
    if (frame !== hovered) {
      hovered = frame;
      site.show(card.querySelector(".picture"), frame);
      card.querySelector("b").textContent = site.nameOf(frame);
      card.querySelector("span").textContent = timeOf(frame);
      outline.setBounds(boundsOf(frame)).addTo(site.map.map);
    }
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    const { x, y } = event.containerPoint;
    const left = x + width + 30 > innerWidth ? x - width - 20 : x + 20;
    const top = Math.max(8, Math.min(innerHeight - height - 8, y - height / 2));
    card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  function draw() {
    if (pinned < 0) mark.remove();
    else mark.setBounds(boundsOf(pinned)).addTo(site.map.map);
  }

  function pin(frame) {
    pinned = frame;
    document.body.classList.toggle("pinned", frame >= 0);
    byId("panel").hidden = frame < 0;
    draw();
    site.remember();
    site.more.show(frame);
    if (frame < 0) return;
    const source = site.sourceOf(frame);
    const [first, last] = site.range(source);
    const picture = byId("panel").querySelector(".picture");
    site.show(picture, frame);
    picture.setAttribute("aria-label", `${site.nameOf(frame)}, ${timeOf(frame)}`);
    byId("panel").querySelector("h2").textContent = site.nameOf(frame);
    byId("panel").querySelector("time").textContent = timeOf(frame);
    byId("position").textContent = `· frame ${frame - first + 1} of ${last - first}`;
    byId("address").textContent = site.address(frame);
    taken(frame);
    byId("before").disabled = beside(frame, -1) < 0;
    byId("after").disabled = beside(frame, 1) < 0;
    byId("way").hidden = site.isPhotos(source);
    byId("way").setAttribute("aria-pressed", String(site.ways.has(source)));
    uncover(frame);
  }

  /* Where it was taken, as a link that a programme with maps may open. */
  async function taken(frame) {
    const line = byId("taken");
    line.hidden = true;
    const place = await site.taken(frame).catch(() => null);
    if (!place || frame !== pinned) return;
    const link = document.createElement("a");
    link.textContent = place.map((degrees) => degrees.toFixed(5)).join(", ");
    link.href = "geo:" + place.map((degrees) => degrees.toFixed(5)).join(",");
    line.replaceChildren("Taken at ", link);
    line.hidden = false;
  }

  /* On a phone the panel lies over half of the map: move the frame out from under it. */
  function uncover(frame) {
    if (innerWidth > 720) return;
    const { y } = site.map.map.latLngToContainerPoint(site.map.toLatLng(site.place(frame)));
    const free = byId("panel").getBoundingClientRect().top;
    if (y > free - 30) site.map.map.panBy([0, Math.round(y - (64 + free) / 2)]);
  }

  /* The next frame of the same video, in one direction of time, of which there is a picture; or -1. */
  function beside(frame, step) {
    const [first, last] = site.range(site.sourceOf(frame));
    for (let next = frame + step; next >= first && next < last; next += step) if (site.shown(next)) return next;
    return -1;
  }

  function step(direction) {
    if (pinned < 0) return;
    const next = beside(pinned, direction);
    if (next < 0) return;
    pin(next);
    const place = site.map.toLatLng(site.place(next));
    if (!site.map.map.getBounds().pad(-0.1).contains(place)) site.map.map.panTo(place);
  }

  function fly() {
    if (pinned >= 0) site.map.flyTo(site.place(pinned), Math.max(site.map.map.getZoom(), site.about.depth - 1));
  }

  async function copy() {
    if (pinned < 0) return;
    const text = site.address(pinned);
    try {
      await navigator.clipboard.writeText(text);
    } catch (_) {
      const area = document.createElement("textarea"); // where a page from disk may not use the clipboard
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    site.say(`Copied ${text}`);
  }

  function toggleWay() {
    if (pinned >= 0 && !site.isPhotos(site.sourceOf(pinned))) site.toggleWay(site.sourceOf(pinned));
  }

  site.panel = {
    pin, step, fly, copy, toggleWay,
    get pinned() { return pinned; },
    refresh() { if (pinned >= 0) pin(pinned); },
    begin() {
      const { tile } = site.about;
      document.documentElement.style.setProperty("--aspect", `${tile[0]} / ${tile[1]}`);
      outline = rectangle({ color: "#fff", weight: 2 });
      mark = rectangle({ color: "#f5b83d", weight: 4 });
      site.map.onHover(hover);
      site.map.onPick((place) => {
        const frame = site.at(place, site.map.tileZoom());
        byId("card").hidden = true;
        pin(frame);
      });
      site.map.map.on("zoomend", draw);
      byId("close").onclick = () => pin(-1);
      byId("before").onclick = () => step(-1);
      byId("after").onclick = () => step(1);
      byId("fly").onclick = fly;
      byId("copy").onclick = copy;
      byId("way").onclick = toggleWay;
    },
  };
})(window.FrameSite);
