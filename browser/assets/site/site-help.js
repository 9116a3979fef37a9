/* Help, by what somebody wants to do. */
(function (site) {
  "use strict";

  const byId = (id) => document.getElementById(id);

  site.help = () => byId("help").showModal();

  const begin = site.begin;
  site.begin = async function () {
    byId("question").onclick = site.help;
    byId("help-close").onclick = () => byId("help").close();
    byId("help").onclick = (event) => event.target === byId("help") && byId("help").close();
    await begin();
  };
})(window.FrameSite);
