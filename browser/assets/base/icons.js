/* Icons as one path each, 24 by 24, drawn in the colour of the text. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = {
    close: "M5 5l14 14M19 5L5 19",
    search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20",
    layers: "M12 4l9 5-9 5-9-5zM3 14l9 5 9-5",
    frame: "M3 6h18v12H3zM3 15l5-4 4 3 4-4 5 5",
    video: "M3 6h13v12H3zM16 10l5-3v10l-5-3",
    select: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M9 12h6M12 9v6",
    calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8 14h2M14 14h2",
    twins: "M4 5h10v10H4zM10 15v4h10V9h-6",
    chart: "M4 20V4M4 20h16M8 16v-4M12 16V7M16 16v-6",
    poster: "M4 4h16v16H4zM4 12h16M12 4v16",
    sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
    help: "M9 9a3 3 0 1 1 4.5 2.6c-.9.5-1.5 1.2-1.5 2.4M12 17.5v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
    play: "M7 4l13 8-13 8z",
    pause: "M8 5v14M16 5v14",
    back: "M15 5l-7 7 7 7",
    next: "M9 5l7 7-7 7",
    link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
    copy: "M9 9h11v11H9zM5 15H4V4h11v1",
    target: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 2v5M12 17v5M2 12h5M17 12h5",
    lasso:
      "M7 15c-3-1-4-3-4-5 0-3.5 4-6 9-6s9 2.5 9 6-4 6-9 6c-1.5 0-3-.2-4-.6M7 15a2 2 0 1 0 1 3.7C8 20 7 21 5 21",
    rectangle: "M4 6h16v12H4z",
    download: "M12 4v11M7 11l5 5 5-5M4 20h16",
    edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
    plus: "M12 5v14M5 12h14",
    minus: "M5 12h14",
    upload: "M12 20V8M7 12l5-5 5 5M4 4h16",
    filter: "M4 6h16M7 12h10M10 18h4",
    players:
      "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M15.5 4.3a3.5 3.5 0 0 1 0 6.4M17.5 14.4c2.2.8 3.6 2.7 4 5.6",
    undo: "M8 9H4V5M4.4 9a8 8 0 1 1-.3 5",
    clear: "M5 5l14 14M19 5L5 19",
    folder: "M3 7h6l2 2h10v10H3z",
    fold: "M6 9l6 6 6-6",
    more: "M5 12h.01M12 12h.01M19 12h.01",
    warn: "M12 4l9 16H3zM12 10v4M12 17v.5",
  };

  FA.icon = function (name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", "fa-icon");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
