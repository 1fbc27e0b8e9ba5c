// Says when the connection is lost and when it is back. Any script may report "live:lost" and "live:back" on the body.
(() => {
  const note = document.getElementById("offline");
  const lost = new Set();
  let timer;

  const show = () => {
    const was = !note.hidden;
    note.hidden = lost.size === 0;
    if (was && note.hidden) {
      document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { kind: "good", text: "You are connected again." } }));
      document.body.dispatchEvent(new CustomEvent("frame:back", { bubbles: true }));
    }
  };
  const lose = (reason) => { lost.add(reason); show(); };
  const find = (reason) => { if (lost.delete(reason)) show(); };

  // A failed request does not say when the way is open again, so we knock, more and more slowly.
  const knock = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        await fetch("/healthz", { cache: "no-store" });
        find("request");
      } catch { knock(Math.min(wait * 1.5, 15000)); }
    }, wait);
  };

  addEventListener("offline", () => lose("browser"));
  addEventListener("online", () => { find("browser"); if (lost.has("request")) knock(200); });
  if (!navigator.onLine) lose("browser");

  document.addEventListener("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    // The live stream has more patience, and says live:lost when that is over. It stands outside the body.
    if (!ctx?.sourceElement?.closest?.("body")) return;
    const late = ctx.request.signal?.reason === "timeout";
    if (!late && !(error instanceof TypeError && !ctx.response)) return;
    lose("request");
    knock(2000);
    // What was typed is kept and sent later; what was pressed is not. Being here is told by itself, not by a press.
    if (ctx.request.method === "GET" || ctx.sourceElement.id === "people") return;
    const detail = { kind: "problem", text: "That was not done, the connection is gone. Do it again when it is back." };
    document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail }));
  });
  document.addEventListener("htmx:after:request", () => find("request"));
  document.addEventListener("live:lost", () => lose("live"));
  document.addEventListener("live:back", () => find("live"));
})();
