// Asks before something dangerous: <form data-confirm="Remove Bob?"> or a button with it, and htmx's hx-confirm.
// data-confirm-text adds a sentence, data-confirm-go names the button, data-confirm-danger colours it.
(() => {
  const dialog = document.getElementById("confirm");
  const agreed = new WeakSet();

  const ask = (source, question) => new Promise((resolve) => {
    const { confirmText = "", confirmGo = "Yes, do it" } = source.dataset;
    const [title, text, go] = [dialog.querySelector("h2"), dialog.querySelector("p"), dialog.querySelector(".go")];
    title.textContent = question;
    text.textContent = confirmText;
    text.hidden = !confirmText;
    go.textContent = confirmGo;
    go.classList.toggle("danger", "confirmDanger" in source.dataset);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go"), { once: true });
    dialog.showModal();
    dialog.querySelector("button").focus();  // Cancel: a stray Enter must do no harm
  });

  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    const source = submitter?.dataset.confirm ? submitter : form;
    if (!source.dataset.confirm || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(source, source.dataset.confirm))) return;
    agreed.add(form);
    form.requestSubmit(submitter ?? undefined);
  }, true);

  document.addEventListener("htmx:confirm", async (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    event.preventDefault();
    if (await ask(ctx.sourceElement, ctx.confirm)) issueRequest();
    else dropRequest();
  });
})();
