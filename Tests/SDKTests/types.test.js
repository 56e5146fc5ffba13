import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Emitter } from '../../Sources/CConsole/assets/sdk/emitter.js';

const sdk = new URL('../../Sources/CConsole/assets/sdk/', import.meta.url);
/** What the modules of the SDK use among themselves. */
const internal = new Set(['create']);

/** What a class offers, without what every emitter does. */
function offered(type) {
  return Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor' && !internal.has(name) && !(name in Emitter.prototype && type !== Emitter));
}

/** The text of a class in a file of types, and the names of its methods and getters. */
function declared(text, name) {
  const body = new RegExp(`export class ${name}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(text);
  assert.ok(body, `${name} has no types`);
  return [...body[1].matchAll(/^ {2}(?:get )?([A-Za-z]+)(?:<[^(]*)?\(/gm)].map(([, member]) => member).filter((member) => member !== 'constructor' && member !== 'private');
}

for (const module of ['dogear', 'assessment', 'event', 'event-host']) {
  test(`the types of ${module}.js name all that it exports, and nothing else`, async () => {
    const text = readFileSync(new URL(`${module}.d.ts`, sdk), 'utf8');
    const exported = await import(new URL(`${module}.js`, sdk));
    const types = [...text.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
    const again = [...text.matchAll(/^export \{ ([^}]*) \}/gm)].flatMap(([, names]) => names.split(', '));
    assert.deepEqual([...types, ...again].sort(), Object.keys(exported).sort());
  });

  test(`the types of ${module}.js name every method of its classes, and no other`, async () => {
    const text = readFileSync(new URL(`${module}.d.ts`, sdk), 'utf8');
    const exported = await import(new URL(`${module}.js`, sdk));
    const classes = Object.entries(exported).filter(([name, value]) => /^class\b/.test(String(value)) && name !== 'DogearProblem');
    assert.ok(classes.length > 0);
    for (const [name, type] of classes) {
      const inherited = new Set(Object.getOwnPropertyNames(Emitter.prototype));
      const members = declared(text, name).filter((member) => !inherited.has(member));
      assert.deepEqual([...new Set(members)].sort(), offered(type).sort(), name);
    }
  });
}
