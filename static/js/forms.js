// Forms: sent once, first mistake in focus, passwords shown on request, text copied on request.
(() => {
  const WAIT = 15000;

  const busy = (form, button) => {
    form?.setAttribute("aria-busy", "true");
    button?.setAttribute("aria-disabled", "true");
  };
  const free = (form, button) => {
    form?.removeAttribute("aria-busy");
    button?.removeAttribute("aria-disabled");
  };
  const stop = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };

  // aria-disabled instead of disabled: the button keeps the focus and still goes into the form's data.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.('[aria-disabled="true"]')) stop(event);
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("aria-busy") === "true") stop(event);
  }, true);
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method !== "post") return;
    busy(form, submitter);
    setTimeout(() => free(form, submitter), WAIT);  // an answer that is a download never replaces this page
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;  // back from the browser's memory, where the page is as it was left: busy
    for (const each of document.querySelectorAll("[aria-busy], [aria-disabled]")) free(each, each);
  });

  const parts = ({ ctx }) => {
    const { sourceElement: source, request } = ctx;
    if (request.method === "GET") return [null, null];
    return [request.form, request.submitter ?? (source.matches?.("button") ? source : null)];
  };
  document.addEventListener("htmx:before:request", (event) => busy(...parts(event.detail)));
  document.addEventListener("htmx:finally:request", (event) => free(...parts(event.detail)));

  const firstMistake = (within) => within.querySelector?.('[aria-invalid="true"]')?.focus();
  if (document.querySelector("main form")) firstMistake(document);
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.response?.status === 422) firstMistake(document.querySelector("dialog[open]") ?? document.getElementById("main"));
  });

  const peek = (button) => {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    button.firstChild.textContent = shown ? "Show" : "Hide";
  };
  const mark = (from) => {
    from.closest("details")?.setAttribute("open", "");
    if (from.select) from.select();
    else getSelection().selectAllChildren(from);
    from.scrollIntoView({ block: "nearest" });
  };
  const copy = async (button) => {
    const from = document.querySelector(button.dataset.copy);
    let toast = { kind: "good", text: button.dataset.copied ?? "Copied." };
    try { await navigator.clipboard.writeText(from.value ?? from.textContent); }
    catch {
      mark(from);
      toast = { kind: "info", text: "The browser would not copy it. The text is selected: copy it yourself." };
    }
    button.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: toast }));
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-peek], [data-copy], [data-back], [data-open], [data-close]");
    if (!button) return;
    if ("peek" in button.dataset) peek(button);
    else if (button.dataset.copy) copy(button);
    else if (button.dataset.open) document.querySelector(button.dataset.open)?.showModal();
    else if ("close" in button.dataset) button.closest("dialog")?.close();
    else history.back();
  });
})();
