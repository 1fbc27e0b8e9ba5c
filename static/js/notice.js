// What somebody sees of a render who looks elsewhere: the page's title, and a notice of the browser for who asked for it.
// Both read the bar of what is under way (templates/takes/runs.html); takes.js says when a render is over.
(() => {
  const KEY = "notice";
  const AWAY = 15_000;
  // Browsers on Android only let installed apps give notices.
  const able = "Notification" in window && window.isSecureContext && !/Android/.test(navigator.userAgent);
  const BLOCKED = "This browser blocks notices from this page. Allow them in the settings beside the address, then press again.";
  const TOLD = "You will be told when a render is over or needs somebody, also while another page is in front.";
  let over = "";
  let before = null;

  const stored = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const store = (value) => { try { localStorage.setItem(KEY, value); } catch { /* it holds for this page */ } };
  let wanted = stored() === "on";
  const on = () => able && wanted && Notification.permission === "granted";
  const say = (kind, text) => document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { kind, text } }));
  const name = () => document.querySelector("#board-name h1, h1#board-name")?.textContent.trim() ?? "";
  const isAway = () => document.hidden || !document.hasFocus();

  const tell = (text) => {
    if (!on() || !isAway()) return;
    const notice = new Notification(name(), { body: text, tag: location.pathname });
    notice.addEventListener("click", () => { window.focus(); notice.close(); });
  };

  // Nothing until the bar has come: what stood in it when the page was opened is no news.
  const standing = () => {
    const { busy, decide, waits } = document.getElementById("runs")?.dataset ?? {};
    return busy === undefined ? null : { busy: Number(busy), decide: Number(decide), waits: Boolean(waits) };
  };
  const prefix = ({ busy, decide, waits }) => {
    if (decide) return "Needs a decision · ";
    if (busy) return `(${busy} rendering) `;
    return waits ? "Waits for you · " : over;
  };

  const look = () => {
    const now = standing();
    if (!now) return;
    if (now.busy) over = "";
    if (before && now.decide > before.decide) tell("A take needs a decision: only a person can say what became of it.");
    else if (before && now.waits && !before.waits) tell("The render waits for somebody to approve or to choose a take.");
    before = now;
    if (name()) document.title = `${prefix(now)}${name()} · Lastframe`;
    for (const button of document.querySelectorAll("[data-notice]")) {
      button.hidden = !able;
      button.setAttribute("aria-pressed", String(on()));
    }
  };

  const press = async () => {
    wanted = !on();
    if (wanted && (await Notification.requestPermission()) !== "granted") {
      wanted = false;
      say("problem", BLOCKED);
    } else if (wanted) say("info", TOLD);
    store(wanted ? "on" : "off");
    look();
  };

  document.addEventListener("over", (event) => {
    over = event.detail.kind === "good" ? "Done · " : "Failed · ";
    tell(event.detail.text);
    look();
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-notice]")) press(); });
  // Whoever is back has seen it.
  for (const sign of ["pointerdown", "keydown"]) document.addEventListener(sign, () => { if (over) { over = ""; look(); } });
  document.addEventListener("htmx:after:swap", look);
  document.addEventListener("DOMContentLoaded", look);
  // A hidden page does not listen for hints (live.js), so it asks now and then, while something is under way.
  setInterval(() => {
    if (document.hidden && document.querySelector("#runs .run")) htmx.ajax("GET", "runs/", { target: "#runs", swap: "outerMorph" });
  }, AWAY);
})();
