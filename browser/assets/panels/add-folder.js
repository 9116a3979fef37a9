/* Adding a folder from the page, and what else writes: it says what it will do, asks, and shows how far it is.
   Only where nobody but this machine reaches the page; the command line does the work. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const KINDS = {
    index: ["Add a folder", "Folder of videos or photos"],
    find: ["Find moved videos", "Folder where they are now"],
    relayout: ["Draw the map anew", ""],
    words: ["Search by sentence: give frames words", "Folder of the network (that of last time, if left empty)"],
    shots: ["Find the shots of all videos", ""],
    export: ["Export as a web site", "Folder that the site is written to"],
  };
  const NOTES = {
    relayout: "Every frame gets another place; nothing is decoded again.",
    words: "The network is a folder that keras_hub saved, such as CLIP; nothing is downloaded. docs/words.md says how to make one.",
    shots: "Atlases made by an older frameatlas have none yet; the videos are read once more.",
  };
  const SPREADS = { "": "as the map there is", variety: "variety: a still camera takes little room", time: "time: every frame has the same room" };
  const EMPTY = ["words"]; // kinds whose folder may be left out
  let dialog = null;
  let running = null; // id of the job that is under way

  const able = () => FA.atlas.tools.includes("run_command");
  const ask = async (url, body) => (await FA.api.post(url, body)).json();

  function box() {
    dialog ||= document.body.appendChild(
      FA.h("dialog", { id: "fa-add-folder", class: "fa-dialog", "aria-label": "Add a folder" }),
    );
    return dialog;
  }

  const head = (title) =>
    FA.h(
      "div",
      { class: "fa-heading" },
      FA.h("h2", {}, title),
      FA.iconButton("close", "Close", () => dialog.close()),
    );

  /* First: what, and where. */
  function open(kind) {
    const [title, label] = KINDS[kind];
    if (running) return show();
    const input = FA.h("input", { class: "fa-input", id: "fa-folder", "aria-label": label || "Folder" });
    const list = FA.h("div", { class: "fa-folders", tabIndex: 0, role: "group", "aria-label": "Folders of this machine" });
    const trouble = FA.h("div", {});
    const kinds = Object.keys(KINDS).filter((one) => one !== "find" || kind === "find");
    const spread = FA.h(
      "select",
      { class: "fa-input", id: "fa-spread" },
      Object.entries(SPREADS).map(([value, text]) => FA.h("option", { value }, text)),
    );
    const more = () => (kind === "relayout" ? { spread: spread.value } : {});
    const next = FA.button("", "Next", () => agree(kind, { path: input.value, ...more() }, trouble), { class: "fa-button fa-main", id: "fa-next" });
    const choice = FA.h(
      "select",
      { class: "fa-input", "aria-label": "What to do", id: "fa-add-kind", onchange: () => open(choice.value) },
      kinds.map((one) => FA.h("option", { value: one, selected: one === kind }, KINDS[one][0])),
    );
    FA.fill(
      box(),
      head(title),
      choice,
      label ? [FA.h("label", { class: "fa-field" }, FA.h("span", {}, label), input), list] : null,
      kind === "relayout" ? FA.h("label", { class: "fa-field" }, FA.h("span", {}, "Area tells"), spread) : null,
      NOTES[kind] ? FA.note(NOTES[kind]) : null,
      trouble,
      FA.h("div", { class: "fa-row" }, next),
    );
    if (label) choose("", input, list, trouble, EMPTY.includes(kind));
    show();
  }

  function show() {
    if (!dialog.open) dialog.showModal();
  }

  /* The folders within one, to go into. */
  let chosen = 0;

  async function choose(path, input, list, trouble, empty) {
    const mine = (chosen += 1);
    try {
      const found = await FA.waiting(ask("/api/folders", { path }), list, "Reading the folder…");
      if (mine !== chosen) return;
      input.value = empty ? "" : found.path;
      const go = (name, to) =>
        FA.button("folder", name, () => choose(to, input, list, trouble), { class: "fa-button fa-quiet" });
      const slash = found.path.endsWith("/") ? "" : "/";
      FA.fill(
        list,
        found.parent ? go("..", found.parent) : null,
        found.folders.map((name) => go(name, found.path + slash + name)),
        FA.note(FA.count(found.files, "file") + " here"),
      );
      FA.fill(trouble);
    } catch (error) {
      FA.fill(trouble, FA.note(error.message, true));
    }
  }

  /* Second: what it will do, as a sentence and as the command; nothing is written before the answer. */
  async function agree(kind, wish, trouble) {
    const body = { kind: kind === "find" ? "index" : kind, ...wish };
    try {
      const planned = await FA.waiting(ask("/api/commands/plan", body), trouble, "Looking…");
      const go = FA.button("", "Do it", () => run(body, planned.command), { class: "fa-button fa-main", id: "fa-agree" });
      FA.fill(
        box(),
        head(KINDS[kind][0]),
        FA.h("p", {}, planned.text),
        FA.h("code", { class: "fa-command", tabIndex: 0 }, planned.command),
        FA.h("div", { class: "fa-row" }, go, FA.button("", "Back", () => open(kind))),
      );
      go.focus();
    } catch (error) {
      FA.fill(trouble, FA.note(error.message, true));
    }
  }

  /* Third: how far it is. Closing the dialog does not stop it. */
  async function run(body, command) {
    const bar = FA.h("div", { class: "fa-progress", role: "progressbar", "aria-label": "Progress" }, FA.h("i", {}));
    const text = FA.h("p", { role: "status", id: "fa-command-text" }, "Beginning…");
    const stop = FA.button("close", "Stop", () => FA.api.post(`/api/jobs/${running}/stop`, {}).catch(FA.api.complain));
    FA.fill(
      box(),
      head("Under way"),
      text,
      bar,
      FA.note("You may close this and look around meanwhile. Stopped, the same goes on where it was."),
      FA.h("div", { class: "fa-row" }, stop),
    );
    const shown = /** @type {HTMLElement} */ (bar.firstChild);
    try {
      running = (await ask("/api/commands", { ...body, agreed: command })).job;
      const done = await FA.api.job(running, (job) => {
        text.textContent = job.text || text.textContent;
        shown.style.width = 100 * job.share + "%";
        bar.setAttribute("aria-valuenow", String(Math.round(100 * job.share)));
      });
      end(done.text, body.kind !== "export");
    } catch (error) {
      end(error.message, false, true);
    }
  }

  function end(text, reload, bad) {
    running = null;
    const show_ = FA.button("", "Show it", () => location.reload(), { class: "fa-button fa-main", id: "fa-show-it" });
    FA.fill(
      box(),
      head(bad ? "It did not work" : "Done"),
      FA.note(text, bad),
      FA.h("div", { class: "fa-row" }, reload ? show_ : null, FA.button("", "Close", () => dialog.close())),
    );
    if (!dialog.open) FA.toast(text, bad, reload ? [FA.button("", "Show it", () => location.reload())] : undefined);
  }

  FA.addFolder = { able, open };
})((window.FrameAtlas = window.FrameAtlas || {}));
