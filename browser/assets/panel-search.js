/* Search: by a picture that is dropped or chosen, by names of files and folders, by a time within a video. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const LARGEST = 20 * 1024 * 1024; // bytes; the server refuses more
  let results = null;
  let progress = null;
  let shown = ""; // id of the search by picture whose hits are listed

  function fill(box) {
    if (box.firstChild) return;
    const input = FA.h("input", {
      type: "file",
      accept: "image/*",
      class: "fa-off",
      id: "fa-file",
      tabIndex: -1,
      "aria-hidden": "true",
      onchange: () => input.files[0] && byImage(input.files[0]),
    });
    const able = FA.atlas.tools.includes("describe_image");
    progress = FA.h(
      "div",
      { class: "fa-progress", role: "progressbar", "aria-label": "Search", hidden: true },
      FA.h("i", {}),
    );
    results = FA.h("div", { id: "fa-results", "aria-live": "polite" });
    const zone = FA.h(
      "button",
      { type: "button", class: "fa-drop", disabled: !able, onclick: () => input.click(), id: "fa-drop" },
      FA.icon("upload"),
      FA.h("b", {}, able ? "Drop a picture here" : "Search by picture is not available"),
      FA.h(
        "span",
        {},
        able
          ? "or choose one: it is described by the same network as your videos, on this machine"
          : "It was started without the describing network.",
      ),
    );
    FA.fill(
      box,
      FA.heading("By picture"),
      zone,
      input,
      progress,
      FA.heading("By name or time"),
      FA.h(
        "p",
        { class: "fa-note" },
        "Type into the search box at the top: part of a file or folder name, or a name and a time, such as ",
        FA.h("code", {}, "holiday@1:20"),
        ".",
      ),
      results,
    );
  }

  async function byImage(file) {
    FA.drawer.open("search");
    fill(FA.drawer.section("search"));
    if (!FA.atlas.tools.includes("describe_image"))
      return FA.toast("Search by picture is not available here.", true);
    if (file.size > LARGEST) return FA.toast("Expected a picture of at most 20 MB.", true);
    const preview = FA.h("img", {
      class: "fa-large fa-query",
      alt: "The picture that you search with",
      src: URL.createObjectURL(file),
    });
    const note = FA.h("p", { class: "fa-note" }, "Describing the picture…");
    FA.fill(results, preview, note);
    bar(0.02);
    try {
      const { job } = await FA.api.sendFile("/api/image", file);
      const done = await FA.api.job(job, (state) => {
        bar(Math.max(0.05, state.share || 0));
        if (state.text) note.textContent = state.text;
      });
      shown = job;
      FA.state.set({ q: job }, true);
      found(done.result, preview);
    } catch (error) {
      FA.fill(results, preview, FA.h("p", { class: "fa-note fa-bad" }, error.message));
      FA.say(error.message);
    } finally {
      progress.hidden = true;
    }
  }

  /* The hits of a search by picture that the address names; the picture itself is not kept. */
  async function again({ q }) {
    if (q === shown) return;
    shown = q;
    if (!q) return;
    FA.drawer.open("search");
    fill(FA.drawer.section("search"));
    try {
      const { result } = await FA.api.job(q);
      if (q !== shown) return;
      if (result.map !== FA.atlas.map) throw new Error("This search by picture was on another map; drop the picture again.");
      found(result, null);
    } catch (error) {
      if (q !== shown) return;
      const gone = "This search by picture is not kept any more: the server was started anew. Drop the picture again.";
      FA.fill(results, FA.h("p", { class: "fa-note fa-bad" }, error.status === 404 ? gone : error.message));
    }
  }

  function bar(share) {
    progress.hidden = false;
    progress.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    progress.firstChild.style.width = 100 * share + "%";
  }

  function found(result, preview) {
    const hits = (result.nearest || []).map((one, k) => ({ ...one, rank: k + 1 }));
    const place = result.place || (hits[0] && hits[0].place);
    FA.marks.setHits([...hits, ...(result.place ? [{ place: result.place, query: true }] : [])]);
    if (!FA.overlays.on("hits")) FA.overlays.toggle("hits", true);
    FA.fill(
      results,
      preview,
      FA.heading(
        "Most alike",
        FA.button("target", "Fly to its place", () => place && FA.map.fly(...place, null), {
          class: "fa-button fa-quiet",
        }),
      ),
      FA.gallery(hits, "Frames most like the picture"),
    );
    if (place && preview) FA.map.fly(...place, Math.max(2, FA.atlas.deepest - 3));
    FA.say(FA.count(hits.length, "frame") + " found");
  }

  /* "name@1:20" opens that moment; anything else lists the videos and folders that match. */
  async function byText(text) {
    const typed = text.trim();
    if (!typed) return;
    FA.drawer.open("search");
    fill(FA.drawer.section("search"));
    shown = "";
    FA.state.set({ q: "" });
    const cut = typed.lastIndexOf("@");
    const seconds = cut >= 0 ? FA.seconds(typed.slice(cut + 1)) : null;
    const name = seconds === null ? typed : typed.slice(0, cut);
    try {
      const answer = await FA.api.newest("find", "/api/find?text=" + encodeURIComponent(name));
      if (!answer) return;
      const list = answer.sources.filter((one) => one.frames);
      if (seconds !== null && list.length) return moment(list[0], seconds);
      listSources(list, name);
    } catch (error) {
      FA.fill(results, FA.h("p", { class: "fa-note fa-bad" }, error.message));
    }
  }

  async function moment(source, seconds) {
    const found = await FA.api.json(`/api/moment/${source.n}?seconds=${seconds}`);
    FA.openFrame(found.frame);
    FA.map.fly(...found.place, Math.max(FA.map.leaflet.getZoom(), FA.atlas.deepest - 2));
  }

  function listSources(list, text) {
    FA.say(FA.count(list.length, "video") + " found");
    if (!list.length)
      return FA.fill(results, FA.h("p", { class: "fa-note" }, `Nothing is named like “${text}”.`));
    return FA.fill(
      results,
      FA.heading(
        FA.count(list.length, "match", "matches"),
        FA.button("filter", "Only these", () => FA.state.set({ v: list.map((s) => s.n) }, true), {
          class: "fa-button fa-quiet",
        }),
      ),
      FA.h(
        "ul",
        { class: "fa-list" },
        list
          .slice(0, 200)
          .map((one) =>
            FA.h(
              "li",
              {},
              FA.h("img", {
                src: FA.api.picture(one.first + Math.floor(one.frames / 2), 96),
                alt: "",
                loading: "lazy",
              }),
              FA.h(
                "button",
                { type: "button", class: "fa-link fa-grow", onclick: () => visit(one) },
                one.name,
              ),
              FA.h("small", {}, FA.atlas.folders[one.folder] || ""),
            ),
          ),
      ),
    );
  }

  /* Fly to the middle of a video and show its way. */
  async function visit(source) {
    FA.openVideo(source.n);
    const path = await FA.api.path(source.n);
    const n = path.length / 3;
    let [x0, y0, x1, y1] = [1, 1, -1, -1];
    for (let i = 0; i < n; i++) {
      x0 = Math.min(x0, path[3 * i]);
      x1 = Math.max(x1, path[3 * i]);
      y0 = Math.min(y0, path[3 * i + 1]);
      y1 = Math.max(y1, path[3 * i + 1]);
    }
    const side = Math.max(x1 - x0, y1 - y0, 0.05);
    FA.map.fly((x0 + x1) / 2, (y0 + y1) / 2, FA.map.wholeZoom() + Math.log2(2 / side) - 0.5);
  }

  function watchDrops() {
    const veil = FA.h(
      "div",
      { class: "fa-veil", hidden: true },
      "Drop the picture to find its place on the map",
    );
    FA.byId("fa-over").append(veil);
    let depth = 0;
    const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    addEventListener("dragenter", (event) => {
      if (files(event)) {
        depth += 1;
        veil.hidden = false;
      }
    });
    addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      if (!depth) veil.hidden = true;
    });
    addEventListener("dragover", (event) => {
      if (files(event)) event.preventDefault();
    });
    addEventListener("drop", (event) => {
      depth = 0;
      veil.hidden = true;
      if (!files(event)) return;
      event.preventDefault();
      const file = [...event.dataTransfer.files].find((one) => one.type.startsWith("image/"));
      if (file) byImage(file);
      else FA.toast("Expected a picture.", true);
    });
    addEventListener("paste", (event) => {
      const file = [...(event.clipboardData ? event.clipboardData.files : [])].find((one) =>
        one.type.startsWith("image/"),
      );
      if (file) byImage(file);
    });
  }

  FA.search = {
    byText,
    byImage,
    begin() {
      FA.drawer.fill("search", fill);
      watchDrops();
      FA.state.on(["q"], again);
      again(FA.state.value);
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
