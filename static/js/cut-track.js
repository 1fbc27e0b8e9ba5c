// The footer of the cut: reads the list of segments that the server drew, and paints on it where the player is. All of
// it may be drawn anew at any time, so nothing is kept in it.
window.cutTrack = (() => {
  const part = (id) => document.getElementById(id);
  const parts = () => [...document.querySelectorAll("#cut-track [data-shot]")];
  const clock = (seconds) => {
    const tenths = Math.round(seconds * 10);
    return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
  };

  // Seconds throughout: `from` and `to` within the shot's own clip, `start` within the film; `frames` says when those
  // begin that are played, where the rate is only an average; `rest` before the end its last frame is on screen.
  const read = () => {
    let start = 0;
    return parts().map(({ dataset }, index) => {
      const { shot, number, words, play = "", poster = "" } = dataset;
      const [from, to] = [Number(dataset.in) / 1000, Number(dataset.out) / 1000];
      const frame = 1 / Number(dataset.fps);
      // The first one that is played begins up to a millisecond before `from`.
      const frames = (dataset.frames?.split(" ") ?? []).map((ms) => Number(ms) / 1000).filter((at) => at > from - 0.002 && at < to);
      const rest = Math.min(frame, to - (frames.at(-1) ?? -Infinity)) / 2;
      const segment = { index, shot, number, words, play, poster, from, to, start, frame, frames, rest };
      start += to - from;
      return segment;
    });
  };
  // So many frames on from this place in the segment, or back: a place a little within that frame, so that no rounding
  // shows the one before; below zero or Infinity where it has no such frame.
  const step = ({ from, to, frame, frames }, place, by) => {
    if (!frames.length) {
      const goal = (Math.floor(place / frame + 0.01) + by + 0.25) * frame;
      return goal < to - from - frame / 4 ? goal : Infinity;
    }
    const goal = frames.findLastIndex((at) => at <= from + place + 0.0015) + by;
    if (goal < 0) return -1;
    const length = (frames[goal + 1] ?? to) - frames[goal];
    return goal < frames.length ? Math.max(0, frames[goal] + Math.min(length / 4, 0.004) - from) : Infinity;
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

  return { read, step, lay, place, say, paint };
})();
