/** The page of one's own account. */

import { callAuth, signedFetch } from './account.js';
import { whenSent } from './account-form.js';
import { whenBack } from './reach.js';
import { problemFrom } from '/sdk/http.js';
import { ago, setPageState, toast } from './ui.js';

const parts = document.getElementById('parts');
const lead = document.getElementById('lead');

show(await firstRead());
parts.hidden = false;
setPageState('ready');

whenSent(document.getElementById('rename'), document.getElementById('rename-trouble'), async ({ name }) => {
  show(await me('PATCH', { name: name ?? null }));
  toast('Your name is kept.');
});

whenSent(document.getElementById('password'), document.getElementById('password-trouble'), async (values) => {
  await me('PATCH', { current_password: values.current, new_password: values.new });
  for (const name of ['current', 'new']) document.getElementById(name).value = '';
  toast('Your password is changed.');
});

whenSent(document.getElementById('erase'), document.getElementById('erase-trouble'), async ({ password }) => {
  await me('DELETE', { password });
  location.assign('/');
});

document.getElementById('logout').addEventListener('click', async () => {
  await callAuth('logout', {});
  location.assign('/login');
});

/** The account, as soon as Dogear can be reached. */
async function firstRead() {
  for (;;) {
    try {
      return await me();
    } catch (problem) {
      if (problem.status !== undefined && problem.status < 500) throw problem;
      lead.textContent = 'Your account is shown as soon as Dogear can be reached.';
      await whenBack();
    }
  }
}

async function me(method = 'GET', json = undefined) {
  const response = await signedFetch('/api/v1/me', { method, json });
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await problemFrom(response, Date.now());
  if (method === 'GET') lead.textContent = problem.message;
  throw problem;
}

function show({ email, name, created_at: made }) {
  lead.textContent = `${email}, an account made ${ago(made)}.`;
  document.getElementById('name').value = name ?? '';
  document.getElementById('username').value = email;
}
