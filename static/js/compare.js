// Two takes compared, in the dialog over the board or on a page of their own: beside each other, with a divider to draw
// across, or one in the place of the other. What plays is lockstep.js's; the keys stand on the buttons' labels.
(() => {
  const BLINK = 500;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  // Whoever looks at another pair goes on as before.
  const kept = { mode: "side", cut: 50, speed: "1", sound: "", loop: true, shot: "", time: 0 };
  let now = null;

  const part = (selector) => now.root.querySelector(selector);
  const stage = () => part(".duo");

  const paint = () => {
    const { clock } = now;
    const scrub = part(".scrub");
    scrub.max = clock.length() || 1;
    if (document.activeElement !== scrub || clock.state.playing) scrub.value = clock.time();
    const said = `${clock.time().toFixed(2)} of ${clock.length().toFixed(2)} s`;
    scrub.setAttribute("aria-valuetext", said);
    part("[data-clock]").textContent = said;
    kept.time = clock.time();
    now.root.toggleAttribute("data-playing", clock.state.playing);
    part("[data-says]").textContent = clock.state.playing ? "Pause" : "Play";
    const { videoWidth, videoHeight } = part("video");
    if (videoWidth) stage().style.setProperty("--ratio", videoWidth / videoHeight);
  };
  const mode = (name) => {
    kept.mode = stage().dataset.mode = name;
    part(`[name=mode][value=${name}]`).checked = true;
    look("");
  };
  // One alone; again, and both are there.
  const look = (key) => {
    if (key && stage().dataset.only !== key) stage().dataset.only = key;
    else delete stage().dataset.only;
    for (const button of now.root.querySelectorAll("[data-look][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.look === stage().dataset.only));
    }
  };
  const flip = () => { stage().dataset.shown = stage().dataset.shown === "a" ? "b" : "a"; };
  const flipped = () => { part("[data-alone]").checked = false; look(""); flip(); };
  const cut = (share) => {
    kept.cut = Math.round(Math.max(0, Math.min(100, share)));
    stage().style.setProperty("--cut", `${kept.cut}%`);
    part("[data-cut]").value = kept.cut;
  };
  setInterval(() => {
    if (!now?.root.isConnected || calm.matches) return;
    const { mode: name, only } = stage().dataset;
    if (name === "flicker" && !only && part("[data-alone]").checked) flip();
  }, BLINK);

  const wire = (root) => {
    const [one, two] = root.querySelectorAll("video");
    now = { root, one, two };
    now.clock = lockstep(one, two, { fps: Number(root.dataset.fps) || 24, changed: () => { if (now?.root === root && now.clock) paint(); } });
    mode(kept.mode);
    cut(kept.cut);
    now.clock.state.loop = part("[data-loop]").checked = kept.loop;
    part("[data-speed]").value = kept.speed;
    part("[data-sound]").value = kept.sound;
    heard();
    const time = kept.shot === root.dataset.shot ? kept.time : 0;
    kept.shot = root.dataset.shot;
    if (time) for (const video of [one, two]) video.addEventListener("loadeddata", () => now?.clock.seek(time), { once: true });
    paint();
  };
  const heard = () => {
    now.clock.speed(Number(kept.speed));
    now.clock.sound({ a: now.one, b: now.two }[kept.sound]);
  };
  const arrived = () => {
    const root = document.querySelector("[data-compare]:has(video)");
    if (root === now?.root) return;
    now?.clock.stop();
    now = null;
    if (root) wire(root);
  };
  document.addEventListener("DOMContentLoaded", arrived);
  document.addEventListener("htmx:after:swap", arrived);
  document.addEventListener("close", (event) => { if (event.target.id === "compare") setTimeout(arrived); }, true);

  const chosen = (target) => now && now.root.contains(target);
  document.addEventListener("change", ({ target }) => {
    if (!chosen(target)) return;
    if (target.name === "mode") mode(target.value);
    else if (target.matches("[data-speed]")) { kept.speed = target.value; heard(); }
    else if (target.matches("[data-sound]")) { kept.sound = target.value; heard(); }
    else if (target.matches("[data-loop]")) now.clock.state.loop = kept.loop = target.checked;
    else if (target.matches("select") && !target.closest("[hx-get]:not([hx-ignore] *)")) target.form.requestSubmit();
  });
  document.addEventListener("input", ({ target }) => {
    if (!chosen(target)) return;
    if (target.matches(".scrub")) { now.clock.stop(); now.clock.seek(Number(target.value)); }
    else if (target.matches("[data-cut]")) cut(Number(target.value));
  });
  document.addEventListener("click", ({ target }) => {
    const button = chosen(target) && target.closest("[data-step], [data-toggle], [data-look], [data-other]");
    if (!button) return;
    if (button.dataset.step) now.clock.step(Number(button.dataset.step));
    else if ("toggle" in button.dataset) now.clock.toggle();
    else if ("other" in button.dataset) flipped();
    else look(button.dataset.look);
    paint();
  });
  // The divider, with a mouse, a pen or a finger, anywhere on the picture.
  const draw = (event) => {
    const box = part(".half.a").getBoundingClientRect();
    cut(((event.clientX - box.left) / box.width) * 100);
  };
  document.addEventListener("pointerdown", (event) => {
    if (!chosen(event.target) || !event.target.closest(".duo[data-mode=wipe]") || event.target.closest("button")) return;
    stage().setPointerCapture(event.pointerId);
    draw(event);
  });
  document.addEventListener("pointermove", (event) => {
    if (chosen(event.target) && stage().hasPointerCapture(event.pointerId)) draw(event);
  });

  const keys = {
    " ": () => now.clock.toggle(), ",": () => now.clock.step(-1), ".": () => now.clock.step(1),
    1: () => look("a"), 2: () => look("b"), s: () => mode("side"), w: () => mode("wipe"),
    f: () => stage().dataset.mode === "flicker" ? flipped() : mode("flicker"),
  };
  document.addEventListener("keydown", (event) => {
    if (!now?.root.isConnected || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("select, textarea, input:not([type=range], [type=radio], [type=checkbox])")) return;
    const own = event.key === " " && event.target.closest?.("button, a, summary, [type=checkbox]");
    const action = keys[event.key.toLowerCase()];
    if (own || !action || (document.querySelector("dialog[open]") ?? now.root.closest("dialog")) !== now.root.closest("dialog")) return;
    event.preventDefault();
    action();
    paint();
  });
})();
