// What somebody typed and the server has not confirmed yet, kept in this browser until it has: a lost connection, a
// closed tab or a crash loses nothing. Each draft knows its field, the version it started from and where to send it.
// saving.js sends them, conflict.js settles those that met somebody else's text. Used as `drafts`.
window.drafts = (() => {
  const PREFIX = "draft:";
  const memory = new Map();

  const read = (text) => { try { return JSON.parse(text); } catch { return null; } };
  const keep = (id, draft) => {
    memory.set(id, draft);
    try { localStorage.setItem(PREFIX + id, JSON.stringify(draft)); } catch { /* full or private: this page still has it */ }
  };
  const drop = (id) => {
    memory.delete(id);
    try { localStorage.removeItem(PREFIX + id); } catch { /* as above */ }
  };

  // Left by an earlier page; another tab's are younger, and it sends them itself.
  const recover = (board, age) => {
    let keys = [];
    try { keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { /* none then */ }
    for (const key of keys) {
      const draft = read(localStorage.getItem(key));
      const id = key.slice(PREFIX.length);
      if (draft?.board === board && !memory.has(id) && Date.now() - draft.at > age) memory.set(id, draft);
    }
    return [...memory.keys()];
  };

  return {
    keep, drop, recover,
    get: (id) => memory.get(id),
    has: (id) => memory.has(id),
    ids: () => [...memory.keys()],
  };
})();
