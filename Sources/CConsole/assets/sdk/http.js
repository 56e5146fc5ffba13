/**
 * Calls to Dogear, and the one kind of error they end in.
 * @module
 */

/** A call that has not answered after this long counts as not reached: a report must not wait on a dead connection. */
const callTimeoutMilliseconds = 15_000;

/**
 * Everything that can go wrong with a call, as Dogear tells it (RFC 9457).
 *
 * @property {number} status HTTP status; 0 when no answer came (offline, refused, timed out).
 * @property {string} code Stable and kebab-case, such as `session-handed-off`; `unreachable` when no answer came.
 * @property {string} title What happened, in a few words.
 * @property {string} detail What to do about it, in a sentence.
 * @property {object} body The whole problem document, with what else helps (`handed_off_to`, `fields`, `expired_at`).
 * @property {number|null} retryAfterSeconds How long Dogear asks to be left alone.
 */
export class DogearProblem extends Error {
  constructor(status, body = {}, { retryAfterSeconds = null, cause } = {}) {
    super(body.detail || body.title || `Dogear answered ${status}.`, { cause });
    this.name = 'DogearProblem';
    this.status = status;
    this.code = body.code || (status === 0 ? 'unreachable' : `http-${status}`);
    this.title = body.title || '';
    this.detail = body.detail || '';
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds ?? body.retry_after_seconds ?? null;
  }

  /** True when the same call may well succeed later: nothing was wrong with the call itself. */
  get isTransient() {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }
}

/** Turns an answer that is not 2xx into a problem, also when a proxy in between answered in HTML. */
export async function problemFrom(response, now) {
  const header = response.headers.get('Retry-After');
  const seconds = header === null ? NaN : /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  const body = await response.json().catch(() => ({}));
  return new DogearProblem(response.status, body && typeof body === 'object' ? body : {}, {
    retryAfterSeconds: Number.isFinite(seconds) ? Math.max(0, seconds) : null,
  });
}

/** A random UUID, also on plain http pages, where `crypto.randomUUID` is withheld. */
export function randomId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The bare caller: base URL, token, and JSON both ways. Requests that are under way end with its lifetime. */
export class Caller {
  #fetch; #lifetime;

  /**
   * @param {object} options
   * @param {import('./lifetime.js').Lifetime} options.lifetime
   * @param {string} [options.baseURL] Where Dogear lives; empty for the page's own origin.
   * @param {string|(() => string|Promise<string>)|null} [options.token] Sent as a bearer token; a function is asked before each call.
   * @param {typeof globalThis.fetch} [options.fetch]
   */
  constructor({ lifetime, baseURL = '', token = null, fetch }) {
    this.baseURL = baseURL.replace(/\/+$/, '');
    this.token = token;
    this.#lifetime = lifetime;
    // Called through an arrow because window.fetch refuses to run as a method of something else.
    this.#fetch = fetch ? (...call) => fetch(...call) : (...call) => lifetime.browser.fetch(...call);
  }

  /**
   * Sends a request as it is, and answers with whatever response comes. Whoever sends also gives the `signal` that ends it.
   * A `body` that is a function is asked at the moment of sending: what it says of that moment is then true.
   * @throws {DogearProblem} Only when no response comes.
   */
  async send(method, path, { body, headers = {}, ...rest } = {}) {
    const all = { Accept: 'application/json', ...headers };
    if (body !== undefined) all['Content-Type'] = 'application/json';
    try {
      // Not awaited unless it must be: a page that is going away has no time for another turn of the event loop.
      const token = typeof this.token === 'function' ? await this.token() : this.token;
      if (token) all.Authorization = `Bearer ${token}`;
      return await this.#fetch(this.baseURL + path, {
        method, headers: all, body: body === undefined ? undefined : JSON.stringify(typeof body === 'function' ? body() : body), cache: 'no-store', ...rest,
      });
    } catch (cause) {
      throw this.#lifetime.isOver ? new DogearProblem(0, { code: 'closed', title: 'This client was closed.' }, { cause })
        : new DogearProblem(0, { title: 'Dogear could not be reached.' }, { cause });
    }
  }

  /**
   * Sends a request and reads its JSON.
   * @returns {Promise<any>} The body, or null where there is none.
   * @throws {DogearProblem}
   */
  async call(method, path, options = {}) {
    const request = this.#lifetime.child();
    if (!options.keepalive) request.after(callTimeoutMilliseconds, () => request.close());
    try {
      const response = await this.send(method, path, { ...options, signal: request.signal });
      if (!response.ok) throw await problemFrom(response, this.#lifetime.browser.now());
      if (response.status === 204) return null;
      return await response.json().catch((cause) => {
        throw new DogearProblem(0, { title: 'The answer broke off.' }, { cause });
      });
    } finally {
      request.close();
    }
  }
}
