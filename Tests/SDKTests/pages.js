/** What the pages' scripts need to be tested without a browser: `/sdk/`, which is a server's address, and elements of wood. */

import { register } from 'node:module';

const sdk = new URL('../../Sources/CConsole/assets/sdk/', import.meta.url).href;
const hook = `export const resolve = (name, context, next) => next(name.startsWith('/sdk/') ? '${sdk}' + name.slice(5) : name, context);`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);

/** Holds what was put into it, and can be pressed. */
class WoodenElement {
  #attributes = new Map();
  #handlers = new Map();
  children = [];
  hidden = false;
  set textContent(text) { this.children = [text]; }
  get textContent() { return this.children.map((child) => child.textContent ?? child).join(''); }
  append(...children) { this.children.push(...children); }
  setAttribute(name, value) { this.#attributes.set(name, value); }
  getAttribute(name) { return this.#attributes.get(name) ?? null; }
  removeAttribute(name) { this.#attributes.delete(name); }
  addEventListener(name, handler) { this.#handlers.set(name, handler); }
  press() { return this.#handlers.get('click')({ currentTarget: this }); }

  /** The elements within whose attribute has this value. */
  having(name, value) {
    const within = this.children.filter((child) => child instanceof WoodenElement);
    return within.flatMap((child) => [...(child.getAttribute(name) === value ? [child] : []), ...child.having(name, value)]);
  }
}

globalThis.document ??= { createElement: () => new WoodenElement() };

/** A script of the pages, by its name. */
export function pageScript(name) {
  return import(`../../Sources/CConsole/assets/js/${name}`);
}
