// Two people changed one field: shows both texts side by side and does what is chosen, so that neither is lost.
(() => {
  const dialog = () => document.getElementById("conflict");
  const waiting = [];
  let shown;

  const next = () => {
    shown = waiting.shift();
    if (!shown) return;
    const draft = drafts.get(shown.id);
    if (!draft) { next(); return; }
    const part = (name) => dialog().querySelector(`[data-${name}]`);
    part("by").textContent = shown.by || "Somebody else";
    part("theirs").textContent = shown.said ?? shown.theirs;
    part("mine").textContent = label(draft);
    dialog().querySelector("[data-keep=both]").hidden = !shown.text;
    dialog().showModal();
  };
  // A choice from a list is shown by its words.
  const label = ({ value }) => {
    const field = saving.fieldsOf(shown.id)[0];
    return field?.matches("select") ? field.selectedOptions[0]?.textContent ?? value : value;
  };

  const keep = (value) => {
    const { id, version } = shown;
    const { met, stuck, ...draft } = drafts.get(id);
    drafts.keep(id, { ...draft, value, base: version });
    saving.settle();
    saving.send(id);
  };
  const choices = {
    mine: () => keep(drafts.get(shown.id).value),
    both: () => keep(`${shown.theirs}\n\n${drafts.get(shown.id).value}`),
    theirs: () => {
      drafts.drop(shown.id);
      for (const field of saving.fieldsOf(shown.id)) {
        field.dataset.version = shown.version;
        if ("defaultValue" in field) field.defaultValue = shown.theirs;
      }
      saving.settle();
      const topic = shown.topics?.[0];
      if (topic) document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { bubbles: true }));
    },
  };

  document.addEventListener("conflict", (event) => {
    waiting.push(event.detail);
    if (!dialog().open) next();
  });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("#conflict [data-keep]")?.dataset.keep;
    if (!choice) return;
    dialog().close();
    choices[choice]();
    next();
  });
  // Escape decides nothing: both texts stay until somebody does.
  document.addEventListener("cancel", (event) => { if (event.target.id === "conflict") event.preventDefault(); }, true);
})();
