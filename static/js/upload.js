// Uploads of a page: a row for each file with progress, speed, cancel and retry. upload-pick.js hands it files by the
// event "files" on a [data-upload] section, whose <template> is a row; upload-send.js does the sending. What a row says
// the page may say too: it is the event "upload" with {file, id, state, text}.
(() => {
  const AT_ONCE = 4;
  const A_CALL = 100;
  const WINDOW = 3000;
  const rows = new Set();
  const queue = [];
  let active = 0;
  let told;

  const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const time = (seconds) => seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;

  class Row {
    constructor(zone, file) {
      Object.assign(this, { zone, file, started: null, state: "queued", marks: [], control: new AbortController() });
      this.element = zone.querySelector("template").content.firstElementChild.cloneNode(true);
      this.part = (selector) => this.element.querySelector(selector);
      this.part("strong").textContent = file.name;
      this.part("strong").title = file.name;
      this.part("[data-stop]").addEventListener("click", () => this.cancel());
      this.part("[data-retry]").addEventListener("click", () => this.again());
      this.say("Waits its turn");
      const list = zone.querySelector(".transfers");
      list.append(this.element);
      list.hidden = false;
      rows.add(this);
    }

    say(text, failed = false) {
      this.part("[role=status]").textContent = text;
      this.element.classList.toggle("refused", failed);
      const detail = { file: this.file, id: this.started?.id, state: this.state, text };
      this.zone.dispatchEvent(new CustomEvent("upload", { bubbles: true, detail }));
    }

    progress(sent) {
      const now = performance.now();
      this.part("progress").value = sent / this.file.size;
      this.marks = [...this.marks.filter(([at]) => now - at < WINDOW), [now, sent]];
      const [[at, before]] = this.marks;
      const speed = Math.max(0, (sent - before) / Math.max(0.2, (now - at) / 1000));
      const rest = speed ? ` · ${size(speed)}/s · ${time((this.file.size - sent) / speed)}` : "";
      this.say(`${Math.floor(100 * sent / this.file.size)} % of ${size(this.file.size)}${sent < this.file.size ? rest : ""}`);
    }

    address(door) { return `${this.zone.dataset.upload}${this.started.id}/${door}/`; }

    async run() {
      const { signal } = this.control;
      const waiting = (is) => { if (is) this.say("No connection. It goes on by itself."); };
      try {
        this.state = "sending";
        await sending.send(this.file, this.started, this.address("links"), { signal, waiting, progress: (sent) => this.progress(sent) });
        await sending.ask(this.address("done"), {}, { signal, waiting });
        this.state = "done";
        this.say("Being looked at");
        look();
      } catch (error) {
        if (error.name !== "AbortError") this.fail(error.told ?? "It could not be sent. Try again.");
      }
    }

    fail(text) {
      this.state = "failed";
      this.say(text, true);
      this.part("progress").hidden = true;
      this.part("[data-retry]").hidden = false;
    }

    again() {
      this.part("progress").hidden = false;
      this.part("[data-retry]").hidden = true;
      const before = this.started && this.address("cancel");
      if (before) sending.ask(before).catch(() => {});
      Object.assign(this, { started: null, state: "queued", control: new AbortController() });
      announce(this.zone, [this]);
    }

    cancel() {
      this.control.abort();
      if (this.started && this.state !== "done") sending.ask(this.address("cancel")).catch(() => {});
      this.state = "cancelled";
      this.say("Cancelled");
      this.remove();
    }

    remove() {
      const list = this.element.parentElement;
      this.element.remove();
      rows.delete(this);
      if (list) list.hidden = !list.children.length;
    }
  }

  const next = () => {
    while (active < AT_ONCE && queue.length) {
      const row = queue.shift();
      if (!rows.has(row)) continue;
      active += 1;
      row.run().finally(() => { active -= 1; next(); });
    }
  };

  const announce = async (zone, some) => {
    for (let at = 0; at < some.length; at += A_CALL) {
      const called = some.slice(at, at + A_CALL);
      const files = JSON.stringify(called.map(({ file }) => ({ name: file.name, type: file.type, size: file.size })));
      try {
        const answer = await sending.ask(zone.dataset.upload, { named: files, replaces: zone.dataset.replaces ?? "" });
        called.forEach((row, place) => {
          const started = answer.files[place];
          if (started.problem) { row.fail(started.problem); row.part("[data-retry]").hidden = true; return; }
          row.started = started;
          if (rows.has(row)) queue.push(row);
          else sending.ask(row.address("cancel")).catch(() => {});
        });
      } catch (error) { called.forEach((row) => row.fail(error.told ?? "It could not be sent. Try again.")); }
      next();
    }
  };

  // The page's own list takes over from here; many that finish together ask once.
  const look = () => {
    clearTimeout(told);
    told = setTimeout(() => document.body.dispatchEvent(new CustomEvent("live:library", { bubbles: true })), 150);
  };
  document.addEventListener("htmx:after:swap", () => {
    for (const row of rows) if (row.state === "done") row.remove();
    for (const row of rows) if (row.started) document.getElementById(`upload-${row.started.id}`)?.remove();
  });

  document.addEventListener("files", (event) => {
    const zone = event.target;
    announce(zone, event.detail.map((file) => new Row(zone, file)));
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-cancel]");
    if (button) { await sending.ask(button.dataset.cancel).catch(() => {}); look(); }
  });
  addEventListener("beforeunload", (event) => {
    if ([...rows].some(({ state }) => state === "queued" || state === "sending")) event.preventDefault();
  });
})();
