/** A question whose answer is an order: moved by buttons, and by hand for those who can. */

import { h } from './ui.js';

/** Builds the part of a question that is about its order: as the other kinds in `buildQuestion`. */
export function buildOrdering(question, { id, give, hint, isAnswered }) {
  // Dogear has shuffled them already, for this session the same on every device.
  const { items } = question.options;
  const words = new Map(items.map((item) => [item.value ?? item.text, item.text]));
  const asked = [...words.keys()];
  const list = h('ol', { class: 'ordering', 'aria-labelledby': `${id}-title` }, ...asked.map(buildItem));
  const spoken = h('p', { class: 'visually-hidden', role: 'status' });
  const keep = h('button', { class: 'button button--quiet button--small', type: 'button', 'data-keep-order': '', onclick: () => settle() }, 'Keep this order');

  const order = () => Array.from(list.children, (item) => item.dataset.value);

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
      const place = `${words.get(item.dataset.value)}, now ${index + 1} of ${all.length}`;
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
    spoken.textContent = `${words.get(item.dataset.value)} is now ${order().indexOf(item.dataset.value) + 1} of ${asked.length}.`;
  }

  function buildItem(value) {
    const grip = h('span', { class: 'ordering-grip', 'aria-hidden': 'true', title: 'Drag to move' }, '⠿');
    const button = (direction, arrow) => h('button', {
      class: 'button button--quiet button--icon', type: 'button', 'data-move': direction, onclick: () => move(item, direction),
    }, h('span', { 'aria-hidden': 'true' }, arrow));
    const item = h('li', { class: 'ordering-item', 'data-value': value },
      grip, h('span', { class: 'ordering-place figures', 'aria-hidden': 'true' }), h('span', { class: 'ordering-text' }, words.get(value)),
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
      const wanted = answer && isPermutation(answer.ordered_items, asked) ? answer.ordered_items : asked;
      if (order().join('\n') !== wanted.join('\n')) {
        const byValue = new Map(Array.from(list.children, (item) => [item.dataset.value, item]));
        list.replaceChildren(...wanted.map((value) => byValue.get(value)));
      }
      paint();
    },
    isBusy: () => list.querySelector('.is-dragged') !== null,
  };
}

function isPermutation(some, all) {
  return some.length === all.length && [...some].sort().join('\n') === [...all].sort().join('\n');
}
