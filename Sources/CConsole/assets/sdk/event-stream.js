/**
 * The format of Server-Sent Events.
 * @module
 */

/** Cuts a stream of text into events, as the HTML standard's "event stream interpretation" says. */
export class EventStreamParser {
  #rest = ''; #data = []; #name = ''; #id = null;

  /** How long the stream asked to be left alone once it ends, in milliseconds; null where it did not. */
  retryMilliseconds = null;

  /**
   * @param {string} text The next piece, cut anywhere.
   * @returns {{name: string, id: string|null, data: string}[]} The events that it completes.
   */
  push(text) {
    const events = [];
    // A carriage return at the very end may be half of a line break.
    const all = this.#rest + text;
    const cut = all.endsWith('\r') ? all.length - 1 : all.length;
    const lines = all.slice(0, cut).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + all.slice(cut);
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) events.push({ name: this.#name || 'message', id: this.#id, data: this.#data.join('\n') });
        this.#data = [];
        this.#name = '';
        this.#id = null;
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') this.#data.push(value);
      else if (field === 'event') this.#name = value;
      else if (field === 'retry' && /^\d+$/.test(value)) this.retryMilliseconds = Number(value);
      else if (field === 'id' && !value.includes('\0')) this.#id = value;
    }
    return events;
  }
}
