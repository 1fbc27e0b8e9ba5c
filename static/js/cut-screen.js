// The screen on which the cut is played, as two halves of which one is in front: while it plays, the next piece is made
// ready behind it, set going just before it is due, and brought to the front when the last frame had its time.
// A piece is a segment of cut-track.js and from where to where it is played.
window.cutScreen = (stage, { moved, changed, over }) => {
  const SETTLE = 150;  // what has just come to the front is not disturbed by the loading of what follows
  let [front, back] = [...stage.querySelectorAll("[data-slot]")].map(window.cutSlot);
  let piece = null;
  let next = null;
  let playing = false;
  let started = false;   // what is behind has been told to play
  let beat = 1000 / 60;  // between two pictures of the browser
  let last = 0;
  let lead = 60;         // how long a clip takes from being told to play until it moves: learned
  let timer;

  const same = (one, other) => one && one.from === other.from && one.to === other.to
    && one.segment.shot === other.segment.shot && one.segment.play === other.segment.play && one.segment.words === other.segment.words;
  const prepare = (wanted) => {
    if (started || (wanted && same(next, wanted))) return;
    clearTimeout(timer);
    next = wanted;
    if (wanted) timer = setTimeout(() => { if (next === wanted && !started) back.load(wanted.segment, wanted.from); }, SETTLE);
  };

  const flip = () => {
    clearTimeout(timer);
    [front, back] = [back, front];
    front.element.classList.add("front");
    back.element.classList.remove("front");
    back.pause();
    delete stage.dataset.waiting;
  };
  const advance = () => {
    if (!next) { pause(); over(); return; }
    if (!back.holds(next.segment)) back.load(next.segment, next.from);
    if (!back.isReady()) { front.pause(); stage.dataset.waiting = ""; return; }
    if (!started) back.play();
    piece = next;
    next = null;
    started = false;
    flip();
    changed(piece);
  };
  const learn = () => {
    const took = front.latency();
    if (took !== null) lead = Math.min(200, 0.6 * lead + 0.4 * took);
  };

  const tick = (at) => {
    if (!playing) return;
    requestAnimationFrame(tick);
    if (at - last > 4 && at - last < 40) beat = 0.9 * beat + 0.1 * (at - last);
    last = at;
    const due = front.due(piece.to);
    if (next && !started && back.holds(next.segment) && back.isReady() && at + lead + beat / 2 >= due) {
      learn();
      started = true;
      back.play();
    }
    // What is painted now is seen one beat later; whichever beat is nearer to the moment is the right one.
    if (at + 1.5 * beat >= due || (started && back.isMoving() && back.time() > next.from + next.segment.frame)) advance();
    moved();
  };
  const play = () => {
    if (playing || !piece) return;
    playing = true;
    last = 0;
    front.play();
    requestAnimationFrame(tick);
  };
  const pause = () => {
    playing = false;
    front.pause();
    if (started) { back.pause(); back.load(next.segment, next.from); }
    started = false;
    delete stage.dataset.waiting;
  };
  // Somebody wants to see just this: at once, with its poster until the frame is there.
  const show = (wanted, at) => {
    if (started) { back.pause(); started = false; }
    next = null;
    piece = wanted;
    if (!front.holds(wanted.segment)) flip();
    front.load(wanted.segment, at);
    if (playing) front.play();
  };

  return {
    show, prepare, play, pause,
    extend: (wanted) => { if (piece && wanted) piece = { ...piece, to: Math.max(piece.to, wanted.to) }; },
    time: () => front.time(),
    piece: () => piece,
    isPlaying: () => playing,
    setRate: (value) => { for (const slot of [front, back]) slot.setRate(value); },
    mute: (on) => { for (const slot of [front, back]) slot.mute(on); },
  };
};
