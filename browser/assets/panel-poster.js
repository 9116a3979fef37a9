/* The poster of the present view: its grid, a quick preview, the command line, and the file itself. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const wish = { columns: 18, rows: 0, height: 300, ending: ".png" }; // rows 0: as many as the view's shape gives
  let parts = null;

  /* Middle and length of what is seen of the map, from -1 to 1, along one side. */
  function within(middle, length) {
    const low = Math.max(-1, middle - length / 2);
    const high = Math.min(1, middle + length / 2);
    return low < high ? [(low + high) / 2, high - low] : [Math.max(-1, Math.min(1, middle)), Math.min(2, length)];
  }

  /* The view as the poster sees it, without what lies beyond the map: cells are square in map units. */
  function view() {
    const seen = FA.map.seen();
    const [x, width] = within(seen.x, seen.width);
    const [y, height] = within(seen.y, seen.height);
    const columns = Math.max(1, Math.min(200, wish.columns));
    const rows = wish.rows || Math.max(1, Math.round((height / width) * columns));
    return { x, y, width, columns, rows, tall: (width * rows) / columns };
  }

  const short = (n) => String(Number(n.toFixed(4)));
  const order = () => {
    const { x, y, width, columns, rows } = view();
    return {
      center: [Number(short(x)), Number(short(y))],
      width: Number(short(width)),
      grid: [columns, rows],
      tile_height: wish.height,
      ending: wish.ending,
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
        wish[name] = input.value === "" ? 0 : Math.max(least, Math.min(most, value || least));
        update();
      },
    });
    input.value = wish[name] ? String(wish[name]) : "";
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
          wish.ending = endings.value;
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
      size: FA.h("p", { class: "fa-note" }),
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
    for (let tries = 0, done = ""; done !== wished && tries < 20; tries++) {
      const now = wished;
      try {
        show(await (await FA.api.answer(now)).blob());
        done = now;
      } catch (error) {
        if (error.status !== 503) {
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
    const query = `center=${center}&width=${width}&grid=${grid.join("x")}&tile_height=${wish.height}&ending=${wish.ending}&map=${FA.atlas.map}`;
    if (FA.atlas.tools.includes("render_poster")) preview("/api/poster/preview?" + query);
    try {
      const found = await FA.api.newest("command", "/api/poster/command?" + query);
      if (found) parts.command.textContent = found.command;
    } catch (error) {
      parts.command.textContent = error.message;
    }
  }, 250);

  function update() {
    if (!parts || FA.state.value.p !== "poster") return;
    const { columns, rows } = view();
    const wide = Math.round((wish.height * FA.atlas.cell[0]) / FA.atlas.cell[1]);
    parts.size.textContent = `${columns} × ${rows} frames, ${(columns * wide).toLocaleString("en")} × ${(rows * wish.height).toLocaleString("en")} pixels`;
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
            download: "poster" + wish.ending,
            id: "fa-download",
          },
          FA.icon("download"),
          FA.h("span", {}, "Download"),
        ),
      );
      FA.say("The poster is ready.");
    } catch (error) {
      FA.fill(parts.result, FA.h("p", { class: "fa-note fa-bad" }, error.message));
    } finally {
      parts.render.disabled = false;
      parts.progress.hidden = true;
    }
  }

  FA.poster = {
    whereIs,
    begin() {
      FA.drawer.fill("poster", fill);
      FA.state.on(["x", "y", "z"], update);
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
