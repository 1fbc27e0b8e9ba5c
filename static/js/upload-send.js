// Sends files to the storage by signed links, and goes on after a lost connection. upload.js tells it which.
// window.sending = {ask(url, fields, signal), send(file, started, address, {signal, progress, waiting})}
(() => {
  const AT_ONCE = 3;
  const LONGEST = 15_000;
  const REFUSED = 403;  // by the storage: the link ran out
  const BUSY = 500;

  const token = () =>
    document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/)?.[1] ??
    document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const problem = (text) => Object.assign(new Error(text), { told: text });
  const stopped = () => new DOMException("Cancelled", "AbortError");

  // Until the browser says that it is online again, but never for longer: it does not always know.
  const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
    const end = () => { clearTimeout(timer); removeEventListener("online", end); resolve(); };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end);
    signal?.addEventListener("abort", () => { end(); reject(stopped()); }, { once: true });
  });

  // Again and again with longer pauses, as long as it is only the way that is closed.
  const insist = async (once, { signal, waiting = () => {} } = {}) => {
    for (let tries = 0; ; tries += 1) {
      signal?.throwIfAborted();
      try {
        const result = await once();
        if (tries) waiting(false);
        return result;
      } catch (error) {
        if (error.told || error.name === "AbortError") throw error;
        waiting(true);
        await pause(Math.min(LONGEST, 500 * 2 ** tries) * (0.75 + Math.random() / 2), signal);
      }
    }
  };

  // Our own server: JSON, or the sentence that says why not.
  const ask = (url, fields = {}, options = {}) => insist(async () => {
    const answer = await fetch(url, {
      method: "POST", body: new URLSearchParams(fields), signal: options.signal, redirect: "error",
      headers: { "X-CSRFToken": token(), "HX-Request": "true", Accept: "application/json" },
    });
    if (answer.status >= BUSY) throw new Error(`${answer.status}`);
    if (answer.status === 401) throw Object.assign(problem("You are signed out. Sign in again in another tab, then try again."), { out: true });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw problem(told.problem ?? "That did not work. Reload the page and try again.");
    return { status: answer.status, ...told };
  }, options);

  // One PUT, with the progress that fetch does not tell of.
  const put = (link, blob, { signal, progress }) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const end = (outcome, value) => { signal?.removeEventListener("abort", abort); outcome(value); };
    request.open(link.method, link.url);
    for (const [name, value] of Object.entries(link.headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => end(resolve, request.status));
    request.addEventListener("error", () => end(reject, new Error("network")));
    request.addEventListener("timeout", () => end(reject, new Error("timeout")));
    request.addEventListener("abort", () => end(reject, stopped()));
    signal?.addEventListener("abort", abort);
    request.send(blob);
  });

  // One piece: with the link at hand, or with fresh ones until it is there.
  const deliver = async (link, fresh, blob, options) => {
    let tries = 0;
    await insist(async () => {
      const status = await put(link ?? await fresh(), blob, options);
      link = null;
      if (status >= 200 && status < 300) return;
      options.progress(0);
      tries += 1;
      if (status === REFUSED ? tries > 3 : status < BUSY) {
        throw problem("The storage did not take it. The file may have changed meanwhile: choose it again.");
      }
      throw new Error(`${status}`);
    }, options);
    options.progress(blob.size);
  };

  const linkOf = async (address, part, options) => {
    for (;;) {
      const told = await ask(address, part ? { parts: `[${part}]` } : {}, options);
      if (told.status !== 202) return part ? told.parts[part] : told.link;
      await pause(300, options.signal);  // the storage has not said yet that it expects parts
    }
  };

  const inParts = async (file, size, address, options) => {
    const sent = new Map();
    const waiting = Array.from({ length: Math.ceil(file.size / size) }, (_, at) => at + 1);
    const work = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) {
        const progress = (bytes) => {
          sent.set(part, bytes);
          options.progress([...sent.values()].reduce((all, each) => all + each, 0));
        };
        const blob = file.slice((part - 1) * size, part * size);
        await deliver(null, () => linkOf(address, part, options), blob, { ...options, progress });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };

  const send = (file, started, address, options) => started.part_bytes
    ? inParts(file, started.part_bytes, address, options)
    : deliver(started.link, () => linkOf(address, null, options), file, options);

  window.sending = { ask, send };
})();
