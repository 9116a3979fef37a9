/* Help by what one wants to do; the keys that do it stand beside it. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const FIND = "Find something";
  const TASKS = [
    [
      "Look around",
      [
        ["Move over the map: drag it, or", "← ↑ → ↓"],
        ["Closer and further: turn the wheel, pinch, or", "+ −"],
        ["See the whole map: press its name at the top, or", "0"],
        ["See one picture large: click it, or for the one in the middle", "Enter"],
        ["All frames in rows by day, month or year", "y"],
        ["Step through its video", "[ ]"],
        ["Play the film about it", "p"],
        ["Close what is open", "Esc"],
      ],
    ],
    [
      FIND,
      [
        ["A video or a moment: type its name, or name@1:20", "/"],
        ["Frames like a picture that you have: drop it anywhere, or paste it", ""],
        ["Frames like one of yours: open it; they are listed below it", ""],
        ["Only some videos, folders, times or groups: the buttons beside the search", ""],
      ],
    ],
    [
      "Understand the map",
      [
        ["Each frame has one place; frames that look alike are neighbours", ""],
        ["“+12” on a picture: twelve more are behind it, closer in", ""],
        ["Colours tell videos, folders or groups apart; press one to see it alone", ""],
        ["Where frames crowd, a dot for each, groups with names, regions not to trust", "d o g t"],
        ["How one video goes over the map, and which are like it: panel Video", "2"],
      ],
    ],
    [
      "Take something along",
      [
        ["Select with a rectangle or a lasso; Shift adds, Alt takes away", "r l"],
        ["Select what the window shows", "s"],
        ["Videos and photos that are nearly the same, and which to keep: Duplicates", ""],
        ["Pictures, tables and cut lists of what is selected: panel Selection", "4"],
        ["A poster of what the window shows: panel Poster", "6"],
        ["Copy the link to this very view", "c"],
      ],
    ],
  ];
  const PLAYERS = [
    "Say who is who",
    [
      ["Compare, merge and split players: panel Players", "7"],
      ["Leave chosen tracklets out, or take them back", "x"],
      ["Player, goalkeeper, referee, ball, bench: of the sheets shown", "P G R B N"],
      ["Undo the last correction", "u"],
    ],
  ];

  const SENTENCES = [
    ["Frames that show something: type it, such as “a red car at night”", "/"],
    ["After a minus, what they are not to show: “street -rain”", ""],
  ];

  /* What this atlas can do: what it cannot is not told. */
  const tasks = () => [
    ...TASKS.map(([title, rows]) => [title, title === FIND && FA.words.there() ? [...rows, ...SENTENCES] : rows]),
    ...(FA.players.there() ? [PLAYERS] : []),
  ];

  const row = ([text, keys]) => [
    FA.h("dt", {}, text),
    FA.h(
      "dd",
      {},
      keys
        .split(" ")
        .filter(Boolean)
        .map((key) => FA.h("kbd", {}, key)),
    ),
  ];

  const task = ([title, rows]) =>
    FA.h("section", { "aria-label": title }, FA.h("h3", {}, title), FA.h("dl", { class: "fa-keys" }, rows.map(row)));

  function open() {
    const dialog =
      FA.byId("fa-keys") ||
      document.body.appendChild(FA.h("dialog", { id: "fa-keys", class: "fa-dialog", "aria-label": "Help and keys" }));
    FA.fill(
      dialog,
      FA.h(
        "div",
        { class: "fa-heading" },
        FA.h("h2", {}, "Help"),
        FA.iconButton("close", "Close", () => dialog.close()),
      ),
      FA.h("div", { class: "fa-tasks", tabIndex: 0 }, tasks().map(task)),
      FA.h(
        "div",
        { class: "fa-row" },
        FA.button("", "Show the first steps again", () => {
          dialog.close();
          FA.firstSteps.again();
        }),
      ),
    );
    if (!dialog.open) dialog.showModal();
  }

  FA.help = { open };
})((window.FrameAtlas = window.FrameAtlas || {}));
