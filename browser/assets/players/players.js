/* The panel of players: a card for each, sheets side by side, and the questions; corrections and undoing. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const AFTER_PRESS = 250; // milliseconds: what was pressed in leaving a field is not drawn anew before
  const chosen = new Set(); // ids of players that are ticked on their cards
  let open = false; // whether the list of what to do with the corrections is unfolded
  let place = null;
  let writing = null; // the field in which a name is being written: nothing is drawn anew under it

  const percent = (share) => Math.round(100 * share) + " %";

  async function fill(box) {
    place = box;
    if (!FA.players.data()) {
      try {
        await FA.waiting(FA.players.ready(), box, "Reading who is who…", "gallery");
      } catch (error) {
        return void FA.fill(box, FA.note(error.message, true));
      }
    }
    draw();
  }

  /* All anew; the button that was pressed, or where one wrote, keeps the focus. */
  function draw() {
    if (!place || place.hidden || !FA.players.data() || (writing && place.contains(writing))) return;
    const active = place.contains(document.activeElement) ? /** @type {any} */ (document.activeElement).dataset.key : "";
    const top = place.scrollTop;
    const { who, ask, stats } = FA.state.value;
    for (const id of [...chosen]) if (!FA.players.byId(id)) chosen.delete(id);
    const view =
      stats !== null ? FA.playersStatistics.view() : ask !== null ? FA.playersQuestions.view(ask) : who.length ? FA.playersSheets.view(who) : cards();
    FA.fill(place, head(), view);
    place.scrollTop = top;
    if (active) focus(active);
  }

  /* What had the focus has it again; where that is gone, or cannot be pressed any more, the first button. */
  function focus(key) {
    const all = [...place.querySelectorAll("[data-key]")];
    const again = all.find((one) => one.dataset.key === key && !one.disabled);
    (again || all[0]).focus({ preventScroll: true });
  }

  function head() {
    const data = FA.players.data();
    const { who, ask, stats } = FA.state.value;
    const nobody = data.nobody ? data.nobody.tracklets : 0;
    const asked = data.doubts.filter((one) => one && !one.answer).length;
    const tab = (text, on, patch, key) =>
      FA.button("", text, () => FA.state.set(patch, true), { "aria-pressed": String(on), "data-key": key });
    return [
      FA.h(
        "div",
        { class: "fa-row fa-players-head" },
        tab("All players", ask === null && stats === null && !who.length, { who: [], ask: null, stats: null }, "all"),
        data.doubts.length
          ? tab(`Questions (${asked})`, ask !== null, { ask: ask === null ? first() : ask, who: [], stats: null }, "ask")
          : null,
        tab("Statistics", stats !== null, { stats: 1, who: [], ask: null }, "stats"),
        FA.h(
          "span",
          { class: "fa-note fa-grow" },
          `${FA.count(data.players.length, "player")}, ${FA.count(data.tracklets, "tracklet")}, ${nobody} unassigned`,
        ),
        FA.button("undo", "Undo", FA.players.undo, {
          disabled: !data.undo,
          title: "Undo the last correction ( u )",
          "data-key": "undo",
        }),
      ),
      saved(data),
    ];
  }

  /* The first question that nobody has answered. */
  function first() {
    const k = FA.players.data().doubts.findIndex((one) => one && !one.answer);
    return Math.max(0, k);
  }

  /* Where corrections are, and what applies them. */
  function saved(data) {
    if (data.unsaved)
      return FA.h(
        "div",
        { class: "fa-saved", role: "alert" },
        FA.h("p", { class: "fa-note fa-bad" }, data.unsaved),
        download(),
      );
    if (!data.corrections && !data.pending) return null;
    const state = data.pending ? "shown here at once, not yet in the files" : "all in these players";
    const fold = FA.h(
      "details",
      { class: "fa-saved", ontoggle: () => (open = fold.open) },
      FA.h(
        "summary",
        { "data-key": "saved" },
        `${FA.count(data.corrections, "correction")} saved, ${state}`,
      ),
      FA.h("p", { class: "fa-note" }, "They are in ", FA.h("code", {}, data.file), "."),
      FA.h(
        "p",
        { class: "fa-note" },
        "This command applies them: it decodes nothing again, keeps together and apart what you said, and finds everything else anew around it.",
      ),
      FA.h(
        "div",
        { class: "fa-row fa-top" },
        FA.h("code", { class: "fa-command" }, data.command),
        FA.iconButton("copy", "Copy the command", () => FA.copy(data.command, "Command"), {
          "data-key": "copy",
        }),
      ),
      data.numbers
        ? FA.h("p", { class: "fa-note" }, "The last run had jersey numbers: add --numbers and their file.")
        : null,
      download(),
    );
    fold.open = open;
    return fold;
  }

  const download = () =>
    FA.h(
      "a",
      {
        class: "fa-button fa-quiet",
        href: "/api/players/corrections.yaml",
        download: "corrections.yaml",
        "data-key": "download",
      },
      FA.icon("download"),
      FA.h("span", {}, "Download the corrections"),
    );

  function cards() {
    const all = FA.players.all().map(card);
    return [bar(), FA.h("ul", { class: "fa-players", "aria-label": "Players" }, all)];
  }

  /* What to do with the players that are ticked. */
  function bar() {
    const ids = [...chosen];
    const of = (least, most) => ids.length < least || ids.length > (most || 1e9);
    const act = (text, key, less, call) =>
      FA.button("", text, call, { disabled: less, "data-key": key, id: "fa-players-" + key });
    return FA.h(
      "div",
      { class: "fa-row fa-players-bar", role: "group", "aria-label": "With the chosen players" },
      act("Compare", "compare", of(1), () => FA.state.set({ who: ids }, true)),
      act("Merge", "merge", of(2), async () => {
        if (await FA.players.edit({ do: "merge", players: ids }, "Merged")) clear();
      }),
      act("Not the same", "apart", of(2, 2), async () => {
        if (await FA.players.edit({ do: "apart", players: ids }, "Kept apart")) clear();
      }),
      FA.h(
        "span",
        { class: "fa-note", role: "status" },
        ids.length ? `${ids.length} chosen` : "Tick players to compare or merge them.",
      ),
      ids.length ? FA.button("", "None", clear, { class: "fa-button fa-quiet", "data-key": "none" }) : null,
    );
  }

  function clear() {
    chosen.clear();
    draw();
  }

  function card(one) {
    const name = FA.players.called(one);
    const tick =
      FA.players.group(one)
        ? null
        : FA.h("input", {
            type: "checkbox",
            "aria-label": "Choose " + name,
            "data-key": "tick" + one.id,
            checked: chosen.has(one.id),
            onchange: (event) => {
              if (event.target.checked) chosen.add(one.id);
              else chosen.delete(one.id);
              draw();
            },
          });
    return FA.h(
      "li",
      { class: "fa-player" + (chosen.has(one.id) ? " fa-chosen" : ""), "data-player": String(one.id) },
      FA.h(
        "button",
        {
          type: "button",
          class: "fa-player-sheet",
          "aria-label": `Sheet of ${name}, ${FA.count(one.tracklets, "tracklet")}`,
          "data-key": "open" + one.id,
          onclick: () => FA.state.set({ who: [one.id] }, true),
        },
        one.sheet.length ? FA.players.strip(one.sheet, 4, 128) : FA.h("span", {}, "No crop"),
      ),
      FA.h("div", { class: "fa-player-name" }, tick, title(one)),
      facts(one),
    );
  }

  /* The name with its colour, and the pencil that turns it into a field. */
  function title(one) {
    const name = FA.players.called(one);
    const dot = FA.h("i", {
      class: "fa-dot",
      "aria-hidden": "true",
      style: { background: FA.colour.someone(one.colour, "player") },
    });
    const label = FA.h("b", { title: name }, name);
    if (FA.players.group(one)) return [dot, label];
    const pencil = FA.iconButton("edit", "Rename " + name, () => rename(one, label, pencil), {
      class: "fa-button fa-only-icon fa-tiny",
      "data-key": "rename" + one.id,
    });
    const only = FA.state.value.player;
    const mine = only.length === 1 && only[0] === one.id;
    const show = FA.iconButton(
      "filter",
      `Only ${name} on the map`,
      () => FA.state.set({ player: mine ? [] : [one.id] }, true),
      {
        class: "fa-button fa-only-icon fa-tiny",
        "aria-pressed": String(mine),
        "data-key": "filter" + one.id,
      },
    );
    return [dot, label, pencil, show];
  }

  function rename(one, label, pencil) {
    /* Where another element has the focus by now, it keeps it. */
    let done = false;
    const finish = async (keep, back) => {
      if (done) return;
      done = true;
      if (writing === input) writing = null;
      const typed = input.value.trim();
      const same = typed === (one.named ? one.name : "");
      const said = typed ? "Renamed" : "Name taken back";
      const saved = keep && !same && (await FA.players.edit({ do: "rename", player: one.id, name: typed }, said));
      if (!saved) draw();
      const again = place.querySelector(`[data-key="rename${one.id}"]`);
      if (back && again) again.focus({ preventScroll: true });
    };
    const input = FA.h("input", {
      class: "fa-input",
      "aria-label": "Name of " + FA.players.called(one),
      maxLength: 40,
      "data-takes-escape": "",
      onkeydown: (event) => {
        if (event.key === "Enter" || event.key === "Escape") finish(event.key === "Enter", true);
      },
      onblur: () => setTimeout(() => finish(true, false), AFTER_PRESS),
    });
    input.value = one.named ? one.name : "";
    input.placeholder = one.name;
    pencil.remove();
    label.replaceWith(input);
    writing = input;
    input.focus();
    input.select();
  }

  function facts(one) {
    const cameras = FA.players.data().cameras;
    const apart = one.apart.map((id) => FA.players.byId(id)).filter(Boolean);
    const parts = [
      one.role || null,
      one.team ? "Team " + one.team : "Team unknown",
      FA.count(one.tracklets, "tracklet"),
      percent(one.confidence) + " sure",
    ];
    if (cameras.length > 1) parts.push(one.cameras.map((n) => cameras[n]).join(", "));
    if (apart.length) parts.push("not the same as " + apart.map(FA.players.called).join(", "));
    return FA.h("p", { class: "fa-note" }, parts.filter(Boolean).join(" · "));
  }

  FA.panel({
    name: "players",
    title: "Players",
    icon: "players",
    rank: 9,
    wide: true,
    there: () => FA.players.there(),
    on: ["who", "ask", "stats"],
    fill,
  });
  FA.part("panel", () => FA.players.on(draw));

  FA.playersPanel = { fill, draw, title, facts, percent };
})((window.FrameAtlas = window.FrameAtlas || {}));
