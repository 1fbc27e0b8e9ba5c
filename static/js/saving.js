// Saves each field by itself, a moment after the last key: <textarea data-save="…/save/" data-field="prompt"
// data-version="3" data-key="shot-…">. What is being typed is never overwritten by an update of the page, and what two
// people typed at once becomes the event "conflict", which conflict.js shows. Used as `saving` by the other scripts.
window.saving = (() => {
  const PAUSE = 600;
  const LEFT_BEHIND = 5000;
  // Browsers let 64 kB in all outlive their page, and refuse at once to send what is more. As it is sent, a letter of
  // Chinese is nine of these.
  const OUTLIVES = 20_000;
  const busy = new Set();
  const timers = new Map();
  const WORDS = { saving: "Saving…", saved: "Saved", lost: "No connection. Kept here, sent when it is back." };
  let wait = 1000;

  const fields = (within = document) => [...within.querySelectorAll("[data-save]")];
  const idOf = (field) => `${field.dataset.key}:${field.dataset.field}`;
  const fieldsOf = (id) => fields().filter((field) => idOf(field) === id);
  const isText = (field) => field.matches("textarea, input:not([type=checkbox], [type=radio])");
  const valueOf = (field) => field.type === "checkbox" ? (field.checked ? "on" : "") : field.value;
  const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/)?.[1] ??
    document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const page = () => location.pathname;
  let said = ["", ""];
  const say = (state, text = WORDS[state]) => {
    said = [state, text];
    tell();
  };
  // Again after each update of the page, which knows nothing of it.
  const tell = () => {
    for (const place of document.querySelectorAll("[data-saving]")) [place.dataset.state, place.textContent] = said;
  };

  const ask = async ({ url, field, value, base }) => {
    const body = String(new URLSearchParams({ field, value, base }));
    const headers = { "X-CSRFToken": token(), "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" };
    const answer = await fetch(url, { method: "POST", body, headers, keepalive: body.length < OUTLIVES });
    if (answer.redirected) return { problem: "You are signed out. Sign in again in another tab, then go on here.", again: true };
    if (answer.headers.get("Content-Type")?.includes("json")) return { status: answer.status, ...(await answer.json()) };
    if (answer.status >= 500) throw new TypeError("The server is away.");
    return { problem: "This could not be saved. Copy your text and reload the page.", status: answer.status };
  };

  const send = async (id) => {
    clearTimeout(timers.get(id));
    const draft = drafts.get(id);
    if (!draft || draft.stuck || draft.met || busy.has(id)) return;
    busy.add(id);
    say("saving");
    try {
      take(id, draft, await ask(draft));
      wait = 1000;
    } catch {
      say("lost");
      wait = Math.min(wait * 2, 20_000);
      timers.set(id, setTimeout(() => send(id), wait));
    } finally { busy.delete(id); }
    if (drafts.get(id) && drafts.get(id).value !== draft.value) later(id, 0);
  };

  const take = (id, sent, answer) => {
    const now = drafts.get(id);
    if (answer.problem) {
      if (now) drafts.keep(id, { ...now, stuck: !answer.again && now.value === sent.value });
      return say("wrong", answer.problem);
    }
    if (answer.theirs !== undefined) {
      if (now) drafts.keep(id, { ...now, met: true });
      say("wrong", "Somebody else changed this too. Choose what stays.");
      document.dispatchEvent(new CustomEvent("conflict", { detail: { id, ...answer } }));
      return;
    }
    settled(id, sent, answer.version);
    if (answer.remark) document.dispatchEvent(new CustomEvent("toast", { detail: { kind: "info", text: answer.remark } }));
    // The live stream tells everybody, this page too; without it the page tells itself.
    if (document.documentElement.dataset.liveState === "connected") return;
    for (const topic of answer.topics) document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { bubbles: true }));
  };

  const settled = (id, sent, version) => {
    for (const field of fieldsOf(id)) confirm(field, sent.value, version);
    const now = drafts.get(id);
    if (now && now.value !== sent.value) { drafts.keep(id, { ...now, base: version }); return; }
    drafts.drop(id);
    if (!drafts.ids().length) say("saved");
  };

  // From now on this is what the server has, also before the page has been fetched again.
  const confirm = (field, value, version) => {
    field.dataset.version = version;
    if (field.matches("select")) for (const option of field.options) option.toggleAttribute("selected", option.value === value);
    else if (isText(field)) field.defaultValue = value;
    else field.defaultChecked = field.type === "radio" ? field.value === value : value === "on";
  };

  const later = (id, pause) => {
    clearTimeout(timers.get(id));
    timers.set(id, setTimeout(() => send(id), pause));
  };
  const changed = (field) => {
    const id = idOf(field);
    const base = drafts.get(id)?.base ?? field.dataset.version;
    const url = new URL(field.dataset.save, document.baseURI).pathname;
    drafts.keep(id, { url, field: field.dataset.field, value: valueOf(field), base, board: page(), at: Date.now() });
    later(id, isText(field) ? PAUSE : 0);
  };
  const flush = () => Promise.all(drafts.ids().map(send));
  // Shows what the server says wherever nothing unsaved stands, and what is unsaved wherever it does.
  const settle = () => {
    tell();
    for (const field of fields()) {
      const draft = drafts.get(idOf(field));
      if (draft) show(field, draft.value);
      else if (field.matches("select")) field.value = field.querySelector("option[selected]")?.value ?? field.value;
      else if (isText(field)) { if (field.value !== field.defaultValue) put(field, field.defaultValue); }
      else field.checked = field.defaultChecked;
    }
  };
  const put = (field, value) => {
    const { selectionStart, selectionEnd } = field;
    field.value = value;
    if (field === document.activeElement) field.setSelectionRange?.(selectionStart, selectionEnd);
  };
  const show = (field, value) => {
    if (field.type === "checkbox") field.checked = value === "on";
    else if (field.type === "radio") field.checked = field.value === value;
    else if (field.value !== value) put(field, value);
  };

  document.addEventListener("input", (event) => { if (event.target.dataset?.save && isText(event.target)) changed(event.target); });
  document.addEventListener("change", (event) => { if (event.target.dataset?.save && !isText(event.target)) changed(event.target); });
  document.addEventListener("focusout", (event) => { if (event.target.dataset?.save) send(idOf(event.target)); });
  document.addEventListener("submit", (event) => {
    if (!event.target.querySelector("[data-save]") || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    flush();
  }, true);
  document.addEventListener("htmx:before:morph:node", (event) => {
    const { target, detail: { newNode } } = event;
    if (!target.dataset?.save) return;
    // Nor may an answer that was asked for before the last save bring back what was there before it.
    if (drafts.has(idOf(target)) || Number(newNode.dataset?.version) < Number(target.dataset.version)) event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", settle);
  // A shot that was deleted is there again: what was refused meanwhile is sent once more.
  document.addEventListener("returned", ({ detail }) => {
    for (const id of drafts.ids().filter((id) => id.startsWith(`shot-${detail.shot}:`))) {
      drafts.keep(id, { ...drafts.get(id), stuck: false });
      send(id);
    }
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  for (const name of ["online", "pagehide", "frame:back"]) addEventListener(name, flush);
  const recover = () => { if (drafts.recover(page(), LEFT_BEHIND).length) { settle(); flush(); } };
  // And again for what was sent while an earlier page was left: nobody heard the answer.
  document.addEventListener("DOMContentLoaded", () => { recover(); setTimeout(recover, LEFT_BEHIND + 100); });

  return { flush, send, fieldsOf, settle, changed, confirm };
})();
