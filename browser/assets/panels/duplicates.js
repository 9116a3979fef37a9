/* Duplicates: groups of shots, videos or photos that are nearly the same, side by side, and what is decided about them. Where
   shots are known, videos are compared shot by shot; the other way is whole files. Verdicts are kept in the atlas; files that are not needed are listed for one's own rm. Nothing is ever deleted from here. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const AT_ONCE = 30; // groups that are drawn; more at a press
  const FILES = { 0.1: "nearly identical", 0.25: "nearly the same", 0.4: "alike" };
  const SHOTS = { 0.05: "nearly identical", 0.1: "nearly the same", 0.25: "alike" }; // two takes of a set-up lie within 0.25
  let view = null;
  let result = null; // what the server found
  let asked = ""; // of what is shown or on its way: "0.25", or "s0.1" for shots
  let drawn = AT_ONCE;

  const open = () => Boolean(FA.state.value.dup);
  const byShot = () => FA.state.value.dup.startsWith("s");
  const limits = () => (byShot() ? SHOTS : FILES);
  const first = () => (FA.shots.known() ? "s0.1" : "0.25");
  const every = () => [...Object.keys(FILES), ...Object.keys(SHOTS).map((limit) => "s" + limit)];
  const decided = () => result.groups.filter((group) => group.some((one) => one.kept));
  const spare = () => decided().flatMap((group) => group.filter((one) => !one.kept && !one.gone));

  function build() {
    const tools = FA.h("div", { class: "fa-date-tools" });
    const note = FA.h("p", { class: "fa-note", id: "fa-dup-note", role: "status" });
    const list = FA.h("div", { class: "fa-dup-list", id: "fa-dup-list", tabIndex: -1 });
    view = FA.h("section", { id: "fa-duplicates", class: "fa-over-map", "aria-label": "Duplicates", hidden: true }, tools, note, list);
    FA.byId("fa-main").insertBefore(view, FA.byId("fa-notices"));
    Object.assign(view, { tools, note, list });
  }

  function bar() {
    const limit = FA.h(
      "select",
      { class: "fa-input", id: "fa-dup-within", "aria-label": "How alike", onchange: () => FA.state.set({ dup: limit.value }) },
      Object.entries(limits()).map(([value, text]) => {
        const dup = (byShot() ? "s" : "") + value;
        return FA.h("option", { value: dup, selected: dup === FA.state.value.dup }, `${text} (${value})`);
      }),
    );
    const some = result ? spare() : [];
    FA.fill(
      view.tools,
      FA.button("back", "Map", leave, { id: "fa-dup-back", title: "Back to the map (Esc)", class: "fa-button fa-main" }),
      FA.shots.known() || byShot() ? per() : null,
      limit,
      FA.button("download", "List of files to spare", download, {
        id: "fa-dup-download",
        disabled: !some.length,
        title: "A text file, a path a line, for your own rm. Nothing is deleted here.",
      }),
    );
  }

  const per = () =>
    FA.h(
      "label",
      { class: "fa-switch", title: "A row for each shot that comes again; without it whole files are compared" },
      FA.h("input", {
        type: "checkbox",
        id: "fa-dup-shots",
        checked: byShot(),
        onchange: () => FA.state.set({ dup: byShot() ? "0.25" : "s0.1" }),
      }),
      "one a shot",
    );

  const unknown = () =>
    result.unknown ? ` The shots of ${FA.count(result.unknown, "video")} are not known: frameatlas shots finds them.` : "";

  function told() {
    const what = byShot() ? "shots" : "videos";
    if (!result.groups.length) return `No ${what} or photos of this atlas are ${limits()[result.within] || "so alike"}.` + unknown();
    const files = result.groups.reduce((sum, group) => sum + group.length, 0);
    const some = spare();
    const bytes = some.reduce((sum, one) => sum + (one.bytes || 0), 0);
    const spared = `${FA.count(some.length, "file")} to spare, ${FA.fileSize(bytes)}: hand the list to your own rm, such as xargs -d "\\n" rm -- < spare.txt. Nothing is deleted here.`;
    if (byShot()) {
      const shots = result.groups.flat().filter((one) => one.shot).length;
      const photos = files > shots ? `, ${FA.count(files - shots, "photo")}` : "";
      return `${FA.count(result.number, "group")}, ${FA.count(shots, "shot")}${photos}. ${some.length ? spared : ""}` + unknown();
    }
    const more = result.number > result.groups.length ? `the first ${FA.number(result.groups.length)} of ` : "";
    const groups = `${more}${FA.count(result.number, "group")}, ${FA.count(files, "file")}. `;
    return (
      groups +
      (some.length
        ? spared
        : "Say of each group which one to keep; the others can then be listed for your own rm. Nothing is deleted here.")
    );
  }

  function draw() {
    bar();
    view.note.textContent = told();
    FA.fill(
      view.list,
      result.groups.some((group) => group[0].shot) ? FA.cuts.of(cuts, "fa-dup-cut-", true, "what comes again") : null,
      result.groups.slice(0, drawn).map((group, n) => FA.duplicateCard(group, n + 1, { keep, notSame })),
      result.groups.length > drawn
        ? FA.button("fold", `${FA.number(result.groups.length - drawn)} more groups`, () => {
            drawn += AT_ONCE;
            draw();
          }, { id: "fa-dup-more" })
        : null,
    );
  }

  /* Every shot of all groups, whole. */
  const cuts = () => ({
    frames: result.groups.flat().filter((one) => one.shot).map((one) => one.frames[0]),
  });

  /* Draw anew, and leave the focus and the place where they were. */
  function redraw(label) {
    const top = view.list.scrollTop;
    draw();
    view.list.scrollTop = top;
    const button = label && [...view.list.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === label);
    if (button) button.focus({ preventScroll: true });
  }

  const send = async (verdict, items) => (await FA.api.post("/api/verdicts", { do: verdict, items })).json();

  async function keep(one) {
    try {
      await send(one.kept ? "spare" : "keep", [one.item]);
      one.kept = !one.kept;
      redraw("Keep " + FA.duplicateName(one));
      FA.say(one.kept ? `${one.name} is kept` : `${one.name} is no longer said to be kept`);
    } catch (error) {
      FA.api.complain(error);
    }
  }

  /* One member is none of its group: said of it and each of the others, so that it comes back into no group of theirs. */
  async function notSame(group, one) {
    const items = [one.item, ...group.filter((other) => other !== one).map((other) => other.item)];
    const place = result.groups.indexOf(group);
    try {
      await send("not_same", items);
      const rest = group.filter((other) => other !== one);
      result.groups.splice(place, 1, ...(rest.length > 1 ? [rest] : []));
      result.number -= rest.length > 1 ? 0 : 1;
      redraw();
      FA.toast(`${one.name} is not the same.`, false, [
        FA.button("undo", "Undo", () => undo(items), { class: "fa-button fa-quiet", id: "fa-dup-undo" }),
      ]);
      const next = view.list.querySelectorAll(".fa-dup-group")[place] || view.tools;
      next.querySelector("button").focus({ preventScroll: true });
    } catch (error) {
      FA.api.complain(error);
    }
  }

  async function undo(items) {
    try {
      await send("same", items);
      asked = "";
      load();
    } catch (error) {
      FA.api.complain(error);
    }
  }

  async function download() {
    try {
      const groups = decided().map((group) => group.map((one) => one.item));
      const answer = await FA.api.post("/api/spare", { groups });
      const [listed, left] = ["X-Listed", "X-Left-Out"].map((name) => Number(answer.headers.get(name)));
      FA.save(await answer.blob(), "spare.txt");
      const why = left ? ` ${FA.count(left, "file")} left out: what is kept of their group is not there, or their name has a line break.` : "";
      FA.toast(`${FA.count(listed, "file")} in spare.txt.${why}`);
    } catch (error) {
      FA.api.complain(error);
    }
  }

  async function load() {
    const mine = FA.state.value.dup;
    if (asked === mine) return result ? draw() : undefined;
    asked = mine;
    result = null;
    drawn = AT_ONCE;
    bar();
    view.note.textContent = "";
    FA.fill(view.list, FA.skeleton(`Comparing all ${byShot() ? "shots" : "videos"} and photos…`, "gallery"));
    try {
      const { job } = await (await FA.api.post("/api/duplicates", {
        per: byShot() ? "shot" : "file",
        within: Number(mine.replace("s", "")),
      })).json();
      const { result: found } = await FA.api.job(job);
      if (asked !== mine) return;
      result = found;
      draw();
      FA.say(view.note.textContent);
      if (document.activeElement === document.body) FA.byId("fa-dup-back").focus({ preventScroll: true });
    } catch (error) {
      if (asked !== mine) return;
      asked = "";
      FA.fill(view.list, FA.note(error.message, true));
    }
  }

  function show() {
    const shown = open();
    if (shown && FA.dates.open()) FA.state.set({ by: "" });
    view.hidden = !shown;
    if (shown || !FA.dates.open()) for (const id of ["fa-map", "fa-over"]) FA.byId(id).inert = shown;
    const button = FA.byId("fa-open-duplicates");
    if (button) button.setAttribute("aria-pressed", String(shown));
    if (shown) load();
  }

  function leave() {
    if (!open()) return false;
    FA.state.set({ dup: "" }, true);
    FA.byId("fa-map").focus({ preventScroll: true });
    return true;
  }

  FA.address.field("dup", { empty: () => "", read: FA.address.read.one(every) });
  FA.part("last", () => {
    build();
    FA.state.on(["dup"], show);
    FA.state.on(["shots"], () => open() && bar());
    FA.state.on(["by"], (state) => state.by && open() && FA.state.set({ dup: "" }));
    if (open()) show();
  });

  FA.duplicates = { open, leave, toggle: () => (open() ? leave() : FA.state.set({ dup: first(), by: "" }, true)) };
})((window.FrameAtlas = window.FrameAtlas || {}));
