/* Small menus below a button: one at a time, closed by Escape or a press elsewhere. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let menu = null; // the open popover and its button

  function popover(button, make) {
    const same = menu && menu.button === button;
    shut();
    if (same) return;
    const box = FA.h("div", {
      class: "fa-menu",
      role: "dialog",
      "aria-label": button.getAttribute("aria-label") || button.textContent,
    });
    document.body.append(box); // above the drawer
    FA.fill(box, make(box));
    const at = button.getBoundingClientRect();
    box.style.left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8)) + "px";
    box.style.top = at.bottom + 8 + "px";
    button.setAttribute("aria-expanded", "true");
    menu = { box, button };
    const first = box.querySelector("input, button, select");
    if (first) first.focus({ preventScroll: true });
  }

  function shut() {
    if (!menu) return false;
    menu.box.remove();
    menu.button.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body) menu.button.focus({ preventScroll: true });
    menu = null;
    return true;
  }

  /* A list of switches, with a box that narrows it where it is long. */
  function choices(rows, chosen, change) {
    const list = FA.h("div", { class: "fa-choices" });
    const draw = (text) =>
      FA.fill(
        list,
        rows
          .filter(([, name]) => name.toLowerCase().includes(text))
          .slice(0, 300)
          .map(([value, name, hint]) => {
            const box = FA.h("input", {
              type: "checkbox",
              checked: chosen().includes(value),
              onchange: () => change(value, box.checked),
            });
            return FA.h("label", { title: hint || name }, box, FA.h("span", {}, name));
          }),
      );
    draw("");
    const find =
      rows.length > 9
        ? FA.h("input", {
            type: "search",
            class: "fa-input",
            placeholder: "Narrow the list",
            "aria-label": "Narrow the list",
            oninput: () => draw(find.value.toLowerCase()),
          })
        : null;
    return [find, list];
  }

  const radio = (name, rows, chosen, change) =>
    FA.h(
      "div",
      { class: "fa-choices" },
      rows.map(([one, text]) =>
        FA.h(
          "label",
          {},
          FA.h("input", { type: "radio", name, checked: chosen === one, onchange: () => change(one) }),
          FA.h("span", {}, text),
        ),
      ),
    );

  FA.popover = {
    open: popover,
    shut,
    choices,
    radio,
    button: () => menu && menu.button,
    /* The button was drawn anew while its menu is open. */
    moveTo(button) {
      menu.button = button;
      button.setAttribute("aria-expanded", "true");
    },
  };

  FA.part("bar", () => {
    addEventListener(
      "pointerdown",
      (event) => {
        if (menu && !menu.box.contains(event.target) && !menu.button.contains(event.target)) shut();
      },
      true,
    );
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
