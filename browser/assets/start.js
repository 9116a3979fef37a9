/* Begins when Dash has put the page's frame into the document, and the server has said what is in the atlas. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  /** @returns {Promise<void>} */
  function whenThere(id) {
    return new Promise((resolve) => {
      if (FA.byId(id)) return resolve();
      const watch = new MutationObserver(() => {
        if (!FA.byId(id)) return;
        watch.disconnect();
        resolve();
      });
      watch.observe(document.documentElement, { childList: true, subtree: true });
    });
  }

  function trouble(text) {
    FA.fill(FA.byId("fa-bar"), FA.h("b", { class: "fa-name" }, "frameatlas"));
    FA.byId("fa-over").append(
      FA.h(
        "div",
        { class: "fa-trouble", role: "alert" },
        FA.h("h1", {}, "There is no map to show yet"),
        FA.h("p", {}, text),
        FA.button("", "Try again", () => location.reload(), { class: "fa-button fa-main" }),
      ),
    );
  }

  const atlas = fetch("/api/atlas", { credentials: "same-origin" }).then(async (response) => {
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  });
  atlas.catch(() => {}); // said below, when there is a page to say it on

  async function start() {
    await whenThere("fa-map");
    FA.theme.apply();
    try {
      FA.atlas = await atlas;
    } catch (error) {
      return trouble(error.message || "The server does not answer.");
    }
    document.title = FA.atlas.name + " · frameatlas";
    FA.state.begin();
    // Before the map hears of it: what the drawer covers decides what is the whole view.
    const drawer = () => {
      document.body.classList.toggle("fa-open", Boolean(FA.state.value.p));
      document.body.classList.toggle("fa-wide-drawer", FA.state.value.p === "players");
    };
    FA.state.on(["p"], drawer);
    drawer();
    for (const part of [
      "map",
      "popover",
      "bar",
      "filters",
      "overlays",
      "grids",
      "points",
      "edges",
      "marks",
      "select",
      "hover",
      "clusters",
      "colour",
      "frame",
      "video",
      "search",
      "selection",
      "poster",
      "players",
      "charts",
      "drawer",
      "shortcuts",
      "news",
    ]) {
      if (FA[part].begin) FA[part].begin();
    }
    document.body.classList.add("fa-ready");
  }

  start();
})((window.FrameAtlas = window.FrameAtlas || {}));
