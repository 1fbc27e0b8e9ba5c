// Finds the files that somebody drops, pastes or chooses, folders too, and hands them to the page's upload section.
(() => {
  const zone = () => document.querySelector("[data-upload]");
  // What systems leave in folders for themselves.
  const litter = (name) => name.startsWith(".") || ["Thumbs.db", "desktop.ini"].includes(name);
  const hand = (files) => {
    const wanted = files.filter(({ name }) => !litter(name));
    if (wanted.length) zone()?.dispatchEvent(new CustomEvent("files", { bubbles: true, detail: wanted }));
  };

  const listed = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  const inside = async (entry) => {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    const reader = entry.createReader();
    const found = [];
    // A browser lists a folder a hundred at a time.
    for (let some = await listed(reader); some.length; some = await listed(reader)) {
      for (const each of some) found.push(...(await inside(each)));
    }
    return found;
  };
  const dropped = async (data) => {
    // Both must be taken at once: after the first pause the browser has forgotten them.
    const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const files = [...data.files];
    if (!entries.some((entry) => entry.isDirectory)) return files;
    return (await Promise.all(entries.map((entry) => inside(entry).catch(() => [])))).flat();
  };

  const carries = (event) => zone() && [...(event.dataTransfer?.types ?? [])].includes("Files");
  const shine = (on) => zone()?.classList.toggle("aimed", on);
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    shine(true);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) shine(false); });
  document.addEventListener("drop", async (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    shine(false);
    hand(await dropped(event.dataTransfer));
  });

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || !zone()) return;
    event.preventDefault();
    const now = new Date().toLocaleString("sv").replaceAll(":", ".");
    hand(files.map((file) => file.name === "image.png" ? new File([file], `Pasted ${now}.png`, { type: file.type }) : file));
  });

  document.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !event.target.closest("[data-upload]")) return;
    hand([...event.target.files]);
    event.target.value = "";  // so that the same file can be chosen again
  });

  // A dialog whose form came back with a mistake is open again.
  for (const dialog of document.querySelectorAll("dialog[data-show]")) dialog.showModal();
})();
