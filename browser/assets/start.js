/* Begins with what is in the atlas. It came with the page, index.html, or is asked for while a large map is opened. */
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

  async function ask() {
    try {
      FA.atlas = await FA.during("Opening the map…", facts());
    } catch (error) {
      return trouble(error instanceof TypeError ? "The server does not answer." : error.message);
    }
    begin();
  }

  function begin() {
    FA.byId("fa-title").textContent = "Map of " + FA.atlas.name;
    document.title = FA.atlas.name + " · frameatlas";
    FA.state.begin();
    FA.drawer.room(); // before the map: what the drawer leaves it decides what the whole view is
    FA.parts.begin();
    document.body.classList.add("fa-ready");
  }

  const known = FA.byId("fa-facts").textContent;
  if (known) {
    FA.atlas = JSON.parse(known);
    begin();
  } else ask();
})((window.FrameAtlas = window.FrameAtlas || {}));
