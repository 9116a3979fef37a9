/* Sheets of players side by side, tracklet after tracklet: choose some, move them, cut one in two. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const chosen = new Set(); // ids of pieces
  let unfolded = null; // {id, crops} of the tracklet whose every crop is shown

  const many = () => (FA.narrow() ? 3 : 6);

  function view(who) {
    const players = who.map(FA.players.byId).filter(Boolean);
    const here = new Set(players.flatMap((one) => one.pieces.map((piece) => piece.id)));
    for (const id of [...chosen]) if (!here.has(id)) chosen.delete(id);
    return [
      bar(players),
      FA.h(
        "div",
        { class: "fa-sheets", role: "list", "aria-label": "Sheets side by side" },
        players.map((one) => sheet(one, who)),
      ),
    ];
  }

  /* What to do with the players that are shown, and with the tracklets that are chosen. */
  function bar(players) {
    const people = players.filter((one) => !FA.players.group(one));
    const ids = people.map((one) => one.id);
    const pieces = [...chosen];
    const act = (text, key, disabled, call) =>
      FA.button("", text, call, { disabled, "data-key": key, id: "fa-sheets-" + key });
    return FA.h(
      "div",
      { class: "fa-row fa-players-bar", role: "group", "aria-label": "With these sheets" },
      act("One person: merge", "merge", ids.length < 2, () =>
        FA.players.edit({ do: "merge", players: ids }, "Merged"),
      ),
      act("Not the same", "apart", ids.length !== 2, () =>
        FA.players.edit({ do: "apart", players: ids }, "Kept apart"),
      ),
      adder(players),
      ids.length ? FA.playersRoles.list(people) : null,
      FA.h(
        "span",
        { class: "fa-note", role: "status" },
        pieces.length
          ? `${FA.count(pieces.length, "tracklet")} chosen:`
          : "Press tracklets that show somebody else.",
      ),
      pieces.length ? act("A new player", "new", false, () => move(pieces, null)) : null,
      pieces.length ? mover(pieces) : null,
      pieces.length ? FA.playersRoles.leave(players, pieces) : null,
    );
  }

  /* A list of players to choose from, and the button that does it: arrow keys only go through the list. */
  function list(label, verb, key, rows, call) {
    const go = FA.button("", verb, () => call(Number(select.value)), {
      disabled: true,
      "data-key": key + "-go",
      id: `fa-sheets-${key}-go`,
    });
    const select = FA.h(
      "select",
      {
        class: "fa-input fa-select",
        "aria-label": label,
        "data-key": key,
        id: "fa-sheets-" + key,
        onchange: () => (go.disabled = !select.value),
      },
      FA.h("option", { value: "" }, label + "…"),
      rows.map((one) => FA.h("option", { value: String(one.id) }, FA.players.called(one))),
    );
    return FA.h("span", { class: "fa-row" }, select, go);
  }

  function adder(players) {
    const rest = FA.players.all().filter((one) => !players.includes(one));
    if (!rest.length) return null;
    const add = (id) => FA.state.set({ who: [...FA.state.value.who, id] }, true);
    return list("Beside it", "Add", "add", rest, add);
  }

  function mover(pieces) {
    const owners = FA.players.all().filter((one) => one.pieces.some((piece) => chosen.has(piece.id)));
    const rows = FA.players.data().players.filter((one) => owners.length !== 1 || one !== owners[0]);
    return list("Move to", "Move", "move", rows, (id) => move(pieces, id));
  }

  async function move(pieces, to) {
    const fresh = await FA.players.edit({ do: "move", pieces, to }, "Moved");
    if (!fresh) return;
    chosen.clear();
    unfolded = null;
    beside(to === null ? fresh : [to]);
  }

  /* Show somebody more beside the sheets that are open. */
  function beside(ids) {
    const { who } = FA.state.value;
    FA.state.set({ who: [...who, ...ids.filter((id) => !who.includes(id))] }, true);
    FA.playersPanel.draw();
  }

  function sheet(one, who) {
    const name = FA.players.called(one);
    return FA.h(
      "div",
      { class: "fa-sheet", role: "listitem", "aria-label": "Sheet of " + name, "data-player": String(one.id) },
      FA.h(
        "div",
        { class: "fa-player-name" },
        FA.playersPanel.title(one),
        FA.h("span", { class: "fa-grow" }),
        FA.iconButton(
          "close",
          "Put away the sheet of " + name,
          () => FA.state.set({ who: who.filter((id) => id !== one.id) }, true),
          { class: "fa-button fa-only-icon fa-tiny", "data-key": "away" + one.id },
        ),
      ),
      FA.playersPanel.facts(one),
      FA.h(
        "div",
        { class: "fa-tracklets" },
        one.pieces.map((piece) => tracklet(piece)),
      ),
    );
  }

  function tracklet(piece) {
    const { cameras } = FA.players.data();
    const when = piece.seconds ? piece.seconds.map((s) => FA.clock(s)).join("–") : "no crop";
    const text = ["", when, FA.playersPanel.percent(piece.confidence) + " sure"];
    const camera = cameras.length > 1 ? [cameras[piece.camera]] : [];
    const on = chosen.has(piece.id);
    return FA.h(
      "div",
      { class: "fa-tracklet" + (on ? " fa-chosen" : ""), "data-piece": String(piece.id) },
      FA.h(
        "button",
        {
          type: "button",
          class: "fa-tracklet-strip",
          "aria-pressed": String(on),
          "aria-label": [`Tracklet ${piece.name}`, ...text.slice(1), ...camera].join(", "),
          "data-key": "piece" + piece.id,
          onclick: () => {
            if (on) chosen.delete(piece.id);
            else chosen.add(piece.id);
            FA.playersPanel.draw();
          },
        },
        piece.strip.length ? FA.players.strip(piece.strip, many(), 112) : null,
        FA.h("span", {}, "Tracklet ", FA.named(piece.name), text.join(" · "), camera.length ? " · " : null, camera.map(FA.named)),
      ),
      piece.crops > 1 ? more(piece) : null,
    );
  }

  /* Every crop of a tracklet, to say from which one on it is somebody else. */
  function more(piece) {
    const shown = unfolded && unfolded.id === piece.id;
    const button = FA.button(
      "",
      shown ? "Fold" : `All ${piece.crops} crops, to cut`,
      async () => {
        try {
          unfolded = shown ? null : await FA.api.json("/api/players/crops/" + piece.id);
          FA.playersPanel.draw();
        } catch (error) {
          FA.toast(error.message, true);
        }
      },
      { class: "fa-button fa-quiet", "aria-expanded": String(Boolean(shown)), "data-key": "more" + piece.id },
    );
    if (!shown) return button;
    return [
      button,
      FA.h("p", { class: "fa-note" }, "Press the first crop that shows somebody else."),
      FA.h(
        "div",
        { class: "fa-crops", role: "group", "aria-label": "Crops of tracklet " + piece.name },
        unfolded.crops.map(([frame, picture, seconds], k) =>
          FA.h(
            "button",
            {
              type: "button",
              class: "fa-crop",
              disabled: k === 0,
              "data-key": "crop" + frame,
              "aria-label": `Somebody else from frame ${picture} on, at ${FA.clock(seconds)}`,
              title: k ? `Somebody else from here on (frame ${picture})` : "The first crop",
              onclick: () => cut(piece.id, frame),
            },
            FA.h("img", {
              src: FA.api.picture(frame, 112),
              alt: "",
              loading: "lazy",
              width: FA.atlas.tile[0],
              height: FA.atlas.tile[1],
            }),
          ),
        ),
      ),
    ];
  }

  async function cut(piece, frame) {
    const fresh = await FA.players.edit({ do: "cut", piece, frame }, "Cut in two");
    if (!fresh) return;
    unfolded = null;
    beside(fresh);
  }

  FA.playersSheets = { view, chosen: () => [...chosen] };
})((window.FrameAtlas = window.FrameAtlas || {}));
