// Half of the screen on which the cut is played: a clip, or a card where a clip is missing. cut-screen.js has two of
// them, so that one can be made ready while the other one plays. Times are seconds within the shot's own clip.
window.cutSlot = (element) => {
  const AGAIN = 20_000;
  const video = element.querySelector("video");
  const card = element.querySelector(".still");
  const tried = new Map();
  let segment = null;
  let frame = null;   // the last one that was presented since it plays, and when
  let began = null;   // where and when it was told to play, until it moves
  let latency = null; // how long that took, in milliseconds
  let clock = { at: 0, since: null };  // of a card
  let rate = 1;
  let wanted = false;
  let muted = false;

  const isClip = () => Boolean(segment) && !video.hidden;
  const left = (to, from) => (to - from) * 1000 / rate;

  const see = (_, facts) => {
    frame = wanted ? facts : null;
    if (began && facts.mediaTime > began.at + segment.frame / 2) {
      latency = Math.max(0, facts.expectedDisplayTime - left(facts.mediaTime, began.at) - began.when);
      began = null;
    }
    video.requestVideoFrameCallback(see);
  };
  video.requestVideoFrameCallback?.(see);

  const time = () => {
    if (isClip()) return video.currentTime;
    return clock.since === null ? clock.at : clock.at + (performance.now() - clock.since) * rate / 1000;
  };
  // When, on the clock of animation frames, it is through with what it shows up to `to`. The last frame tells best; a
  // player that is stuck further back is not through, whatever its last frame said.
  const due = (to) => {
    const now = performance.now();
    if (!isClip()) return now + left(to, time());
    if (!frame) return video.ended ? now : now + left(to, video.currentTime);
    const stuck = video.ended ? 0 : now + left(to, video.currentTime + 2 * segment.frame);
    return Math.max(frame.expectedDisplayTime + left(to, frame.mediaTime), stuck);
  };

  const draw = (why) => {
    const picture = card.querySelector("img");
    picture.hidden = !segment.poster;
    if (segment.poster) picture.src = segment.poster;
    card.querySelector("[data-number]").textContent = `Shot ${segment.number}`;
    card.querySelector("[data-words]").textContent = segment.words;
    card.querySelector("[data-why]").textContent = why;
  };
  const load = (next, at) => {
    segment = next;
    frame = began = null;
    video.muted = muted;
    const isPlayable = next.play && tried.get(next.play) !== "broken";
    video.hidden = !isPlayable;
    card.hidden = Boolean(isPlayable);
    if (!isPlayable) {
      video.pause();
      clock = { at, since: wanted ? performance.now() : null };
      draw(next.play ? "This browser cannot play its clip. Download it to see it." : "No clip yet");
      return;
    }
    if (video.dataset.play !== next.play) {
      video.dataset.play = next.play;
      if (next.poster) video.poster = next.poster;
      else video.removeAttribute("poster");
      video.src = next.play;
    }
    if (video.currentTime !== at || video.ended) video.currentTime = at;
  };
  const play = () => {
    wanted = true;
    frame = null;
    if (!isClip()) { clock = { at: time(), since: performance.now() }; return; }
    began = { at: video.currentTime, when: performance.now() };
    video.playbackRate = rate;
    video.play().catch((error) => {
      if (error.name !== "NotAllowedError" || video.muted) return;
      video.muted = true;  // better without sound than not at all
      video.play().catch(() => {});
    });
  };
  const pause = () => {
    clock = { at: isClip() ? clock.at : time(), since: null };
    wanted = false;
    began = null;
    video.pause();
  };
  const setRate = (value) => {
    clock = { at: isClip() ? clock.at : time(), since: clock.since && performance.now() };
    rate = video.playbackRate = value;
    frame = null;
  };

  // A link that ran out is asked for anew, as in player.js; what cannot be played at all is a card for its seconds.
  video.addEventListener("error", () => {
    if (!isClip() || !video.dataset.play) return;
    const at = video.currentTime;
    const before = tried.get(segment.play);
    if (before && Date.now() - before < AGAIN) {
      tried.set(segment.play, "broken");
      load(segment, Math.max(at, segment.from));
      return;
    }
    tried.set(segment.play, Date.now());
    video.load();
    video.currentTime = at;
    if (wanted) play();
  });

  return {
    element, load, play, pause, time, due, setRate,
    holds: (one) => Boolean(segment) && segment.shot === one.shot && segment.play === one.play,
    isReady: () => !isClip() || (video.readyState >= 2 && !video.seeking),
    isMoving: () => wanted && !began,
    latency: () => latency,
    mute: (on) => { muted = video.muted = on; },
  };
};
