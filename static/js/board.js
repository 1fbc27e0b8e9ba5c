// The board's page: which shot is open, who is where, how large the cards are, what is folded, dialogs that came.
// Keys are in board-keys.js, selecting in select.js, moving in reorder.js, saving in saving.js.
window.board = (() => {
  const side = () => document.getElementById("side");
  const cells = () => [...document.querySelectorAll("#strip .cell[data-shot]")].filter((cell) => cell.offsetParent);
  const cover = (cell) => cell?.querySelector(".cover");
  const openShot = () => document.getElementById("inspector")?.dataset.shot ?? "";
  const cellOf = (shot) => document.getElementById(`cell-${shot}`);
  const focused = () => document.activeElement?.closest?.(".cell[data-shot]") ?? null;

  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* it holds for this page */ } };

  const mark = () => {
    const shot = openShot();
    for (const link of document.querySelectorAll(".cover[aria-current]")) link.removeAttribute("aria-current");
    cover(cellOf(shot))?.setAttribute("aria-current", "true");
    const told = document.getElementById("at-shot");
    if (!told || told.dataset.shot === shot) return;
    told.dataset.shot = told.value = shot;
    document.body.dispatchEvent(new CustomEvent("moved", { bubbles: true }));
  };
  const place = () => {
    for (const spot of document.querySelectorAll(".here:not(:empty)")) spot.replaceChildren();
    for (const one of document.querySelectorAll("#people [data-at]")) {
      const spot = one.dataset.at && !one.dataset.me && cellOf(one.dataset.at)?.querySelector(".here");
      if (spot) spot.append(one.querySelector(".avatar").cloneNode(true));
    }
  };

  const zoom = (size) => {
    document.getElementById("board").dataset.zoom = size;
    for (const button of document.querySelectorAll("[data-zoom-as]")) {
      button.setAttribute("aria-pressed", String(button.dataset.zoomAs === size));
    }
  };
  const view = (name) => {
    document.getElementById("board").dataset.view = name;
    for (const link of document.querySelectorAll("[data-view-as]")) {
      if (link.dataset.viewAs === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    document.cookie = `board-view=${name}; path=/; max-age=31536000; samesite=lax`;
  };
  const toggleView = () => view(document.getElementById("board").dataset.view === "list" ? "strip" : "list");

  const foldKey = (scene) => `folded:${scene.dataset.scene}`;
  const fold = (scene, on) => {
    if (!scene?.dataset.scene) return;
    scene.classList.toggle("folded", on);
    scene.querySelector(".fold")?.setAttribute("aria-expanded", String(!on));
    store(foldKey(scene), on ? "1" : "");
  };
  const refold = () => {
    for (const scene of document.querySelectorAll(".scene[data-scene]")) if (stored(foldKey(scene))) fold(scene, true);
  };

  const close = () => {
    const shot = openShot();
    side().classList.remove("open");
    history.replaceState(history.state, "", location.pathname);
    htmx.ajax("GET", "defaults/", { target: "#side", swap: "innerHTML" });
    (cover(cellOf(shot)) ?? document.getElementById("main")).focus();
  };
  const open = (cell, then = "") => {
    if (!cell) return;
    after = then;
    cover(cell).click();
  };
  let after = "";
  // Where the keyboard was, for when that card goes; and what a view says should be looked at next.
  let last = 0;
  let wanted = null;
  document.addEventListener("focusin", () => { if (focused()) last = cells().indexOf(focused()); });
  document.addEventListener("went", (event) => { wanted = event.detail; setTimeout(went, 80); });
  const went = () => {
    if (!wanted) return;
    const { shot, focus } = wanted;
    wanted = null;
    if (shot) { side().classList.add("open"); side().scrollTop = 0; }
    const card = focus === "next" ? cells()[Math.min(last, cells().length - 1)] : cellOf(shot) ?? focused() ?? cells()[last];
    if (focus === "scene") name();
    else if (focus === "card" || focus === "next") cover(card)?.focus();
    else if (focus) document.getElementById(focus)?.focus();
    if (shot) cellOf(shot)?.scrollIntoView({ block: "nearest" });
  };

  // The scene that was made of the selected shots: its name is typed at once.
  const name = () => {
    const field = cellOf(selecting.ids()[0])?.closest(".scene")?.querySelector(".scene-head input.bare");
    selecting.none();
    field?.focus();
    field?.select();
  };

  const asked = new WeakSet();
  // Undo takes back the last step, so only the last sentence may offer it.
  const lastToldOnly = () => { for (const old of [...document.querySelectorAll("#toasts .told")].slice(0, -1)) old.remove(); };
  // Somebody deleted the shot that is open here. Whoever is writing in it goes on, and what was not saved stays in sight.
  const inUse = () => {
    const { activeElement } = document;
    const writes = activeElement.matches("textarea, input[type=text], input:not([type])") && side().contains(activeElement);
    return writes || drafts.ids().some((id) => id.startsWith(`shot-${openShot()}:`));
  };
  const lose = () => {
    if (document.getElementById("gone")) return;
    const note = document.getElementById("shot-gone").content.firstElementChild.cloneNode(true);
    (side().querySelector(".form") ?? side().lastElementChild).before(note);
  };
  const regain = () => {
    document.getElementById("gone")?.remove();
    document.dispatchEvent(new CustomEvent("returned", { detail: { shot: openShot() } }));
  };
  const arrived = () => {
    lastToldOnly();
    const isGone = openShot() && !cellOf(openShot());
    if (isGone && !inUse()) { close(); return; }
    if (isGone) lose();
    else if (document.getElementById("gone")) regain();
    mark();
    place();
    refold();
  };
  document.addEventListener("htmx:after:swap", (event) => {
    const { target } = event.detail.ctx;
    for (const dialog of document.querySelectorAll("dialog[data-auto]")) {
      const content = dialog.firstElementChild;
      if (content && !asked.has(content)) { asked.add(content); dialog.showModal(); }
    }
    arrived();
    if (target?.id !== "side") return;
    side().scrollTop = 0;
    side().classList.toggle("open", Boolean(openShot()) || !event.detail.ctx.sourceElement?.matches("[data-close-side], body"));
    // Where the inspector covers the lower part of the page, its shot stands above it.
    if (openShot() && matchMedia("(max-width: 900px)").matches) cellOf(openShot())?.scrollIntoView({ block: "start" });
    const part = document.getElementById(after);
    (part?.querySelector(":checked:enabled") ?? part)?.focus();
    after = "";
  });
  // A form in a dialog closes it when it was done.
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement?.matches?.("form[data-closes]") && ctx.response?.status < 400) ctx.sourceElement.closest("dialog")?.close("go");
  });
  document.addEventListener("close", (event) => { if (event.target.matches("dialog[data-auto]")) event.target.replaceChildren(); }, true);

  document.addEventListener("click", (event) => {
    const part = (selector) => event.target.closest?.(selector);
    const link = part("[data-view-as], [data-close-side], [data-opens]");
    if (link) event.preventDefault();
    if (link?.dataset.viewAs) view(link.dataset.viewAs);
    else if (link && "closeSide" in link.dataset) close();
    else if (link) open(link.closest(".cell"), "opens");
    if (part("[data-zoom-as]")) { zoom(part("[data-zoom-as]").dataset.zoomAs); store("zoom", part("[data-zoom-as]").dataset.zoomAs); }
    if (part(".fold")) fold(part(".scene"), !part(".scene").classList.contains("folded"));
    if (part(".item")) part("details.menu")?.removeAttribute("open");
  });
  document.addEventListener("input", (event) => {
    const count = document.querySelector(event.target.dataset?.count);
    if (!count) return;
    const { most, advised } = count.dataset;
    count.textContent = `${[...event.target.value].length.toLocaleString("en")} / ${most ? Number(most).toLocaleString("en") : `${advised} recommended`}`;
  });
  // Others see at once that somebody went; whoever comes back from the browser's memory is here again.
  addEventListener("pagehide", () => {
    const headers = { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
    fetch("presence/", { method: "POST", body: new URLSearchParams({ left: "1" }), headers, keepalive: true }).catch(() => {});
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.body.dispatchEvent(new CustomEvent("moved", { bubbles: true }));
  });
  document.addEventListener("DOMContentLoaded", () => { zoom(stored("zoom") ?? "m"); arrived(); });

  return { cells, cover, cellOf, openShot, focused, open, close, fold, toggleView, side };
})();
