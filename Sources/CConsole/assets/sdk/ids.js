/**
 * Ids for apps whose own are no UUIDs: a name always gives the same id, here, in `dogear id`, and for whoever asks.
 * @module
 */

/** Dogear's namespace (RFC 9562, version 5); each kind of name has one of its own in it. */
const dogearNamespace = '8b1f6d52-4c0e-4f7a-9a3d-6d0e5a7c1b20';
const kinds = ['user', 'title', 'series'];

/**
 * The UUID of a name.
 * @param {'user'|'title'|'series'} kind A user and a title of one name are not one.
 * @param {string} name As the app has it, such as `bob`.
 * @returns {string}
 */
export function dogearId(kind, name) {
  if (!kinds.includes(kind)) throw new TypeError(`Dogear has ids for ${kinds.join(', ')}.`);
  return named(named(dogearNamespace, kind), name);
}

function named(namespace, name) {
  const space = namespace.replaceAll('-', '').match(/../g).map((pair) => parseInt(pair, 16));
  const bytes = sha1([...space, ...new TextEncoder().encode(name)]).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function left(word, by) {
  return (word << by) | (word >>> (32 - by));
}

/** Written out, because plain http pages have no `crypto.subtle`. Nothing here is secret. */
function sha1(message) {
  const bits = message.length * 8;
  const zeros = (119 - (message.length % 64)) % 64;
  const bytes = [...message, 0x80, ...new Array(zeros).fill(0), 0, 0, 0, ...[32, 24, 16, 8, 0].map((by) => Math.floor(bits / 2 ** by) & 0xff)];
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let start = 0; start < bytes.length; start += 64) mix(state, bytes.slice(start, start + 64));
  return state.flatMap((word) => [24, 16, 8, 0].map((by) => (word >>> by) & 0xff));
}

function mix(state, block) {
  const words = Array.from({ length: 16 }, (_, index) => block.slice(index * 4, index * 4 + 4).reduce((word, byte) => (word << 8) | byte, 0));
  for (let index = 16; index < 80; index += 1) {
    words.push(left(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1));
  }
  let [a, b, c, d, e] = state;
  for (const [index, word] of words.entries()) {
    const [f, key] = index < 20 ? [(b & c) | (~b & d), 0x5a827999]
      : index < 40 ? [b ^ c ^ d, 0x6ed9eba1]
        : index < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc] : [b ^ c ^ d, 0xca62c1d6];
    [a, b, c, d, e] = [(left(a, 5) + f + e + key + word) | 0, a, left(b, 30), c, d];
  }
  for (const [index, word] of [a, b, c, d, e].entries()) state[index] = (state[index] + word) | 0;
}
