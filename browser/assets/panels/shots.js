/* The shots of a video: a strip as long as the film, and how long they are. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const STEPS = [0.5, 1, 2, 4, 8, 16, 32, 64]; // seconds; a last bar holds what is longer
  let again = () => {}; // fills what is shown of a video's shots
  const HOW = { start: "the beginning", cut: "a cut", fade: "a fade", dissolve: "a dissolve" };

  const ask = (n) => FA.api.kept(`shots${n} ${FA.state.value.shots}`, () => FA.api.json("/api/shots/" + n));

  function strip(shots) {
    const begin = shots[0].begin;
    const length = Math.max(0.001, shots[shots.length - 1].until - begin);
    return FA.h(
      "div",
      { class: "fa-shots", id: "fa-shots", role: "group", "aria-label": "Shots" },
      shots.map((one, n) => {
        const label = `Shot ${n + 1} from ${FA.clock(one.begin)}, ${(one.until - one.begin).toFixed(1)} s, after ${HOW[one.beginning]}`;
        return FA.h("button", {
          type: "button",
          title: label,
          "aria-label": label,
          disabled: one.frame === null,
          style: { left: (100 * (one.begin - begin)) / length + "%", width: (100 * (one.until - one.begin)) / length + "%" },
          onclick: () => FA.openFrame(one.frame),
        });
      }),
    );
  }

  /* How many shots are up to half a second long, a second, two, and so on. */
  function lengths(shots) {
    const counts = [...STEPS, Infinity].map(() => 0);
    for (const one of shots) counts[STEPS.filter((step) => one.until - one.begin > step).length] += 1;
    const most = Math.max(1, ...counts);
    return FA.h(
      "div",
      { class: "fa-time-line fa-lengths", role: "img", "aria-label": "Lengths of shots" },
      counts.map((count, n) =>
        FA.h("i", {
          title: `${n < STEPS.length ? "up to " + STEPS[n] : "over " + STEPS[n - 1]} s: ${FA.count(count, "shot")}`,
          style: { height: (count ? 8 + (92 * count) / most : 2) + "%" },
        }),
      ),
    );
  }

  function median(shots) {
    const sorted = shots.map((one) => one.until - one.begin).sort((a, b) => a - b);
    const half = Math.floor(sorted.length / 2);
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /* Filled when the server has said where the shots are; empty where nobody looked for them. */
  function section(main) {
    const box = FA.h("section", { "aria-label": "Shots of " + main.name });
    again = () => {};
    if (main.kind === "photos") return box;
    again = () => box.isConnected && fill(main, box);
    fill(main, box);
    return box;
  }

  function fill(main, box) {
    ask(main.n).then(
      (shots) =>
        shots.length &&
        FA.fill(
          box,
          FA.heading(`${FA.count(shots.length, "shot")}, ${median(shots).toFixed(1)} s at the median`),
          strip(shots),
          shots.length > 5 ? lengths(shots) : null,
        ),
      (error) => FA.fill(box, FA.note(error.message, true)),
    );
  }

  /* Shots of other videos that are most like one of this one; empty where none are known. */
  function alike(main) {
    const box = FA.h("section", { "aria-label": "Shots like those of " + main.name });
    if (main.kind === "photos" || !FA.state.value.shots) return box;
    const asked = FA.api.kept(`alike${main.n} ${FA.state.value.shots}`, () => FA.api.json(`/api/similar/${main.n}?per=shot&count=6`));
    FA.waiting(asked, box, "Comparing its shots with those of all videos…").then(
      (found) =>
        FA.fill(
          box,
          found.length ? [FA.heading("Shots most alike"), FA.h("ul", { class: "fa-list", id: "fa-alike-shots" }, found.map(row)), cuts(main, found)] : null,
        ),
      (error) => FA.fill(box, FA.note(error.message, true)),
    );
    return box;
  }

  function row(one) {
    const span = `${FA.clock(one.begin, true)} – ${FA.clock(one.until, true)}`;
    const beside = one.of === null ? "" : `like this video's shot at ${FA.clock(one.of, true)}`;
    return FA.h(
      "li",
      { title: beside },
      FA.h("img", { src: FA.api.picture(one.frame, 96), alt: "", loading: "lazy" }),
      FA.h("button", { type: "button", class: "fa-link fa-grow", onclick: () => FA.openFrame(one.frame) }, `${one.name}, ${span}`),
    );
  }

  const cuts = (main, found) =>
    FA.cuts.of(() => ({ frames: found.map((one) => one.frame) }), "fa-alike-shots-", true, "Shots like those of " + main.name);

  /* Another process has found shots: what shows them asks anew. */
  const heard = (revision) => FA.state.set({ shots: revision || "" });

  FA.part("panel", () => {
    FA.state.add("shots", FA.atlas.shots || "");
    FA.state.on(["shots"], () => again());
  });

  FA.shots = { section, alike, heard, known: () => Boolean(FA.state.value.shots) };
})((window.FrameAtlas = window.FrameAtlas || {}));
