/* One group of near-duplicates: its members side by side, what tells them apart, and the buttons that decide. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const ALIKE = 1.05; // how many times sharper a picture has to be for the word
  const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

  function size(bytes) {
    let [n, unit] = [bytes, 0];
    for (; n >= 1000 && unit < UNITS.length - 1; unit++) n /= 1000;
    return `${unit && n < 10 ? n.toFixed(1) : Math.round(n)} ${UNITS[unit]}`;
  }

  /* The only member that has the most of something; null where two are level. */
  function first(group, value, times) {
    const known = group.filter((one) => value(one) !== null && value(one) !== undefined);
    if (known.length < 2) return null;
    const sorted = [...known].sort((a, b) => value(b) - value(a));
    return value(sorted[0]) > value(sorted[1]) * (times || 1) ? sorted[0] : null;
  }

  const pixels = (one) => one.width * one.height;
  const age = (one) => (one.date ? -Date.parse(one.date + "Z") : null);

  function winners(group) {
    return {
      larger: first(group, pixels),
      heavier: first(group, (one) => one.bytes),
      longer: first(group, (one) => (one.seconds ? Math.round(10 * one.seconds) : null)),
      sharper: first(group, (one) => one.sharpness, ALIKE),
      older: first(group, age),
    };
  }

  function fact(name, text, word) {
    if (!text) return null;
    return [FA.h("dt", {}, name), FA.h("dd", {}, text, word ? FA.h("b", { class: "fa-word" }, word) : null)];
  }

  const facts = (one, best) =>
    FA.h(
      "dl",
      { class: "fa-known" },
      fact("Picture", `${one.width} × ${one.height}`, best.larger === one && "larger"),
      fact("Sharpness", one.sharpness === null ? "" : one.sharpness.toFixed(1), best.sharper === one && "sharper"),
      fact("Length", one.seconds === null ? "" : FA.clock(one.seconds), best.longer === one && "longer"),
      fact("Date", one.date ? one.date.replace("T", " ").slice(0, 16) : "", best.older === one && "older"),
      fact("File", one.gone ? "not there any more" : one.shot ? "" : size(one.bytes), best.heavier === one && "larger"),
    );

  const MOST_FRAMES = 60; // of a shot, spread evenly
  const span = (one) => `${FA.clock(one.shot[0], true)} – ${FA.clock(one.shot[1], true)}`;
  const nameOf = (one) => (one.shot ? `${one.name}, ${span(one)}` : one.name);

  /* All frames of a shot, or some of a long one. */
  function framesOf(one) {
    const shown = Math.min(MOST_FRAMES, one.count);
    return Array.from({ length: shown }, (_, k) => one.first + Math.floor((k * one.count) / shown));
  }

  /* Three frames stand for a shot; a press shows all of them. */
  function allFrames(one, box) {
    if (!one.shot || one.count < 2) return null;
    let all = false;
    const button = FA.button("", `All ${FA.count(one.count, "frame")}`, () => {
      all = !all;
      box.classList.toggle("fa-dup-all", all);
      FA.fill(box, thumbs(one, all ? framesOf(one) : one.frames));
      button.setAttribute("aria-pressed", String(all));
    }, { class: "fa-button fa-quiet fa-all-frames", "aria-pressed": "false", "aria-label": `All ${FA.count(one.count, "frame")} of ${nameOf(one)}` });
    return button;
  }

  const thumbs = (one, frames) =>
    [...new Set(frames)].map((frame, k) =>
      FA.h(
        "button",
        {
          type: "button",
          class: "fa-thumb",
          title: "Open the frame",
          "aria-label": `Open frame ${k + 1} of ${nameOf(one)}`,
          onclick: () => FA.openFrame(frame),
        },
        FA.h("img", { src: FA.api.picture(frame, 192), alt: "", loading: "lazy" }),
      ),
    );

  function member(group, one, best, act) {
    const some = group.some((other) => other.kept);
    const word = one.kept ? "Kept" : some ? (one.gone ? "Gone" : "To spare") : "";
    const pictures = FA.h("div", { class: "fa-dup-pictures" }, thumbs(one, one.frames));
    return FA.h(
      "article",
      { class: "fa-dup" + (one.kept ? " fa-kept" : some ? " fa-spare" : ""), "aria-label": nameOf(one) },
      pictures,
      FA.h("h3", {}, FA.named(one.name), word ? FA.h("b", { class: "fa-word" }, word) : null),
      FA.h("p", { class: "fa-path", title: one.folder }, one.shot ? span(one) : one.folder),
      facts(one, best),
      FA.h(
        "div",
        { class: "fa-row" },
        one.shot
          ? allFrames(one, pictures)
          : FA.button("", "Keep this one", () => act.keep(one), {
              "aria-pressed": String(one.kept),
              "aria-label": `Keep ${nameOf(one)}`,
              class: "fa-button fa-keep",
            }),
        FA.button("", "Not the same", () => act.notSame(group, one), {
          "aria-label": `${nameOf(one)} is not the same as the others`,
          class: "fa-button fa-quiet fa-not-same",
        }),
      ),
    );
  }

  /**
   * A group's section.
   * @param {any[]} group its members
   * @param {number} number from 1
   * @param {{keep: (one: any) => void, notSame: (group: any[], one: any) => void}} act
   */
  FA.duplicateCard = function (group, number, act) {
    const best = winners(group);
    const what = group[0].photo ? "photo" : group[0].shot ? "shot" : "video";
    return FA.h(
      "section",
      { class: "fa-dup-group", "aria-label": `Group ${number}` },
      FA.h("h2", {}, `${FA.count(group.length, what)}, ${Math.min(...group.map((one) => one.distance)).toFixed(3)} apart`),
      FA.h("div", { class: "fa-dup-row", tabIndex: group.length > 2 ? 0 : null, role: "group" }, group.map((one) => member(group, one, best, act))),
    );
  };

  FA.fileSize = size;
  FA.duplicateName = nameOf;
})((window.FrameAtlas = window.FrameAtlas || {}));
