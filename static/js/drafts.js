// What somebody typed and the server has not confirmed yet, kept in this browser until it has: a lost connection, a
// closed tab or a crash loses nothing. Three kinds: `drafts` are sent by themselves (each knows its field, the version it
// started from and where to; saving.js sends them, conflict.js settles those that met somebody else's text), `notes`
// wait for a press (notes.js), `arrivals` are files for a shot that are still looked at (dropping.js), for a day.
(() => {
  const A_DAY = 24 * 3600 * 1000;
  const read = (text) => { try { return JSON.parse(text); } catch { return null; } };

  const kept = (prefix, life = Infinity) => {
    const memory = new Map();
    const stored = (id) => { try { return read(localStorage.getItem(prefix + id)); } catch { return null; } };
    const keep = (id, draft) => {
      memory.set(id, draft);
      try { localStorage.setItem(prefix + id, JSON.stringify(draft)); } catch { /* full or private: this page still has it */ }
    };
    const drop = (id) => {
      memory.delete(id);
      try { localStorage.removeItem(prefix + id); } catch { /* as above */ }
    };

    // Left by an earlier page; another tab's are younger, and it sends them itself. What met somebody else's text, or was
    // refused, is brought along at any age and without that mark: it is sent again, and what comes of it said again.
    const recover = (board, age) => {
      let keys = [];
      try { keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { /* none then */ }
      for (const key of keys) {
        const id = key.slice(prefix.length);
        const { met, stuck, ...draft } = stored(id) ?? {};
        if (Date.now() - draft.at > life) { drop(id); continue; }
        const left = met || stuck || Date.now() - draft.at > age;
        if (draft.board === board && !memory.has(id) && left) memory.set(id, draft);
      }
      return [...memory.keys()];
    };

    return {
      keep, drop, recover,
      get: (id) => memory.get(id),
      // Also what an earlier page or another tab keeps.
      find: (id) => stored(id) ?? memory.get(id),
      has: (id) => memory.has(id),
      ids: () => [...memory.keys()],
    };
  };

  // Nobody finds, or sends, what another person typed in the same browser.
  const person = document.body.dataset.person ?? "";
  window.drafts = kept(`draft:${person}:`);
  window.notes = kept(`note:${person}:`);
  window.arrivals = kept(`arrival:${person}:`, A_DAY);
})();
