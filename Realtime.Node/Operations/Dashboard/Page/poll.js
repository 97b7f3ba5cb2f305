// Asks again and again while somebody looks: not in a hidden tab, not without a key, and less often while nobody answers.

const SLOWEST = 5_000;

export class Poll {
  /** `ask(signal)` answers, `got(answer)` and `failed(error)` hear of it. */
  constructor(api, every, { ask, got, failed = () => {} }) {
    Object.assign(this, { _api: api, _every: every, _ask: ask, _got: got, _failed: failed });
    this._wait = every;
    this._timer = null;
    this._running = null;
    this._stopped = true;
    this._again = () => this.now();
    this._seen = () => (document.hidden ? this._pause() : this.now());
  }

  start() {
    if (!this._stopped) return this;
    this._stopped = false;
    document.addEventListener('visibilitychange', this._seen);
    this._api.addEventListener('key', this._again);
    this.now();
    return this;
  }

  stop() {
    this._stopped = true;
    document.removeEventListener('visibilitychange', this._seen);
    this._api.removeEventListener('key', this._again);
    this._pause();
  }

  /** At once, and an answer that is still under way does not count any more. */
  now() {
    if (this._stopped || document.hidden) return;
    this._pause();
    this._run();
  }

  _pause() {
    clearTimeout(this._timer);
    this._running?.abort();
    this._running = null;
  }

  async _run() {
    const running = new AbortController();
    this._running = running;
    try {
      const answer = await this._ask(running.signal);
      if (running.signal.aborted) return;
      this._wait = this._every;
      this._got(answer);
    } catch (error) {
      if (running.signal.aborted) return;
      this._failed(error);
      // A fault of this page is not the network's: it belongs on the console, and the next answer gets its chance.
      if (error.status === undefined) reportError(error);
      // The key dialog is open; whoever fills it in wakes everybody.
      if (error.status === 401) return;
      this._wait = Math.min(SLOWEST, Math.max(this._wait * 1.6, 1000));
    }
    if (this._running !== running) return;
    this._running = null;
    this._timer = setTimeout(() => this._run(), this._wait);
  }
}
