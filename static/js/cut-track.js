// The footer of the cut: reads the list of segments that the server drew, and paints on it where the player is. All of
// it may be drawn anew at any time, so nothing is kept in it.
window.cutTrack = (() => {
  const part = (id) => document.getElementById(id);
  const parts = () => [...document.querySelectorAll("#cut-track [data-shot]")];
  const clock = (seconds) => {
    const tenths = Math.round(seconds * 10);
    return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
  };

  // Seconds throughout: `from` and `to` within the shot's own clip, `start` within the film.
  const read = () => {
    let start = 0;
    return parts().map(({ dataset }, index) => {
      const { shot, number, words, play = "", poster = "" } = dataset;
      const [from, to] = [Number(dataset.in) / 1000, Number(dataset.out) / 1000];
      const segment = { index, shot, number, words, play, poster, from, to, start, frame: 1 / Number(dataset.fps) };
      start += to - from;
      return segment;
    });
  };

  // As wide as they are long.
  const lay = () => {
    for (const each of parts()) each.style.flexGrow = String(Math.max(1, each.dataset.out - each.dataset.in));
  };
  const place = (seconds, total) => {
    if (!part("cut-head")) return;
    part("cut-head").style.left = `${100 * Math.min(1, seconds / (total || 1))}%`;
    part("cut-at").textContent = clock(seconds);
    const slider = part("cut-slider");
    if (slider !== document.activeElement || !slider.matches(":active")) slider.value = String(Math.round(seconds * 1000));
  };
  // Said in words when somebody went there, and at each new shot; not with every frame.
  const say = (seconds, total, segment) => {
    part("cut-slider")?.setAttribute("aria-valuetext", `${segment ? `Shot ${segment.number}, ` : ""}${clock(seconds)} of ${clock(total)}`);
  };
  const pressed = (element, on) => element?.setAttribute("aria-pressed", String(on));
  const paint = ({ playing, muted, loop, rate, shot, isFull }) => {
    const play = part("cut-play");
    if (!play) return;
    play.toggleAttribute("data-playing", playing);
    play.setAttribute("aria-label", playing ? "Pause" : "Play the cut");
    pressed(part("cut-mute"), muted);
    pressed(part("cut-loop"), Boolean(loop));
    pressed(part("cut-full"), isFull);
    part("cut-full").hidden = !document.fullscreenEnabled;
    part("cut-speed").value = String(rate);
    for (const each of document.querySelectorAll("#cut [data-loop]")) pressed(each, each.dataset.loop === loop);
    for (const each of parts()) each.toggleAttribute("data-now", each.dataset.shot === shot);
    mark(shot);
  };
  // The card of the shot that plays, where there are cards.
  const mark = (shot) => {
    for (const cell of document.querySelectorAll(".cell[data-playing]")) if (cell.dataset.shot !== shot) delete cell.dataset.playing;
    const cell = shot && part(`cell-${shot}`);
    if (cell) cell.dataset.playing = "";
  };

  return { read, lay, place, say, paint };
})();
