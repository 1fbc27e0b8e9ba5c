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
  // A whole scene: over its neighbour by keys, or to where its sections stand after a drag.
  const scene = (section, way) => {
    if (section?.dataset.scene) post(`scenes/${section.dataset.scene}/move/`, { way: way > 0 ? "later" : "earlier" }, "#strip");
  };
  const carried = ({ item, oldDraggableIndex, newDraggableIndex }) => {
    document.getElementById("strip").classList.remove("carrying");
    if (oldDraggableIndex === newDraggableIndex) return;
    const shots = (section) => [...section?.querySelectorAll(".cell[data-shot]") ?? []].map((cell) => cell.dataset.shot);
    const own = (section) => section?.dataset.scene === item.dataset.scene;
    const beside = (step) => { let at = item[step]; while (own(at)) at = at[step]; return shots(at); };
    const [earlier, later] = [beside("previousElementSibling"), beside("nextElementSibling")];
    post(`scenes/${item.dataset.scene}/move/`, earlier.length ? { after: earlier.at(-1) } : { before: later[0] }, "#strip");
  };
  const references = (values) => post(`shots/${board.openShot()}/references/`, values, "#inspector");
  const ordered = ({ oldIndex, newIndex }) => {
    if (oldIndex === newIndex) return;
    const all = document.getElementById("references");
    const ids = [...all.querySelectorAll("[data-id]")].map((each) => each.dataset.id);
    references({ references: ids.join(","), base: all.dataset.version });
  };
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("#references [data-id]");
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!row || !way || !event.altKey) return;
    event.preventDefault();
    references({ [way]: row.dataset.id });
  });

  const ready = () => {
    const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
    for (const list of document.querySelectorAll("[data-strip]")) {
      if (Sortable.get(list)) continue;
      Sortable.create(list, {
        group: "shots", animation: motion, draggable: ".cell[data-shot]", handle: ".shot", filter: ".pick", preventOnFilter: false,
        delay: 220, delayOnTouchOnly: true, touchStartThreshold: 6, onEnd: dropped,
      });
    }
    const reel = document.getElementById("strip");
    if (reel && !Sortable.get(reel)) Sortable.create(reel, {
      animation: motion, draggable: ".scene", handle: "[data-grip]", filter: "input, button, summary, .pop", preventOnFilter: false,
      delay: 220, delayOnTouchOnly: true, touchStartThreshold: 6, onEnd: carried,
      // Folded while one is carried, so that the next scene is near; not before the browser has begun to drag.
      onStart: () => setTimeout(() => reel.classList.add("carrying")),
    });
    for (const list of document.querySelectorAll("[data-order]")) {
      if (!Sortable.get(list)) Sortable.create(list, { animation: motion, draggable: "[data-id]", filter: "button", preventOnFilter: false, onEnd: ordered });
    }
  };
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("htmx:after:swap", ready);

  // A move that was not confirmed puts everything back where the server has it.
  document.addEventListener("close", (event) => {
    if (event.target.id === "ask" && event.target.returnValue !== "go") htmx.ajax("GET", "strip/", { source: "#add", target: "#strip", swap: "outerMorph" });
  }, true);

  return { by, scene };
})();
