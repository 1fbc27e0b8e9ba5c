// Plays clips of a grid while the pointer is over them, and clips or sounds on a press of their button. What is played
// is fetched only then, by an address that leads to a short-lived link.
(() => {
  const DELAY = 160;
  let timer;
  let playing;

  const stop = (thumb = playing) => {
    clearTimeout(timer);
    thumb?.querySelector("video, audio")?.remove();
    thumb?.removeAttribute("hx-morph-skip");
    thumb?.querySelector(".round")?.setAttribute("aria-pressed", "false");
    if (thumb === playing) playing = undefined;
  };

  const play = (thumb, aloud) => {
    stop();
    playing = thumb;
    thumb.setAttribute("hx-morph-skip", "");  // an update of the grid leaves it playing
    const player = document.createElement(thumb.dataset.kind);
    Object.assign(player, { src: thumb.dataset.play, muted: !aloud, loop: !aloud, playsInline: true });
    player.addEventListener("ended", () => stop(thumb));
    player.addEventListener("playing", () => { player.dataset.playing = ""; });
    thumb.querySelector("a").append(player);
    player.play().catch(() => { if (player.isConnected) stop(thumb); });
    if (aloud) thumb.querySelector(".round").setAttribute("aria-pressed", "true");
  };

  const over = (event) => event.pointerType === "mouse" && event.target.closest?.('[data-play][data-kind="video"]');
  document.addEventListener("pointerover", (event) => {
    const thumb = over(event);
    if (!thumb || thumb === playing || thumb.contains(event.relatedTarget)) return;
    clearTimeout(timer);
    timer = setTimeout(() => play(thumb, false), DELAY);
  });
  document.addEventListener("pointerout", (event) => {
    const thumb = over(event);
    if (!thumb || thumb.contains(event.relatedTarget)) return;
    clearTimeout(timer);
    if (thumb.querySelector(".round").getAttribute("aria-pressed") !== "true") stop(thumb);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play] .round");
    if (!button) return;
    const thumb = button.closest("[data-play]");
    if (button.getAttribute("aria-pressed") === "true") stop(thumb);
    else play(thumb, true);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });
})();
