// The buttons, the slider and the keyboard of the player of the cut. Space plays from anywhere on the board, except where
// it writes or presses; the other keys are the player's while it is open, or only while it has the focus.
(() => {
  const { cut } = window;
  const SECOND = 1;
  const LEAP = 5;
  const track = () => document.getElementById("cut-track");
  const full = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.fullscreenEnabled) cut.player.requestFullscreen().catch(() => {});
  };
  const buttons = {
    toggle: cut.toggle, close: cut.close, mute: cut.mute, full,
    back: () => cut.step(-1), on: () => cut.step(1), loop: () => cut.repeat(),
  };

  cut.player.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cut], [data-loop]");
    if (button?.dataset.loop) cut.repeat(button.dataset.loop);
    else if (button) buttons[button.dataset.cut]();
    else if (event.target.closest("[data-slot]")) cut.toggle();
    // Whoever pressed it with a pointer expects the space bar to play, not to press it again.
    if (event.detail) button?.blur();
  });
  cut.stage.addEventListener("dblclick", (event) => { if (event.target.closest("[data-slot]")) full(); });
  cut.player.addEventListener("input", (event) => {
    if (event.target.id === "cut-slider") cut.seek(Number(event.target.value) / 1000);
    if (event.target.id !== "cut-speed") return;
    cut.setRate(Number(event.target.value));
    event.target.blur();
  });
  document.addEventListener("fullscreenchange", cut.paint);

  const writes = (target) => target.closest?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const presses = (target) => target.id !== "cut-slider"
    && target.closest?.("button, a:not(.cover), summary, input, select, label, video[controls], audio[controls]");
  const leap = (event) => (event.shiftKey ? LEAP : SECOND);
  const back = (event) => cut.seek(cut.now() - leap(event));
  const on = (event) => cut.seek(cut.now() + leap(event));
  const space = (event) => (event.key === " " && !presses(event.target) ? cut.toggle : null);
  // While it is open, wherever the focus is.
  const open = { ",": () => cut.step(-1), ".": () => cut.step(1), l: () => cut.repeat(), L: () => cut.repeat() };
  // Elsewhere on the board these move from card to card, or do something to a shot.
  const inside = {
    ArrowLeft: back, ArrowDown: back, ArrowRight: on, ArrowUp: on,
    Home: () => cut.seek(0), End: () => cut.seek(cut.total()), m: cut.mute, f: full,
  };
  const listen = (element, find, capture = false) => element.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (writes(event.target) || !track() || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("details.menu[open]")) return;
    const act = find(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  }, capture);

  listen(cut.player, (event) => inside[event.key]);
  // The board closes other things with it: the player is on top of them.
  listen(document, ({ key }) => (key === "Escape" && cut.isOpen() && cut.canClose ? cut.close : null), true);
  // After the board’s own keys, and after what somebody types ahead.
  listen(document, (event) => space(event) ?? (cut.isOpen() ? open[event.key] : null));

  document.addEventListener("htmx:after:swap", (event) => {
    const { target, sourceElement } = event.detail.ctx;
    if ([target?.id, sourceElement?.id].includes("cut")) cut.renew();
    else cut.paint();  // a card that was drawn anew may be the one that plays
  });
  document.addEventListener("DOMContentLoaded", cut.renew);
})();
