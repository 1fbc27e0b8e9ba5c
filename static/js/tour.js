// The tour: puts its note beside what it speaks of, and marks that. What is not on the page, or where there is no room
// beside it, leaves the note at the bottom, where the style sheet has it. It never takes the focus, and covers no dialog.
(() => {
  const GAP = 14;
  const EDGE = 12;
  const POINT = 18;
  const NEAR = 4;
  let marked = null;
  let waiting = 0;
  // Somebody went to work meanwhile: the note makes room until they ask for the next step.
  let aside = false;

  const note = () => document.querySelector("#tour:not([hidden])");
  const inView = (box) => box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const anchor = (tour) => tour.dataset.near.split(",").map((one) => document.querySelector(one)).find((one) => one?.getClientRects().length) ?? null;

  const mark = (part) => {
    if (marked !== part) marked?.classList.remove("toured");
    part?.classList.add("toured");
    marked = part;
  };

  // Where the bars at the bottom begin, which stand one on the other.
  const floor = () => ["cut", "runs"].reduce((line, id) => {
    const box = document.getElementById(id)?.getBoundingClientRect();
    return box?.height && Math.abs(box.bottom - line) < NEAR ? box.top : line;
  }, innerHeight);

  const rest = (tour) => {
    delete tour.dataset.placed;
    for (const name of ["left", "top", "--point"]) tour.style.removeProperty(name);
    tour.style.bottom = `${innerHeight - floor() + EDGE}px`;
  };

  // Below it where there is room, else above; on small screens always at the bottom.
  const place = () => {
    waiting = 0;
    const tour = note();
    const part = tour && anchor(tour);
    mark(part);
    if (!tour) return;
    const at = part?.getBoundingClientRect();
    if (aside || !at || !inView(at) || matchMedia("(max-width: 900px)").matches) { rest(tour); return; }
    const { offsetWidth: width, offsetHeight: height } = tour;
    const below = at.bottom + GAP;
    // What belongs to one bar at the bottom may stand on another.
    const above = Math.min(at.top, part.closest("#cut, #runs") ? floor() : at.top) - GAP - height;
    const fits = below + height < floor() - EDGE ? "below" : above > EDGE ? "above" : "";
    if (!fits) { rest(tour); return; }
    const middle = at.left + Math.min(at.width / 2, width / 2);
    const left = Math.max(EDGE, Math.min(middle - width / 2, innerWidth - width - EDGE));
    tour.dataset.placed = fits;
    tour.style.removeProperty("bottom");
    tour.style.left = `${left}px`;
    tour.style.top = `${fits === "below" ? below : above}px`;
    tour.style.setProperty("--point", `${Math.max(POINT, Math.min(middle - left - 6, width - 2 * POINT))}px`);
  };
  const soon = () => { if (!waiting) waiting = requestAnimationFrame(place); };

  // Whoever asked for the next step is shown where it is.
  const show = () => {
    aside = false;
    const part = note() && anchor(note());
    if (part && !inView(part.getBoundingClientRect())) part.scrollIntoView({ block: "center" });
    place();
  };

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.sourceElement?.closest?.("#tour")) show();
    else soon();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest?.("#tour")) return;
    event.stopPropagation();
    document.getElementById("tour-end")?.click();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    if (aside || !note() || event.target.closest("#tour, .bars, dialog")) return;
    aside = true;
    soon();
  }, true);
  document.addEventListener("focusin", (event) => {
    if (aside || !note() || !event.target.matches("textarea, input, select")) return;
    aside = true;
    soon();
  });
  document.addEventListener("scroll", soon, true);
  document.addEventListener("toggle", soon, true);
  document.addEventListener("load", soon, true);
  addEventListener("resize", soon);
  document.addEventListener("DOMContentLoaded", soon);
})();
