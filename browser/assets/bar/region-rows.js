/* The regions in a menu: each with its picture, its name and its number of frames; a pencil names it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  function row(region, lead, again) {
    const name = FA.h("span", { class: "fa-region-name" }, region.title);
    const count = FA.h("small", {}, FA.number(region.frames));
    const pencil = FA.iconButton(
      "edit",
      (region.name ? "Rename " : "Name ") + region.title,
      (event) => {
        event.preventDefault();
        pencil.remove();
        FA.clusters.field(region, name, async (text) => {
          if (text !== null && text.trim() !== region.name) await FA.clusters.rename(region, text);
          again();
        });
      },
      { class: "fa-button fa-only-icon fa-tiny" },
    );
    const picture = FA.h("img", { src: FA.api.picture(region.frame, 96), alt: "", loading: "lazy" });
    return FA.h("div", { class: "fa-region", title: FA.count(region.frames, "frame") }, lead(picture, name, count), pencil);
  }

  /**
   * Rows of a menu.
   * @param {any[]} regions of all levels
   * @param {() => number[]} chosen numbers of those of the coarsest level that are filtered by
   * @param {(n: number, yes: boolean) => void} change
   * @param {() => void} again draws the menu anew
   */
  FA.regionRows = function (regions, chosen, change, again) {
    const coarse = regions.filter((one) => one.level === 0 && one.n >= 0);
    const others = regions.filter((one) => one.name && !coarse.includes(one));
    const choice = (region) =>
      row(
        region,
        (...parts) => {
          const box = FA.h("input", {
            type: "checkbox",
            checked: chosen().includes(region.n),
            "aria-label": region.title,
            onchange: () => change(region.n, box.checked),
          });
          return FA.h("label", {}, box, parts);
        },
        again,
      );
    const place = (region) =>
      row(
        region,
        (...parts) =>
          FA.h(
            "button",
            { type: "button", class: "fa-button fa-quiet", onclick: () => FA.map.fly(...region.place, FA.map.leaflet.getZoom() + 1.5) },
            parts,
          ),
        again,
      );
    return [
      FA.h("div", { class: "fa-choices", role: "group", "aria-label": "Only these groups" }, coarse.map(choice)),
      others.length
        ? [
            FA.h("p", { class: "fa-note" }, "Smaller places that have a name"),
            FA.h("div", { class: "fa-choices", role: "group", "aria-label": "Named places" }, others.map(place)),
          ]
        : null,
    ];
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
