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
    part("title").textContent = shown.text ? "Two of you wrote here" : `Two of you chose ${name()}`;
    part("how").textContent = shown.text ? "while you were writing" : "just before you";
    part("theirs").textContent = shown.said ?? shown.theirs;
    part("mine").textContent = label(draft);
    dialog().querySelector("[data-keep=both]").hidden = !shown.text;
    dialog().showModal();
  };
  // The field's own label: “the length”, “the model”.
  const name = () => {
    const field = saving.fieldsOf(shown.id)[0];
    const words = field?.closest("fieldset")?.querySelector("legend") ?? field?.labels?.[0];
    return words ? `“${words.textContent.trim()}”` : "this";
  };
  // A choice is shown by its words.
  const label = ({ value }) => {
    const fields = saving.fieldsOf(shown.id);
    const option = fields.flatMap((field) => [...field.options ?? []]).find((each) => each.value === value);
    const radio = fields.find((field) => field.type === "radio" && field.value === value);
    if (fields[0]?.type === "checkbox") return value ? "On" : "Off";
    return option?.textContent ?? radio?.labels[0]?.textContent ?? (value || "Nothing");
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
      for (const field of saving.fieldsOf(shown.id)) saving.confirm(field, shown.theirs, shown.version);
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
