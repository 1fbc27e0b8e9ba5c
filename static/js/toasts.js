// Toasts: from Django's messages (already in the page), from HX-Trigger: {"toast": …}, from other scripts by a "toast" event.
(() => {
  const place = () => document.getElementById("toasts");
  const LINGER = 5000;
  const OFFER = 9000;  // with a button in it

  const leave = (toast) => {
    let timer;
    const stay = () => clearTimeout(timer);
    const linger = toast.querySelector("form, a") ? OFFER : LINGER;
    const go = () => { stay(); timer = setTimeout(() => toast.remove(), linger); };
    for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stay);
    for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, go);
    go();
  };

  const show = ({ kind = "info", text = "" }) => {
    const template = document.getElementById(`toast-${kind}`) ?? document.getElementById("toast-info");
    const same = [...place().children].find((old) => old.querySelector("p").textContent === text);
    same?.remove();
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.querySelector("p").textContent = text;
    place().append(toast);
    if (kind !== "problem") leave(toast);
  };

  const seen = new WeakSet();
  const look = () => {
    for (const toast of place().children) {
      if (!seen.has(toast) && !toast.classList.contains("problem")) leave(toast);
      seen.add(toast);
    }
  };
  look();
  document.addEventListener("htmx:after:swap", look);  // some come with an answer, with a button in them

  document.addEventListener("toast", (event) => show(event.detail));
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-dismiss]")?.closest(".toast").remove();
  });

  // An answer that is not swapped and brought no words of its own still has to say something.
  document.addEventListener("htmx:response:error", (event) => {
    const { response, hx, sourceElement } = event.detail.ctx;
    if (response.status === 422 || hx.trigger || !sourceElement.closest("body")) return;
    show({ kind: "problem", text: "That did not work, and it is not your doing. Try again in a moment." });
  });
})();
