/* What is said: lines of subtitles with some words, in order of time; each plays from its very moment. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let results = null;
  let input = null;

  function fill(box) {
    if (box.firstChild) return;
    input = FA.h("input", {
      type: "search",
      class: "fa-input",
      id: "fa-said",
      placeholder: 'words, or "a phrase"',
      "aria-label": "Words that are said",
      onchange: ask,
    });
    results = FA.h("div", { id: "fa-said-lines", "aria-live": "polite" });
    FA.fill(box, FA.heading("What is said"), input, results);
    input.focus();
  }

  async function ask() {
    const text = input.value.trim();
    if (!text) return void FA.fill(results);
    try {
      const asked = FA.api.newest("said", "/api/said?q=" + encodeURIComponent(text));
      const found = await FA.waiting(asked, results, "Looking for the words…");
      if (!found) return;
      FA.say(FA.count(found.count, "line"));
      FA.fill(
        results,
        FA.note(found.count ? FA.count(found.count, "line") : "Nobody says that in the subtitles that are known."),
        FA.h("ul", { class: "fa-lines" }, found.lines.map(line)),
      );
    } catch (error) {
      FA.fill(results, FA.note(error.message, true));
    }
  }

  const line = (one) =>
    FA.h(
      "li",
      {},
      FA.h(
        "button",
        { type: "button", class: "fa-link", onclick: (event) => play(one, event.currentTarget.parentNode) },
        FA.h("b", {}, one.time),
        " ",
        one.text,
      ),
      FA.h("span", { class: "fa-path" }, one.name),
    );

  /* Here and now: from the line's first moment, without what led to it. */
  async function play(one, place) {
    FA.map.fly(...one.place);
    try {
      const frame = await FA.api.json("/api/frame/" + one.frame);
      FA.marks.setOpen(frame.place);
      if (!FA.player.canPlay(frame.playable)) return void FA.openFrame(one.frame);
      for (const old of results.querySelectorAll(".fa-stage")) {
        FA.player.stop(old);
        old.remove();
      }
      const film = FA.player.video(one.source, one.begin + FA.player.BEFORE, frame.playable, FA.player.onMap(one.source));
      place.append(FA.h("div", { class: "fa-stage" }, film));
    } catch (error) {
      FA.api.complain(error);
    }
  }

  FA.panel({ name: "said", title: "Said", icon: "play", rank: 9, fill, there: () => Boolean(FA.atlas.said) });
})((window.FrameAtlas = window.FrameAtlas || {}));
