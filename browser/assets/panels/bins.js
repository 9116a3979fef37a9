/* Bins: the selection, or one frame, into a named one that stays in the atlas; and all of them, each with its cut list. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const names = () => {
    const facts = FA.known.facts();
    const column = facts && facts.columns.find((one) => one.name === "bins");
    return column ? column.values.map(([name]) => name) : [];
  };

  async function put(name, selection, done) {
    try {
      const response = await FA.api.post("/api/bins", { do: "add", name, selection });
      FA.known.learn(await response.json());
      FA.toast(`Put into ${name.trim()}.`);
      done();
    } catch (error) {
      FA.api.complain(error);
    }
  }

  /* A field for the bin's name and its button. `selection()` says what goes into it. */
  function into(selection, id) {
    const known = FA.h("datalist", { id: id + "-names" });
    const input = FA.h("input", {
      class: "fa-input",
      placeholder: "Bin",
      "aria-label": "Name of the bin",
      maxLength: 100,
      id,
    });
    input.setAttribute("list", id + "-names");
    const go = () => input.value.trim() && put(input.value, selection(), () => (input.value = ""));
    input.addEventListener("focus", async () => {
      try {
        if (!FA.known.facts()) await FA.known.load();
        FA.fill(
          known,
          names().map((name) => FA.h("option", { value: name })),
        );
      } catch (error) {
        FA.api.complain(error);
      }
    });
    input.addEventListener("keydown", (event) => event.key === "Enter" && go());
    return FA.h("div", { class: "fa-into" }, input, known, FA.button("plus", "Put into bin", go, { id: id + "-put" }));
  }

  const opened = new Set(); // bins whose cut lists are shown
  let again = () => {};

  /* Nothing but this bin on the map. */
  function only(name) {
    const others = FA.state.value.where.filter((text) => !/^\s*bins\s*[=!~]/.test(text));
    FA.state.set({ where: [...others, "bins=" + name], rev: FA.known.facts().revision }, true);
  }

  /* All frames of a bin, whatever else is filtered. */
  const body = (name) => ({ filter: { where: "bins=" + name, rev: FA.known.facts().revision } });

  function row(name, n) {
    const place = FA.h("div", { hidden: !opened.has(name) });
    const fill = () => FA.fill(place, opened.has(name) ? FA.cuts.of(() => body(name), `fa-bin-${n}-`, false, name) : null);
    const fold = FA.button("download", "Cut list", () => {
      if (!opened.delete(name)) opened.add(name);
      place.hidden = !opened.has(name);
      fold.setAttribute("aria-expanded", String(!place.hidden));
      fill();
    }, { class: "fa-button fa-quiet fa-bin-cut", "aria-expanded": String(opened.has(name)), "aria-label": "Cut list of " + name });
    fill();
    return FA.h(
      "li",
      {},
      FA.h(
        "div",
        { class: "fa-heading" },
        FA.h("button", { type: "button", class: "fa-link fa-grow", title: "Only this bin on the map", onclick: () => only(name) }, name),
        fold,
      ),
      place,
    );
  }

  /* All bins, and from each a cut list of whole shots; empty where there are none. */
  function list() {
    const box = FA.h("section", { id: "fa-bins", "aria-label": "Bins" });
    again = () => {
      if (box.isConnected) FA.fill(box, names().length ? [FA.heading("Bins"), FA.h("ul", { class: "fa-bin-list" }, names().map(row))] : null);
    };
    Promise.resolve(FA.known.facts() || FA.known.load()).then(() => again(), (error) => FA.fill(box, FA.note(error.message, true)));
    return box;
  }

  FA.part("panel", () => FA.state.on(["rev"], () => again()));

  FA.bins = { into, list };
})((window.FrameAtlas = window.FrameAtlas || {}));
