/* Who is who, where the atlas is one of players: asked once, and told again with every correction. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const NOBODY = 999999999; // the id of all who are unassigned
  const IGNORED = 999999998; // the id of all who are left out
  const listeners = [];
  let data = null; // what /api/players said last
  let loading = null;
  let last = Promise.resolve(); // edits wait for one another: each says which players the page showed

  const there = () => Boolean(FA.atlas && FA.atlas.players !== null && FA.atlas.players !== undefined);
  const revision = () => (data ? data.revision : FA.atlas.players || "");
  const all = () => [...data.players, ...[data.nobody, data.ignored].filter(Boolean)];
  const group = (one) => one.id === NOBODY || one.id === IGNORED; // several people, or none
  const byId = (id) => (data ? all().find((one) => one.id === id) : undefined);
  const coloured = () => ["player", "team"].includes(FA.state.value.c);
  const called = (one) => (one.id === NOBODY ? "Unassigned" : one.id === IGNORED ? "Left out" : one.name.replace(/^new (.*)$/, "New player ($1)").replace(/^(\d+)$/, "Player $1"));

  function take(found) {
    data = found;
    FA.atlas.players = found.revision;
    for (const by of ["player", "team"]) FA.colour.learn(by, listed(by));
    for (const call of listeners) call();
    const { value } = FA.state;
    const known = (ids) => [...new Set(ids)].filter((id) => byId(id));
    const patch = { who: known(value.who), player: known(value.player) };
    if (coloured() || value.player.length || value.team.length) patch.edit = found.revision;
    FA.state.set(patch);
  }

  function load() {
    if (!loading) {
      const before = data;
      loading = FA.api.json("/api/players").then(
        (found) => {
          loading = null;
          if (data === before) take(found); // else an edit was quicker, and this may be older
        },
        (error) => {
          loading = null;
          throw error;
        },
      );
    }
    return loading;
  }

  const ready = async () => data || (await load(), data);

  /* Change the corrections; what the page shows follows. Gives the ids that are new, or null. */
  function edit(body, said) {
    last = last.then(() => send(body, said));
    return last;
  }

  async function send(body, said) {
    const before = new Set(data.players.map((one) => one.id));
    try {
      const sent = { revision: data.revision, ...body };
      take(await (await FA.api.post("/api/players", sent)).json());
      FA.toast(data.unsaved ? said + ", but not saved" : said, Boolean(data.unsaved));
      return data.players.map((one) => one.id).filter((id) => !before.has(id));
    } catch (error) {
      FA.toast(error.message, true);
      if (error.status === 503) await load().catch(() => {});
      return null;
    }
  }

  async function undo() {
    try {
      await ready();
    } catch (error) {
      return FA.toast(error.message, true);
    }
    if (data.undo) await edit({ do: "undo" }, "Undone");
    else FA.toast("There is nothing to undo.");
  }

  /* Players or teams as categories of the colours: numbered as the server colours them, filtered by their id. */
  function listed(by) {
    if (by === "team")
      return teams().map(([n, name]) => ({ n, name, size: n ? sizeOf(n) : 0, nobody: n === 0 }));
    return all().map((one) => ({
      n: one.colour,
      id: one.id,
      name: called(one),
      size: one.tracklets,
      nobody: group(one),
    }));
  }

  const sizeOf = (team) => data.players.reduce((sum, one) => sum + (one.team === team ? one.tracklets : 0), 0);

  async function categories(by) {
    await ready();
    return listed(by);
  }

  function teams() {
    const numbers = Array.from({ length: data.teams }, (_, k) => [k + 1, "Team " + (k + 1)]);
    return [...numbers, [0, "Team unknown"]];
  }

  const waiting = (box, make) => {
    ready().then(
      () => box.isConnected && FA.fill(box, make()),
      (error) => FA.fill(box, FA.h("p", { class: "fa-note" }, error.message)),
    );
    return FA.skeleton("Reading who is who…");
  };

  FA.players = {
    NOBODY,
    IGNORED,
    group,
    there,
    revision,
    coloured,
    called,
    load,
    ready,
    edit,
    undo,
    categories,
    byId,
    all,
    data: () => data,
    on: (call) => listeners.push(call),
    some: (ids) => (ids.length === 1 && byId(ids[0]) ? called(byId(ids[0])) : FA.count(ids.length, "player")),
    menu: (box, chosen, pick) =>
      waiting(box, () =>
        FA.popover.choices(
          all().map((one) => [one.id, called(one), FA.count(one.tracklets, "tracklet")]),
          chosen,
          pick,
        ),
      ),
    teamMenu: (box, chosen, pick) => waiting(box, () => FA.popover.choices(teams(), chosen, pick)),
    /* The server tells which revision is there: another page, or a run, may have changed it. */
    heard(now) {
      if (!now || now === revision()) return;
      if (data) load().catch(() => {});
      else FA.atlas.players = now;
    },
    /* A picture of crops side by side. Its shape is known before it is there: what is below the window
       is then not asked for, and stays where it was when all is drawn anew. */
    strip: (frames, columns, height, alt) =>
      FA.h("img", {
        alt: alt || "",
        loading: "lazy",
        class: "fa-strip",
        width: columns * FA.atlas.tile[0],
        height: Math.ceil(frames.length / columns) * FA.atlas.tile[1],
        src: `/api/strip/${FA.atlas.map}?frames=${frames.join(",")}&columns=${columns}&height=${height}`,
      }),
  };

  const { field, read } = FA.address;
  field("who", { empty: () => [], read: read.integers, there }); // sheets side by side
  field("ask", { empty: () => null, read: read.integer, there }); // a question

  FA.part("overlay", () => {
    if (!there()) return;
    const { player, team } = FA.state.value;
    if (coloured() || player.length || team.length) load().catch(FA.api.complain);
    listeners.push(FA.filters.update);
  });
})((window.FrameAtlas = window.FrameAtlas || {}));
