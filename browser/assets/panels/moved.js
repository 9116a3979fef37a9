/* In place of Play, where a film is not where it was: what that means, and how to find it again. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  FA.moved = (frame) =>
    FA.h(
      "div",
      { class: "fa-saved", role: "group", "aria-label": "The video was moved" },
      FA.note(`The video is not where it was: ${frame.missing}. Its stored frames are all here; to play it, show where it is now.`),
      FA.addFolder.able()
        ? FA.button("folder", "Find it…", () => FA.addFolder.open("find"), { id: "fa-find-it" })
        : FA.note("Run frameatlas index on its new folder: it is known by its content and not decoded again."),
    );
})((window.FrameAtlas = window.FrameAtlas || {}));
