/* Where nothing is seen, the page says why and what to do: a filter without hits, a hole of the map, a click beside. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let note = null;

  const unfilter = () => FA.state.set(FA.state.unfiltered(), true);

  async function nearest(x, y) {
    const query = FA.api.query(FA.state.filter());
    return FA.api.json(`/api/near/${FA.atlas.map}?x=${x}&y=${y}${query ? "&" + query : ""}`);
  }

  async function goNear() {
    const { x, y } = FA.map.seen();
    const found = await nearest(x, y).catch(FA.api.complain);
    if (found && found.place && !note.hidden) FA.map.fly(...found.place, null);
  }

  function show(facts) {
    const filtered = FA.state.filtered();
    const none = facts.total === 0 && filtered;
    const hole = !none && facts.inside === 0 && facts.total > 0;
    note.hidden = !none && !hole;
    if (none) {
      FA.fill(
        note,
        FA.h("b", {}, "No frame matches"),
        FA.h("p", {}, "None of the frames is of all that the filter asks for."),
        FA.button("clear", "Clear filters", unfilter, { class: "fa-button fa-main", id: "fa-clear-filters" }),
      );
    } else if (hole) {
      FA.fill(
        note,
        FA.h("b", {}, "Nothing is here"),
        FA.button("target", "To the nearest frames", goNear, { class: "fa-button fa-main", id: "fa-nearest" }),
        FA.button("whole", "The whole map", () => FA.map.whole(), { class: "fa-button" }),
      );
    }
    if (hole && facts.zoomed) goNear(); // whoever zooms in wants to see something
    if (none) FA.say("No frame matches");
  }

  /* A click beside the pictures: what it could have done, and where the nearest one is. */
  async function beside([x, y]) {
    const found = await nearest(x, y).catch(FA.api.complain);
    if (!found || !found.place) return FA.toast("No frame is here: no frame matches the filter.");
    FA.toast("No picture is here. Click one to open it, drag to move, turn the wheel to zoom.", false, [
      FA.button("target", "Nearest frame", () => FA.openFrame(found.frame), { class: "fa-button fa-quiet" }),
    ]);
  }

  FA.empty = { beside, nearest };

  FA.part("overlay", () => {
    note = FA.h("div", { class: "fa-empty", role: "status", hidden: true });
    FA.byId("fa-over").append(note);
    FA.view.on(show);
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
