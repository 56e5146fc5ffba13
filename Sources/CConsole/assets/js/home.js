/** The home page: says whether the server is ready, and copies its examples. */

import { onReachChange } from './reach.js';
import { showResumable } from './resumable.js';
import { keepViewerInLinks, setPageState } from './ui.js';

keepViewerInLinks();

for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 2_000);
  });
}

onReachChange(show);
await show();
setPageState('ready');

async function show() {
  await showReadiness(document.getElementById('readiness'));
  await showResumable(document.getElementById('continue'));
}

async function showReadiness(badge) {
  const [words, tone] = await fetch('/ready', { cache: 'no-store' }).then(
    (answer) => (answer.ok ? ['ready', 'good'] : ['up, but something it needs is missing', 'warn']),
    () => ['cannot be reached', 'danger'],
  );
  badge.textContent = words;
  badge.className = `badge badge--${tone}`;
}
