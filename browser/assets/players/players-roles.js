/* What a player does in the game, and who is nobody to follow: by pressing, and by keys. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const KEYS = { P: "player", G: "goalkeeper", R: "referee", B: "ball", N: "bench" };

  const here = () =>
    FA.players.there() && FA.players.data() && FA.state.value.p === "players" ? FA.state.value.who : [];
  const people = () => here().filter((id) => !FA.players.group({ id }));

  const give = (ids, role) => FA.players.edit({ do: "role", players: ids, role }, role ? "Role: " + role : "Role taken back");

  /* The role of the players whose sheets are shown. */
  function list(players) {
    const roles = [...new Set(players.map((one) => one.role))];
    const now = roles.length === 1 ? roles[0] : "";
    const keyOf = (role) => Object.keys(KEYS).find((key) => KEYS[key] === role);
    const select = FA.h(
      "select",
      {
        class: "fa-input fa-select",
        "aria-label": "Role",
        title: "Role: keys P, G, R, B, N",
        "data-key": "role",
        id: "fa-sheets-role",
        onchange: () => give(players.map((one) => one.id), select.value),
      },
      FA.h("option", { value: "" }, "No role"),
      FA.players.data().roles.map((role) => FA.h("option", { value: role }, `${role} ( ${keyOf(role)} )`)),
    );
    select.value = now;
    return select;
  }

  /* Chosen tracklets are left out, or taken back where they are. */
  function leave(players, pieces) {
    const out = new Set(((FA.players.data().ignored || {}).pieces || []).map((piece) => piece.id));
    const back = pieces.every((id) => out.has(id));
    const text = back ? "Take back" : "Leave out";
    const title = back ? "They are somebody again ( x )" : "In no player, sheet, count or statistic ( x )";
    return FA.button("", text, () => press(pieces, back), { title, "data-key": "ignore", id: "fa-sheets-ignore" });
  }

  const press = (pieces, back) =>
    FA.players.edit({ do: back ? "heed" : "ignore", pieces }, back ? "Taken back" : "Left out");

  /* The key x: chosen tracklets; without any, all of the only sheet that is shown. */
  function cross() {
    const shown = here();
    const chosen = FA.playersSheets.chosen();
    const one = shown.length === 1 ? FA.players.byId(shown[0]) : undefined;
    const pieces = chosen.length ? chosen : one ? one.pieces.map((piece) => piece.id) : [];
    if (!shown.length || !pieces.length) return;
    const out = new Set(((FA.players.data().ignored || {}).pieces || []).map((piece) => piece.id));
    press(pieces, pieces.every((id) => out.has(id)));
  }

  const role = (name) => () => {
    const ids = people();
    if (ids.length) give(ids, name);
  };

  const keys = { x: cross };
  for (const [key, name] of Object.entries(KEYS)) keys[key] = role(name);

  FA.playersRoles = { list, leave, keys };
})((window.FrameAtlas = window.FrameAtlas || {}));
