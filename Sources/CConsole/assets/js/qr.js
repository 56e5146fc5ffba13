/** QR codes (ISO/IEC 18004), made in the browser: what stands behind `#` in a link is nobody else's to see. */

import { h } from './ui.js';

/** For each version from 1, at the lowest level of correction: correcting bytes of a block, and the data bytes of each block. */
const versions = [
  [7, [19]], [10, [34]], [15, [55]], [20, [80]], [26, [108]], [18, [68, 68]], [20, [78, 78]], [24, [97, 97]], [30, [116, 116]],
  [18, [68, 68, 69, 69]],
];
const svgNames = 'http://www.w3.org/2000/svg';

/** @returns {boolean[][]|null} Rows of modules, dark or light; null for a text that is too long. */
export function qrModules(text) {
  const bytes = new TextEncoder().encode(text);
  const index = versions.findIndex(([, blocks], place) => sum(blocks) * 8 >= 4 + (place < 9 ? 8 : 16) + bytes.length * 8);
  return index < 0 ? null : draw(index + 1, interleaved(codewords(bytes, index + 1), index + 1));
}

/** An element that shows a code, black on white whatever the page's colours; null for a text that is too long. */
export function qrCode(text, label) {
  const modules = qrModules(text);
  if (!modules) return null;
  const side = modules.length + 8;
  const svg = document.createElementNS(svgNames, 'svg');
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' })) svg.setAttribute(name, value);
  const path = modules.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + 4} ${y + 4}h1v1h-1z` : ''))).join('');
  const shapes = [['rect', { width: side, height: side, fill: '#fff' }], ['path', { d: path, fill: '#000' }]];
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(svgNames, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return h('div', { class: 'qr', 'data-testid': 'qr' }, svg);
}

function sum(numbers) { return numbers.reduce((all, one) => all + one, 0); }

/** The bytes, with what says how many there are, filled up. */
function codewords(bytes, version) {
  const capacity = sum(versions[version - 1][1]);
  const bits = [];
  const push = (value, length) => { for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1); };
  push(0b0100, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8 > 0) bits.push(0);
  const words = [];
  for (let at = 0; at < bits.length; at += 8) words.push(bits.slice(at, at + 8).reduce((word, bit) => (word << 1) | bit, 0));
  for (let pad = 0xec; words.length < capacity; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** Data and correcting bytes, the first of each block, then the second. */
function interleaved(words, version) {
  const [correcting, sizes] = versions[version - 1];
  let at = 0;
  const blocks = sizes.map((size) => words.slice(at, at += size));
  const corrections = blocks.map((block) => remainder(block, correcting));
  const woven = (lists) => Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, place) => lists.map((list) => list[place]))
    .flat().filter((word) => word !== undefined);
  return [...woven(blocks), ...woven(corrections)];
}

/** Multiplies in the field of 256 elements by x⁸ + x⁴ + x³ + x² + 1. */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/** Reed and Solomon's: what is left of a block divided by the product of (x - 2ⁿ). */
function remainder(block, count) {
  const divisor = Array(count).fill(0);
  divisor[count - 1] = 1;
  for (let power = 0, root = 1; power < count; power += 1, root = times(root, 2)) {
    for (let place = 0; place < count; place += 1) divisor[place] = times(divisor[place], root) ^ (divisor[place + 1] ?? 0);
  }
  const rest = Array(count).fill(0);
  for (const word of block) {
    const factor = word ^ rest.shift();
    rest.push(0);
    divisor.forEach((coefficient, place) => { rest[place] ^= times(coefficient, factor); });
  }
  return rest;
}

/** A number with the check bits of a cyclic code behind it. */
function checked(value, generator, length) {
  const degree = 31 - Math.clz32(generator);
  let rest = value << degree;
  while (rest !== 0 && 31 - Math.clz32(rest) >= degree) rest ^= generator << (31 - Math.clz32(rest) - degree);
  return { bits: (value << degree) | rest, length };
}

function draw(version, words) {
  const side = 17 + 4 * version;
  const modules = Array.from({ length: side }, () => Array(side).fill(null));
  const set = (x, y, isDark) => { if (modules[y]?.[x] !== undefined) modules[y][x] = isDark; };
  const square = (centreX, centreY, reach, isDark) => {
    for (let y = -reach; y <= reach; y += 1) for (let x = -reach; x <= reach; x += 1) set(centreX + x, centreY + y, isDark(Math.max(Math.abs(x), Math.abs(y))));
  };
  for (let at = 0; at < side; at += 1) { set(at, 6, at % 2 === 0); set(6, at, at % 2 === 0); }
  for (const [x, y] of [[3, 3], [side - 4, 3], [3, side - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const marks = alignments(version, side);
  for (const y of marks) {
    for (const x of marks) {
      const isCorner = (x === 6 && y === 6) || (x === 6 && y === side - 7) || (x === side - 7 && y === 6);
      if (!isCorner) square(x, y, 2, (ring) => ring !== 1);
    }
  }
  drawKind(set, side, version);
  fill(modules, side, words);
  return modules;
}

function alignments(version, side) {
  if (version === 1) return [];
  return version < 7 ? [6, side - 7] : [6, (6 + side - 7) / 2, side - 7];
}

/** Level, mask and, of larger ones, the version. */
function drawKind(set, side, version) {
  const format = checked(0b01000, 0b10100110111, 15).bits ^ 0b101010000010010;
  const bit = (at) => ((format >> at) & 1) === 1;
  for (let at = 0; at <= 5; at += 1) set(8, at, bit(at));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let at = 9; at < 15; at += 1) set(14 - at, 8, bit(at));
  for (let at = 0; at < 8; at += 1) set(side - 1 - at, 8, bit(at));
  for (let at = 8; at < 15; at += 1) set(8, side - 15 + at, bit(at));
  set(8, side - 8, true);
  if (version < 7) return;
  const { bits } = checked(version, 0b1111100100101, 18);
  for (let at = 0; at < 18; at += 1) {
    const [long, short] = [side - 11 + (at % 3), Math.floor(at / 3)];
    set(long, short, ((bits >> at) & 1) === 1);
    set(short, long, ((bits >> at) & 1) === 1);
  }
}

/** Up and down in columns of two, from the right, turned over like a chessboard. */
function fill(modules, side, words) {
  let at = 0;
  for (let right = side - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < side; step += 1) {
      const y = ((right + 1) & 2) === 0 ? side - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (modules[y][x] !== null) continue;
        const bit = at < words.length * 8 && ((words[at >> 3] >> (7 - (at & 7))) & 1) === 1;
        at += 1;
        modules[y][x] = bit !== ((x + y) % 2 === 0);
      }
    }
  }
}
