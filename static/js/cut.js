// The player of the cut: what comes after what, where it is, what is looped. The screen is cut-screen.js, the footer
// cut-track.js, the keyboard cut-keys.js. While the board changes, what is on screen goes on; what follows is anew.
window.cut = (() => {
  const player = document.getElementById("player");
  const stage = document.getElementById("cut-stage");
  const track = window.cutTrack;
  const AROUND = 1;  // seconds on each side of a joint that is looped
  let list = [];
  let loop = "";     // the shot behind the joint
  let rate = 1;
  let muted = false;
  const isAlone = player.classList.contains("alone");

  const total = () => (list.length ? list.at(-1).start + list.at(-1).to - list.at(-1).from : 0);
  const of = (shot) => list.find((segment) => segment.shot === shot);
  const whole = (segment) => segment && { segment, from: segment.from, to: segment.to };
  // The two pieces of a loop: the end of one shot, and the beginning of the next.
  const around = (shot) => {
    const second = of(shot);
    const first = list[second.index - 1];
    return [
      { segment: first, from: Math.max(first.from, first.to - AROUND), to: first.to },
      { segment: second, from: second.from, to: Math.min(second.to, second.from + AROUND) },
    ];
  };
  const after = (piece) => {
    if (loop) return around(loop)[piece.segment.shot === loop ? 0 : 1];
    const here = of(piece.segment.shot);
    if (here) return whole(list[here.index + 1]);
    // It was deleted meanwhile: whatever stands in its place now.
    return whole(list.find((segment) => Number(segment.number) >= Number(piece.segment.number)));
  };

  const screen = window.cutScreen(stage, {
    moved: () => track.place(now(), total()),
    changed: (piece) => { screen.prepare(after(piece)); paint(); },
    over: () => { track.place(total(), total()); paint(); },
  });
  const now = () => {
    const piece = screen.piece();
    if (!piece) return 0;
    const segment = of(piece.segment.shot) ?? piece.segment;
    return segment.start + Math.min(Math.max(0, screen.time() - segment.from), segment.to - segment.from);
  };
  const isOver = () => now() > total() - (list.at(-1)?.frame ?? 0) * 1.5;
  const isOpen = () => !stage.hidden;

  const paint = () => {
    const shot = isOpen() ? screen.piece()?.segment.shot ?? "" : "";
    track.paint({ playing: screen.isPlaying(), muted, loop, rate, shot, isFull: document.fullscreenElement === player });
    track.place(now(), total());
    track.say(now(), total(), of(shot));
  };
  const open = () => {
    if (isOpen() || !list.length) return;
    stage.hidden = false;
    player.classList.add("open");
  };
  const close = () => {
    if (isAlone || !isOpen()) return;
    const shot = screen.piece()?.segment.shot;
    screen.pause();
    if (document.fullscreenElement) document.exitFullscreen();
    if (player.contains(document.activeElement)) document.getElementById("cut-play")?.focus();
    stage.hidden = true;
    player.classList.remove("open");
    paint();
    document.getElementById(`cell-${shot}`)?.scrollIntoView({ block: "nearest" });
  };

  const seek = (seconds) => {
    if (!list.length) return;
    open();
    const at = Math.min(Math.max(0, seconds), total());
    const segment = list.findLast((one) => one.start <= at + 1e-6);
    // At the very end its last frame is shown.
    const local = Math.min(segment.from + at - segment.start, segment.to - segment.rest);
    const piece = loop ? around(loop).find((one) => one.segment === segment && local >= one.from && local <= one.to) : null;
    if (!piece) loop = "";
    screen.show(piece ?? whole(segment), Math.max(segment.from, local));
    screen.prepare(after(screen.piece()));
    paint();
  };
  const play = () => {
    if (!screen.piece() || (isOver() && !loop)) seek(0);
    open();
    screen.play();
    paint();
  };
  const toggle = () => {
    if (!screen.isPlaying()) { play(); return; }
    screen.pause();
    screen.prepare(after(screen.piece()));
    paint();
  };
  const step = (frames) => {
    if (screen.isPlaying()) toggle();
    if (!screen.piece()) { seek(0); return; }
    const { segment } = screen.piece();
    const goal = track.step(segment, now() - segment.start, frames);
    // Over a joint into the neighbour.
    if (goal < 0) seek(Math.max(0, segment.start - (list[segment.index - 1]?.rest ?? 0) * 1.5));
    else if (goal === Infinity) seek(list[segment.index + 1] ? segment.start + segment.to - segment.from : now());
    else seek(segment.start + goal);
  };
  // The joint that is given, or the nearest one; the same once more ends it.
  const repeat = (shot) => {
    const goal = shot ?? loop ?? "";
    const near = list.slice(1).sort((a, b) => Math.abs(a.start - now()) - Math.abs(b.start - now()))[0]?.shot;
    const wanted = goal || near;
    if (!wanted || wanted === loop) {
      loop = "";
      if (screen.piece()) { screen.extend(whole(of(screen.piece().segment.shot))); screen.prepare(after(screen.piece())); }
    } else {
      loop = wanted;
      const [first] = around(loop);
      seek(first.segment.start + first.from - first.segment.from + 1e-4);
      play();
    }
    paint();
  };
  const setRate = (value) => { rate = value; screen.setRate(rate); paint(); };
  const mute = () => { muted = !muted; screen.mute(muted); paint(); };

  // The footer was drawn anew: what is on screen stays, what comes next is what the new list says. Only a card at rest
  // makes room for the clip that has come.
  const renew = () => {
    list = track.read();
    if (loop && !of(loop)?.index) loop = "";
    track.lay();
    if (!list.length) close();
    const piece = screen.piece();
    if (piece) {
      const fresh = of(piece.segment.shot);
      const isRipe = fresh && !screen.isPlaying() && !piece.segment.play && fresh.play;
      if (isRipe) screen.show(whole(fresh), fresh.from);
      screen.prepare(after(screen.piece()));
    }
    if (isAlone && list.length && !piece) seek(0);
    paint();
  };

  return { setRate, mute, renew, player, stage, track, screen, seek, play, toggle, step, repeat, close, paint, isOpen, now, total, canClose: !isAlone };
})();
