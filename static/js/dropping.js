// Letting go of something over a shot: a reference that is dragged from the picker, or files from the desktop, over the
// inspector ([data-drop] names the role) or over a card. Files go into the library first; when it has looked at them the
// shot gets them, and until then the inspector says how far they are. Whoever leaves the page meanwhile finds them again:
// `arrivals` knows them, and the next page of that board goes on. Used as `dropping` by picking.js.
window.dropping = (() => {
  const KIND = "application/x-reference";
  const PAUSE = 700;
  const LEFT_BEHIND = 3000;
  const coming = new Map();
  let aim = null;

  const spotOf = (event) => event.target.closest?.("[data-drop], .cell[data-shot]");
  const placeOf = (spot) => spot && { shot: spot.dataset.shot ?? board.openShot(), field: spot.dataset.drop ?? "references" };
  const types = (event) => [...event.dataTransfer?.types ?? []];
  const wanted = (event) => types(event).some((type) => type === KIND || type === "Files") && document.getElementById("add");
  const shine = (spot) => {
    for (const old of document.querySelectorAll(".aimed[data-drop], .cell.aimed")) if (old !== spot) old.classList.remove("aimed");
    spot?.classList.add("aimed");
  };
  const tell = (kind, text) => document.dispatchEvent(new CustomEvent("toast", { detail: { kind, text } }));

  const put = async ({ shot, field }, ids) => {
    const values = field === "landing" ? { landing: ids[0] } : { add: ids.join(",") };
    const here = shot === board.openShot();
    const how = here ? { target: "#inspector", swap: "outerMorph" } : { target: "#strip", swap: "none" };
    await htmx.ajax("POST", `shots/${shot}/${field}/`, { source: "#add", values, ...how });
  };

  document.addEventListener("dragstart", (event) => {
    const ref = event.target.closest?.("#picking .ref");
    if (!ref) return;
    const ticked = [...document.querySelectorAll("#picking [name=picked]:checked")].map(({ value }) => value);
    const id = ref.querySelector("[name=picked]").value;
    event.dataTransfer.setData(KIND, (ticked.includes(id) ? ticked : [id]).join(","));
    event.dataTransfer.effectAllowed = "copy";
    // What stands behind the picker can be aimed at too; not before the browser has begun to drag.
    setTimeout(() => ref.closest("dialog").classList.add("lending"));
  });
  document.addEventListener("dragover", (event) => {
    if (!wanted(event)) return;
    const spot = spotOf(event);
    shine(spot);
    if (!spot || !types(event).includes(KIND)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  for (const name of ["dragend", "drop"]) document.addEventListener(name, () => setTimeout(() => {
    shine();
    document.getElementById("picking")?.classList.remove("lending");
  }));
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) shine(); });
  document.addEventListener("drop", (event) => {
    if (!wanted(event)) return;
    aim = placeOf(spotOf(event));
    const ids = event.dataTransfer.getData(KIND).split(",").filter(Boolean);
    if (!ids.length || !aim?.shot) return;
    event.preventDefault();
    put(aim, ids);
  }, true);

  // The picker's pictures are dragged as references, not as pictures.
  document.addEventListener("htmx:after:swap", () => {
    for (const ref of document.querySelectorAll("#picking .ref")) ref.draggable = true;
    for (const img of document.querySelectorAll("#picking .ref img")) img.draggable = false;
    show();
  });

  // Files that were let go of over a shot belong to it, and those that were chosen for it; others are picking.js's.
  const takes = (files, chosen = null) => {
    const place = aim?.shot ? aim : chosen;
    aim = null;
    if (place) for (const file of files) coming.set(file, { ...place, text: "Waits its turn" });
    show();
    return Boolean(place);
  };
  const show = () => {
    for (const list of document.querySelectorAll("[data-coming]")) {
      const own = [...coming].filter(([, place]) => place.shot === board.openShot());
      list.hidden = !own.length;
      list.replaceChildren(...own.map(([file, { text, failed }]) => {
        const row = Object.assign(document.createElement("li"), { className: failed ? "said problem" : "said" });
        row.append(Object.assign(document.createElement("b"), { textContent: file.name }), ` ${text}`);
        return row;
      }));
    }
  };
  const say = (file, text, failed = false) => { Object.assign(coming.get(file), { text, failed }); show(); };

  document.addEventListener("upload", ({ detail: { file, id, state, text } }) => {
    if (!coming.has(file)) return;
    if (state === "cancelled") { over(file, id); return; }
    say(file, text, state === "failed");
    if (state === "done") settle(file, id);
    else if (state === "failed") end(file, text);
  });
  const settle = async (file, id) => {
    const { shot, field } = Object.assign(coming.get(file), { id });
    const door = new URL(`shots/${shot}/${field === "clip" ? "clip/upload" : "upload"}/`, document.baseURI).pathname;
    try {
      let answer = { status: 202 };
      for (; answer.status === 202; await new Promise((go) => setTimeout(go, PAUSE))) {
        if (!coming.has(file)) return;
        arrivals.keep(id, { board: location.pathname, shot, field, name: file.name, at: Date.now() });
        answer = await sending.ask(door, { upload: id, role: field });
        if (answer.status !== 202) break;
      }
      over(file, id);
      if (answer.take) added(shot, answer);
      else if (shot !== board.openShot()) tell("info", `${file.name} is a reference of shot ${answer.shot} now.`);
      if (document.documentElement.dataset.liveState === "connected") return;
      for (const topic of answer.topics) document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { bubbles: true }));
    } catch (error) { end(file, error.told ?? "It could not be sent. Drop it again.", error.out ? "" : id); }
  };
  const over = (file, id) => {
    coming.delete(file);
    if (id) arrivals.drop(id);
    show();
  };
  // What an earlier page of this board began; another tab that is still at it has said so a moment ago.
  const recover = () => {
    const here = new Set([...coming.values()].map(({ id }) => id));
    for (const id of arrivals.recover(location.pathname, LEFT_BEHIND)) {
      if (here.has(id)) continue;
      const { name, shot, field } = arrivals.get(id);
      const file = { name };
      coming.set(file, { shot, field, text: "Being looked at" });
      settle(file, id);
    }
    show();
  };
  document.addEventListener("DOMContentLoaded", () => { recover(); setTimeout(recover, LEFT_BEHIND + 100); });
  // A clip of one's own: the shelf opens at it, if that is still what somebody looks at.
  const added = (shot, { take, said }) => {
    tell("good", said);
    if (shot !== board.openShot() || document.getElementById("inspector")?.dataset.tab !== "takes") return;
    htmx.ajax("GET", `shots/${shot}/takes/?take=${take}`, { target: "#inspector", swap: "outerMorph" });
  };
  const end = (file, text, id) => {
    tell("problem", `${file.name}: ${text}`);
    over(file, id);
  };

  return { takes };
})();
