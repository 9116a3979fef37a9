/* Search: by a picture that is dropped or chosen, by names of files and folders, by a time within a video. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const LARGEST = 20 * 1024 * 1024; // bytes; the server refuses more
  const GONE = "This search by picture is not kept any more: the server was started anew. Drop the picture again.";
  const pictures = new Map(); // id of a search → address of the picture it was made with
  let results = null;
  let warmed = false;

  const able = () => FA.atlas.tools.includes("describe_image");

  function fill(box, changed) {
    if (!box.firstChild) build(box);
    if (able() && !warmed) warm();
    if (!changed || changed.some((name) => ["p", "find", "q", "like"].includes(name))) draw();
  }

  /* The network takes seconds to load: it begins when the panel opens, not with the first picture. */
  function warm() {
    warmed = true;
    FA.api.post("/api/warm", {}).catch(() => (warmed = false));
  }

  function build(box) {
    const input = FA.h("input", {
      type: "file",
      accept: "image/*",
      class: "fa-off",
      id: "fa-file",
      tabIndex: -1,
      "aria-hidden": "true",
      onchange: () => input.files[0] && byImage(input.files[0]),
    });
    results = FA.h("div", { id: "fa-results", "aria-live": "polite" });
    FA.fill(
      box,
      FA.heading("By picture"),
      zone(input),
      input,
      FA.heading("By typing"),
      FA.h("p", { class: "fa-note", id: "fa-how-to-type" }),
      results,
    );
    howToType();
  }

  function howToType() {
    const shown = FA.words.there() ? [", or what frames show, such as ", FA.h("code", {}, "a red car at night")] : [];
    const note = FA.byId("fa-how-to-type");
    if (!note) return;
    FA.fill(
      note,
      "Type into the search box at the top: part of a file or folder name, or a name and a time, such as ",
      FA.h("code", {}, "holiday@1:20"),
      shown,
      ".",
    );
  }

  const zone = (input) =>
    FA.h(
      "button",
      { type: "button", class: "fa-drop", disabled: !able(), onclick: () => input.click(), id: "fa-drop" },
      FA.icon("upload"),
      FA.h("b", {}, able() ? "Drop a picture here" : "Search by picture is not available"),
      FA.h(
        "span",
        {},
        able()
          ? "or choose one: it is described by the same network as your videos, on this machine"
          : "No network is here that describes pictures as this map was described.",
      ),
    );

  async function byImage(file) {
    FA.drawer.open("search");
    if (!able()) return FA.toast("Search by picture is not available here.", true);
    if (file.size > LARGEST) return FA.toast("Expected a picture of at most 20 MB.", true);
    try {
      const { job } = await FA.during("Sending the picture…", FA.api.sendFile("/api/image", file));
      pictures.set(job, URL.createObjectURL(file));
      FA.hits.show("q", job, { p: "search", find: "" });
    } catch (error) {
      FA.fill(results, FA.note(error.message, true));
      FA.say(error.message);
    }
  }

  /* The hits of a search by picture; the server keeps them, but not the picture. */
  FA.hits.source("q", {
    read: (text) => (/^[\w-]{8,40}$/.test(text) ? text : ""),
    async find(id, progress) {
      const { result } = await FA.api.job(id, progress).catch((error) => {
        throw error.status === 404 ? new Error(GONE) : error;
      });
      if (result.map !== FA.atlas.map)
        throw new Error("This search by picture was on another map; drop the picture again.");
      const some = (FA.state.value.each && result.every) || result.nearest || [];
      const hits = FA.alike(some).map((one, k) => ({ ...one, rank: k + 1 }));
      return { title: "Most like the picture", hits, place: result.place };
    },
  });

  /* What the panel shows: the search by picture or by frame that is on, or what the text finds. */
  function draw() {
    const search = FA.hits.shown();
    if (search) return found(search);
    const { find } = FA.state.value;
    if (find) return void byName(find);
    FA.fill(results);
  }

  function found(search) {
    if (!results || search !== FA.hits.shown()) return;
    const url = search.name === "q" && pictures.get(search.value);
    const picture = url ? FA.h("img", { class: "fa-large fa-query", alt: "The picture that you search with", src: url }) : null;
    if (search.failed) return FA.fill(results, picture, FA.note(search.failed.message, true));
    if (!search.result) return FA.fill(results, picture, FA.skeleton((search.progress || {}).text || "Searching…", "gallery"));
    const { title, hits, place } = search.result;
    FA.fill(
      results,
      picture,
      FA.heading(
        title,
        FA.button("clear", "Clear", FA.hits.clear, { class: "fa-button fa-quiet", id: "fa-clear-results" }),
      ),
      search.name === "q" ? FA.oneEach(hits) : null,
      place ? FA.button("target", "Fly to its place", () => FA.map.fly(...place, Math.max(2, FA.atlas.deepest - 3))) : null,
      FA.gallery(hits, title),
      hits.length ? FA.cuts.of(() => ({ frames: hits.map((one) => one.frame) }), "fa-found-", true) : null,
    );
    FA.say(FA.count(hits.length, "frame") + " found");
  }

  /* "name@1:20" opens that moment; anything else lists the videos and folders that match. */
  async function byText(text) {
    const typed = text.trim();
    const mine = (searches += 1);
    if (!typed) return clearText();
    const cut = typed.lastIndexOf("@");
    const seconds = cut >= 0 ? FA.seconds(typed.slice(cut + 1)) : null;
    if (seconds !== null && (await moment(typed.slice(0, cut), seconds, mine))) return;
    if (mine !== searches) return; // something else is searched meanwhile
    const first = !FA.state.value.find; // while one types on, back does not go letter by letter
    FA.state.set({ ...FA.hits.nothing(), find: typed, p: "search" }, first);
  }

  const clearText = () => FA.state.value.find && FA.state.set({ find: "" }, true);

  const named = (text) => FA.api.newest("find", "/api/find?text=" + encodeURIComponent(text));

  let searches = 0;

  async function moment(name, seconds, mine) {
    try {
      const answer = await FA.during("Searching…", named(name));
      const source = answer && answer.sources.find((one) => one.frames);
      if (!source) return false;
      const found = await FA.api.json(`/api/moment/${source.n}?seconds=${seconds}`);
      if (mine !== searches) return true;
      FA.openFrame(found.frame);
      FA.map.fly(...found.place, Math.max(FA.map.leaflet.getZoom(), FA.atlas.deepest - 2));
      return true;
    } catch (error) {
      FA.api.complain(error);
      return true;
    }
  }

  async function byName(text) {
    try {
      const answer = await FA.waiting(named(text), results, "Searching names…");
      if (answer && FA.state.value.find === text) FA.searchList(results, answer.sources.filter((one) => one.frames), text, clearText);
    } catch (error) {
      if (FA.state.value.find === text) FA.fill(results, FA.note(error.message, true));
    }
  }

  FA.address.field("find", { empty: () => "", read: FA.address.read.text });
  FA.panel({ name: "search", title: "Search", icon: "search", rank: 3, on: ["find", "q", "like"], fill });
  FA.part("panel", () => {
    FA.hits.on(found);
    FA.words.on(howToType);
    FA.state.on(["each", "shots"], () => FA.state.value.q && FA.hits.again());
  });

  FA.search = { byText, byImage };
})((window.FrameAtlas = window.FrameAtlas || {}));
