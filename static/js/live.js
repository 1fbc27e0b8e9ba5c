// Keeps a page up to date. The page says where it listens, and each part says what it wants to hear of:
//   <div data-live="/teams/…/live?after=17" hidden></div>     after: the channel's position, read before the rows
//   <section id="members" hx-get="…" hx-trigger="live:members from:body" hx-swap="outerMorph">
// The server sends hints without content (storyboard/live/stream.py); here a hint "members" becomes the event
// "live:members" on the body, and htmx fetches the part again. htmx's SSE extension reads the stream; when to connect is
// decided here: again and again with pauses, never in a hidden tab (a browser has only six connections to a server),
// and always from the last number seen, so that nothing is missed by sleeping, waking, or moving to another network.
// <html data-live-state> is connected, lost, paused or ended; the body hears live:lost, live:back and live:ended.
(() => {
  const SILENCE = 35_000;  // the server beats every 10 seconds
  const HIDDEN = 20_000;
  const source = document.createElement("div");
  source.hidden = true;
  let url = "";
  let last = "";
  let open = false;
  let wanted = false;
  let over = false;
  let heard = 0;
  let tries = 0;
  let timer;
  let sleep;
  let topics = new Set();

  const state = (name) => { document.documentElement.dataset.liveState = name; };
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(`live:${name}`, { bubbles: true }));

  // Hints that arrive together are told together: a part that hears of two changes is fetched once.
  const hear = (names) => {
    if (!topics.size) setTimeout(() => {
      const told = topics;
      topics = new Set();
      told.forEach(tell);
    }, 15);
    names.forEach((name) => topics.add(name));
  };
  const everything = () => [...document.querySelectorAll('[hx-trigger*="live:"]')].flatMap(
    (part) => [...part.getAttribute("hx-trigger").matchAll(/live:([a-z0-9-]+)/g)].map((found) => found[1]));

  const connect = async () => {
    clearTimeout(timer);
    if (open || !wanted || !url) return;
    open = true;
    heard = Date.now();
    if (!source.isConnected) document.documentElement.append(source);
    const headers = last ? { "Last-Event-ID": last } : {};
    try { await htmx.ajax("GET", url, { source, target: source, swap: "none", headers }); } catch { /* tried again below */ }
    open = false;
    if (wanted) lose();
  };
  const disconnect = () => {
    clearTimeout(timer);
    if (open) htmx.trigger(source, "htmx:abort");
  };
  const lose = () => {
    if (tries === 1) { state("lost"); tell("lost"); }  // not the first time: a server that restarts is back at once
    tries += 1;
    clearTimeout(timer);
    timer = setTimeout(connect, Math.min(15_000, 250 * 2 ** tries) * (0.75 + Math.random() / 2));
  };
  const stop = (name) => {
    wanted = false;
    state(name);
    disconnect();
  };
  const end = () => { over = true; stop("ended"); tell("back"); tell("ended"); };
  const resume = () => {
    clearTimeout(sleep);
    if (!url || over || document.hidden) return;
    wanted = true;
    if (!open) connect();
    else if (Date.now() - heard > SILENCE) disconnect();
  };

  // Only the stream's own events concern us, and nobody else is concerned with this element's.
  for (const name of ["htmx:error", "htmx:response:error", "htmx:after:request", "htmx:before:request", "htmx:finally:request",
    "htmx:sse:error"]) source.addEventListener(name, (event) => event.stopPropagation());
  source.addEventListener("htmx:before:response", (event) => {
    const { raw, status } = event.detail.ctx.response;
    if ([401, 403, 404].includes(status) && wanted) end();
    if (!raw.headers.get("Content-Type")?.includes("text/event-stream")) event.preventDefault();  // a proxy's error page
  });
  source.addEventListener("htmx:sse:before:message", (event) => {
    heard = Date.now();
    last = event.detail.message.id || last;
  });
  source.addEventListener("hello", () => {
    if (tries > 1) tell("back");
    tries = 0;
    state("connected");
  });
  source.addEventListener("hint", (event) => hear([event.detail.data]));
  source.addEventListener("resync", () => hear(everything()));
  source.addEventListener("gone", end);
  source.addEventListener("replaced", () => stop("paused"));

  document.addEventListener("visibilitychange", () => {
    clearTimeout(sleep);
    if (document.hidden) sleep = setTimeout(() => stop("paused"), HIDDEN);
    else resume();
  });
  addEventListener("focus", resume);
  addEventListener("pageshow", resume);
  addEventListener("pagehide", () => { wanted = false; disconnect(); });
  addEventListener("online", () => { disconnect(); clearTimeout(timer); timer = setTimeout(resume, 200); });
  addEventListener("offline", disconnect);
  setInterval(() => { if (open && Date.now() - heard > SILENCE) disconnect(); }, 5_000);

  const start = () => {
    const found = document.querySelector("[data-live]")?.dataset.live ?? "";
    if (found.split("?")[0] === url.split("?")[0]) return;
    stop(found ? "connecting" : "none");
    [url, last, tries, over] = [found, "", 0, false];
    setTimeout(resume);
  };
  document.addEventListener("htmx:after:swap", start);  // the page's main part may have become another page
  document.addEventListener("DOMContentLoaded", start);
})();
