// A player whose link ran out fetches a fresh one and goes on where it was; one that cannot play says so, once.
(() => {
  const AGAIN = 20_000;
  const tried = new WeakMap();

  document.addEventListener("error", (event) => {
    const player = event.target;
    if (!player.matches?.("[data-player]")) return;
    const before = tried.get(player);
    if (before && Date.now() - before < AGAIN) {
      const text = "This browser cannot play it. Download it to see it.";
      player.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { kind: "info", text } }));
      return;
    }
    tried.set(player, Date.now());
    const { currentTime, paused } = player;
    player.load();
    player.currentTime = currentTime;
    if (!paused) player.play().catch(() => {});
  }, true);
})();
