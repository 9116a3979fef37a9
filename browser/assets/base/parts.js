/* The parts of the page. Each file registers what it adds; nothing here knows any of them by name.

   FA.panel({name, title, icon, rank, fill, …}): a tab of the drawer
   FA.overlay({name, depth, paint, title, …}): painted over the pictures, switched on and off where it has a title
   FA.part(phase, begin): anything else that begins when the atlas is known */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const PHASES = ["map", "bar", "canvas", "overlay", "panel", "last"]; // the order in which parts begin
  const parts = Object.fromEntries(PHASES.map((phase) => [phase, []]));
  const panels = [];
  const overlays = [];

  const by = (key) => (a, b) => a[key] - b[key];
  const there = (one) => !one.there || one.there();

  /**
   * Have something begin with the page.
   * @param {string} phase one of PHASES
   * @param {() => void} begin called once, when FA.atlas is known
   */
  FA.part = (phase, begin) => void parts[phase].push(begin);

  /**
   * A panel of the drawer.
   * @param {object} panel
   * @param {string} panel.name as in the address
   * @param {string} panel.title as people read it
   * @param {string} panel.icon of icons.js
   * @param {number} panel.rank its place among the tabs, which is its key too
   * @param {(box: HTMLElement, changed?: string[]) => void} panel.fill fills it when it is shown or what it depends on has changed
   * @param {string[]} [panel.on] names of the state that it depends on, beside the filter
   * @param {boolean} [panel.wide] takes more of the window
   * @param {() => boolean} [panel.there] whether this atlas has it
   */
  FA.panel = (panel) => {
    panels.push(panel);
    panels.sort(by("rank"));
  };

  /**
   * An overlay.
   * @param {object} overlay
   * @param {string} overlay.name as in the address
   * @param {number} overlay.depth from below
   * @param {(context: CanvasRenderingContext2D, at: any, size: any) => void} [overlay.paint]
   * @param {string} [overlay.title] where people may switch it
   * @param {string} [overlay.hint]
   * @param {number} [overlay.rank] its place in the menu
   * @param {boolean} [overlay.first] on from the beginning
   */
  FA.overlay = (overlay) => {
    overlays.push(overlay);
    overlays.sort(by("depth"));
  };

  FA.parts = {
    panels: () => panels.filter(there),
    panel: (name) => panels.find((one) => one.name === name && there(one)),
    overlays: () => overlays,
    switches: () => overlays.filter((one) => one.title).sort(by("rank")),
    begin: () => PHASES.forEach((phase) => parts[phase].forEach((begin) => begin())),
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
