// References for the shot that is open: the picker of the library (static/js/picker.js) in a dialog, and files dropped
// anywhere on the board, which go into the library first (static/js/upload.js) and are then there to choose.
(() => {
  const LOOK_AGAIN = 2000;
  const dialog = () => document.getElementById("picking");
  const search = () => dialog().querySelector("form[role=search]");
  let looking;

  // Until the dialog closes: a file that came is looked at by a worker before it is in the list.
  const look = () => {
    clearInterval(looking);
    looking = setInterval(() => {
      if (!dialog().open) clearInterval(looking);
      else if (search() && !search().contains(document.activeElement)) htmx.trigger(search(), "submit");
    }, LOOK_AGAIN);
  };
  const open = () => { if (!dialog().open) dialog().showModal(); };

  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-pick]")) open(); });
  document.addEventListener("files", () => {
    if (!search()) document.querySelector("[data-pick=references]")?.click();
    open();
    look();
  });
  document.addEventListener("picked", (event) => {
    const { ids, field } = event.detail;
    const shot = board.openShot();
    dialog().close();
    if (!shot) return;
    const values = field === "landing" ? { landing: ids[0] ?? "" } : { references: ids.join(",") };
    htmx.ajax("POST", `shots/${shot}/${field}/`, { source: "#add", target: "#inspector", swap: "outerMorph", values });
  });
  document.addEventListener("close", (event) => {
    if (event.target === dialog()) dialog().querySelector("#picking-list").replaceChildren();
  }, true);
})();
