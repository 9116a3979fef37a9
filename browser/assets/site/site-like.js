/* In the panel of a frame: frames like it, found when the site was made, and its moment as a short clip. */
(function (site) {
  "use strict";

  const byId = (id) => document.getElementById(id);
  let asked = -1;

  function choice(frame) {
    const button = document.createElement("button");
    button.type = "button";
    const picture = document.createElement("span");
    picture.className = "picture";
    site.show(picture, frame);
    const time = site.isPhotos(site.sourceOf(frame)) ? "" : `, ${site.clock(site.seconds(frame))}`;
    button.title = `${site.nameOf(frame)}${time}`;
    button.setAttribute("aria-label", button.title);
    button.append(picture);
    button.onclick = () => {
      site.panel.pin(frame);
      site.panel.fly();
    };
    return button;
  }

  async function showLike(frame) {
    const box = byId("like");
    asked = frame;
    let found = [];
    try {
      found = frame < 0 ? [] : (await site.alike(frame)).filter(site.shown); // others have no picture here
    } catch (error) {
      site.say(error.message);
    }
    if (asked !== frame) return;
    const list = box.querySelector("div");
    list.replaceChildren(...found.map(choice));
    box.hidden = !found.length;
  }

  /* The clip that shows a frame, and where in it; null where the site has none. */
  function clipOf(frame) {
    const { clips } = site.about;
    if (!clips || frame < 0) return null;
    const source = site.sourceOf(frame);
    const runs = clips.there[source];
    const number = Math.floor(site.seconds(frame) / clips.seconds);
    if (!runs || !runs.some(([first, last]) => number >= first && number <= last)) return null;
    return { address: `clips/${source}/${number}${clips.ending}`, at: Math.max(0, site.seconds(frame) - number * clips.seconds) };
  }

  function showClip(frame) {
    const clip = clipOf(frame);
    byId("play").hidden = !clip;
    const old = byId("panel").querySelector("video");
    if (old) old.remove();
    byId("panel").querySelector(".picture").hidden = false;
  }

  function play() {
    const frame = site.panel.pinned;
    const clip = clipOf(frame);
    if (!clip) return;
    const film = document.createElement("video");
    film.controls = true;
    film.playsInline = true;
    film.src = clip.address;
    film.setAttribute("aria-label", `${site.nameOf(frame)} from ${site.clock(site.seconds(frame))}`);
    film.onloadedmetadata = () => { film.currentTime = Math.min(clip.at, Math.max(0, film.duration - 0.1)); };
    film.onerror = () => {
      showClip(frame);
      site.say("This clip cannot be played here.");
    };
    const picture = byId("panel").querySelector(".picture");
    showClip(frame);
    picture.hidden = true;
    picture.before(film);
    byId("play").hidden = true;
    film.play().catch(() => {}); // browsers that want another press have the controls
  }

  site.more = {
    play,
    show(frame) {
      showLike(frame);
      showClip(frame);
    },
  };

  const begin = site.begin;
  site.begin = async function () {
    byId("play").onclick = play;
    await begin();
  };
})(window.FrameSite);
