/* Plays a video from a time on: the original where the browser can, else a short clip made by the server. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const BEFORE = 3; // seconds that play before the frame, so that one sees what led to it

  const canPlay = (how) => how === "original" || how === "clip";

  /* A video element that plays `source` about `seconds`, and says where it is on the map meanwhile. */
  function video(source, seconds, how, onTime) {
    const start = Math.max(0, seconds - BEFORE);
    let shift = 0; // seconds of the original at which what plays begins
    const element = FA.h("video", {
      controls: true,
      autoplay: true,
      playsInline: true,
      class: "fa-video",
      "aria-label": `Video from ${FA.clock(start)}`,
    });
    const clip = () => {
      shift = start;
      element.dataset.how = "clip";
      element.src = `/clip/${source}?from=${start.toFixed(2)}&map=${FA.atlas.map}`;
    };
    element.addEventListener("error", () => {
      if (element.dataset.how === "original") return clip();
      const note = FA.h("p", { class: "fa-note fa-bad" }, "This video cannot be played here.");
      element.replaceWith(note);
      FA.say(note.textContent);
    });
    element.addEventListener("loadedmetadata", () => {
      if (element.dataset.how === "original" && start > 0) element.currentTime = start;
    });
    if (onTime) follow(element, () => onTime(element.currentTime + shift));
    if (how === "original") {
      element.dataset.how = "original";
      element.src = `/video/${source}?map=${FA.atlas.map}#t=${start.toFixed(2)}`;
    } else clip();
    element.play().catch(() => {}); // where sound may not start by itself, its own button does it
    return element;
  }

  /* As often as pictures are shown; timeupdate alone comes four times a second. */
  function follow(element, tick) {
    let running = false;
    const step = () => {
      if (!element.isConnected || element.paused) return void (running = false);
      tick();
      requestAnimationFrame(step);
    };
    element.addEventListener("play", () => {
      if (running) return;
      running = true;
      step();
    });
    element.addEventListener("seeked", tick);
  }

  /* The moment on the map of a video that plays. */
  function onMap(source) {
    let path = null;
    FA.api.path(source).then(
      (found) => {
        path = found;
      },
      () => {},
    );
    return (seconds) => {
      const found = path && FA.ways.at(path, seconds);
      if (found) FA.marks.setMoment(found.place);
    };
  }

  function stop(box) {
    for (const element of box.querySelectorAll("video")) {
      element.pause();
      element.removeAttribute("src");
      element.load();
      element.remove();
    }
    FA.marks.setMoment(null);
  }

  FA.player = { video, canPlay, onMap, stop, BEFORE };
})((window.FrameAtlas = window.FrameAtlas || {}));
