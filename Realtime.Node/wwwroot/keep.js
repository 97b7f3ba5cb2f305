// What outlives the page. A browser may forbid storage altogether; the page then works the same and remembers until it closes.

class Keep {
  constructor(pick) {
    this._fallback = new Map();
    try {
      this._storage = pick();
    } catch {
      this._storage = null;  // reading the property throws where storage is forbidden; the map takes over
    }
  }

  read(key) {
    const text = this._storage ? this._storage.getItem(key) : this._fallback.get(key);
    if (text === null || text === undefined) return null;
    try {
      return JSON.parse(text);
    } catch {
      this.remove(key);  // written by something else: better a default than a page that does not start
      return null;
    }
  }

  write(key, value) {
    const text = JSON.stringify(value);
    try {
      if (this._storage) this._storage.setItem(key, text);
      else this._fallback.set(key, text);
    } catch {
      // Full: go on from memory, with what was there.
      this._storage = null;
      this._fallback.set(key, text);
    }
  }

  remove(key) {
    this._storage?.removeItem(key);
    this._fallback.delete(key);
  }
}

/** For this browser. */
export const browserKeep = new Keep(() => globalThis.localStorage);
/** For this window. */
export const windowKeep = new Keep(() => globalThis.sessionStorage);
