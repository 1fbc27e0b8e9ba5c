// Two players and one clock: the longer clip leads, the other follows to within a frame and holds its last one when it
// is over. `lockstep(one, two, {fps, changed})`; `changed` is told whenever something looks different. For compare.js.
window.lockstep = (one, two, { fps, changed }) => {
  const FAR = 0.25;      // seconds; farther apart it jumps, nearer it walks a little faster or slower
  const PULL = 3;
  const MOST = 0.4;
  const frame = 1 / fps;
  const state = { playing: false, speed: 1, loop: true };
  let ticking = 0;

  const length = (video) => Number.isFinite(video.duration) ? video.duration : 0;
  const lead = () => length(two) > length(one) ? two : one;
  const other = () => lead() === one ? two : one;
  // Within the clip, and never behind its last frame.
  const within = (video, time) => Math.max(0, Math.min(time, length(video) - frame / 2));
  const put = (video, time) => { if (Math.abs(video.currentTime - time) > 0.001) video.currentTime = time; };
  const seek = (time) => {
    for (const video of [one, two]) put(video, within(video, time));
    changed();
  };

  const follow = () => {
    const [master, video] = [lead(), other()];
    if (video.seeking || !length(video)) return;
    if (master.currentTime >= length(video) - frame / 2) {
      if (!video.paused) video.pause();
      if (video.currentTime < length(video) - frame) put(video, within(video, Infinity));
      return;
    }
    if (video.paused) video.play().catch(() => {});
    const apart = video.currentTime - master.currentTime;
    if (Math.abs(apart) > FAR) put(video, within(video, master.currentTime));
    const pull = Math.abs(apart) < frame / 8 ? 0 : Math.max(-MOST, Math.min(MOST, apart * PULL));
    const rate = Math.round(state.speed * (1 - pull) * 50) / 50;
    if (video.playbackRate !== rate) video.playbackRate = rate;
  };
  const tick = () => {
    if (!one.isConnected) { stop(); return; }
    follow();
    changed();
    ticking = requestAnimationFrame(tick);
  };

  const stop = () => {
    cancelAnimationFrame(ticking);
    state.playing = false;
    for (const video of [one, two]) video.pause();
  };
  const pause = () => {
    stop();
    seek(lead().currentTime);
  };
  const play = async () => {
    if (state.playing) return;
    if (lead().currentTime >= length(lead()) - frame) seek(0);
    else seek(lead().currentTime);
    state.playing = true;
    cancelAnimationFrame(ticking);
    ticking = requestAnimationFrame(tick);
    await Promise.all([one, two].map((video) => video.play())).catch(() => {});
  };
  const ended = (event) => {
    if (event.target !== lead() || !state.playing) return;
    if (!state.loop) { pause(); return; }
    seek(0);
    lead().play().catch(() => {});
  };
  const step = (by) => {
    if (state.playing) stop();
    // The middle of a frame: its edge may show the one before.
    const at = Math.floor(lead().currentTime / frame + 0.001) + by;
    seek(within(lead(), (at + 0.5) * frame));
  };
  const speed = (value) => {
    state.speed = value;
    for (const video of [one, two]) video.playbackRate = value;
  };
  const sound = (video) => { for (const each of [one, two]) each.muted = each !== video; };

  for (const video of [one, two]) {
    video.addEventListener("ended", ended);
    video.addEventListener("loadedmetadata", () => changed());
    video.controls = false;
  }
  return {
    state, play, pause, stop, seek, step, speed, sound,
    toggle: () => state.playing ? pause() : play(),
    time: () => lead().currentTime,
    length: () => length(lead()),
  };
};
