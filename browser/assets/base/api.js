/* What the page asks the server. Answers are small JSON or little-endian binary columns. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const GUARD = { "X-Frameatlas": "1" };
  const waiting = {};

  async function answer(url, options) {
    const response = await fetch(url, { credentials: "same-origin", ...options }).catch((error) => {
      if (error.name === "AbortError") throw error;
      FA.connection.failed();
      const lost = new Error("The server does not answer; this is asked again when it does.");
      throw Object.assign(lost, { lost: true });
    });
    if (response.ok) return response;
    let text = response.statusText || "The server answered " + response.status;
    try {
      text = (await response.json()).error || text;
    } catch (_) {
      /* no sentence came with it */
    }
    throw Object.assign(new Error(text), { status: response.status });
  }

  /* Frame numbers belong to a map: every question names the one that this page shows. */
  const ofMap = (url) =>
    !FA.atlas || url.includes("map=") ? url : url + (url.includes("?") ? "&" : "?") + "map=" + FA.atlas.map;
  const json = async (url, options) => (await answer(ofMap(url), options)).json();

  /* Only the newest question of one kind is answered: what the pointer left behind is let go. */
  async function newest(kind, url) {
    if (waiting[kind]) waiting[kind].abort();
    const control = new AbortController();
    waiting[kind] = control;
    try {
      return await json(url, { signal: control.signal });
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    } finally {
      if (waiting[kind] === control) delete waiting[kind];
    }
  }

  async function columns(url, Type, options) {
    const response = await answer(url, options);
    const buffer = await response.arrayBuffer();
    const size = Type.BYTES_PER_ELEMENT;
    const values = new Type(buffer.slice(0, buffer.byteLength - (buffer.byteLength % size)));
    return { values, buffer, headers: response.headers };
  }

  const post = (url, body) =>
    answer(ofMap(url), {
      method: "POST",
      headers: { ...GUARD, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  const sendFile = async (url, file) =>
    (
      await answer(ofMap(url), {
        method: "POST",
        headers: { ...GUARD, "Content-Type": file.type || "application/octet-stream" },
        body: file,
      })
    ).json();

  /* Ask about a job until it ends; `progress(job)` hears of every answer. */
  async function job(id, progress) {
    for (let wait = 200; ; wait = Math.min(1500, wait * 1.3)) {
      const state = await json("/api/jobs/" + id).catch((error) => {
        if (error.lost) return { state: "waiting", share: 0, text: "The server does not answer." };
        throw error;
      });
      if (progress) progress(state);
      if (state.state === "done") return state;
      if (state.state === "failed") throw new Error(state.text || "It could not be done.");
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /* The filter as query parameters, "" where there is none. */
  function query(filter) {
    const parts = [];
    if (filter.v.length) parts.push("v=" + filter.v.join(","));
    if (filter.from !== null) parts.push("from=" + filter.from);
    if (filter.to !== null) parts.push("to=" + filter.to);
    if (filter.k.length) parts.push("k=" + filter.k.join(","), "clusters=" + filter.groups);
    if (filter.folder !== null) parts.push("folder=" + filter.folder);
    if (filter.player.length) parts.push("player=" + filter.player.join(","));
    if (filter.team.length) parts.push("team=" + filter.team.join(","));
    if (filter.edit) parts.push("edit=" + filter.edit);
    if (filter.where) parts.push("where=" + encodeURIComponent(filter.where));
    if (filter.where && filter.rev) parts.push("rev=" + filter.rev);
    return parts.join("&");
  }

  const once = new Map();

  /* What went wrong, as a toast; a server that is gone has its banner already. */
  const complain = (error) => {
    if (!error.lost) FA.toast(error.message, true);
  };

  /* Asked once for as long as the page lives: what belongs to one map never changes. */
  function kept(key, ask) {
    if (!once.has(key)) {
      const promise = ask();
      once.set(key, promise);
      promise.catch(() => once.delete(key));
    }
    return once.get(key);
  }

  const map = () => FA.atlas.map;
  const picture = (frame, height) => `/frames/${map()}/${frame}.jpg${height ? "?height=" + height : ""}`;
  const path = (source) =>
    kept("path" + source, async () => (await columns(`/api/path/${map()}/${source}`, Float32Array)).values);

  FA.api = { answer, json, newest, columns, post, sendFile, job, query, kept, picture, path, complain };
})((window.FrameAtlas = window.FrameAtlas || {}));
