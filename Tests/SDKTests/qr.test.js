import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageScript } from './pages.js';

const { qrModules } = await pageScript('qr.js');

/** What a scanner does, for codes as they are made here: takes the mask off, reads the columns, and puts the blocks together. */
function read(modules, blocks) {
  const side = modules.length;
  const version = (side - 17) / 4;
  const marks = version === 1 ? [] : version < 7 ? [6, side - 7] : [6, (side - 1) / 2, side - 7];
  const isFixed = (x, y) => x === 6 || y === 6 || (x < 9 && (y < 9 || y > side - 9)) || (x > side - 9 && y < 9)
    || (version > 6 && ((x < 6 && y > side - 12) || (y < 6 && x > side - 12)))
    || marks.some((cx) => marks.some((cy) => !(cx === 6 && cy === 6) && !(cx === 6 && cy === side - 7) && !(cx === side - 7 && cy === 6)
      && Math.abs(x - cx) < 3 && Math.abs(y - cy) < 3));
  const bits = [];
  let up = true;
  for (let right = side - 1; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
    const column = right === 7 ? 5 : right;
    for (let step = 0; step < side; step += 1) {
      for (const x of [column, column - 1]) {
        const y = up ? side - 1 - step : step;
        if (!isFixed(x, y)) bits.push(modules[y][x] !== ((x + y) % 2 === 0) ? 1 : 0);
      }
    }
  }
  const total = blocks.reduce((all, size) => all + size, 0);
  const words = Array.from({ length: total }, (_, at) => parseInt(bits.slice(at * 8, at * 8 + 8).join(''), 2));
  const lists = blocks.map(() => []);
  for (let at = 0, place = 0; at < total; place += 1) blocks.forEach((size, block) => { if (place < size) lists[block].push(words[at++]); });
  const stream = lists.flat().map((word) => word.toString(2).padStart(8, '0')).join('');
  const lengthBits = version < 10 ? 8 : 16;
  const length = parseInt(stream.slice(4, 4 + lengthBits), 2);
  const bytes = Array.from({ length }, (_, at) => parseInt(stream.slice(4 + lengthBits + at * 8, 12 + lengthBits + at * 8), 2));
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const link = 'http://127.0.0.1:8086/assessments/x#session=3f0c9a5e-6b1d-4c7e-a2f8-0d4b7e9c1a06';

for (const [text, blocks] of [['a', [19]], ['é', [19]], [link, [108]], [link + 'x'.repeat(60), [78, 78]], [link + 'x'.repeat(140), [116, 116]], [link + 'x'.repeat(170), [68, 68, 69, 69]]]) {
  test(`what a code of ${text.length} characters says can be read`, () => assert.equal(read(qrModules(text), blocks), text));
}

test('a text that is too long for a code has none', () => assert.equal(qrModules('x'.repeat(300)), null));
