// Choosing the frame where a shot hands over: the slider and its keys, both frames and their difference, warnings.
// [data-leave] has all frames as [ms, weakness, step, difference, words]; ms is the middle of a frame's time, so that
// the browser shows and the server takes exactly that one. On the board it stands in a dialog, elsewhere on its own page.
(() => {
  const SECOND = 1000;
  const known = new WeakMap();
  const form = () => document.querySelector("[data-leave]");
  const frames = (of) => {
    if (!known.has(of)) known.set(of, JSON.parse(of.dataset.frames));
    return known.get(of);
  };
  const slider = (of) => of.querySelector("[data-at]");

  // While one frame is looked for, only the newest wish is kept.
  const seek = (video, seconds) => {
    video.dataset.wish = seconds;
    if (!video.seeking && video.readyState) video.currentTime = seconds;
  };
  const draw = (of) => {
    const [now, then, canvas] = ["now", "then", "apart"].map((name) => of.querySelector(`[data-${name}]`));
    if (!canvas || now.readyState < 2 || then.readyState < 2) return;
    canvas.width = Math.min(640, now.videoWidth);
    canvas.height = Math.round((canvas.width * now.videoHeight) / now.videoWidth) || 360;
    const brush = canvas.getContext("2d");
    brush.drawImage(now, 0, 0, canvas.width, canvas.height);
    brush.globalCompositeOperation = "difference";
    brush.drawImage(then, 0, 0, canvas.width, canvas.height);
  };

  const say = (of, at) => {
    const all = frames(of);
    const [ms, weakness, step, apart, words] = all[at];
    const time = `${(ms / SECOND).toFixed(3)} s`;
    const number = "whole" in of.dataset ? `frame ${at + 1} of ${all.length}` : "";
    of.querySelector("[data-said]").textContent = [time, number].filter(Boolean).join(", ");
    slider(of).setAttribute("aria-valuetext", [time, number, weakness].filter(Boolean).join(", "));
    const line = of.querySelector("[data-line]");
    for (const end of ["x1", "x2"]) line?.setAttribute(end, String((at / Math.max(1, all.length - 1)) * 1000));
    for (const warning of of.querySelectorAll("[data-weak]")) warning.hidden = warning.dataset.weak !== weakness;
    const said = of.querySelector("[data-apart-said]");
    if (said) said.textContent = step === null ? "" : `Δ ${step.toFixed(1)}: ${words}${apart === null ? "" : `; colours differ by ${apart.toFixed(1)} %`}`;
  };
  const go = (of, at, touched = true) => {
    const all = frames(of);
    const to = Math.min(all.length - 1, Math.max(0, at));
    slider(of).value = to;
    say(of, to);
    seek(of.querySelector("[data-now]"), all[to][0] / SECOND);
    if (!touched || !of.elements.ms) return;
    of.elements.ms.value = all[to][0];
    of.elements.seconds.value = (all[to][0] / SECOND).toFixed(3);
  };
  const by = (of, count) => go(of, Number(slider(of).value) + count);

  const begin = () => {
    const of = form();
    if (!of || of.dataset.begun) return;
    of.dataset.begun = "yes";
    go(of, Number(slider(of).value));
    slider(of).focus();
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-leave] [data-at]")) go(form(), Number(event.target.value));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-leave] [data-by], [data-leave] [data-to]");
    if (button?.dataset.by) by(form(), Number(button.dataset.by));
    else if (button) go(form(), button.dataset.to === "first" ? 0 : Infinity);
    const close = event.target.closest?.("dialog [data-leave] a[data-close]");
    if (close) event.preventDefault();
  });
  const keys = {
    ",": -1, "<": -10, ";": -10, ".": 1, ">": 10, ":": 10, ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1,
    PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity,
  };
  // Before the slider's own: with Shift its arrows go ten frames.
  document.addEventListener("keydown", (event) => {
    const of = form();
    const typing = event.target.matches?.("input:not([type=range]), textarea, select");
    const outside = document.querySelector("dialog[open]") && !of?.closest("dialog[open]");
    if (!of || !(event.key in keys) || typing || outside || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    by(of, keys[event.key] * (event.shiftKey && event.key.startsWith("Arrow") ? 10 : 1));
  }, true);

  // Events of videos do not bubble, so they are heard on their way down.
  const ready = (event) => {
    const video = event.target;
    const of = video.closest?.("[data-leave]");
    if (!of) return;
    const wish = Number(video.dataset.wish);
    if (video.dataset.wish && Math.abs(video.currentTime - wish) > 1e-4) { video.currentTime = wish; return; }
    draw(of);
  };
  for (const name of ["loadedmetadata", "loadeddata", "seeked"]) document.addEventListener(name, ready, true);

  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:after:swap", begin);
  // A shot that is to land on a picture asks for it at once, when its inspector has come.
  document.addEventListener("land", () => setTimeout(() => document.querySelector('[data-pick="landing"]')?.click(), 120));
})();
