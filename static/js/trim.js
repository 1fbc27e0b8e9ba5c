// Choosing a part: two handles on a track, the same in numbers, and keys. The form works without it, in numbers.
(() => {
  const form = document.querySelector("[data-trim]");
  const whole = Number(form.dataset.seconds);
  const step = form.dataset.fps ? 1 / Number(form.dataset.fps) : 0.01;
  const LEAST = 0.1;
  const player = form.querySelector("[data-player]");
  const track = form.querySelector(".track");
  const handle = { start: track.querySelector("[data-handle=start]"), end: track.querySelector("[data-handle=end]") };
  const field = { start: form.elements.start, end: form.elements.end };
  const toggle = form.querySelector("[data-toggle]");
  let looping = false;

  const value = (name) => Number(handle[name].value);
  const milli = (seconds) => (Math.round(seconds * 1000) / 1000).toFixed(3);
  const place = (element, from, width) => {
    element.setAttribute("x", String(1000 * from / whole));
    if (width !== undefined) element.setAttribute("width", String(1000 * width / whole));
  };

  const show = () => {
    const [start, end] = [value("start"), value("end")];
    place(track.querySelector(".part"), start, end - start);
    form.querySelector("output").textContent = `${milli(end - start)} s of ${milli(whole)} s`;
    for (const name of ["start", "end"]) {
      handle[name].setAttribute("aria-valuetext", `${milli(value(name))} seconds`);
      if (document.activeElement !== field[name]) field[name].value = milli(value(name));
    }
  };

  const set = (name, seconds, seek = true) => {
    const [low, high] = name === "start" ? [0, value("end") - LEAST] : [value("start") + LEAST, whole];
    handle[name].value = milli(Math.min(Math.max(seconds, low), high));
    if (seek) player.currentTime = value(name);
    show();
  };

  for (const name of ["start", "end"]) {
    handle[name].addEventListener("input", () => set(name, value(name)));
    field[name].addEventListener("change", () => {
      const typed = Number(field[name].value.replace(",", "."));
      if (Number.isFinite(typed)) set(name, typed);
      field[name].value = milli(value(name));
    });
  }

  const pause = () => {
    looping = false;
    player.pause();
    toggle.querySelector("span").textContent = "Play the part";
  };
  const play = () => {
    if (looping) { pause(); return; }
    looping = true;
    const at = player.currentTime;
    if (at < value("start") || at >= value("end") - 0.05) player.currentTime = value("start");
    toggle.querySelector("span").textContent = "Pause";
    player.play().catch(pause);
  };
  const watch = () => {
    place(track.querySelector(".now"), Math.min(player.currentTime, whole * 0.997));
    if (looping && (player.currentTime >= value("end") || player.ended)) { pause(); player.currentTime = value("end"); }
    requestAnimationFrame(watch);
  };

  const nudge = (event, direction) => {
    const by = direction * (event.shiftKey ? 1 : step);
    const name = document.activeElement?.dataset?.handle;
    if (name) set(name, value(name) + by);
    else player.currentTime = Math.min(Math.max(player.currentTime + by, 0), whole);
  };
  const keys = {
    " ": play, i: () => set("start", player.currentTime, false), o: () => set("end", player.currentTime, false),
    ArrowLeft: (event) => nudge(event, -1), ArrowRight: (event) => nudge(event, 1),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input:not([type=range]), button, a, summary");
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(event);
  });
  toggle.addEventListener("click", play);
  // The numbers are what is sent; after a mistake they are what was typed.
  if (field.end.value) set("end", Number(field.end.value), false);
  if (field.start.value) set("start", Number(field.start.value), false);
  show();
  requestAnimationFrame(watch);
})();
