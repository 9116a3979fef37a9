/* What may change while the page is open: another process indexes, or drew a new map. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const QUIET = 15000; // milliseconds between questions; more often while something is going on
  const BUSY = 4000;

  function show(state) {
    const box = FA.byId("fa-news");
    const { indexing, newer } = state;
    box.hidden = !indexing && !newer;
    FA.fill(
      box,
      indexing ? FA.h("span", {}, indexing.text) : null,
      newer ? FA.h("span", {}, "A new map is there.") : null,
      newer ? FA.button("", "Show it", () => location.reload(), { class: "fa-button fa-main" }) : null,
    );
  }

  async function look() {
    let wait = QUIET;
    try {
      if (!document.hidden && !FA.connection.lost()) {
        const state = await FA.api.json("/api/state?map=" + FA.atlas.map);
        show(state);
        FA.players.heard(state.players);
        FA.clusters.heard(state.names);
        FA.words.heard(state.sentences);
        FA.shots.heard(state.shots);
        FA.known.heard(state.known);
        if (state.indexing) wait = BUSY;
      }
    } catch (_) {
      /* the server may be gone for a while; what is drawn stays */
    }
    setTimeout(look, wait);
  }

  FA.part("last", () => {
    show(FA.atlas);
    setTimeout(look, FA.atlas.indexing ? BUSY : QUIET);
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
