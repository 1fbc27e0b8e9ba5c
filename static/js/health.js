// The sentences about what keeps films from being made come and go by themselves, above what people work at. While
// somebody writes below them they wait: what is being written must not jump. The next round shows them.
(() => {
  const writes = (bar) => {
    const at = document.activeElement;
    if (!at?.matches("input:not([type=checkbox], [type=radio]), textarea, [contenteditable]")) return false;
    return bar.parentElement.contains(at) && Boolean(bar.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
  };
  document.addEventListener("htmx:before:swap", (event) => {
    const { target } = event.detail.ctx;
    if (target?.id === "health" && writes(target)) event.preventDefault();
  });
})();
