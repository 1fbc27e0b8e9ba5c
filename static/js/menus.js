// <details class="menu"> opens without a script; this closes it on Escape, on a click elsewhere and when the focus leaves.
(() => {
  const open = () => document.querySelectorAll("details.menu[open]");
  const close = (menu) => { menu.open = false; };

  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) close(menu);
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) close(menu);
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.activeElement?.closest?.("details.menu") ?? open()[0];
    if (!menu?.open) return;
    if (event.key === "Escape") { event.preventDefault(); close(menu); menu.querySelector("summary").focus(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll(".pop :is(a, button)")];
    const at = items.indexOf(document.activeElement);
    items.at((at + (at < 0 && step < 0 ? 0 : step)) % items.length)?.focus();
  });
})();
