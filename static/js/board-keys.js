// The board's keyboard; the sheet behind "?" lists it. Keys do what the buttons do, by pressing them.
(() => {
  const select = window.selecting;
  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const press = (selector) => document.querySelector(selector)?.click();
  // The shot that has the focus, else the one that is open.
  const here = () => board.focused() ?? board.cellOf(board.openShot());

  const step = (by) => {
    const all = board.cells();
    const at = all.indexOf(here());
    return all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  };
  // Up and down: the nearest card of the row above or below.
  const row = (way) => {
    const from = here()?.getBoundingClientRect();
    if (!from) return step(0);
    const rows = board.cells().map((cell) => [cell, cell.getBoundingClientRect()]).filter(([, box]) => (box.top - from.top) * way > 8);
    rows.sort(([, a], [, b]) => (a.top - b.top) * way * 1000 + Math.abs(a.left - from.left) - Math.abs(b.left - from.left));
    return rows[0]?.[0] ?? here();
  };
  const go = (cell) => {
    board.cover(cell)?.focus();
    cell?.scrollIntoView({ block: "nearest" });
    // With the inspector beside the board one walks through the shots with it.
    if (cell && board.openShot() && matchMedia("(min-width: 901px)").matches) board.open(cell);
  };
  const isList = () => document.getElementById("board").dataset.view === "list";

  const add = (where) => {
    const form = document.getElementById("add");
    const cell = here();
    if (!form) return;
    const values = cell ? { [where]: cell.dataset.shot } : { at: "end" };
    htmx.ajax("POST", form.action, { source: form, target: "#strip", swap: "outerMorph", values });
  };
  // With shots selected, what a key does is done to them all.
  const act = (name) => {
    if (select?.any()) { press(`#bulk [formaction$="/${name}/"]`); return; }
    const cell = here();
    if (!cell || !document.getElementById("bulk")) return;
    htmx.ajax("POST", `shots/${name}/`, { source: "#add", target: "#strip", swap: "outerMorph", values: { shot: cell.dataset.shot } });
  };
  

  const keys = {
    ArrowRight: () => go(step(1)), ArrowLeft: () => go(step(-1)),
    ArrowDown: () => go(isList() ? step(1) : row(1)), ArrowUp: () => go(isList() ? step(-1) : row(-1)),
    Home: () => go(board.cells()[0]), End: () => go(board.cells().at(-1)),
    Enter: () => { window.early?.wait(); board.open(here(), "in-prompt"); }, Escape: () => escape(),
    n: () => add("after"), N: () => add("before"), d: () => act("duplicate"),
    Delete: () => act("delete"), Backspace: () => act("delete"),
    u: () => walk("undo/"), U: () => walk("redo/"),
    s: () => select?.toggle(here()), m: () => move(), j: () => board.open(here(), "opens"),
    r: () => render(), t: () => takes(), a: () => press("#approve-take"), x: () => document.querySelector("[data-note]")?.focus(), c: () => press("#compare-take"),
    f: () => { const scene = here()?.closest(".scene"); board.fold(scene, !scene?.classList.contains("folded")); },
    v: () => board.toggleView(), b: () => press('.views [hx-get="defaults/"]'), "?": () => document.getElementById("keys").showModal(),
  };
  // With Ctrl or Command, as everywhere else.
  const together = { a: () => select?.all(), z: () => walk("undo/"), "⇧z": () => walk("redo/"), y: () => walk("redo/") };
  const walk = async (url) => {
    await window.saving?.flush();
    if (document.getElementById("add")) htmx.ajax("POST", url, { source: "#add", target: "#strip", swap: "outerMorph" });
  };
  const render = () => {
    const ids = select?.any() ? select.ids() : [here()?.dataset.shot].filter(Boolean);
    htmx.ajax("GET", ids.length ? `render/?shots=${ids.join(",")}` : "render/", { target: "#render", swap: "innerHTML" });
  };
  const takes = () => {
    const shot = here()?.dataset.shot;
    if (shot) htmx.ajax("GET", `shots/${shot}/takes/`, { target: "#side", swap: "innerHTML" });
  };
  const escape = () => {
    if (select?.any()) select.none();
    else if (board.openShot() || board.side().classList.contains("open")) board.close();
  };
  const move = () => { if (select && here()) { select.moving(here()); document.getElementById("move").showModal(); } };

  const special = (event) => {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.altKey && event.shiftKey && way) return () => window.moving?.scene((event.target.closest?.(".scene") ?? here()?.closest(".scene")), way);
    if (event.altKey && way) return () => window.moving?.by(here(), way);
    if (event.shiftKey && way) return () => { select?.extend(here(), step(way)); go(step(way)); };
    if (event.ctrlKey || event.metaKey) return together[`${event.shiftKey ? "⇧" : ""}${event.key.toLowerCase()}`];
    return event.altKey ? null : keys[event.key];
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("details.menu[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Escape") { window.saving?.flush(); board.cover(board.cellOf(board.openShot()))?.focus(); }
      return;
    }
    if (window.early?.takes(event)) { event.preventDefault(); return; }
    // A button, a link or a radio keeps the keys that are its own.
    const own = event.target.closest?.("button, a:not(.cover), input, summary");
    if (own && ["Enter", " ", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key) && !event.altKey) return;
    if (event.key === "Enter" && !here()) return;
    const action = special(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
})();
