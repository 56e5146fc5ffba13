/** Little pictures that somebody is known by: drawn here, because not every device has the same emoji. */

import { h } from './ui.js';

const drawing = 'http://www.w3.org/2000/svg';

/** By name: what is drawn on a square of 24, and on which of the colours in events.css. */
const pictures = {
  star: { tone: 1, path: 'M12 2.500l2.900 6.100 6.600.900-4.800 4.600 1.200 6.600L12 17.500l-5.900 3.200 1.200-6.600L2.500 9.500l6.600-.900z' },
  moon: { tone: 2, path: 'M15 2.800a9.500 9.500 0 1 0 6.200 13.400A8 8 0 0 1 15 2.800z' },
  leaf: { tone: 3, path: 'M20.500 3.500C10 3.500 4 8.500 4 15c0 1.500.4 2.800 1 3.800C8 14 11.500 11 16 9.200c-3.700 2.700-6.600 6-8.500 10.600 1 .5 2.300.7 3.500.7 7 0 9.500-6.500 9.500-17z' },
  drop: { tone: 4, path: 'M12 2.500c4 5 6.500 8.500 6.500 12a6.500 6.500 0 0 1-13 0c0-3.500 2.500-7 6.500-12z' },
  bolt: { tone: 5, path: 'M13.500 2L4.500 13.500h6L9.500 22l10-12.500h-6.500z' },
  heart: { tone: 6, path: 'M12 21C5.500 16 2.500 12.700 2.500 8.900A5 5 0 0 1 12 6.800a5 5 0 0 1 9.500 2.100C21.500 12.700 18.500 16 12 21z' },
  kite: { tone: 4, path: 'M12 2l7.500 8.500L12 22 4.500 10.500z' },
  boat: { tone: 2, path: 'M11 3v11H4.500zM13 6l6 8h-6zM3 16h18l-3 5H6z' },
  hill: { tone: 3, path: 'M2 20L9.500 6l4 7 2.500-3.500L22 20z' },
  sun: { tone: 1, path: 'M12 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM11 1.500h2v4h-2zm0 17h2v4h-2zM1.500 11h4v2h-4zm17 0h4v2h-4zM4 5.400L5.400 4l2.900 2.900-1.400 1.400zm11.700 11.700l1.400-1.400L20 18.600 18.600 20zM4 18.600l2.900-2.900 1.400 1.400L5.400 20zM15.700 6.900L18.600 4 20 5.400l-2.900 2.900z' },
  flag: { tone: 5, path: 'M5 2.500h2v2h12.500l-3 5 3 5H7v7.500H5z' },
  shell: { tone: 6, path: 'M12 3a9.500 9.500 0 0 1 9.500 9.500L14.500 19v2.500h-5V19l-7-6.500A9.500 9.500 0 0 1 12 3zm-1 4v9h2V7zm-5 3l3 6 1.700-.9-2.900-6zm10.200-.9l-2.900 6 1.700.9 3-6z' },
};

/** The names of all pictures, in the order in which they are offered. */
export const avatarNames = ['star', 'moon', 'leaf', 'drop', 'bolt', 'heart', 'kite', 'boat', 'hill', 'sun', 'flag', 'shell'];

/** A picture, or the first letter of the name where there is none of that name. It says nothing aloud: the name stands beside it. */
export function avatarMark(avatar, displayName = '') {
  const picture = Object.hasOwn(pictures, avatar ?? '') ? pictures[avatar] : null;
  const mark = h('span', { class: 'avatar', 'aria-hidden': 'true', 'data-tone': picture?.tone ?? toneOf(displayName) });
  if (picture === null) mark.textContent = [...displayName.trim()][0]?.toLocaleUpperCase() ?? '·';
  else mark.append(drawn(picture.path));
  return mark;
}

/** One choice of picture, as radio buttons with a name each. */
export function avatarChoice(name, chosen) {
  return h('fieldset', { class: 'avatars' }, h('legend', {}, 'Your picture'),
    h('div', { class: 'avatars-grid' }, ...avatarNames.map((avatar) => {
      const input = h('input', { type: 'radio', name, value: avatar, checked: avatar === chosen });
      return h('label', { class: 'avatar-choice' }, input, avatarMark(avatar), h('span', { class: 'visually-hidden' }, avatar));
    })));
}

/** Somebody, with picture and name. */
export function person({ display_name: name, avatar }) {
  return h('span', { class: 'person' }, avatarMark(avatar, name), h('bdi', { class: 'person-name' }, name));
}

function drawn(path) {
  const svg = document.createElementNS(drawing, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  const shape = document.createElementNS(drawing, 'path');
  shape.setAttribute('d', path);
  shape.setAttribute('fill', 'currentColor');
  shape.setAttribute('fill-rule', 'evenodd');
  svg.append(shape);
  return svg;
}

function toneOf(name) {
  return 1 + [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
}
