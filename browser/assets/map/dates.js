/* By date: the frames in rows by day, month or year over the map, and back to it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const STEPS = { auto: "as fits", day: "by day", month: "by month", year: "by year" };
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const NONE = "No frame here has a date: `frameatlas metadata` reads them from photos, videos and files.";
  let view = null; // the section over the map
  let grid = null;
  let found = null; // what /api/dates said

  const open = () => Boolean(FA.state.value.by);

  /* "2021-07-03" → "3 July 2021" */
  function written(label) {
    const [year, month, day] = label.replace(/^\+/, "").split("-");
    return [day && Number(day), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(" ");
  }

  const byFile = (one) => (one.files ? (one.files === one.count ? "by the files’ dates" : `${FA.number(one.files)} by the files’ dates`) : "");

  const heading = (one) => [
    FA.h("h2", {}, written(one.label)),
    FA.h("small", { title: byFile(one) }, [FA.count(one.count, "frame"), byFile(one)].filter(Boolean).join(", ")),
    FA.button("target", "On the map", () => onMap(one), {
      class: "fa-button fa-quiet",
      title: `Only ${written(one.label)} on the map`,
    }),
  ];

  function thumb(frame, one) {
    const moment = FA.when.momentOf(frame);
    const when = FA.when.sourceOf(frame).kind === "photos" ? "" : " at " + FA.clock(moment.seconds, true);
    const text = `${moment.name}${when}, ${written(one.label)}`;
    return FA.h(
      "button",
      { type: "button", class: "fa-thumb fa-dated", title: text, "data-frame": String(frame), onclick: () => FA.openFrame(frame) },
      FA.h("img", { src: FA.api.picture(frame, 96), alt: text, loading: "lazy", draggable: false }),
    );
  }

  /* The map again, with one day, month or year of it. */
  function onMap(one) {
    const others = FA.state.value.where.filter((text) => !/^\s*date\s*[=<>!]/.test(text));
    FA.state.set({ by: "", where: [...others, "date=" + one.label] }, true);
    if (!FA.known.facts()) FA.known.load().catch(FA.api.complain);
    else FA.state.set({ rev: FA.known.facts().revision });
    FA.map.whole();
  }

  /* Back to the map: to the frame that is open, if one is. */
  function leave() {
    if (!open()) return false;
    FA.state.set({ by: "" }, true);
    const { f } = FA.state.value;
    if (f !== null)
      FA.api.json("/api/frame/" + f).then(
        (one) => FA.map.fly(...one.place, Math.max(FA.map.leaflet.getZoom(), FA.atlas.deepest - 2)),
        FA.api.complain,
      );
    FA.byId("fa-map").focus({ preventScroll: true });
    return true;
  }

  function jump() {
    const some = found.groups;
    const select = FA.h(
      "select",
      { class: "fa-input", id: "fa-date-jump", "aria-label": "Go to a date", onchange: () => grid.show(Number(select.value)) },
      some.map((one, n) => FA.h("option", { value: String(n) }, `${written(one.label)} (${FA.number(one.count)})`)),
    );
    return select;
  }

  function steps() {
    const { by } = FA.state.value;
    const select = FA.h(
      "select",
      { class: "fa-input", id: "fa-date-step", "aria-label": "Rows by", onchange: () => FA.state.set({ by: select.value }) },
      Object.entries(STEPS).map(([name, text]) =>
        FA.h("option", { value: name, selected: name === by }, name === "auto" && found ? `${text}: by ${found.step}` : text),
      ),
    );
    return select;
  }

  function build() {
    const tools = FA.h("div", { class: "fa-date-tools" });
    const note = FA.h("p", { class: "fa-note", id: "fa-date-note", role: "status" });
    const box = FA.h("div", { class: "fa-date-box", id: "fa-date-box", tabIndex: -1 });
    view = FA.h("section", { id: "fa-dates", class: "fa-over-map", "aria-label": "Frames by date", hidden: true }, tools, note, box);
    FA.byId("fa-main").insertBefore(view, FA.byId("fa-notices"));
    grid = FA.dateGrid({ box, thumb, heading, at: now });
    new ResizeObserver(() => open() && grid.resized()).observe(box);
    Object.assign(view, { tools, note, box });
  }

  /* The date at the top of what is seen. */
  function now(one) {
    const select = FA.byId("fa-date-jump");
    if (select && document.activeElement !== select) select.value = String(found.groups.indexOf(one));
  }

  function bar() {
    FA.fill(
      view.tools,
      FA.button("back", "Map", leave, { id: "fa-date-back", title: "Back to the map (Esc)", class: "fa-button fa-main" }),
      found && found.groups.length ? [jump(), steps()] : null,
      found && found.shots
        ? FA.h(
            "label",
            { class: "fa-switch" },
            FA.h("input", {
              type: "checkbox",
              id: "fa-date-each",
              checked: !FA.state.value.each,
              onchange: () => FA.state.set({ each: !FA.state.value.each }),
            }),
            "one a shot",
          )
        : null,
    );
  }

  function told() {
    if (!found.groups.length) return NONE;
    const files = found.groups.reduce((sum, one) => sum + one.files, 0);
    return [
      files ? `${FA.number(files)} of ${FA.count(found.frames.length, "frame")} are dated by their files alone` : "",
      found.undated ? `${FA.count(found.undated, "frame")} without a date are left out` : "",
    ]
      .filter(Boolean)
      .join("; ");
  }

  async function load() {
    const { by, each } = FA.state.value;
    const query = FA.api.query(FA.state.filter());
    const url = `/api/dates?step=${by === "auto" ? "" : by}&every=${each ? 1 : 0}${query ? "&" + query : ""}`;
    try {
      const answer = await FA.during("Putting the frames in order of their dates…", FA.api.newest("dates", url));
      if (!answer || !open()) return;
      const groups = answer.groups.map(([label, count, files]) => ({ label, count, files }));
      found = { ...answer, groups };
      bar();
      const text = told();
      view.note.hidden = !text;
      view.note.textContent = text;
      grid.set(groups, answer.frames);
      FA.say(`${FA.count(answer.frames.length, "frame")} by date`);
      const { f } = FA.state.value;
      if (f === null && document.activeElement === document.body) FA.byId("fa-date-back").focus({ preventScroll: true });
    } catch (error) {
      view.note.hidden = false;
      view.note.textContent = error.message;
    }
  }

  function show(_, changed) {
    const shown = open();
    view.hidden = !shown;
    for (const id of ["fa-map", "fa-over"]) FA.byId(id).inert = shown;
    const button = FA.byId("fa-by-date");
    if (button) button.setAttribute("aria-pressed", String(shown));
    if (!shown) return;
    if (!found) bar();
    if (!changed || changed.some((name) => name !== "f")) load();
  }

  FA.address.field("by", { empty: () => "", read: FA.address.read.one(() => Object.keys(STEPS)) });
  FA.part("panel", () => {
    build();
    FA.state.on(["by", "each", "shots", ...FA.state.FILTERS], (state, changed) => (open() || changed.includes("by")) && show(state, changed));
    show();
  });

  FA.dates = { open, leave, toggle: () => (open() ? leave() : FA.state.set({ by: "auto", dup: "" }, true)) };
})((window.FrameAtlas = window.FrameAtlas || {}));
