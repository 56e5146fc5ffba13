/** A question whose answer is an order: moved by buttons, and by hand for those who can. */

import { h } from './ui.js';

/** Builds the part of a question that is about its order: as the other kinds in `buildQuestion`. */
export function buildOrdering(question, { id, give, hint, seed, isAnswered }) {
  const { items, randomize } = question.options;
  const asked = items.map((item) => item.text);
  const atFirst = randomize ? shuffled(asked, `${seed}|${question.id}`) : asked;
  const list = h('ol', { class: 'ordering', 'aria-labelledby': `${id}-title` }, ...atFirst.map(buildItem));
  const spoken = h('p', { class: 'visually-hidden', role: 'status' });
  const keep = h('button', { class: 'button button--quiet button--small', type: 'button', 'data-keep-order': '', onclick: () => settle() }, 'Keep this order');

  const order = () => Array.from(list.children, (item) => item.dataset.text);

  function settle() {
    const hadFocus = document.activeElement === keep;
    give({ type: 'ordering', ordered_items: order() });
    paint();
    // The button that had the focus has done its work and is gone.
    if (hadFocus) list.querySelector('button:not(:disabled)')?.focus();
  }

  function paint() {
    const all = Array.from(list.children);
    all.forEach((item, index) => {
      const place = `${item.dataset.text}, now ${index + 1} of ${all.length}`;
      item.querySelector('.ordering-place').textContent = `${index + 1}`;
      for (const button of item.querySelectorAll('[data-move]')) {
        const up = button.dataset.move === 'up';
        button.disabled = up ? index === 0 : index === all.length - 1;
        button.setAttribute('aria-label', `Move ${up ? 'up' : 'down'}: ${place}`);
      }
    });
    list.classList.toggle('is-untouched', !isAnswered());
    keep.hidden = isAnswered();
    hint.textContent = isAnswered() ? '' : 'Not answered yet. Move something, or keep this order.';
  }

  function move(item, direction) {
    const other = direction === 'up' ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    // The neighbour moves, not the item: an element that leaves the document loses the focus and the pointer.
    if (direction === 'up') item.after(other);
    else item.before(other);
    settle();
    const buttons = Array.from(item.querySelectorAll('[data-move]'));
    (buttons.find((button) => button.dataset.move === direction && !button.disabled) ?? buttons.find((button) => !button.disabled))?.focus();
    say(item);
  }

  function say(item) {
    spoken.textContent = `${item.dataset.text} is now ${order().indexOf(item.dataset.text) + 1} of ${asked.length}.`;
  }

  function buildItem(text) {
    const grip = h('span', { class: 'ordering-grip', 'aria-hidden': 'true', title: 'Drag to move' }, '⠿');
    const button = (direction, arrow) => h('button', {
      class: 'button button--quiet button--icon', type: 'button', 'data-move': direction, onclick: () => move(item, direction),
    }, h('span', { 'aria-hidden': 'true' }, arrow));
    const item = h('li', { class: 'ordering-item', 'data-text': text },
      grip, h('span', { class: 'ordering-place figures', 'aria-hidden': 'true' }), h('span', { class: 'ordering-text' }, text),
      h('span', { class: 'ordering-buttons' }, button('up', '↑'), button('down', '↓')));
    dragBy(grip, item);
    return item;
  }

  /** Pointer events rather than drag and drop: those work for a finger as well. */
  function dragBy(grip, item) {
    let before = null;
    const end = () => {
      if (before === null) return;
      item.classList.remove('is-dragged');
      const hasMoved = before.join('\n') !== order().join('\n');
      before = null;
      if (!hasMoved) return;
      settle();
      say(item);
    };
    grip.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      before = order();
      item.classList.add('is-dragged');
    });
    grip.addEventListener('pointermove', (event) => {
      if (before === null) return;
      const middle = (other) => { const box = other.getBoundingClientRect(); return box.top + box.height / 2; };
      const { previousElementSibling: above, nextElementSibling: below } = item;
      if (above && event.clientY < middle(above)) item.after(above);
      else if (below && event.clientY > middle(below)) item.before(below);
    });
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) grip.addEventListener(name, end);
  }

  return {
    element: h('div', { class: 'ordering-box' }, list, spoken, keep),
    show(answer) {
      const wanted = answer && isPermutation(answer.ordered_items, asked) ? answer.ordered_items : atFirst;
      if (order().join('\n') !== wanted.join('\n')) {
        const byText = new Map(Array.from(list.children, (item) => [item.dataset.text, item]));
        list.replaceChildren(...wanted.map((text) => byText.get(text)));
      }
      paint();
    },
    isBusy: () => list.querySelector('.is-dragged') !== null,
  };
}

function isPermutation(some, all) {
  return some.length === all.length && [...some].sort().join('\n') === [...all].sort().join('\n');
}

/** The same seed gives the same order, so that nothing needs to be kept for a reload to look the same. */
function shuffled(list, seed) {
  let state = 2_166_136_261;
  for (const character of seed) state = Math.imul(state ^ character.codePointAt(0), 16_777_619);
  const random = () => {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e37_79b9 | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
  const result = [...list];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
