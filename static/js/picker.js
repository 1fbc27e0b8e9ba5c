// The picker of references (storyboard/media/views/picker.py): keeps to the number that may be chosen, remembers what
// was chosen while somebody searches on, and tells the page by the event "picked" with {ids, field}.
(() => {
  const chosen = (form) => [...form.querySelectorAll("[name=picked]:checked")].map(({ value }) => value);
  const before = (form) => form.closest(".picker").querySelector("input[name=chosen]");
  // Also those that the search does not show now.
  const all = (form) => {
    const shown = new Set([...form.querySelectorAll("[name=picked]")].map(({ value }) => value));
    return [...before(form).value.split(",").filter((id) => id && !shown.has(id)), ...chosen(form)];
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-picker]");
    if (!form || event.target.name !== "picked") return;
    const most = Number(form.dataset.most);
    const ids = most === 1 ? chosen(form) : all(form);
    if (ids.length > most) {
      event.target.checked = false;
      const text = `${most} are the most here. Take one out to choose another.`;
      form.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { kind: "info", text } }));
      return;
    }
    before(form).value = ids.join(",");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-picker]");
    if (!form || event.submitter?.value !== "picked") return;
    const ids = Number(form.dataset.most) === 1 ? chosen(form) : all(form);
    form.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: { ids, field: form.dataset.field } }));
  });
})();
