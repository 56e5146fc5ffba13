/** The page that a mail's link leads to: one button that ends the mails of a job. */

import { problemFrom } from '/sdk/http.js';
import { refusalOf } from './job-words.js';
import { setPageState } from './ui.js';

const button = document.getElementById('end');
const trouble = document.getElementById('trouble');

button.addEventListener('click', async () => {
  button.disabled = true;
  trouble.hidden = true;
  try {
    const response = await fetch(location.pathname, { method: 'POST' });
    if (!response.ok) throw await problemFrom(response, Date.now());
    const words = 'Done: no more mails of this job.';
    document.getElementById('headline').textContent = words;
    document.getElementById('announcement').textContent = words;
    document.getElementById('lead').textContent = 'On its page they can be asked for again.';
    document.getElementById('headline').focus();
    button.hidden = true;
  } catch (problem) {
    trouble.textContent = refusalOf(problem);
    trouble.hidden = false;
    button.disabled = false;
  }
});
setPageState('ready');
