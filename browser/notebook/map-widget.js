/* The map of an atlas in a notebook: a canvas of tiles. Everything it shows comes as messages from the
   notebook's kernel, so that it works where a page reaches no server (Colab) and asks for no address. */
/* global make, makeView, makeTiles, makeCard, makePainter, PATIENCE */

const REST = 60; // milliseconds that the pointer rests on a frame before it is shown
const TAP = 5; // pixels that a finger or hand may tremble while it presses
const CORNERS = 400; // of a lasso

function render({ model, el }) {
  const facts = model.get("_facts");
  const canvas = make("canvas", {
    tabindex: "0",
    role: "application",
    "aria-label": `Map of ${facts.name}: arrows move, + and - zoom, Enter opens the frame in the middle`,
  });
  const close = make("button", { type: "button", "aria-label": "Close" }, "×");
  const hover = makeCard("hover");
  const open = makeCard("open", close);
  const status = make("div", { class: "fa-nb-status", "aria-live": "polite" });
  const bar = make("div", { class: "fa-nb-bar", role: "toolbar", "aria-label": "Map" });
  const box = make("div", { class: "fa-nb" }, canvas, bar, status, hover.card, open.card);
  el.append(box);

  const size = { width: 600, height: model.get("height") };
  const seen = makeView(facts, () => size);
  const tiles = makeTiles(model, facts, () => painter.soon());
  let tool = "";
  let drawing = null;
  let under = -1; // the frame under the pointer
  let trouble = "";

  const scale = () => (window.devicePixelRatio > 1.2 ? 2 : 1);

  // Buttons

  const button = (text, label, pressed) => {
    const made = make("button", { type: "button", title: label, "aria-label": label }, text);
    made.addEventListener("click", pressed);
    bar.append(made);
    return made;
  };
  const tools = ["rectangle", "lasso"].map((name) => {
    const label = name[0].toUpperCase() + name.slice(1);
    const made = button(label, `Select by ${name}; Shift adds, Alt takes away`, () => use(tool === name ? "" : name));
    made.dataset.tool = name;
    made.setAttribute("aria-pressed", "false");
    return made;
  });
  const clear = button("Clear", "Select nothing", () => model.send({ do: "select", shapes: [] }));
  const middle = () => [size.width / 2, size.height / 2];
  button("+", "Closer", () => step(2));
  button("−", "Farther", () => step(0.5));
  button("Whole map", "The whole map", () => {
    seen.whole();
    paintSoon();
  });

  function use(name) {
    tool = name;
    box.classList.toggle("fa-nb-drawing", Boolean(tool));
    for (const one of tools) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
    hover.hide();
  }

  function step(factor, point = middle()) {
    seen.zoomBy(factor, ...point);
    hover.hide();
    paintSoon();
  }

  const painter = makePainter(model, { canvas, seen, tiles, size, scale }, () => {
    if (drawing) painter.shape(drawing);
    say();
  });
  const paintSoon = painter.soon;

  function say() {
    const count = (number) => number.toLocaleString("en");
    const selected = model.get("_selected");
    const parts = [`${count(facts.frames)} frames`];
    if (selected) parts.push(`${count(selected)} selected`);
    if (trouble) parts.push(trouble);
    else if (tiles.late()) parts.push("waiting for the kernel …");
    const text = parts.join(" · ");
    if (status.textContent !== text) status.textContent = text;
    clear.disabled = !selected;
  }

  // Pointers: one pans or draws, two zoom

  const pointers = new Map();
  const pointOf = (event) => {
    const bounds = canvas.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  let pressed = null; // {at, moved}

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pointOf(event));
    pressed = { at: pointOf(event), moved: false };
    hover.hide();
    const kind = tool || (event.shiftKey ? "rectangle" : "");
    if (kind && pointers.size === 1) {
      const joins = event.shiftKey || event.altKey;
      drawing = { kind: kind === "lasso" ? "polygon" : kind, points: [seen.toMap(...pointOf(event))], subtract: event.altKey, joins };
    }
  });

  canvas.addEventListener("pointermove", (event) => {
    const here = pointOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) return void rest(here);
    if (Math.hypot(here[0] - pressed.at[0], here[1] - pressed.at[1]) > TAP) pressed.moved = true;
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const apart = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
      drawing = null;
      step(apart(here) / apart(before), other);
    } else if (drawing) {
      const place = seen.toMap(...here);
      if (drawing.kind === "rectangle") drawing.points[1] = place;
      else drawing.points.push(place);
    } else if (pressed.moved) seen.pan(here[0] - before[0], here[1] - before[1]);
    pointers.set(event.pointerId, here);
    paintSoon();
  });

  function released(event) {
    if (!pointers.delete(event.pointerId)) return;
    const shape = drawing;
    drawing = null;
    if (event.type === "pointercancel") return void paintSoon();
    if (shape) select(shape);
    if (!pressed.moved && !pointers.size) {
      const frame = tiles.frameAt(...seen.toMap(...pointOf(event)), seen.zoom(), scale());
      if (frame >= 0) model.send({ do: "open", frame });
    }
    paintSoon();
  }
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, released);

  function select({ kind, points, subtract, joins }) {
    if (!pressed.moved || points.length < (kind === "rectangle" ? 2 : 3)) return;
    const every = Math.max(1, Math.ceil(points.length / CORNERS));
    const kept = points.filter((_, i) => i % every === 0 || kind === "rectangle");
    model.send({ do: "select", shapes: [{ kind, points: kept, subtract }], joins });
  }

  let resting = 0;
  let restsAt = [0, 0];
  function rest(point) {
    clearTimeout(resting);
    restsAt = point;
    const frame = tool ? -1 : tiles.frameAt(...seen.toMap(...point), seen.zoom(), scale());
    if (frame !== under) hover.hide();
    under = frame === undefined ? -1 : frame;
    if (under >= 0) resting = setTimeout(() => model.send({ do: "hover", frame: under }), REST);
  }
  canvas.addEventListener("pointerleave", () => {
    under = -1;
    clearTimeout(resting);
    hover.hide();
  });

  /* A notebook is scrolled by the same wheel: the map takes it once it was pressed, or with Ctrl. */
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas && el.getRootNode().activeElement !== canvas) return;
      event.preventDefault();
      step(2 ** (-event.deltaY / (event.deltaMode ? 6 : 240)), pointOf(event));
    },
    { passive: false },
  );

  const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    const move = KEYS[event.key];
    if (move) seen.pan((move[0] * size.width) / 8, (move[1] * size.height) / 8);
    else if (event.key === "+" || event.key === "=") step(2);
    else if (event.key === "-") step(0.5);
    else if (event.key === "Enter") {
      const frame = tiles.frameAt(seen.view.x, seen.view.y, seen.zoom(), scale());
      if (frame >= 0) model.send({ do: "open", frame });
    } else if (event.key === "Escape") {
      use("");
      drawing = null;
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has keys of its own
    paintSoon();
  });
  close.addEventListener("click", () => {
    open.hide();
    model.send({ do: "open", frame: null });
  });

  // From the kernel

  function learn(message, buffers) {
    trouble = "";
    if (message.do === "tile") tiles.learn(message, buffers);
    else if (message.do === "open") open.show(message, buffers[0]);
    else if (message.do === "close") open.hide();
    else if (message.do === "hover" && message.frame === under) {
      hover.show(message, buffers[0]);
      hover.card.style.left = Math.min(restsAt[0] + 14, size.width - 190) + "px";
      hover.card.style.top = Math.max(4, Math.min(restsAt[1] + 14, size.height - 150)) + "px";
    } else if (message.do === "error") {
      tiles.forget();
      trouble = message.text;
    }
    paintSoon();
  }
  const resized = () => {
    const whole = seen.isWhole();
    size.height = model.get("height");
    box.style.height = size.height + "px";
    size.width = box.clientWidth || size.width;
    if (whole) seen.whole();
    paintSoon();
  };
  const watched = new ResizeObserver(resized);
  const ticking = setInterval(say, PATIENCE / 2);
  const marked = ["_marks", "_shapes", "_selected"].map((name) => `change:${name}`);
  model.on("msg:custom", learn);
  model.on("change:height", resized);
  for (const name of marked) model.on(name, paintSoon);
  watched.observe(box);
  resized();
  tiles.first(model.get("_first"), model.get("_first_cells"));
  model.send({ do: "begin" });

  return () => {
    model.off("msg:custom", learn);
    model.off("change:height", resized);
    for (const name of marked) model.off(name, paintSoon);
    watched.disconnect();
    clearInterval(ticking);
    clearTimeout(resting);
    painter.end();
    hover.end();
    open.end();
  };
}

export default { render };
