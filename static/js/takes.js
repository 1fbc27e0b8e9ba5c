// Takes on the board: clocks of shots whose vendor does not tell how far it is, cards that became out of date with a
// shot further up, a word when a render is over, and the sheet that an answer asks for.
(() => {
  const SECOND = 1000;
  const MOST = 95;  // nobody knows when it is done
  const LATE = 3;
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  const tick = () => {
    const now = Math.floor(Date.now() / SECOND);
    for (const part of document.querySelectorAll("[data-since]")) {
      const gone = Math.max(0, now - Number(part.dataset.since));
      const typical = Number(part.dataset.typical);
      if (part.matches("progress")) part.value = typical ? Math.min(MOST, (gone / typical) * 100) : MOST / 2;
      else part.textContent = `Rendering ${clock(gone)}${typical ? `${gone > LATE * typical ? ", usually" : " of about"} ${clock(typical)}` : ""}`;
    }
  };
  setInterval(tick, SECOND);

  // The sums are counted over the whole board, so they know which takes are out of date; a card hears only of its own
  // shot and the one before it. Whatever differs is fetched again.
  const compare = () => {
    const stale = new Set((document.getElementById("sums")?.dataset.stale ?? "").split(" ").filter(Boolean));
    for (const cell of document.querySelectorAll(".cell[data-shot]")) {
      if ("stale" in cell.dataset !== stale.has(cell.dataset.shot)) htmx.trigger(cell, "again");
    }
  };

  const watched = new Set();
  const ended = () => {
    for (const run of document.querySelectorAll("#runs [data-run]")) watched.add(run.dataset.run);
    for (const each of document.querySelectorAll("#runs [data-ended]")) {
      if (!watched.delete(each.dataset.ended)) continue;
      const kind = /failed/.test(each.dataset.sentence) ? "problem" : "good";
      document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { kind, text: each.dataset.sentence } }));
      document.body.dispatchEvent(new CustomEvent("over", { bubbles: true, detail: { kind, text: each.dataset.sentence } }));
    }
  };

  document.addEventListener("htmx:after:swap", (event) => {
    const { target, sourceElement } = event.detail.ctx;
    tick();
    if (sourceElement?.id === "sums" || target?.id === "sums") compare();
    ended();
  });
  document.addEventListener("DOMContentLoaded", tick);

  // The shelf fetches itself; when it was opened at another take meanwhile, that answer would lead back to the one before.
  // Looked at last of all: while an answer is still being read, another may have been shown.
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (sourceElement?.id !== "inspector" || !sourceElement.isConnected) return;
    const asks = new URL(sourceElement.getAttribute("hx-get"), document.baseURI);
    if (asks.href !== new URL(request.action, document.baseURI).href) event.preventDefault();
  });

  document.addEventListener("render", (event) => {
    htmx.ajax("GET", `render/?shot=${event.detail.shot}`, { target: "#render", swap: "innerHTML" });
  });
})();
