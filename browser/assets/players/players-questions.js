/* The least certain decisions, one after the other: a tracklet beside the players that it could be. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const ANSWERS = { same: "the same", other: "not the same" };

  const go = (k) => FA.state.set({ ask: k }, true);

  function view(k) {
    const { doubts } = FA.players.data();
    if (!doubts.length) return FA.h("p", { class: "fa-note" }, "Every decision is certain.");
    const at = Math.min(k, doubts.length - 1);
    const shown = doubts[at] && (doubts[at].kit ? kit : question);
    return [dots(doubts, at), shown ? shown(doubts[at], at, doubts.length) : gone()];
  }

  const gone = () => FA.h("p", { class: "fa-note" }, "This tracklet is not there any more.");

  function dots(doubts, at) {
    return FA.h(
      "div",
      { class: "fa-row fa-dots", role: "group", "aria-label": "Questions" },
      doubts.map((one, n) => {
        const answer = one && one.answer ? ANSWERS[one.answer] || one.answer : "";
        return FA.button("", answer ? `${n + 1} ✓` : String(n + 1), () => go(n), {
          "aria-pressed": String(n === at),
          "aria-label": `Question ${n + 1}${answer ? ", answered: " + answer : ""}`,
          "data-key": "question" + n,
          class: "fa-button" + (answer ? " fa-answered" : ""),
        });
      }),
    );
  }

  /* A player in neither team's kit: what is their role? */
  function kit(one, at, count) {
    const owner = FA.players.byId(one.player);
    if (!owner) return gone();
    const say = (text, role) =>
      FA.button("", text, () => answer({ do: "role", players: [owner.id], role }, "Role: " + role, at, count), {
        "data-key": "kit-" + role,
        "aria-pressed": String(one.answer === role),
      });
    return FA.h(
      "section",
      { class: "fa-question", "aria-label": "Question " + (at + 1) },
      FA.heading(`${at + 1} of ${count}${one.answer ? ", answered: " + one.answer : ""}`),
      FA.h("p", { class: "fa-asked" }, [FA.named(FA.players.called(owner)), " wears neither team's kit: a referee?"]),
      FA.h(
        "div",
        { class: "fa-row", role: "group", "aria-label": "Answer" },
        [say("Referee", "referee"), say("Goalkeeper", "goalkeeper"), say("Player", "player"), ...steps(at, count)],
      ),
      FA.h("div", { class: "fa-sheets" }, column(FA.players.called(owner), owner.pieces)),
    );
  }

  const steps = (at, count) => {
    const step = (icon, label, to, key) =>
      FA.iconButton(icon, label, () => go(to), { disabled: to < 0 || to >= count, "data-key": key });
    return [
      step("back", "The question before", at - 1, "before"),
      step("next", "The next question", at + 1, "after"),
    ];
  };

  function question(one, at, count) {
    const owner = FA.players.byId(one.player);
    const other = one.other === null ? undefined : FA.players.byId(one.other);
    const piece = owner && owner.pieces.find((p) => p.id === one.piece);
    if (!piece) return gone();
    const rest = owner.pieces.filter((p) => p.id !== piece.id);
    const alone = !rest.length || owner.id === FA.players.NOBODY;
    const better = other && other !== owner ? other : undefined;
    const shown = one.answer ? `, answered: ${ANSWERS[one.answer]}` : "";
    const name = FA.named(piece.name);
    const asked = alone
      ? better
        ? ["Is tracklet ", name, " ", FA.named(FA.players.called(better)), "?"]
        : ["Nobody is like tracklet ", name, "."]
      : ["Does tracklet ", name, " show the same person as the rest of ", FA.named(FA.players.called(owner)), "?"];
    return FA.h(
      "section",
      { class: "fa-question", "aria-label": "Question " + (at + 1) },
      FA.heading(`${at + 1} of ${count}${shown}`),
      FA.h("p", { class: "fa-asked" }, asked),
      FA.h(
        "div",
        { class: "fa-row", role: "group", "aria-label": "Answer" },
        buttons({ owner, piece, alone, better }, at, count),
      ),
      FA.h(
        "div",
        { class: "fa-sheets" },
        column("Tracklet " + piece.name, [piece]),
        alone ? null : column("The rest of " + FA.players.called(owner), rest),
        better ? column(FA.players.called(better), better.pieces) : null,
      ),
    );
  }

  function buttons({ owner, piece, alone, better }, at, count) {
    const say = (text, key, body, said) =>
      FA.button("", text, () => answer(body, said, at, count), { "data-key": key, id: "fa-answer-" + key });
    const both = better && { players: [owner.id, better.id] };
    const move = (to) => ({ do: "move", pieces: [piece.id], to });
    const list = [];
    if (!alone) {
      list.push(say("Same", "same", { do: "same", piece: piece.id }, "The same"));
      list.push(say("Not the same", "other", move(null), "Not the same"));
      if (better) list.push(say(`It is ${FA.players.called(better)}`, "it-is", move(better.id), "Moved"));
    } else if (better && owner.id === FA.players.NOBODY) {
      list.push(say("Same", "same", move(better.id), "The same"));
    } else if (better) {
      list.push(say("Same", "same", { do: "merge", ...both }, "The same"));
      list.push(say("Not the same", "other", { do: "apart", ...both }, "Not the same"));
    }
    return [...list, ...steps(at, count)];
  }

  async function answer(body, said, at, count) {
    if (!(await FA.players.edit(body, said))) return;
    const { doubts } = FA.players.data();
    const next = doubts.findIndex((one, k) => k > at && one && !one.answer);
    if (next >= 0) go(next);
    else FA.say(`${count} questions, the last one is answered`);
  }

  /* A sheet to look at: the crops of some tracklets. */
  function column(title, pieces) {
    const columns = FA.narrow() ? 3 : 6;
    const frames = pieces.flatMap((p) => (pieces.length > 4 ? p.strip.slice(0, 3) : p.strip));
    const shown = frames.slice(0, 24);
    return FA.h(
      "figure",
      { class: "fa-sheet" },
      FA.h("figcaption", {}, FA.h("b", {}, title)),
      shown.length
        ? FA.players.strip(shown, columns, 128, "Crops of " + title)
        : FA.h("p", { class: "fa-note" }, "No crop."),
    );
  }

  FA.playersQuestions = { view };
})((window.FrameAtlas = window.FrameAtlas || {}));
