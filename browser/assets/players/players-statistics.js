/* How long, how far and how fast: the statistics of the last run, and the place of the court by clicking. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const LEAST = 4; // points that say where a court is

  let facts = null; // what /api/players/statistics said
  let asked = ""; // the revision of the players for which it was asked
  let court = null; // {camera, points: [[x, y, along, across]], size: [along, across]} while it is being picked

  async function load() {
    asked = FA.players.revision();
    try {
      facts = await FA.api.json("/api/players/statistics");
    } catch (error) {
      facts = { there: false, error: error.message };
    }
    FA.playersPanel.draw();
  }

  function view() {
    if (asked !== FA.players.revision() || !facts) {
      load();
      if (!facts) return FA.skeleton("Reading statistics…");
    }
    if (facts.error) return FA.note(facts.error, true);
    if (!facts.there) return missing();
    if (court) return picker();
    const people = facts.players.map((one, n) => ({ ...one, n, who: FA.players.data().players.find((p) => p.found === n) }));
    return [
      FA.players.data().pending
        ? FA.h("p", { class: "fa-note" }, "These are of the last run: your corrections are in them after the next one.")
        : null,
      table(people),
      facts.cameras.map((camera) => timeline(camera, people)),
      FA.h(
        "div",
        { class: "fa-row" },
        FA.button("", "Where is the court?", begin, { "data-key": "court", id: "fa-stats-court" }),
      ),
      pictures(people),
    ];
  }

  const missing = () => [
    FA.h("p", { class: "fa-note" }, "The last run made no statistics. This command does, and decodes nothing again:"),
    FA.h("code", { class: "fa-command" }, FA.players.data().command + " --stats"),
  ];

  const shown = (one) => (one.who ? FA.players.called(one.who) : `Player ${one.n + 1} of the last run`);
  const number = (value, digits) => (value === null ? "–" : value.toFixed(digits));

  function table(people) {
    const metres = people.some((one) => one.metres !== null);
    const unit = metres ? ["m", "m/s"] : ["heights", "heights/s"];
    const row = (one) => {
      const [far, mean, top] = metres
        ? [one.metres, one.mean_metres_a_second, one.top_metres_a_second]
        : [one.heights, one.mean_heights_a_second, one.top_heights_a_second];
      const name = one.who
        ? FA.button("", shown(one), () => FA.state.set({ who: [one.who.id], stats: null }, true), {
            class: "fa-button fa-quiet",
            "data-key": "stat" + one.n,
          })
        : shown(one);
      const cells = [FA.clock(one.seconds, true), one.stays.length, number(far, 0), number(mean, 2), number(top, 2)];
      return FA.h("tr", {}, FA.h("th", { scope: "row" }, name), cells.map((text) => FA.h("td", {}, String(text))));
    };
    const heads = ["Player", "Time seen", "Stays", `Way, ${unit[0]}`, `Mean, ${unit[1]}`, `Fastest second, ${unit[1]}`];
    return FA.h(
      "div",
      { class: "fa-stats", tabIndex: 0, role: "region", "aria-label": "Statistics of players" },
      FA.h(
        "table",
        {},
        FA.h("thead", {}, FA.h("tr", {}, heads.map((text) => FA.h("th", { scope: "col" }, text)))),
        FA.h("tbody", {}, people.map(row)),
      ),
    );
  }

  /* Who is on when in one camera: a row a player, a bar a stay. */
  function timeline(camera, people) {
    const spans = (one) => one.stays.filter((stay) => stay[0] === camera);
    const end = Math.max(1, ...people.flatMap((one) => spans(one).map((stay) => stay[2])));
    const share = (seconds) => (100 * seconds) / end + "%";
    const bar = (one, [, from, to]) =>
      FA.h("i", {
        title: `${FA.clock(from)} to ${FA.clock(to)}`,
        style: {
          left: share(from),
          width: share(Math.max(to - from, end / 400)),
          background: FA.colour.someone(one.who ? one.who.colour : one.n, "player"),
        },
      });
    return FA.h(
      "section",
      { class: "fa-when", "aria-label": "Who is on when" },
      FA.heading("Who is on when" + (facts.cameras.length > 1 ? ": " + camera : "")),
      people.map((one) =>
        FA.h(
          "div",
          {
            class: "fa-when-row",
            role: "img",
            "aria-label": `${shown(one)}: ${spans(one).map((stay) => `${FA.clock(stay[1], true)} to ${FA.clock(stay[2], true)}`).join(", ") || "never"}`,
          },
          FA.h("span", {}, shown(one)),
          FA.h("div", {}, spans(one).map((stay) => bar(one, stay))),
        ),
      ),
      FA.h("div", { class: "fa-when-row" }, FA.h("span", {}), FA.h("p", { class: "fa-note" }, FA.clock(0, true), FA.h("span", {}, FA.clock(end, true)))),
    );
  }

  const address = (name) => `/api/players/figures/${facts.figures[name]}/${name}`;

  function pictures(people) {
    const names = Object.keys(facts.figures);
    const of = (n) => names.filter((name) => new RegExp(`-player-${n + 1}(-|$)`).test(name) && name.includes("heat"));
    const figure = (name, caption) =>
      FA.h(
        "figure",
        { class: "fa-sheet" },
        FA.h("figcaption", {}, caption),
        FA.h("a", { href: address(name), target: "_blank", rel: "noopener", "data-key": "figure" + name }, FA.h("img", { src: address(name), alt: caption, loading: "lazy" })),
      );
    return FA.h(
      "div",
      { class: "fa-sheets fa-heats" },
      people.flatMap((one) => of(one.n).map((name) => figure(name, "Where " + shown(one) + " was" + (name.startsWith("court") ? ", on the court" : "")))),
      names.includes("together") ? figure("together", "Seconds in one picture") : null,
    );
  }

  function begin() {
    court = { camera: facts.cameras[0], points: [], size: ["", ""] };
    FA.playersPanel.draw();
  }

  /* Click where the court is known, and write the metres: what comes out is the file of --court. */
  function picker() {
    const view = facts.cameras.length > 1 ? `view-camera-${facts.cameras.indexOf(court.camera) + 1}` : "view";
    const again = () => FA.playersPanel.draw();
    const img = FA.h("img", { src: address(view), alt: "A frame of the video: click on points of the court" });
    const box = FA.h(
      "div",
      { class: "fa-court", onclick: (event) => place(event, img) },
      img,
      court.points.map(mark),
    );
    const field = (value, label, set, key) =>
      FA.h("input", {
        class: "fa-input fa-metres",
        value,
        inputMode: "decimal",
        placeholder: label.endsWith("along") ? "m along" : "m across",
        "aria-label": label,
        "data-key": key,
        onchange: (event) => set(event.target.value.trim().replace(",", ".")),
      });
    const pair = (values, what, key) => [0, 1].map((k) => field(String(values[k]), `${what}, metres ${k ? "across" : "along"}`, (text) => (values[k] = text), key + k));
    const rows = court.points.map((point, n) => {
      const metres = point.metres;
      return FA.h(
        "li",
        { class: "fa-row" },
        FA.h("b", {}, String(n + 1)),
        FA.h("span", { class: "fa-note" }, `pixel ${point.pixel.join(", ")}`),
        pair(metres, `Point ${n + 1}`, `metres${n}-`),
        FA.iconButton("close", `Remove point ${n + 1}`, () => (court.points.splice(n, 1), again()), { class: "fa-button fa-only-icon fa-tiny", "data-key": "point" + n }),
      );
    });
    const cameras = facts.cameras.map((name) => FA.button("", name, () => ((court = { ...court, camera: name, points: [] }), again()), { "aria-pressed": String(name === court.camera), "data-key": "camera" + name }));
    return [
      FA.h("p", { class: "fa-note" }, "Click on four or more points of the court, such as its corners, and write where each is, in metres along and across it."),
      cameras.length > 1 ? FA.h("div", { class: "fa-row" }, cameras) : null,
      box,
      FA.h("div", { class: "fa-row" }, FA.h("span", {}, "Size of the court"), pair(court.size, "Size of the court", "size")),
      FA.h("ol", { class: "fa-points" }, rows),
      FA.h(
        "div",
        { class: "fa-row" },
        FA.button("download", "Download court.yaml", save, { id: "fa-stats-save", "data-key": "save" }),
        FA.button("", "Back", () => ((court = null), again()), { "data-key": "back" }),
      ),
      FA.h("p", { class: "fa-note" }, "Then give it to the next run:"),
      FA.h("code", { class: "fa-command" }, FA.players.data().command + " --court court.yaml"),
    ];
  }

  const mark = (point, n) => {
    const [x, y] = point.share;
    return FA.h("i", { class: "fa-court-point", "aria-hidden": "true", style: { left: 100 * x + "%", top: 100 * y + "%" } }, String(n + 1));
  };

  function place(event, img) {
    const box = img.getBoundingClientRect();
    if (!img.naturalWidth || !box.width) return;
    const share = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    if (share.some((one) => one < 0 || one > 1)) return;
    const pixel = [Math.round(share[0] * img.naturalWidth), Math.round(share[1] * img.naturalHeight)];
    court.points.push({ share, pixel, metres: ["", ""] });
    FA.playersPanel.draw();
  }

  function text() {
    const known = (value) => value !== "" && Number.isFinite(Number(value));
    const whole = court.points.filter((point) => point.metres.every(known));
    if (whole.length < LEAST || whole.length < court.points.length) return "";
    const indent = facts.cameras.length > 1 ? "    " : "  ";
    const rows = whole.map((point) => `${indent}- {pixel: [${point.pixel.join(", ")}], metres: [${point.metres.map(Number).join(", ")}]}`);
    const head = court.size.every(known) ? [`size: [${court.size.map(Number).join(", ")}]`] : [];
    const list = facts.cameras.length > 1 ? ["cameras:", `  ${JSON.stringify(court.camera)}:`] : ["points:"];
    return [...head, ...list, ...rows, ""].join("\n");
  }

  function save() {
    const content = text();
    if (!content) return FA.toast("Four points or more are needed, each with its metres along and across.", true);
    FA.save(new Blob([content], { type: "text/yaml" }), "court.yaml");
  }

  FA.address.field("stats", { empty: () => null, read: FA.address.read.integer, there: () => FA.players.there() });

  FA.playersStatistics = { view, text };
})((window.FrameAtlas = window.FrameAtlas || {}));
