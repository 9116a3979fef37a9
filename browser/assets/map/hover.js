/* What follows the pointer: the card with the frame under it, its outline, and the click that opens it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const STILL = 6; // pixels: the pointer has not moved since it was pressed
  let pressed = null; // where
  let card = null;
  let outline = null;
  let shown = null; // the last answer of /api/at, true within its cell at its zoom
  let busy = false;
  let latest = null;
  let clicks = 0;

  const question = ([x, y], z) => {
    const query = FA.api.query(FA.state.filter());
    const place = `x=${x.toFixed(6)}&y=${y.toFixed(6)}&z=${z}`;
    return `/api/at?map=${FA.atlas.map}&${place}${query ? "&" + query : ""}`;
  };

  const level = () => FA.map.level(); // the zoom of the tiles on the screen decides which frames are shown

  const ask = (place) => FA.api.json(question(place, level()));

  function within(answer, [x, y]) {
    if (!answer || answer.z !== level() || !answer.cell) return false;
    const [x0, y0, x1, y1] = answer.cell;
    return x >= x0 && x < x1 && y >= y0 && y < y1;
  }

  async function look() {
    if (busy || !latest) return;
    const { place, point } = latest;
    latest = null;
    if (within(shown, place)) return void show(shown, point);
    busy = true;
    try {
      const z = level();
      shown = { ...(await ask(place)), z };
      show(shown, latest ? latest.point : point);
    } catch (_) {
      hide();
    } finally {
      busy = false;
      if (latest) requestAnimationFrame(look);
    }
  }

  function show(answer, point) {
    if (answer.frame === null || answer.frame === undefined || !FA.map.inside || pressed) return hide();
    if (card.dataset.frame !== String(answer.frame)) {
      card.dataset.frame = answer.frame;
      card.querySelector("img").src = FA.api.picture(answer.frame, 192);
      card.querySelector("b").textContent = answer.name;
      card.querySelector("span").textContent = FA.when.text(answer);
    }
    card.hidden = false;
    const cell = frameCell(answer.cell);
    const box = FA.map.leaflet.getSize();
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    // Beside the cell, so that both are seen; beside the pointer where the cell is large.
    const [from, to] =
      cell && cell.right - cell.left < box.x / 3 ? [cell.left, cell.right] : [point.x, point.x];
    const left = to + width + 24 > box.x ? from - width - 14 : to + 14;
    const top = Math.max(64, Math.min(box.y - height - 8, point.y - height / 2));
    card.style.transform = `translate(${Math.round(Math.max(8, left))}px, ${Math.round(top)}px)`;
  }

  /* Outline the cell; gives its left and right in pixels. */
  function frameCell(cell) {
    outline.hidden = !cell;
    if (!cell) return null;
    const map = FA.map.leaflet;
    const a = map.latLngToContainerPoint(FA.map.toLatLng(cell[0], cell[3]));
    const b = map.latLngToContainerPoint(FA.map.toLatLng(cell[2], cell[1]));
    outline.style.transform = `translate(${a.x}px, ${a.y}px)`;
    outline.style.width = b.x - a.x + "px";
    outline.style.height = b.y - a.y + "px";
    return { left: a.x, right: b.x };
  }

  function hide() {
    card.hidden = true;
    outline.hidden = true;
  }

  async function click(event) {
    pressed = event.containerPoint;
    latest = null;
    if (FA.select.active()) return;
    const place = FA.map.toPlace(event.latlng);
    const mine = (clicks += 1); // an answer that comes after a later click opens nothing
    try {
      hide();
      const answer = within(shown, place) ? shown : await FA.during("Opening the frame…", ask(place));
      if (mine !== clicks) return;
      if (answer.frame === null || answer.frame === undefined) return FA.empty.beside(place);
      FA.openFrame(answer.frame);
    } catch (error) {
      FA.api.complain(error);
    }
  }

  function move(event) {
    FA.map.inside = true;
    const { x, y } = event.containerPoint;
    if (pressed && Math.hypot(x - pressed.x, y - pressed.y) < STILL) return; // the card went with the click
    pressed = null;
    if (FA.select.active() || FA.map.dragging || matchMedia("(hover: none)").matches) return;
    latest = { place: FA.map.toPlace(event.latlng), point: event.containerPoint };
    if (!busy) requestAnimationFrame(look);
  }

  /* The frame in the middle of the window, or the nearest one in sight: Enter opens it, for who uses no pointer. */
  async function openMiddle() {
    const { x, y } = FA.map.seen();
    try {
      const answer = await ask([x, y]);
      if (answer.frame !== null && answer.frame !== undefined) return FA.openFrame(answer.frame);
      const near = await FA.empty.nearest(x, y);
      if (near.place && FA.map.sees(near.place)) return FA.openFrame(near.frame);
      FA.empty.beside([x, y]);
    } catch (error) {
      FA.api.complain(error);
    }
  }

  function begin() {
    card = FA.h(
      "div",
      { class: "fa-card", hidden: true, "aria-hidden": "true" },
      FA.h("img", { alt: "" }),
      FA.h("div", {}, FA.h("b", {}), FA.h("span", {})),
    );
    outline = FA.h("div", { class: "fa-outline", hidden: true, "aria-hidden": "true" });
    FA.byId("fa-over").append(outline, card);
    const map = FA.map.leaflet;
    map.on("mousemove", move);
    map.on("mouseout", () => {
      FA.map.inside = false;
      latest = null;
      hide();
    });
    map.on("movestart zoomstart", () => {
      FA.map.dragging = true;
      hide();
    });
    map.on("moveend zoomend", () => {
      FA.map.dragging = false;
      shown = null;
    });
    map.on("click", click);
    FA.state.on(FA.state.FILTERS, () => {
      shown = null;
      hide();
    });
  }

  FA.hover = { hide, openMiddle };
  FA.part("overlay", begin);
})((window.FrameAtlas = window.FrameAtlas || {}));
