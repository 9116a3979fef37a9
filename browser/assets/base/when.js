/* Which video a frame is of, and when in it, as it is shown. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  /* The source of a frame: the last one that begins at or before it. */
  function sourceOf(frame) {
    const { sources } = FA.atlas;
    let low = 0;
    let high = sources.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (sources[middle].first <= frame) low = middle;
      else high = middle - 1;
    }
    while (low > 0 && !sources[low].frames) low--;
    return sources[low];
  }

  /* When a frame is: a time, or for photos the name of the file. */
  function text(one, short) {
    const source = FA.atlas.sources.find((s) => s.n === one.source);
    if (source && source.kind === "photos") return one.photo || one.time || "photo " + (one.seconds + 1);
    return FA.clock(one.seconds === undefined ? FA.seconds(one.time) : one.seconds, short);
  }

  /* About when a frame is: frames of a video are evenly apart. */
  function momentOf(frame) {
    const source = sourceOf(frame);
    return {
      frame,
      source: source.n,
      name: source.name,
      seconds: (frame - source.first) / (source.kind === "photos" ? 1 : FA.atlas.fps),
    };
  }

  FA.when = { sourceOf, text, momentOf };
})((window.FrameAtlas = window.FrameAtlas || {}));
