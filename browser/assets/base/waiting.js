/* What the page says while something takes its time. Below 0.3 s it says nothing: that would only flicker. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const PATIENCE = 300; // milliseconds
  const running = new Map(); // what the line on the map is about
  const newest = new WeakMap(); // place → what it waits for: an earlier question may be answered later

  /**
   * A grey drawing of what will be there, with a sentence that says what for.
   * @param {string} text
   * @param {"lines" | "gallery" | "picture"} [shape]
   */
  FA.skeleton = function (text, shape) {
    const bones = { gallery: 9, picture: 1 }[shape] || 3;
    return FA.h(
      "div",
      { class: "fa-skeleton fa-bones-" + (shape || "lines"), role: "status" },
      FA.h("p", { class: "fa-note" }, text),
      FA.h(
        "div",
        { "aria-hidden": "true" },
        Array.from({ length: bones }, () => FA.h("i", {})),
      ),
    );
  };

  /**
   * Show a skeleton in a place until a promise is settled, if that takes long. The caller fills the place.
   * @template T
   * @param {Promise<T>} promise
   * @param {HTMLElement} place
   * @param {string} text
   * @param {"lines" | "gallery" | "picture"} [shape]
   * @returns {Promise<T>}
   */
  FA.waiting = async function (promise, place, text, shape) {
    newest.set(place, promise);
    const timer = setTimeout(() => {
      if (newest.get(place) === promise) FA.fill(place, FA.skeleton(text, shape));
    }, PATIENCE);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  };

  function show() {
    const line = FA.byId("fa-busy");
    if (!line) return;
    const texts = [...running.values()].filter(Boolean);
    line.hidden = !texts.length;
    if (texts.length) line.lastChild.textContent = texts[texts.length - 1];
  }

  /**
   * Say on the map what is being waited for; call what it gives when that is over.
   * @param {string} text
   * @returns {() => void}
   */
  FA.busy = function (text) {
    const key = Symbol(text);
    running.set(key, "");
    const timer = setTimeout(() => {
      running.set(key, text);
      show();
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
      running.delete(key);
      show();
    };
  };

  /** Wait for a promise, and say on the map what for. */
  FA.during = async function (text, promise) {
    const done = FA.busy(text);
    try {
      return await promise;
    } finally {
      done();
    }
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
