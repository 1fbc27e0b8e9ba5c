// A player whose link ran out fetches a fresh one and goes on where it was; one that cannot play says why, once.
(() => {
  const AGAIN = 20_000;
  const tried = new WeakMap();

  // The element tells no difference between a file that is not there and one that it cannot decode.
  const why = async (address) => {
    const answer = await fetch(address, { headers: { Range: "bytes=0-0" } }).catch(() => null);
    if (!answer) return "It cannot be shown. Its file may be gone from the storage: download it to find out.";
    if (answer.status === 404) return "The file of this clip is gone from the storage. Select another take, or render the shot again.";
    return "This browser cannot play it. Download it to see it.";
  };

  document.addEventListener("error", (event) => {
    const player = event.target;
    if (!player.matches?.("[data-player]")) return;
    const before = tried.get(player);
    if (before && Date.now() - before < AGAIN) {
      why(player.getAttribute("src") || player.currentSrc).then((text) =>
        player.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { kind: "info", text } })));
      return;
    }
    tried.set(player, Date.now());
    const { currentTime, paused } = player;
    player.load();
    player.currentTime = currentTime;
    if (!paused) player.play().catch(() => {});
  }, true);
})();
