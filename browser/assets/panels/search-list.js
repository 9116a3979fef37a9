/* The videos and folders whose names hold what was typed. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const MOST = 200; // rows

  FA.searchList = function (box, list, text, clear) {
    FA.say(FA.count(list.length, "video") + " found");
    const away = FA.button("clear", "Clear", clear, { class: "fa-button fa-quiet" });
    if (!list.length) return FA.fill(box, FA.note(`Nothing is named like “${text}”.`), away);
    return FA.fill(
      box,
      FA.heading(
        FA.count(list.length, "match", "matches"),
        FA.button("filter", "Only these", () => FA.state.set({ v: list.map((one) => one.n) }, true), {
          class: "fa-button fa-quiet",
        }),
        away,
      ),
      FA.h("ul", { class: "fa-list" }, list.slice(0, MOST).map(row)),
    );
  };

  const row = (one) =>
    FA.h(
      "li",
      {},
      FA.h("img", { src: FA.api.picture(one.first + Math.floor(one.frames / 2), 96), alt: "", loading: "lazy" }),
      FA.h("button", { type: "button", class: "fa-link fa-grow", onclick: () => visit(one) }, one.name),
      FA.h("small", {}, FA.atlas.folders[one.folder] || ""),
    );

  /* Fly to where a video is, and show its way. */
  async function visit(source) {
    FA.openVideo(source.n);
    const path = await FA.api.path(source.n).catch(FA.api.complain);
    const places = [];
    for (let i = 0; path && i + 2 < path.length; i += 3) places.push([path[i], path[i + 1]]);
    if (places.length) FA.map.show(places);
  }
})((window.FrameAtlas = window.FrameAtlas || {}));
