/* Begins when the server has said what is in the atlas. The page's frame is in index.html. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

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

  async function facts() {
    const response = await fetch("/api/atlas", { credentials: "same-origin" });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  }

  async function start() {
    try {
      FA.atlas = await facts();
    } catch (error) {
      return trouble(error instanceof TypeError ? "The server does not answer." : error.message);
    }
    FA.byId("fa-title").textContent = "Map of " + FA.atlas.name;
    document.title = FA.atlas.name + " · frameatlas";
    FA.state.begin();
    FA.drawer.room(); // before the map: what the drawer leaves it decides what the whole view is
    FA.parts.begin();
    document.body.classList.add("fa-ready");
  }

  start();
})((window.FrameAtlas = window.FrameAtlas || {}));
