/* Small pictures in a grid, each a button that opens its frame; and the head of a part of a panel. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const LEAST_ALIKE = 0.15; // cosine of two frames' descriptions
  const ALIKE_SHARE = 0.5; // of the most alike

  FA.openFrame = function (frame) {
    FA.frame.comeAlong();
    FA.state.set({ f: frame, p: "frame" }, true);
  };

  const span = ([begin, until]) => `${FA.clock(begin, true)} – ${FA.clock(until, true)}`;

  function thumb(one) {
    const when = FA.when.text(one, true);
    const text = `${one.name} at ${FA.when.text(one)}` + (one.shot ? `, of the shot ${span(one.shot)}` : "");
    const alike = one.similarity === undefined ? null : Math.round(100 * one.similarity) + "%";
    return FA.h(
      "div",
      { role: "listitem" },
      FA.h(
        "button",
        {
          type: "button",
          class: "fa-thumb",
          title: alike ? `${text}, ${alike} alike` : text,
          "data-frame": String(one.frame),
          onclick: () => FA.openFrame(one.frame),
        },
        FA.h("img", { src: FA.api.picture(one.frame, 96), alt: text, loading: "lazy" }),
        FA.h("span", { "aria-hidden": "true" }, alike || when),
      ),
    );
  }

  /* Of a list by falling likeness what still is like: beyond it, nearness says nothing. */
  FA.alike = function (found) {
    const best = found.length ? found[0].similarity : 0;
    return found.filter((one) => one.similarity >= Math.max(LEAST_ALIKE, ALIKE_SHARE * best));
  };

  FA.gallery = (frames, label) =>
    FA.h("div", { class: "fa-gallery", role: "list", "aria-label": label }, frames.map(thumb));

  /* "one a shot": shown where shots are known; what is found is asked for anew by whoever hears of `each`. */
  FA.oneEach = (frames) =>
    frames.some((one) => one.shot !== undefined)
      ? FA.h(
          "label",
          { class: "fa-switch", title: "Only the frame of each shot that fits best" },
          FA.h("input", {
            type: "checkbox",
            checked: !FA.state.value.each,
            class: "fa-one-each",
            onchange: () => FA.state.set({ each: !FA.state.value.each }),
          }),
          "one a shot",
        )
      : null;

  FA.address.field("each", { empty: () => false, read: (text) => text === "1", write: () => "1", silent: (yes) => !yes });

  FA.heading = (text, ...more) => FA.h("div", { class: "fa-heading" }, FA.h("h2", {}, text), ...more);

  FA.note = (text, bad) =>
    FA.h("p", { class: "fa-note" + (bad ? " fa-bad" : ""), role: bad ? "alert" : undefined }, text);
})((window.FrameAtlas = window.FrameAtlas || {}));
