// A note beside a take while it is typed, <textarea data-note="the take's id">: kept in this browser until Approve or
// Reject has brought it to the server, through everything that draws the shelf anew and through a reload.
(() => {
  const fields = () => document.querySelectorAll("textarea[data-note]");
  // The server cuts off what is blank at its ends.
  const arrived = (field, text) => text.trim() === field.defaultValue.trim();
  const say = (field, is) => {
    const hint = document.getElementById(field.getAttribute("aria-describedby"));
    if (hint) hint.hidden = !is;
  };

  const show = (field) => {
    const typed = notes.find(field.dataset.note);
    if (typed && arrived(field, typed.value)) notes.drop(field.dataset.note);
    else if (typed && field.value !== typed.value) {
      const { selectionStart, selectionEnd } = field;
      field.value = typed.value;
      if (field === document.activeElement) field.setSelectionRange(selectionStart, selectionEnd);
    }
    say(field, typed && !arrived(field, typed.value));
  };
  const settle = () => fields().forEach(show);

  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("textarea[data-note]")) return;
    if (arrived(target, target.value)) notes.drop(target.dataset.note);
    else notes.keep(target.dataset.note, { value: target.value });
    say(target, !arrived(target, target.value));
  });
  document.addEventListener("htmx:after:swap", settle);
  document.addEventListener("DOMContentLoaded", settle);
})();
