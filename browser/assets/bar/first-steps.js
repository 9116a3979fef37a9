/* Three lines for who sees the page for the first time; each can be put away, and the browser remembers it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const KEY = "frameatlas:first-steps";
  const touch = matchMedia("(pointer: coarse)").matches;
  const LINES = [
    ["look", "Every picture is a moment of your videos. Those that look alike lie side by side."],
    [
      "closer",
      touch
        ? "Pinch to come closer: more pictures appear, and “+12” says how many are still behind one."
        : "Turn the wheel to come closer: more pictures appear, and “+12” says how many are still behind one.",
    ],
    [
      "open",
      touch
        ? "Tap a picture to see it large, play its film and find what is like it."
        : "Click a picture to see it large, play its film and find what is like it. ? is help.",
    ],
  ];

  function away() {
    try {
      return (localStorage.getItem(KEY) || "").split(",");
    } catch (_) {
      return [];
    }
  }

  function putAway(names) {
    try {
      localStorage.setItem(KEY, names.join());
    } catch (_) {
      /* they come again with the next page */
    }
  }

  function show() {
    const old = FA.byId("fa-first");
    if (old) old.remove();
    const gone = away();
    const left = LINES.filter(([name]) => !gone.includes(name));
    if (!left.length) return;
    const dismiss = (names) => {
      putAway([...new Set([...away(), ...names])].filter(Boolean));
      show();
      FA.byId("fa-map").focus({ preventScroll: true });
    };
    FA.byId("fa-over").append(
      FA.h(
        "section",
        { id: "fa-first", "aria-label": "First steps" },
        FA.h(
          "ol",
          {},
          left.map(([name, text]) =>
            FA.h(
              "li",
              {},
              FA.h("span", {}, text),
              FA.iconButton("close", "Put this line away", () => dismiss([name]), { class: "fa-button fa-only-icon fa-tiny" }),
            ),
          ),
        ),
        FA.button("", "Got it", () => dismiss(LINES.map(([name]) => name)), { class: "fa-button fa-main", id: "fa-got-it" }),
      ),
    );
  }

  FA.firstSteps = {
    again() {
      putAway([]);
      show();
    },
  };
  /* Not over a view that somebody sent. */
  FA.part("last", () => {
    if (FA.state.value.z === null && !FA.state.value.p) show();
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
