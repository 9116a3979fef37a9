/* Rectangle and lasso on the map. Shift adds to what is selected, Alt takes away, neither begins anew. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const MOST_CORNERS = 80; // of a lasso: it travels in the address and to the server

  let tool = ""; // "", "rectangle" or "lasso"
  let mode = ""; // how the next shape joins what is selected
  let drawing = null; // {points, kind, add, subtract}

  function use(name) {
    tool = tool === name ? "" : name;
    document.body.classList.toggle("fa-selecting", Boolean(tool));
    const { dragging, doubleClickZoom, boxZoom } = FA.map.leaflet;
    for (const one of [dragging, doubleClickZoom]) if (one) one[tool ? "disable" : "enable"]();
    if (boxZoom) boxZoom.disable();
    for (const button of document.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    if (tool) {
      FA.say(tool === "lasso" ? "Lasso: drag around frames." : "Rectangle: drag over frames.");
      FA.hover.hide();
    }
  }

  const place = (event) => FA.map.toPlace(FA.map.leaflet.mouseEventToLatLng(event));

  function down(event) {
    const kind = tool || "";
    if (!kind || event.button !== 0 || !event.target.closest("#fa-map")) return;
    if (event.target.closest("button, input, .leaflet-control")) return;
    event.preventDefault();
    event.stopPropagation();
    FA.byId("fa-map").setPointerCapture(event.pointerId);
    drawing = { kind, points: [place(event)], ...joining(event) };
  }

  const joining = (event) => ({
    add: event.shiftKey || mode === "add",
    subtract: event.altKey || mode === "subtract",
  });

  function move(event) {
    if (!drawing) return;
    event.preventDefault();
    event.stopPropagation();
    const here = place(event);
    if (drawing.kind === "rectangle") drawing.points[1] = here;
    else drawing.points.push(here);
    FA.overlays.repaint();
  }

  function up(event) {
    if (!drawing) return;
    event.preventDefault();
    event.stopPropagation();
    const { kind, points, add, subtract } = drawing;
    drawing = null;
    const enough = kind === "rectangle" ? points.length === 2 : points.length > 3;
    if (enough) {
      const shape = {
        kind: kind === "lasso" ? "polygon" : "rectangle",
        subtract,
        points: kind === "lasso" ? thinned(points) : points,
      };
      const before = add || subtract ? FA.state.value.sel : [];
      FA.state.set({ sel: [...before, shape], p: "selection" }, true);
    }
    FA.overlays.repaint();
  }

  function thinned(points) {
    const step = Math.max(1, points.length / MOST_CORNERS);
    const kept = [];
    for (let i = 0; i < points.length; i += step) kept.push(points[Math.floor(i)]);
    return kept;
  }

  /* All that the window shows, for who cannot draw. */
  function view() {
    const { x, y, width, height } = FA.map.seen();
    const shape = {
      kind: "rectangle",
      subtract: false,
      points: [
        [x - width / 2, y + height / 2],
        [x + width / 2, y - height / 2],
      ],
    };
    FA.state.set({ sel: [shape], p: "selection" }, true);
  }

  function paint(context, project) {
    const open = drawing ? [{ ...drawing, kind: drawing.kind === "lasso" ? "polygon" : "rectangle" }] : [];
    for (const shape of [...FA.state.value.sel, ...open]) {
      const corners =
        shape.kind === "rectangle" && shape.points.length === 2
          ? [
              shape.points[0],
              [shape.points[1][0], shape.points[0][1]],
              shape.points[1],
              [shape.points[0][0], shape.points[1][1]],
            ]
          : shape.points;
      if (corners.length < 2) continue;
      context.beginPath();
      corners.forEach((corner, i) => context[i ? "lineTo" : "moveTo"](...project(...corner)));
      context.closePath();
      context.fillStyle = shape.subtract ? "rgba(255,77,109,.14)" : "rgba(76,194,255,.16)";
      context.fill();
      context.setLineDash([7, 5]);
      context.lineWidth = 4;
      context.strokeStyle = "rgba(0,0,0,.55)";
      context.stroke();
      context.lineWidth = 2;
      context.strokeStyle = shape.subtract ? "#ff4d6d" : "#4cc2ff";
      context.stroke();
    }
  }

  function begin() {
    const box = FA.byId("fa-map");
    box.addEventListener("pointerdown", down, true);
    box.addEventListener("pointermove", move, true);
    box.addEventListener("pointerup", up, true);
    box.addEventListener("pointercancel", cancel, true);
    for (const kind of ["mousedown", "touchstart", "click"]) box.addEventListener(kind, keep, true);
  }

  function cancel() {
    drawing = null;
    FA.overlays.repaint();
  }

  /* While one draws, the map does not move and opens nothing. */
  function keep(event) {
    if (tool && !event.target.closest("button, input, .leaflet-control")) event.stopPropagation();
  }

  FA.overlay({ name: "selection", depth: 60, paint });
  FA.part("overlay", begin);

  FA.select = {
    use,
    view,
    active: () => Boolean(tool),
    /* How the next shape joins what is selected, for fingers, which hold no key: "", "add" or "subtract". */
    mode: (name) => {
      if (name !== undefined) mode = name;
      return mode;
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
