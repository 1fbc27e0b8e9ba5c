// Selecting shots: by their boxes, by click with Ctrl or Shift, by keys. Used as `selecting` by board-keys.js.
window.selecting = (() => {
  const chosen = new Set();
  let anchor = "";

  const box = (cell) => cell?.querySelector(".pick input");
  const paint = () => {
    for (const cell of document.querySelectorAll(".cell[data-shot]")) if (box(cell)) box(cell).checked = chosen.has(cell.dataset.shot);
    const count = document.getElementById("chosen");
    if (count) count.textContent = chosen.size ? `${chosen.size} shot${chosen.size === 1 ? "" : "s"} selected` : "";
  };
  const set = (cell, on) => {
    if (!cell) return;
    if (on) chosen.add(cell.dataset.shot);
    else chosen.delete(cell.dataset.shot);
  };
  const toggle = (cell) => {
    if (!cell) return;
    set(cell, !chosen.has(cell.dataset.shot));
    anchor = cell.dataset.shot;
    paint();
  };
  const between = (from, to) => {
    const all = board.cells();
    const [a, b] = [all.indexOf(from), all.indexOf(to)].sort((x, y) => x - y);
    return a < 0 ? [to] : all.slice(a, b + 1);
  };
  const range = (cell) => {
    for (const each of between(board.cellOf(anchor) ?? cell, cell)) set(each, true);
    paint();
  };
  const extend = (from, to) => { set(from, true); set(to, true); anchor ||= from?.dataset.shot ?? ""; paint(); };
  const none = () => { chosen.clear(); paint(); };
  const all = () => { for (const cell of board.cells()) set(cell, true); paint(); };

  // The dialogs for many shots carry which ones; without a selection it is the one that has the focus.
  let single = "";
  const moving = (cell) => { single = cell?.dataset.shot ?? ""; };
  const ids = () => chosen.size ? board.cells().map((cell) => cell.dataset.shot).filter((id) => chosen.has(id)) : [single || board.openShot()].filter(Boolean);
  document.addEventListener("toggle", (event) => {
    const form = event.target.querySelector?.("form[data-moves]");
    if (!form || event.newState !== "open") return;
    for (const old of form.querySelectorAll("input[name=shot]")) old.remove();
    const which = ids();
    for (const id of which) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "shot", value: id }));
    const first = board.cellOf(which[0])?.dataset.number;
    form.querySelector("[data-what]").textContent = which.length === 1 ? `Shot ${first}` : `${which.length} shots, from shot ${first} on`;
    single = "";
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".pick input")) { set(event.target.closest(".cell"), event.target.checked); anchor = event.target.value; paint(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-unselect]")) { none(); return; }
    const cell = event.target.closest?.(".cover") && event.target.closest(".cell");
    if (!cell || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.shiftKey) range(cell);
    else toggle(cell);
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    for (const id of chosen) if (!board.cellOf(id)) chosen.delete(id);
    paint();
  });

  return { toggle, extend, range, none, all, moving, ids, any: () => chosen.size > 0, has: (id) => chosen.has(id) };
})();
