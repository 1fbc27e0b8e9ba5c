// Moving shots by drag and by keys, and references by drag. Picking them is in picking.js.
window.moving = (() => {
  const post = (url, values, target, source) => htmx.ajax("POST", url, { source: source ?? "#add", target, swap: "outerMorph", values });

  // What a neighbour is in the order of the film, whatever scene it stands in.
  const send = (ids, values) => post("shots/move/", { shots: ids.join(","), ...values }, "#strip");
  const by = (cell, way) => {
    if (!cell) return;
    const ids = window.selecting.any() ? window.selecting.ids() : [cell.dataset.shot];
    const others = board.cells().filter((each) => !ids.includes(each.dataset.shot) || each === cell);
    const next = others[others.indexOf(cell) + way];
    if (next) send(ids, { [way > 0 ? "after" : "before"]: next.dataset.shot, focus: cell.dataset.shot });
  };

  const dropped = ({ item, from, to, oldDraggableIndex, newDraggableIndex }) => {
    if (from === to && oldDraggableIndex === newDraggableIndex) return;
    const id = item.dataset.shot;
    const ids = window.selecting.has(id) ? window.selecting.ids() : [id];
    const free = (cell) => cell?.dataset.shot && !ids.includes(cell.dataset.shot);
    const near = (way) => { let at = item[way]; while (at?.dataset.shot && !free(at)) at = at[way]; return free(at) ? at.dataset.shot : ""; };
    const [before, after] = [near("nextElementSibling"), near("previousElementSibling")];
    const scene = to.closest(".scene").dataset.scene ?? "";
    send(ids, { ...(after ? { after } : { before }), scene, focus: id });
  };
  const ordered = ({ to, from, oldIndex, newIndex }) => {
    if (to === from && oldIndex === newIndex) return;
    const ids = [...to.querySelectorAll("[data-id]")].map((each) => each.dataset.id);
    post(`shots/${board.openShot()}/references/`, { references: ids.join(",") }, "#inspector");
  };

  const ready = () => {
    const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
    for (const list of document.querySelectorAll("[data-strip]")) {
      if (Sortable.get(list)) continue;
      Sortable.create(list, {
        group: "shots", animation: motion, draggable: ".cell[data-shot]", handle: ".shot", filter: ".pick", preventOnFilter: false,
        delay: 220, delayOnTouchOnly: true, touchStartThreshold: 6, onEnd: dropped,
      });
    }
    const pictures = document.querySelector("[data-order]");
    if (pictures && !Sortable.get(pictures)) Sortable.create(pictures, { animation: motion, draggable: "[data-id]", filter: "button", preventOnFilter: false, onEnd: ordered });
  };
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("htmx:after:swap", ready);

  // A move that was not confirmed puts everything back where the server has it.
  document.addEventListener("close", (event) => {
    if (event.target.id === "ask" && event.target.returnValue !== "go") htmx.ajax("GET", "strip/", { source: "#add", target: "#strip", swap: "outerMorph" });
  }, true);

  return { by };
})();
