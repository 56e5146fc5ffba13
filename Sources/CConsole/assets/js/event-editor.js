/** Preparing an event: its segments, and their questions. */

import { EventHost } from '/sdk/event-host.js';
import { quietFetch } from './account.js';
import { count } from './assessment-words.js';
import { questionForm, pasteForm } from './event-question-forms.js';
import { actButton, announce, refusalWords, statusWords } from './event-words.js';
import { onSubmit } from './join-door.js';
import { h, toast } from './ui.js';

/** One event at a time. What is being typed stays while the rest is drawn anew. */
export class Editor {
  #root; #onChanged; #host = null; #title; #segments; #rows = new Map();

  constructor(root, { onChanged }) {
    this.#root = root;
    this.#onChanged = onChanged;
  }

  async open(eventId) {
    if (this.#host?.eventId === eventId) return;
    this.close();
    const host = new EventHost({ eventId, fetch: quietFetch });
    this.#host = host;
    host.on('change', () => this.#draw());
    try {
      await host.open();
    } catch (problem) {
      if (host !== this.#host) return;
      toast(refusalWords(problem));
      this.close();
      return;
    }
    if (host !== this.#host) return;
    this.#root.scrollIntoView({ block: 'start' });
    this.#root.querySelector('h2')?.focus({ preventScroll: true });
  }

  close() {
    this.#host?.close();
    this.#host = null;
    this.#rows.clear();
    this.#root.replaceChildren();
    this.#root.hidden = true;
  }

  #draw() {
    const { event } = this.#host;
    if (!event) return;
    if (this.#root.hidden) this.#build(event);
    this.#title.textContent = `Prepare: ${event.title}`;
    const segments = event.segments ?? [];
    for (const id of this.#rows.keys()) if (!segments.some((segment) => segment.id === id)) this.#rows.delete(id);
    const elements = segments.map((segment) => this.#row(segment));
    const isSame = elements.length === this.#segments.children.length && elements.every((element, i) => element === this.#segments.children[i]);
    if (!isSame) this.#segments.replaceChildren(...elements);
  }

  #build(event) {
    const path = `/events/${encodeURIComponent(event.id)}`;
    this.#title = h('h2', { id: 'editor-title', tabindex: '-1' });
    this.#segments = h('ol', { class: 'editor-segments' });
    this.#root.replaceChildren(
      h('div', { class: 'line editor-head' }, this.#title, h('a', { class: 'button button--small', href: `${path}/host`, 'data-testid': 'to-host' }, 'Host it'),
        h('a', { class: 'button button--quiet button--small', href: '#' }, 'Close')),
      h('p', { class: 'soft reading' }, 'An event has segments, one for each talk. After its talk, a segment’s questions are the quiz.'),
      this.#detailsForm(event), this.#segments, this.#addForm());
    this.#root.hidden = false;
  }

  #detailsForm({ title, description, time_per_question: seconds }) {
    const field = (id, label, attributes) => {
      const input = h('input', { class: 'field-input', id, autocomplete: 'off', ...attributes });
      return { input, element: h('div', { class: 'field' }, h('label', { for: id }, label), input) };
    };
    const name = field('event-name', 'What is it called?', { maxlength: 200, value: title });
    const about = field('event-about', 'In a sentence', { maxlength: 1000, value: description ?? '' });
    const time = field('event-time', 'Seconds for each question', { type: 'number', min: 5, max: 300, value: seconds });
    const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
    const form = h('form', { class: 'section', novalidate: true, 'data-testid': 'event-form' },
      h('div', { class: 'fields' }, name.element, about.element, time.element), trouble,
      h('p', {}, h('button', { class: 'button button--quiet', type: 'submit' }, 'Keep these changes')));
    onSubmit(form, trouble, async () => {
      if (name.input.value.trim() === '') throw new Error('Give the event a name first.');
      await this.#host.edit({ title: name.input.value.trim(), description: about.input.value.trim(), time_per_question: Number(time.input.value) || seconds });
      announce('The changes are kept.');
      this.#onChanged();
    }, name.input);
    return h('details', {}, h('summary', {}, 'Change name or time'), form);
  }

  #addForm() {
    const title = h('input', { class: 'field-input', id: 'segment-title', maxlength: 200, autocomplete: 'off' });
    const presenter = h('input', { class: 'field-input', id: 'segment-presenter', maxlength: 200, autocomplete: 'off' });
    const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
    const form = h('form', { class: 'card card--plain section', novalidate: true, 'aria-labelledby': 'add-segment-title', 'data-testid': 'segment-form' },
      h('h3', { id: 'add-segment-title' }, 'Add a segment'),
      h('div', { class: 'fields' },
        h('div', { class: 'field' }, h('label', { for: 'segment-title' }, 'What it is about'), title),
        h('div', { class: 'field' }, h('label', { for: 'segment-presenter' }, 'Who speaks'), presenter)),
      trouble, h('p', {}, h('button', { class: 'button button--quiet', type: 'submit', 'data-testid': 'add-segment' }, 'Add it')));
    onSubmit(form, trouble, async () => {
      if (title.value.trim() === '' || presenter.value.trim() === '') throw new Error('Write what it is about and who speaks.');
      await this.#host.addSegment({ title: title.value.trim(), presenter_name: presenter.value.trim() });
      announce(`${title.value.trim()} is added.`);
      form.reset();
      this.#onChanged();
    }, title);
    return form;
  }

  // --- One segment ---

  #row(segment) {
    const row = this.#rows.get(segment.id) ?? this.#buildRow(segment);
    this.#rows.set(segment.id, row);
    const { title, presenter_name: presenter, questions = [], status } = segment;
    row.querySelector('h3').textContent = title;
    row.querySelector('[data-about]').textContent = `${presenter} · ${statusWords[status]} · ${count(questions.length, 'question')}`;
    row.querySelector('[data-questions]').replaceChildren(...questions.map(({ question_text: text, correct_answer: right, other_answers: others }) => h('li', {},
      h('p', {}, text),
      h('p', { class: 'small soft' }, h('span', { class: 'right-answer' }, h('span', { 'aria-hidden': 'true' }, '✓ '), right), ` · ${(others ?? []).join(' · ')}`))));
    row.querySelector('[data-delete]').hidden = status !== 'pending';
    return row;
  }

  #buildRow({ id }) {
    const add = async (questions) => {
      await this.#host.addQuestions(id, questions);
      announce(`${count(questions.length, 'question')} added.`);
    };
    return h('li', { class: 'card section editor-segment', 'data-testid': 'segment' },
      h('div', { class: 'line editor-head' }, h('h3', {}),
        h('span', { 'data-delete': true }, actButton('delete-segment', 'Delete', () => this.#delete(id), 'button--danger button--small'))),
      h('p', { class: 'small soft figures', 'data-about': true }),
      h('ol', { class: 'question-list', 'data-questions': true }),
      h('details', {}, h('summary', {}, 'Add a question'), questionForm(id, (question) => add([question]))),
      h('details', {}, h('summary', {}, 'Paste a list of questions'), pasteForm(id, add)));
  }

  async #delete(segmentId) {
    try {
      await this.#host.deleteSegment(segmentId);
      toast('The segment is deleted.', { label: 'Undo', act: () => this.#undo() });
      this.#title.focus();
    } catch (problem) {
      toast(refusalWords(problem));
    }
  }

  async #undo() {
    try {
      await this.#host.undo();
      announce('The segment is back.');
    } catch (problem) {
      toast(refusalWords(problem));
    }
  }
}
