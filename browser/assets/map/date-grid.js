/* Rows of thumbnails under headings, of which only those in sight are in the page: a hundred thousand frames scroll
   like a hundred. Arrows go from picture to picture, Home and End to the first and the last.

   FA.dateGrid({box, thumb, heading}) → {set(groups, frames), show(group), resized()} */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const HEAD = 44; // pixels of a heading
  const GAP = 4;
  const BEYOND = 300; // pixels drawn above and below what is seen
  const HIGH = 72; // pixels of a thumbnail, and on a narrow screen
  const LOW = 56;
  const WIDEST = 2.4; // times its height

  function measures(width) {
    const high = FA.narrow() ? LOW : HIGH;
    const [w, h] = FA.atlas.cell;
    const wide = Math.round(high * Math.min(WIDEST, Math.max(0.5, w / h)));
    return { high, wide, columns: Math.max(1, Math.floor((width + GAP) / (wide + GAP))) };
  }

  FA.dateGrid = function ({ box, thumb, heading, at }) {
    const inner = FA.h("div", { class: "fa-date-inner" });
    box.append(inner);
    let groups = []; // {label, count, first, top}
    let frames = [];
    let size = { high: HIGH, wide: 128, columns: 1 };
    let rows = new Map(); // "group:row" → its element
    let current = 0; // place in frames of the picture that has the focus when the grid gets it

    const place = (n, top, element) => {
      element.style.top = top + "px";
      rows.set(n, element);
      inner.append(element);
    };

    function layOut() {
      size = measures(inner.clientWidth || box.clientWidth);
      let [top, first] = [0, 0];
      for (const one of groups) {
        Object.assign(one, { top, first });
        first += one.count;
        top += HEAD + Math.ceil(one.count / size.columns) * (size.high + GAP) + GAP;
      }
      inner.style.height = top + "px";
    }

    /* The last group that begins above a height. */
    function groupAt(y) {
      let [low, high] = [0, groups.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (groups[middle].top <= y) low = middle;
        else high = middle - 1;
      }
      return low;
    }

    function draw() {
      if (!groups.length) return void (inner.replaceChildren(), rows.clear());
      const [from, to] = [box.scrollTop - BEYOND, box.scrollTop + box.clientHeight + BEYOND];
      const wanted = new Set();
      for (let g = groupAt(Math.max(0, from)); g < groups.length && groups[g].top < to; g++) {
        const one = groups[g];
        if (one.top + HEAD > from) keep(wanted, g + ":", one.top, () => FA.h("div", { class: "fa-date-head" }, heading(one)));
        const count = Math.ceil(one.count / size.columns);
        const step = size.high + GAP;
        const begin = Math.max(0, Math.floor((from - one.top - HEAD) / step));
        const end = Math.min(count, Math.ceil((to - one.top - HEAD) / step));
        for (let r = begin; r < end; r++) keep(wanted, g + ":" + r, one.top + HEAD + r * step, () => row(one, r));
      }
      for (const [key, element] of rows) {
        if (wanted.has(key)) continue;
        element.remove();
        rows.delete(key);
      }
      if (at) at(groups[groupAt(box.scrollTop + 1)]);
    }

    function keep(wanted, key, top, make) {
      wanted.add(key);
      if (!rows.has(key)) place(key, top, make());
    }

    function row(one, r) {
      const first = one.first + r * size.columns;
      const last = Math.min(first + size.columns, one.first + one.count);
      const cells = [];
      for (let n = first; n < last; n++) {
        const button = thumb(frames[n], one);
        button.dataset.n = String(n);
        button.tabIndex = n === current ? 0 : -1;
        button.style.width = size.wide + "px";
        button.style.height = size.high + "px";
        cells.push(button);
      }
      return FA.h("div", { class: "fa-date-row" }, cells);
    }

    const groupOf = (n) => {
      let [low, high] = [0, groups.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (groups[middle].first <= n) low = middle;
        else high = middle - 1;
      }
      return groups[low];
    };

    const topOf = (n) => {
      const one = groupOf(n);
      return one.top + HEAD + Math.floor((n - one.first) / size.columns) * (size.high + GAP);
    };

    /* Give a picture the focus, in sight. */
    function focus(n) {
      const before = inner.querySelector(`[data-n="${current}"]`);
      if (before) before.tabIndex = -1;
      current = n;
      const top = topOf(n);
      if (top < box.scrollTop + HEAD) box.scrollTop = top - HEAD;
      else if (top + size.high > box.scrollTop + box.clientHeight) box.scrollTop = top + size.high - box.clientHeight + GAP;
      draw();
      const now = inner.querySelector(`[data-n="${n}"]`);
      if (!now) return;
      now.tabIndex = 0;
      now.focus({ preventScroll: true });
    }

    /* One row up or down: into the next group where this one ends, as nearly below as there is a picture. */
    function vertical(n, by) {
      const one = groupOf(n);
      const to = n + by * size.columns;
      if (to >= one.first && to < one.first + one.count) return to;
      const column = (n - one.first) % size.columns;
      const other = groups[groups.indexOf(one) + by];
      const inside = n - one.first;
      const lastRow = Math.floor((one.count - 1) / size.columns);
      if (by > 0 && Math.floor(inside / size.columns) < lastRow) return one.first + one.count - 1;
      if (!other) return n;
      const start = by > 0 ? 0 : Math.floor((other.count - 1) / size.columns) * size.columns;
      return other.first + Math.min(other.count - 1, start + column);
    }

    inner.addEventListener("keydown", (event) => {
      const n = event.target instanceof HTMLElement ? Number(event.target.dataset.n) : NaN;
      if (!Number.isInteger(n) || event.ctrlKey || event.altKey || event.metaKey) return;
      const to = {
        ArrowLeft: () => n - 1,
        ArrowRight: () => n + 1,
        ArrowUp: () => vertical(n, -1),
        ArrowDown: () => vertical(n, 1),
        Home: () => 0,
        End: () => frames.length - 1,
      }[event.key];
      if (!to) return;
      event.preventDefault();
      focus(Math.max(0, Math.min(frames.length - 1, to())));
    });
    box.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });

    function again() {
      inner.replaceChildren();
      rows = new Map();
      layOut();
      draw();
    }

    return {
      set(newGroups, newFrames) {
        groups = newGroups;
        frames = newFrames;
        current = 0;
        box.scrollTop = 0;
        again();
      },
      show(group) {
        box.scrollTop = groups[group].top;
        draw();
      },
      /* The window has another width: the picture at the top stays there. */
      resized() {
        if (!groups.length) return;
        const one = groups[groupAt(box.scrollTop + 1)];
        const n = one.first + Math.max(0, Math.floor((box.scrollTop - one.top - HEAD) / (size.high + GAP))) * size.columns;
        again();
        if (n) box.scrollTop = topOf(Math.min(n, frames.length - 1)) - HEAD;
        draw();
      },
    };
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
