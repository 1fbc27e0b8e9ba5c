// References for the shot that is open, from the picker of the library (static/js/picker.js): ticked and used, or dragged
// from it (static/js/dropping.js). Beside the inspector the picker leaves the board free; on a phone it covers it. Files
// dropped anywhere else on the board go into the library first (static/js/upload.js) and are then there to choose.
(() => {
  const LOOK_AGAIN = 2000;
  const dialog = () => document.getElementById("picking");
  const search = () => dialog().querySelector("form[role=search]");
  let looking;
  let opened = { shot: "", had: [], field: "" };

  // Until the dialog closes: a file that came is looked at by a worker before it is in the list.
  const look = () => {
    clearInterval(looking);
    looking = setInterval(() => {
      if (!dialog().open) clearInterval(looking);
      else if (search() && !search().contains(document.activeElement)) htmx.trigger(search(), "submit");
    }, LOOK_AGAIN);
  };
  const open = (field = opened.field) => {
    opened = { field, shot: board.openShot(), had: [...document.querySelectorAll("#references [data-id]")].map((each) => each.dataset.id) };
    if (dialog().open) return;
    if (matchMedia("(min-width: 901px)").matches) dialog().show();
    else dialog().showModal();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-pick]");
    if (button) open(button.dataset.pick);
  });
  // A file that is chosen where a clip of one's own is asked for is that clip.
  const clip = () => dialog().open && opened.field === "clip" ? { shot: opened.shot, field: "clip" } : null;
  document.addEventListener("files", (event) => {
    const place = clip();
    if (window.dropping?.takes(event.detail, place)) {
      if (place) dialog().close();
      return;
    }
    if (!search()) document.querySelector("[data-pick=references], [data-pick=clip]")?.click();
    open();
    look();
  });
  document.addEventListener("picked", (event) => {
    const { ids, field } = event.detail;
    dialog().close();
    if (!opened.shot) return;
    const come = ids.filter((id) => !opened.had.includes(id));
    const gone = opened.had.filter((id) => !ids.includes(id));
    const values = field === "landing" ? { landing: ids[0] ?? "" } : { add: come.join(","), out: gone.join(",") };
    htmx.ajax("POST", `shots/${opened.shot}/${field}/`, { source: "#add", target: "#inspector", swap: "outerMorph", values });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dialog().open && !dialog().matches(":modal")) { event.preventDefault(); dialog().close(); }
  }, true);
  document.addEventListener("close", (event) => {
    if (event.target !== dialog()) return;
    dialog().querySelector("#picking-list").replaceChildren();
    document.querySelector(`[data-pick="${opened.field}"]`)?.focus();
  }, true);
  // Another shot beside an open picker: what is ticked there was meant for the one before.
  document.addEventListener("htmx:after:swap", () => {
    if (dialog().open && opened.shot && board.openShot() !== opened.shot) dialog().close();
  });
})();
