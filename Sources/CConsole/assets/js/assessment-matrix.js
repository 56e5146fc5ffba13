/** A question whose answer is a choice, or several, in each of its rows. */

import { h } from './ui.js';

/** Builds the part of a question that is about its rows: as the other kinds in `buildQuestion`. Each row is a group of its own. */
export function buildMatrix(question, { id, give, hint }) {
  const { rows, columns, multiple } = question.options;
  const cells = rows.map((row, place) => columns.map((column) => h('input', {
    type: multiple ? 'checkbox' : 'radio', name: `${id}-${place}`, value: column.value, onchange: () => changed(),
  })));

  const chosen = () => Object.fromEntries(rows.map((row, place) => [row.value, cells[place].filter((cell) => cell.checked).map((cell) => cell.value)])
    .filter(([, values]) => values.length > 0));

  function changed() {
    const answer = chosen();
    paint(answer);
    give(Object.keys(answer).length === 0 ? null : { type: 'matrix', rows: answer });
  }

  function paint(answer) {
    const left = rows.length - Object.keys(answer).length;
    hint.textContent = left > 0 && left < rows.length && question.required ? `${left} of ${rows.length} rows to go.` : multiple ? 'Choose all that fit in each row.' : '';
  }

  return {
    element: h('div', { class: 'matrix' }, ...rows.map((row, place) => h('fieldset', { class: 'matrix-row' },
      h('legend', {}, row.label),
      h('div', { class: 'matrix-cells' }, ...columns.map((column, at) => h('label', { class: 'choice' }, cells[place][at], h('span', {}, column.label))))))),
    show(answer) {
      rows.forEach((row, place) => { for (const cell of cells[place]) cell.checked = answer?.rows[row.value]?.includes(cell.value) ?? false; });
      paint(chosen());
    },
  };
}
