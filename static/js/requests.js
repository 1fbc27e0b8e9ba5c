// How htmx asks: with the newest CSRF token, without eval, and past a sign-in page that came instead of a fragment.
(() => {
  const refuse = function () { throw new Error("Code in attributes is switched off here."); };
  htmx.registerExtension("strict", { init: (api) => api.initSecurity(null, refuse, refuse) });
  // Extensions load after htmx may have looked at the page; looking again wires what they add.
  document.addEventListener("DOMContentLoaded", () => htmx.process(document.body));

  // Signing in, in this or another tab, replaces the token: the cookie always has the valid one.
  const token = () =>
    document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/)?.[1] ??
    document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (request.method === "GET") return;
    request.headers["X-CSRFToken"] = token();
    if (request.body?.has?.("csrfmiddlewaretoken")) request.body.set("csrfmiddlewaretoken", token());
  });

  document.addEventListener("submit", (event) => {
    const field = event.target.elements?.namedItem("csrfmiddlewaretoken");
    if (field && token()) field.value = token();
  }, true);

  // A session that ended answers a fragment with the sign-in page. Somebody who only wanted to look is led there and
  // back; a page in use stays, so that nothing typed is lost: signing in elsewhere is enough, see token().
  document.addEventListener("htmx:before:response", (event) => {
    const { response: { raw }, request, sourceEvent } = event.detail.ctx;
    const signIn = document.querySelector('meta[name="sign-in"]')?.content;
    if (!raw.redirected || new URL(raw.url).pathname !== signIn) return;
    event.preventDefault();
    if (request.method === "GET" && sourceEvent?.isTrusted) {
      location.assign(`${signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    const text = "You are signed out. Sign in again in another tab, then carry on here.";
    document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { kind: "problem", text } }));
  });
})();
