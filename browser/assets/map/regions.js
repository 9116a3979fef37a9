/* The regions of the map and their names, as the server gives them; naming one; how many there are. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const [FEWEST, USUAL, MOST] = [2, 12, 40];
  let known = null; // {groups, promise}: of as many groups as the state says
  let revision = "";

  FA.address.field("groups", {
    empty: () => USUAL,
    read: (text) => Math.max(FEWEST, Math.min(MOST, FA.address.read.integer(text) || USUAL)),
    silent: (groups) => groups === USUAL,
  });
  FA.state.add("named", ""); // changes with the names; never in the address

  const query = () => "clusters=" + FA.state.value.groups;

  /* All of them, asked once for a number of groups and a state of the names. */
  function all() {
    const { groups } = FA.state.value;
    if (known && known.groups === groups) return known.promise;
    const promise = FA.api.json(`/api/clusters/${FA.atlas.map}?${query()}`).then(learn);
    known = { groups, promise };
    promise.catch(() => (known = null));
    return promise;
  }

  function learn(answer) {
    revision = answer.revision;
    return answer.regions;
  }

  /* Those of the coarsest level: what is filtered and coloured by. */
  const first = async () => (await all()).filter((one) => one.level === 0 && one.n >= 0);

  function forget() {
    known = null;
    FA.state.set({ named: String(Date.now()) });
  }

  /**
   * Name a region; "" takes its name away.
   * @param {any} region as `all` gave it
   * @param {string} name
   */
  async function rename(region, name) {
    const seen = region.given ? region.name : "";
    const { groups } = FA.state.value;
    const body = { level: region.level, n: region.n, given: region.given, name, seen, clusters: groups };
    try {
      const answer = await (await FA.api.post("/api/names", body)).json();
      known = { groups, promise: Promise.resolve(learn(answer)) };
      FA.state.set({ named: String(Date.now()) });
      return true;
    } catch (error) {
      FA.api.complain(error);
      if (!error.lost) forget(); // what another page has written meanwhile is shown
      return false;
    }
  }

  /* A field in the place of an element; `done(name)` hears what was written, null where nothing was. */
  function field(region, place, done, text) {
    let over = false; // leaving the field by Enter also blurs it
    const finish = (keep) => {
      if (over) return;
      over = true;
      done(keep ? input.value : null);
    };
    const input = FA.h("input", {
      class: "fa-input",
      "aria-label": "Name of " + region.title,
      maxLength: 60,
      "data-takes-escape": "",
      onkeydown: (event) => {
        event.stopPropagation();
        if (event.key === "Enter" || event.key === "Escape") finish(event.key === "Enter");
      },
      onblur: () => finish(true),
      onclick: (event) => event.stopPropagation(),
    });
    input.value = text === undefined ? region.name : text;
    place.replaceWith(input);
    input.focus();
    input.select();
    /* Leave it without an answer, as when it is drawn anew: what is written in it so far. */
    return () => {
      over = true;
      return input.value;
    };
  }

  /* How many groups there are from far. */
  function control() {
    const { groups } = FA.state.value;
    const count = FA.h("output", {}, String(groups));
    const change = FA.once(() => FA.state.set({ groups: Number(input.value), k: [] }, true), 300);
    const input = FA.h("input", {
      type: "range",
      id: "fa-groups",
      min: FEWEST,
      max: MOST,
      value: groups,
      oninput: () => {
        count.textContent = input.value;
        change();
      },
    });
    return FA.h("label", { class: "fa-field fa-groups" }, FA.h("span", {}, "Groups from far"), input, count);
  }

  FA.clusters = {
    all,
    first,
    query,
    rename,
    field,
    control,
    /* The server's names are others than this page knows. */
    heard(now) {
      if (known && now !== null && now !== undefined && now !== revision) forget();
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
