// The list of boards: N makes a new one, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  document.querySelector('[form="new-board"]')?.click();
});
