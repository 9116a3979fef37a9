/* Light or dark: as the system says, or as the person chose. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const KEY = "frameatlas:theme";
  const ORDER = ["auto", "light", "dark"];
  const system = matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      const kept = localStorage.getItem(KEY);
      return ORDER.includes(kept) ? kept : "auto";
    } catch (_) {
      return "auto";
    }
  }

  const dark = () => (chosen() === "auto" ? system.matches : chosen() === "dark");

  function apply() {
    document.documentElement.dataset.theme = dark() ? "dark" : "light";
    if (FA.charts && FA.atlas) FA.charts.ask();
  }

  function next() {
    const to = ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length];
    try {
      localStorage.setItem(KEY, to);
    } catch (_) {
      return FA.toast("This browser keeps no choice: its storage is switched off.", true);
    }
    apply();
    FA.toast({ auto: "Light or dark as the system says", light: "Light", dark: "Dark" }[to]);
  }

  system.addEventListener("change", apply);
  apply();
  FA.theme = { dark, next, apply };
})((window.FrameAtlas = window.FrameAtlas || {}));
