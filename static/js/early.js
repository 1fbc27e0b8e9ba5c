// Holds what is typed while a shot is on its way to the inspector, and writes it into its prompt when that is there.
// Whoever presses N goes on typing: without this the first letters would be keys of the board, D for one. Used as
// `early` by board-keys.js.
window.early = (() => {
  const LONGEST = 10_000;
  let held = null;
  let timer;

  const stop = () => { clearTimeout(timer); held = null; };
  const wait = () => {
    held ??= "";
    clearTimeout(timer);
    timer = setTimeout(stop, LONGEST);
  };
  // Whether the key was meant for the prompt.
  const takes = (event) => {
    if (held === null || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Escape") stop();
    else if (event.key === "Backspace") held = [...held].slice(0, -1).join("");
    else if (event.key === "Enter") held += held && "\n";
    else if ([...event.key].length === 1) held += event.key;
    else return false;
    return true;
  };

  document.addEventListener("focusin", ({ target }) => {
    if (target.id !== "in-prompt" || held === null) return;
    const text = held;
    stop();
    if (!text || target.readOnly) return;
    target.setRangeText(text, target.value.length, target.value.length, "end");
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:before:request", (event) => {
    if (new URL(event.detail.ctx.request.action, location).pathname.endsWith("/shots/add/")) wait();
  });
  for (const name of ["htmx:error", "htmx:response:error"]) document.addEventListener(name, stop);

  return { wait, takes };
})();
