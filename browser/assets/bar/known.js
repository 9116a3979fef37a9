/* What is known beside the pictures: the chip that filters by it, with a time line to brush, and its part of the frame's panel. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const NAMES = { date: "Date", camera: "Camera", lens: "Lens", bins: "Bins", said: "Said", date_from: "Dated by" };
  const UNSEEN = ["latitude", "longitude", "date_from"]; // neither listed nor coloured by
  const DAY = 86400;
  let facts = null; // what /api/columns said

  const title = (name) => NAMES[name] || name;
  const part = (text) => /^\s*([^=<>!~]+?)\s*(!=|>=|<=|=|>|<|~)/.exec(text);
  const about = (name) => FA.state.value.where.filter((text) => (part(text) || [])[1] === name);
  const keep = (name, more) =>
    FA.state.set({ where: [...FA.state.value.where.filter((text) => (part(text) || [])[1] !== name), ...more] }, true);

  function learn(found) {
    facts = found;
    FA.state.set({ rev: found.revision });
    return found;
  }

  const load = async () => learn(await FA.api.json("/api/columns"));

  /* Another process has read dates or subtitles, or another page has put frames into bins. */
  const heard = (revision) => facts && revision && facts.revision !== revision && load().catch((error) => FA.api.complain(error));

  /* Seconds since 1970 by whatever clock, as the server writes them: "2021-07-03T14:05:09". */
  const written = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19);

  function texts(column) {
    const chosen = () => {
      const [text] = about(column.name);
      return text ? text.slice(text.indexOf("=") + 1).split("|") : [];
    };
    const change = (one, yes) => {
      const now = yes ? [...chosen(), one] : chosen().filter((other) => other !== one);
      keep(column.name, now.length ? [`${column.name}=${now.join("|")}`] : []);
    };
    const rows = column.values
      .filter(([one]) => !one.includes("|"))
      .map(([one, count]) => [one, count ? `${one} (${FA.number(count)})` : one]);
    return FA.popover.choices(rows, chosen, change);
  }

  function contains(column) {
    const [text] = about(column.name);
    const input = FA.h("input", {
      type: "search",
      class: "fa-input",
      placeholder: "contains…",
      "aria-label": title(column.name) + " contains",
      onchange: () => keep(column.name, input.value.trim() ? [`${column.name}~${input.value.trim()}`] : []),
    });
    input.value = text ? text.slice(text.indexOf("~") + 1) : "";
    return input;
  }

  function span(column) {
    const field = (sign, label) => {
      const [text] = about(column.name).filter((one) => part(one)[2] === sign);
      const input = FA.h("input", {
        class: "fa-input",
        placeholder: String(sign === ">=" ? column.least : column.most).slice(0, 10),
        "aria-label": `${title(column.name)} ${label.toLowerCase()}`,
        "data-sign": sign,
        onchange: () => {
          const others = about(column.name).filter((one) => part(one)[2] !== sign);
          keep(column.name, [...others, ...(input.value.trim() ? [column.name + sign + input.value.trim()] : [])]);
        },
      });
      input.value = text ? text.slice(text.indexOf(sign) + sign.length) : "";
      return FA.h("label", { class: "fa-field" }, FA.h("span", {}, label), input);
    };
    return FA.h("div", { class: "fa-fields" }, field(">=", "From"), field("<=", "To"));
  }

  /* Bars over time; dragging over them chooses a span, a press on one bar its span alone. */
  function timeLine(line) {
    const most = Math.max(1, ...line.bars);
    const step = (line.end - line.begin) / line.bars.length;
    let from = null;
    const bars = line.bars.map((count, n) =>
      FA.h("i", {
        "data-n": String(n),
        title: `${written(line.begin + n * step).slice(0, 10)}: ${FA.count(count, "frame")}`,
        style: { height: (count ? 8 + (92 * count) / most : 2) + "%" },
      }),
    );
    const at = (event) => {
      const box = strip.getBoundingClientRect();
      const share = (event.clientX - box.left) / Math.max(1, box.width);
      return Math.max(0, Math.min(bars.length - 1, Math.floor(share * bars.length)));
    };
    const mark = (to) =>
      bars.forEach((bar, n) => bar.classList.toggle("fa-on", n >= Math.min(from, to) && n <= Math.max(from, to)));
    const strip = FA.h(
      "div",
      { class: "fa-time-line", role: "img", "aria-label": "Frames over time; drag to choose a span", id: "fa-time-line" },
      bars,
    );
    strip.addEventListener("pointerdown", (event) => {
      from = at(event);
      strip.setPointerCapture(event.pointerId);
      mark(from);
    });
    strip.addEventListener("pointermove", (event) => from !== null && mark(at(event)));
    strip.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [low, high] = [from, at(event)].sort((a, b) => a - b);
      from = null;
      const begin = written(Math.floor(line.begin + low * step));
      const end = written(Math.ceil(line.begin + (high + 1) * step));
      keep("date", [`date>=${begin}`, `date<=${end}`]);
    });
    return FA.h(
      "div",
      {},
      strip,
      FA.h(
        "p",
        { class: "fa-note fa-time-ends" },
        FA.h("span", {}, written(line.begin).slice(0, line.end - line.begin > 2 * DAY ? 10 : 16).replace("T", " ")),
        FA.h("span", {}, written(line.end).slice(0, line.end - line.begin > 2 * DAY ? 10 : 16).replace("T", " ")),
      ),
    );
  }

  function section(column) {
    const inner =
      column.name === "said" || (column.kind === "text" && column.values.length >= 50)
        ? contains(column)
        : column.kind === "text" || column.kind === "texts"
          ? texts(column)
          : span(column);
    const line = column.name === "date" && facts.line && facts.line.bars.length ? timeLine(facts.line) : null;
    return FA.h("section", { "aria-label": title(column.name) }, FA.heading(title(column.name)), line, inner);
  }

  async function menu(box) {
    try {
      const found = await load();
      const columns = found.columns.filter((one) => one.frames && (one.name === "date_from" || !UNSEEN.includes(one.name)));
      const order = ["date", "bins", "camera", "said"];
      columns.sort((a, b) => (order.indexOf(a.name) + 9) % 9 - ((order.indexOf(b.name) + 9) % 9));
      FA.fill(
        box,
        columns.length
          ? columns.map(section)
          : FA.note("No dates, cameras, subtitles, bins or columns of yours are known. `frameatlas metadata` reads them."),
      );
    } catch (error) {
      FA.fill(box, FA.note(error.message, true));
    }
  }

  /* What is known of a frame, as a list in its panel. */
  const list = (rows) =>
    rows && rows.length
      ? FA.h(
          "dl",
          { class: "fa-known", id: "fa-known" },
          rows.map(([name, text]) => [FA.h("dt", {}, title(name)), FA.h("dd", {}, text)]),
        )
      : null;

  /* Columns that a map can be coloured by. */
  const coloured = () =>
    (facts ? facts.columns : []).filter((one) => one.frames && one.name !== "said" && !UNSEEN.includes(one.name));

  /* From the least of a column to the most, in few letters. */
  function ends({ kind, least, most }) {
    const days = kind === "date" && String(least).slice(0, 10) !== String(most).slice(0, 10);
    const short = (value) =>
      kind === "date" ? String(value).slice(...(days ? [0, 10] : [11, 16])) : String(Number(Number(value).toPrecision(6)));
    return `${short(least)} … ${short(most)}`;
  }

  FA.known = {
    menu,
    title,
    coloured,
    ends,
    list,
    learn,
    load,
    heard,
    facts: () => facts,
    active: () => {
      const { where } = FA.state.value;
      return where.length === 1 ? where[0] : where.length ? FA.count(where.length, "condition") : "";
    },
  };

  FA.part("bar", () => {
    if (FA.state.value.where.length) load().catch((error) => FA.api.complain(error));
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
