/* Bins: the selection, or one frame, into a named one that stays in the atlas. */
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

  FA.bins = { into };
})((window.FrameAtlas = window.FrameAtlas || {}));
