/* Whether the server answers. Where it does not, a banner stays until it does, and then everything is asked anew. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const SOONEST = 1000; // milliseconds between tries
  const LATEST = 5000;
  let lost = false;
  let trying = null; // the try that is under way
  let timer = 0;
  let wait = SOONEST;

  const GONE =
    "The server does not answer: frameatlas browse was stopped, or this machine cannot reach it. What is drawn stays; this page tries again by itself.";
  const STRANGER =
    "The server was started anew and does not know this page: open the address that frameatlas browse printed.";

  /* One small question; true where the server answered it as ours. */
  async function reached() {
    try {
      const response = await fetch("/api/state?map=" + FA.atlas.map, { credentials: "same-origin" });
      if (response.status === 403) say(STRANGER);
      return response.status !== 403;
    } catch (_) {
      return false;
    }
  }

  function say(text) {
    const box = FA.byId("fa-lost");
    if (box && box.textContent !== text) box.querySelector("p").textContent = text;
  }

  function lose() {
    if (lost) return;
    lost = true;
    wait = SOONEST;
    document.body.classList.add("fa-gone");
    const again = FA.button("", "Try now", () => look(), { class: "fa-button" });
    const banner = FA.h("div", { id: "fa-lost", role: "alert" }, FA.icon("warn"), FA.h("p", {}, GONE), again);
    FA.byId("fa-notices").prepend(banner);
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
    wait = Math.min(LATEST, wait * 1.4);
  }

  /* Ask now; tell everybody if that changes anything. */
  function look() {
    if (!FA.atlas) return Promise.resolve();
    clearTimeout(timer);
    trying ||= reached().then((there) => {
      trying = null;
      if (!there) lose();
      if (!there) later();
      else if (lost) heal();
    });
    return trying;
  }

  function heal() {
    lost = false;
    document.body.classList.remove("fa-gone");
    FA.byId("fa-lost").remove();
    FA.toast("The server is back.");
    FA.map.refresh();
    FA.state.retell();
  }

  /* A picture that does not come may be the first sign. */
  addEventListener(
    "error",
    (event) => {
      if (event.target instanceof HTMLImageElement || event.target instanceof HTMLMediaElement) FA.connection.doubt();
    },
    true,
  );

  FA.connection = {
    lost: () => lost,
    doubt: FA.once(look, 100),
    /* A question failed on its way: asked once more before anybody is alarmed. */
    failed: () => void look(),
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
