/** The list of questionnaires: those that this browser has begun say how far. */

import { Assessment } from '/sdk/assessment.js';
import { usableStorage } from '/sdk/storage.js';
import { percent, progressBar } from './assessment-words.js';
import { whenBack } from './reach.js';
import { ago, h, keepViewerInLinks, setPageState } from './ui.js';

const store = usableStorage();

keepViewerInLinks();
await Promise.all(Array.from(document.querySelectorAll('#questionnaires > [data-slug]'), showPlace));
setPageState('ready');

async function showPlace(item) {
  const sessionId = store.getItem(`dogear.assessment.${item.dataset.slug}`);
  if (!sessionId) return;
  const validity = await new Assessment().validate(sessionId).catch((problem) => {
    if (problem.isTransient) whenBack().then(() => showPlace(item));
    // Without an answer the list is as good as it was: the questionnaire's own page will say what is wrong.
    return null;
  });
  if (!validity?.valid) return;
  const { session, progress } = validity;
  if (session.status === 'completed') item.append(h('p', {}, h('span', { class: 'badge badge--good' }, 'Finished')));
  if (!validity.resumable || progress.questions_answered === 0) return;
  const words = `${progress.questions_answered} of ${progress.total_questions} answered`;
  const bar = progressBar(progress.percentage, 'Answered');
  bar.setAttribute('aria-valuetext', percent(progress.percentage));
  item.append(bar, h('p', { class: 'small figures', 'data-testid': 'place' }, `${words} · ${ago(session.last_activity)}`));
}
