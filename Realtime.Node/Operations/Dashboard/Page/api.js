// The operator API (docs/operator-api.md), relative to this page, so that it also works behind a path of a proxy.

const TIMEOUT = 10_000;
const KEY = 'realtime.operator.key';
const NAME = 'realtime.operator.name';

const HEADER = /^[\x20-\x7e]+$/;

/** An answer that is not a success, or none at all (status 0). The message is the server's, written for operators. */
export class ApiError extends Error {
  constructor(status, code, message, field = null) {
    super(message);
    Object.assign(this, { status, code, field });
  }
}

/** Events: `key` (another one is used from now on), `locked` (it is missing or unknown), `right` (what it may do is known). */
export class Api extends EventTarget {
  constructor() {
    super();
    this._base = new URL('operator/v1/', document.baseURI);
    this.right = null;          // 'act', 'view', or null while nobody has said
    this.locked = false;
  }

  // Kept for this tab only: a key in localStorage would outlive the night shift.
  get key() { return sessionStorage.getItem(KEY) ?? ''; }
  get name() { return sessionStorage.getItem(NAME) ?? ''; }

  use(key, name) {
    sessionStorage.setItem(KEY, key);
    sessionStorage.setItem(NAME, name);
    this.locked = false;
    this.right = null;
    this.dispatchEvent(new Event('right'));
    this.dispatchEvent(new Event('key'));
  }

  get mayAct() { return this.right !== 'view'; }

  get(path, query = {}, options = {}) { return this._send('GET', path, { query, ...options }); }
  post(path, body = undefined) { return this._send('POST', path, { body }); }
  put(path, body) { return this._send('PUT', path, { body }); }

  /** Like `get`; null when the answer is the one that `kept.tag` stands for. */
  async getChanged(path, kept, signal) {
    const response = await this._fetch('GET', path, { headers: kept.tag ? { 'If-None-Match': kept.tag } : {}, signal });
    if (response.status === 304) return null;
    const body = await this._read(response);
    kept.tag = response.headers.get('ETag');
    return body;
  }

  async _send(method, path, options) {
    return this._read(await this._fetch(method, path, options));
  }

  async _fetch(method, path, { query = {}, body, headers = {}, signal }) {
    const url = new URL(path, this._base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value);
    }
    const all = { Accept: 'application/json', ...headers };
    if (body !== undefined) all['Content-Type'] = 'application/json';
    // What no header can carry is no key that a server could know: the request goes without it and is answered with 401.
    if (this.key && HEADER.test(this.key)) all.Authorization = `Bearer ${this.key}`;
    if (this.name) all['X-Operator'] = HEADER.test(this.name) ? this.name : encodeURIComponent(this.name);
    const timeout = AbortSignal.timeout(TIMEOUT);
    try {
      return await fetch(url, {
        method,
        headers: all,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError(0, 'no_answer', error.name === 'TimeoutError' ? `No answer within ${TIMEOUT / 1000} s.` : 'Nobody answers at this address.');
    }
  }

  async _read(response) {
    let body;
    try {
      body = await response.json();
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ApiError(response.status, 'not_json', `The answer (${response.status}) is not one of the operator API.`);
    }
    if (response.ok) {
      this._learn(response.headers.get('Operator-Right'));
      return body;
    }
    if (response.status === 401) {
      this.locked = true;
      this.dispatchEvent(new Event('locked'));
    }
    // Older nodes do not say what a key may do; the first refusal does.
    if (response.status === 403 && body.error === 'forbidden') this._learn('view');
    throw new ApiError(response.status, body.error ?? 'internal', body.message ?? `Answered with ${response.status}.`, body.field ?? null);
  }

  _learn(right) {
    if (right === null || right === this.right) return;
    this.right = right;
    this.dispatchEvent(new Event('right'));
  }
}

/** A name as one segment of a path. */
export const segment = (name) => encodeURIComponent(name);
