/** The home page: says whether the server is ready, and copies its examples. */

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

const badge = document.getElementById('readiness');
if (badge) {
  const [words, tone] = await fetch('/ready', { cache: 'no-store' }).then(
    (answer) => (answer.ok ? ['ready', 'good'] : ['up, but something it needs is missing', 'warn']),
    () => ['cannot be reached', 'danger'],
  );
  badge.textContent = words;
  badge.classList.add(`badge--${tone}`);
}
await showResumable(document.getElementById('continue'));
setPageState('ready');
