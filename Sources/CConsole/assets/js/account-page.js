/** The pages of registering, signing in and new passwords: one form each. */

import { callAuth, nextPath } from './account.js';
import { whenSent } from './account-form.js';
import { h, setPageState } from './ui.js';

const form = document.getElementById('form');
const trouble = document.getElementById('trouble');
const again = document.getElementById('again');
const asked = new URLSearchParams(location.search);

const acts = {
  register: async (values) => {
    await callAuth('register', values);
    askForCode(values);
  },
  verify: async (values) => {
    await callAuth('verify', values);
    goOn();
  },
  login: async (values) => {
    try {
      await callAuth('login', values);
      goOn();
    } catch (problem) {
      if (problem.code !== 'email-unverified') throw problem;
      location.assign(`/verify?${withNext({ email: values.email })}`);
    }
  },
  forgot: async (values) => {
    await callAuth('forgot', values);
    location.assign(`/reset?${withNext({ email: values.email })}`);
  },
  reset: async (values) => {
    await callAuth('reset', values);
    location.assign(`/login?${withNext({ email: values.email, done: 'reset' })}`);
  },
};

fillIn();
whenSent(form, trouble, acts[form.dataset.form]);
again?.addEventListener('click', () => mailAgain(form.dataset.form === 'reset' ? 'forgot' : 'resend', form.elements.email.value.trim()));
setPageState('ready');

/** What the address already says, and where to go afterwards. */
function fillIn() {
  const email = asked.get('email');
  if (email && form.elements.email) form.elements.email.value = email;
  for (const link of document.querySelectorAll('a[data-keep-next]')) if (asked.get('next')) link.search = withNext({});
  if (asked.get('done') === 'reset') say('Your new password is set. Sign in with it.');
  else if (asked.get('next') && form.dataset.form === 'login') say('What you asked for is kept for whoever it belongs to. Sign in, and you are brought back there.');
}

function withNext(members) {
  const parameters = new URLSearchParams(members);
  if (asked.get('next')) parameters.set('next', asked.get('next'));
  return parameters.toString();
}

function goOn() {
  location.assign(nextPath(location.search, location.origin));
}

function say(words) {
  document.getElementById('lead').textContent = words;
  document.getElementById('announcement').textContent = words;
}

/** The second step of registering, with the password still at hand, so that nobody types it twice. */
function askForCode({ email, password }) {
  const words = `A code is on its way to ${email}. It is good for ten minutes.`;
  const wrong = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const step = h('form', { class: 'card dog-ear account-form', novalidate: true },
    h('div', { class: 'field' }, h('label', { for: 'code' }, 'Code from the mail'),
      h('input', { class: 'field-input account-code figures', id: 'code', name: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 20, required: true })),
    wrong,
    h('p', { class: 'line' }, h('button', { class: 'button', type: 'submit' }, 'Open the account'),
      h('button', { class: 'button button--quiet', type: 'button', onclick: () => mailAgain('resend', email) }, 'Mail a new code')));
  whenSent(step, wrong, async ({ code }) => {
    await callAuth('verify', { email, code, password });
    goOn();
  });
  form.replaceWith(step);
  document.getElementById('headline').textContent = 'Look into your mail';
  say(words);
  step.elements.code.focus();
}

async function mailAgain(verb, email) {
  if (email === '') {
    form.elements.email.focus();
    return;
  }
  try {
    await callAuth(verb, { email });
    say(`If ${email} waits for a code, a new one is on its way. The old one is void then.`);
  } catch (problem) {
    say(problem.message);
  }
}
