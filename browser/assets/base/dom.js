/* Small pieces of page: elements, icons, times, messages. Names and texts go in as text, never as HTML. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  /* h("p", {class: "x", onclick: f, "aria-label": "y"}, "text", node, [nodes]) */
  FA.h = function (tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === "style") Object.assign(element.style, value);
      else if (typeof value === "function") element.addEventListener(name.slice(2), value);
      else if (name in element && typeof value !== "string") element[name] = value;
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
    return element;
  };

  /* A button with an icon, a text, or both; `label` is what readers hear and the tooltip says. */
  FA.button = function (icon, text, onclick, attributes) {
    return FA.h(
      "button",
      { type: "button", class: "fa-button", onclick, ...attributes },
      icon ? FA.icon(icon) : null,
      text ? FA.h("span", {}, text) : null,
    );
  };

  /* A name that strangers wrote, within a line of ours: it turns nothing around it, and ends in sight. */
  FA.named = (name) => FA.h("bdi", { class: "fa-named" }, name);

  FA.iconButton = function (icon, label, onclick, attributes) {
    return FA.button(icon, "", onclick, {
      "aria-label": label,
      title: label,
      class: "fa-button fa-only-icon",
      ...attributes,
    });
  };

  FA.fill = function (element, ...children) {
    element.replaceChildren(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
    return element;
  };

  FA.byId = (id) => document.getElementById(id);

  /* 83.4 → "1:23.4"; whole seconds without the tenths when `short`. */
  FA.clock = function (seconds, short) {
    const tenths = Math.round(seconds * (short ? 1 : 10)) / (short ? 1 : 10);
    const hours = Math.floor(tenths / 3600);
    const minutes = Math.floor(tenths / 60) % 60;
    const rest = tenths - 60 * Math.floor(tenths / 60);
    const tail = short ? String(Math.round(rest)).padStart(2, "0") : rest.toFixed(1).padStart(4, "0");
    return (hours ? hours + ":" + String(minutes).padStart(2, "0") : minutes) + ":" + tail;
  };

  /* "1:20" or "80.5" → seconds; null where it is neither. */
  FA.seconds = function (text) {
    const parts = String(text).trim().split(":");
    if (parts.length > 3 || !parts.every((p) => /^\d+(\.\d+)?$/.test(p))) return null;
    return parts.reduce((sum, part) => 60 * sum + Number(part), 0);
  };

  /* 1149 → "1,149". Without toLocaleString, which takes 40 ms to find its languages: the first picture waits for it. */
  FA.number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

  FA.count = (n, one, many) => FA.number(n) + " " + (n === 1 ? one : many || one + "s");

  FA.once = function (fn, wait) {
    let timer = 0;
    return (...values) => {
      clearTimeout(timer);
      timer = setTimeout(() => fn(...values), wait);
    };
  };

  FA.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  FA.narrow = () => matchMedia("(max-width: 699px)").matches;

  /* Said to screen readers. */
  FA.say = function (text) {
    const live = FA.byId("fa-live");
    if (live) live.textContent = text;
  };

  /**
   * A short message at the bottom, also said. It stays while it has the pointer or the focus.
   * @param {string} text
   * @param {boolean} [bad]
   * @param {HTMLElement[]} [actions] buttons that go with it
   */
  FA.toast = function (text, bad, actions) {
    const place = FA.byId("fa-toasts");
    if (!place) return;
    const note = FA.h("div", { class: "fa-toast" + (bad ? " fa-bad" : "") }, FA.h("span", {}, text), actions);
    for (const button of note.querySelectorAll("button")) button.addEventListener("click", () => note.remove());
    place.append(note);
    while (place.children.length > 3) place.firstChild.remove();
    const end = () => (note.matches(":hover, :focus-within") ? setTimeout(end, 1000) : note.remove());
    setTimeout(end, bad || actions ? 8000 : 3500);
    FA.say(text);
  };

  FA.copy = async function (text, what) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (_) {
      const area = FA.h("textarea", { value: text, class: "fa-off" });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    FA.toast(what + " copied");
  };

  FA.save = function (blob, name) {
    const link = FA.h("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
