/* A picture that is dropped or pasted anywhere is searched with. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const isPicture = (one) => one.type.startsWith("image/");
  const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");

  FA.part("panel", () => {
    const veil = FA.h("div", { class: "fa-veil", hidden: true }, "Drop the picture to find its place on the map");
    FA.byId("fa-over").append(veil);
    let depth = 0;
    addEventListener("dragenter", (event) => {
      if (!holdsFiles(event)) return;
      depth += 1;
      veil.hidden = false;
    });
    addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      if (!depth) veil.hidden = true;
    });
    addEventListener("dragover", (event) => {
      if (holdsFiles(event)) event.preventDefault();
    });
    addEventListener("drop", (event) => {
      depth = 0;
      veil.hidden = true;
      if (!holdsFiles(event)) return;
      event.preventDefault();
      const file = [...event.dataTransfer.files].find(isPicture);
      if (file) FA.search.byImage(file);
      else FA.toast("Expected a picture.", true);
    });
    addEventListener("paste", (event) => {
      const file = [...(event.clipboardData ? event.clipboardData.files : [])].find(isPicture);
      if (file) FA.search.byImage(file);
    });
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
