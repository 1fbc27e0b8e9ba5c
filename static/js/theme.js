// Runs before the first paint, so that nobody sees a flash of the wrong colours. Also tells the CSS that scripts run.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";

  const stored = () => {
    try { return localStorage.getItem("theme") ?? "auto"; } catch { return "auto"; }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.dataset.media ??= meta.media;
      const own = meta.dataset.media.includes("dark") ? "dark" : "light";
      meta.media = theme === "auto" ? meta.dataset.media : theme === own ? "all" : "not all";
    }
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    }
  };

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => apply(stored()));
  addEventListener("storage", (event) => { if (event.key === "theme") apply(stored()); });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-theme-choice]")?.dataset.themeChoice;
    if (!choice) return;
    try { localStorage.setItem("theme", choice); } catch { /* private mode: it holds for this page */ }
    apply(choice);
  });
})();
