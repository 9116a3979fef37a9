/* The poster of the present view: its grid, a quick preview, the command line, and the file itself. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const MOST_CELLS = 20000; // as the server allows
  const MOST_PIXELS = 400e6;
  const PREVIEWED = 1500; // pictures of a preview
  const choice = { columns: 18, rows: 0, height: 300, ending: ".png" }; // rows 0: as many as the view's shape gives
  let parts = null;

  /* Middle and length of what is seen of the map, from -1 to 1, along one side. */
  function within(middle, length) {
    const low = Math.max(-1, middle - length / 2);
    const high = Math.min(1, middle + length / 2);
    return low < high ? [(low + high) / 2, high - low] : [Math.max(-1, Math.min(1, middle)), Math.min(2, length)];
  }

  /* The view as the poster sees it, without what lies beyond the map: cells are square in map units. There are
     never more cells than frames: each is shown once. */
  function view() {
    const seen = FA.map.seen();
    const [x, width] = within(seen.x, seen.width);
    const [y, height] = within(seen.y, seen.height);
    const [columns, rows] = fitting(Math.max(1, Math.min(200, choice.columns)), choice.rows, height / width);
    return { x, y, width, columns, rows, tall: (width * rows) / columns };
  }

  /* Columns and rows as wished, or as many as there are frames for. */
  function fitting(columns, rows, shape) {
    const frames = Math.max(1, FA.atlas.frames);
    const tall = (across) => rows || Math.max(1, Math.round(shape * across));
    if (columns * tall(columns) <= frames) return [columns, tall(columns)];
    if (rows) return [Math.max(1, Math.floor(frames / Math.min(rows, frames))), Math.min(rows, frames)];
    let across = Math.min(columns, Math.max(1, Math.floor(Math.sqrt(frames / Math.max(shape, 1e-6)))));
    while (across > 1 && across * tall(across) > frames) across--;
    return [across, Math.min(frames, tall(across))];
  }

  /* Why this poster cannot be rendered from here, or "". */
  function tooLarge({ columns, rows }) {
    if (columns * rows > MOST_CELLS) return `At most ${MOST_CELLS.toLocaleString("en")} pictures are rendered from here: choose fewer columns or rows, or use the command.`;
    if (columns * rows * choice.height ** 2 * (16 / 9) > MOST_PIXELS) return "At most 400 megapixels are rendered from here: choose fewer pixels per cell, or use the command.";
    return "";
  }

  const short = (n) => String(Number(n.toFixed(4)));
  const order = () => {
    const { x, y, width, columns, rows } = view();
    return {
      center: [Number(short(x)), Number(short(y))],
      width: Number(short(width)),
      grid: [columns, rows],
      tile_height: choice.height,
      ending: choice.ending,
    };
  };

  /* Column and row, from 1, of a place on the poster of this view; null outside. */
  function whereIs([px, py]) {
    const { x, y, width, columns, rows, tall } = view();
    const column = Math.floor(((px - x) / width + 0.5) * columns);
    const row = Math.floor((0.5 - (py - y) / tall) * rows);
    const inside = column >= 0 && row >= 0 && column < columns && row < rows;
    return inside ? { column: column + 1, row: row + 1, columns, rows } : null;
  }

  function number(name, label, least, most, placeholder) {
    const input = FA.h("input", {
      type: "number",
      class: "fa-input",
      min: String(least),
      max: String(most),
      id: "fa-poster-" + name,
      placeholder: placeholder || "",
      oninput: () => {
        const value = Math.round(Number(input.value));
        choice[name] = input.value === "" ? 0 : Math.max(least, Math.min(most, value || least));
        update();
      },
    });
    input.value = choice[name] ? String(choice[name]) : "";
    return FA.h("label", { class: "fa-field" }, FA.h("span", {}, label), input);
  }

  function fill(box) {
    if (!parts) build(box);
    update();
  }

  function build(box) {
    const able = FA.atlas.tools.includes("render_poster");
    const endings = FA.h(
      "select",
      {
        class: "fa-input",
        onchange: () => {
          choice.ending = endings.value;
          update();
        },
      },
      [".png", ".jpg", ".webp", ".tif", ".pdf"].map((e) =>
        FA.h("option", { value: e }, e.slice(1).toUpperCase()),
      ),
    );
    parts = {
      waiting: FA.h("p", { class: "fa-note fa-waiting", hidden: !able }, "Drawing a preview…"),
      preview: FA.h("img", {
        class: "fa-large",
        hidden: true,
        alt: "Preview of the poster",
        id: "fa-preview",
      }),
      size: FA.h("p", { class: "fa-note", id: "fa-poster-size" }),
      fewer: FA.h("p", { class: "fa-note fa-warning", role: "status", hidden: true }),
      command: FA.h("code", { class: "fa-command", tabIndex: 0, id: "fa-command" }),
      render: FA.button("poster", "Render", render, {
        class: "fa-button fa-main",
        disabled: !able,
        id: "fa-render",
      }),
      progress: FA.h(
        "div",
        { class: "fa-progress", role: "progressbar", "aria-label": "Poster", hidden: true },
        FA.h("i", {}),
      ),
      result: FA.h("div", { "aria-live": "polite" }),
    };
    FA.fill(
      box,
      FA.h("p", { class: "fa-note" }, "The poster shows what the window shows: pan and zoom to choose."),
      parts.waiting,
      parts.preview,
      FA.h(
        "div",
        { class: "fa-fields" },
        number("columns", "Columns", 1, 200),
        number("rows", "Rows", 1, 200, "auto"),
        number("height", "Pixels per cell", 16, 2000),
        FA.h("label", { class: "fa-field" }, FA.h("span", {}, "File"), endings),
      ),
      parts.size,
      parts.fewer,
      FA.h(
        "div",
        { class: "fa-row fa-top" },
        parts.command,
        FA.iconButton("copy", "Copy the command", () => FA.copy(parts.command.textContent, "Command")),
      ),
      FA.h(
        "div",
        { class: "fa-row" },
        parts.render,
        able
          ? null
          : FA.h("span", { class: "fa-note" }, "Use the command: rendering from here is not available."),
      ),
      parts.progress,
      parts.result,
    );
  }

  let wished = ""; // the preview that should be seen
  let drawing = false; // the server draws one at a time, so one is asked for at a time

  async function preview(url) {
    wished = url;
    parts.preview.classList.add("fa-stale");
    if (drawing) return;
    drawing = true;
    for (let tries = 0, done = ""; wished && done !== wished && tries < 20; tries++) {
      const now = wished;
      try {
        show(await (await FA.api.answer(now)).blob());
        done = now;
      } catch (error) {
        if (error.status !== 503) {
          parts.preview.hidden = true;
          parts.waiting.hidden = false;
          parts.waiting.textContent = error.message;
          done = now;
        } else await new Promise((resolve) => setTimeout(resolve, 1000)); // it draws for another page
      }
    }
    drawing = false;
  }

  function show(blob) {
    URL.revokeObjectURL(parts.preview.src);
    parts.preview.src = URL.createObjectURL(blob);
    parts.preview.classList.remove("fa-stale");
    parts.preview.hidden = false;
    parts.waiting.hidden = true;
  }

  const ask = FA.once(async () => {
    if (FA.state.value.p !== "poster" || !parts) return;
    const { center, width, grid } = order();
    const query = `center=${center}&width=${width}&grid=${grid.join("x")}&tile_height=${choice.height}&ending=${choice.ending}&map=${FA.atlas.map}`;
    const able = FA.atlas.tools.includes("render_poster");
    const many = grid[0] * grid[1] > PREVIEWED;
    if (able && many) wait(`A preview shows up to ${PREVIEWED.toLocaleString("en")} pictures; this poster has more. Render it to see it.`);
    else if (able && !tooLarge(view())) preview("/api/poster/preview?" + query);
    if (tooLarge(view())) return void (parts.command.textContent = "");
    try {
      const found = await FA.api.newest("command", "/api/poster/command?" + query);
      if (found) parts.command.textContent = found.command;
    } catch (error) {
      parts.command.textContent = error.message;
    }
  }, 250);

  function wait(text) {
    wished = "";
    parts.preview.hidden = true;
    parts.waiting.hidden = false;
    parts.waiting.textContent = text;
  }

  function update() {
    if (!parts || FA.state.value.p !== "poster") return;
    const { columns, rows } = view();
    const wide = Math.round((choice.height * FA.atlas.cell[0]) / FA.atlas.cell[1]);
    const asked = choice.columns * (choice.rows || rows);
    const fewer = choice.columns > columns || (choice.rows && choice.rows > rows);
    const large = tooLarge({ columns, rows });
    parts.size.textContent = `${columns} × ${rows} frames, ${(columns * wide).toLocaleString("en")} × ${(rows * choice.height).toLocaleString("en")} pixels`;
    parts.fewer.hidden = !fewer && !large;
    parts.fewer.textContent =
      large || `There are ${FA.count(FA.atlas.frames, "frame")}, too few for ${asked.toLocaleString("en")} cells: this is what they fill.`;
    parts.render.disabled = !FA.atlas.tools.includes("render_poster") || Boolean(large);
    ask();
  }

  async function render() {
    parts.render.disabled = true;
    parts.progress.hidden = false;
    FA.fill(parts.result);
    const fill = (share) => {
      parts.progress.firstChild.style.width = 100 * share + "%";
      parts.progress.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    };
    fill(0.01);
    try {
      const { job, command: exact } = await (await FA.api.post("/api/poster", order())).json();
      if (exact) parts.command.textContent = exact;
      const done = await FA.api.job(job, (state) => {
        fill(state.share || 0.01);
        FA.fill(parts.result, FA.h("p", { class: "fa-note" }, state.text || ""));
      });
      FA.fill(
        parts.result,
        FA.h("p", { class: "fa-note" }, done.text || "The poster is ready."),
        FA.h(
          "a",
          {
            class: "fa-button fa-main",
            href: `/api/jobs/${job}/file`,
            download: "poster" + choice.ending,
            id: "fa-download",
          },
          FA.icon("download"),
          FA.h("span", {}, "Download"),
        ),
      );
      FA.say("The poster is ready.");
    } catch (error) {
      FA.fill(parts.result, FA.note(error.message, true));
    } finally {
      parts.render.disabled = false;
      parts.progress.hidden = true;
    }
  }

  FA.poster = { whereIs, fitting };
  FA.panel({ name: "poster", title: "Poster", icon: "poster", rank: 6, fill });
  FA.part("panel", () => FA.state.on(["x", "y", "z"], update));
})((window.FrameAtlas = window.FrameAtlas || {}));
