/** Words and figures of jobs and their runs. */

const statuses = { RUNNING: 'Running', COMPLETED: 'Completed', FAILED: 'Failed', SKIPPED: 'Did not run' };

const outcomes = {
  ok: 'with a summary',
  'no-posts': 'nothing new',
  'rate-limited': 'the source was asked too often',
  'source-failed': 'the source gave nothing',
  'summary-failed': 'the posts are kept, the summary failed',
  interrupted: 'the server stopped in the middle',
  'skipped-overlap': 'another run was at work',
  missed: 'the server was not there; a later run took its time along',
  'source-gone': 'the source is gone for good, and the job is paused',
};

const frequencies = { hourly: 'Every hour', every_6_hours: 'Every 6 hours', every_12_hours: 'Every 12 hours', daily: 'Every day' };

const sources = { folder: 'Folder', x: 'X', twitterapi: 'twitterapi.io', mastodon: 'Mastodon', feed: 'Feed' };

const stages = { fetching: 'Fetching the posts', summarising: 'Writing the summary' };

const kinds = { scheduled: 'by its schedule', manual: 'by hand', backfill: 'to fill a gap' };

/** The frequencies that have a name, with their words. */
export function namedFrequencies() {
  return Object.entries(frequencies);
}

/** The sources, with their words. */
export function sourceNames() {
  return Object.entries(sources);
}

/** "Mastodon"; what is not known is called as it is. */
export function sourceWords(source) {
  return sources[source] ?? source ?? '';
}

/** "Every hour", "By cron 0 7 * * 1-5 (UTC)". */
export function frequencyWords(frequency) {
  if (frequency && typeof frequency === 'object') return `By cron ${frequency.cron} (${frequency.time_zone})`;
  return frequencies[frequency] ?? String(frequency);
}

/** What a playground run is at. */
export function stageWords(stage) {
  return stages[stage] ?? 'At work';
}

/** What a run was started by. */
export function kindWords(kind) {
  return kinds[kind] ?? kind;
}

/** How a run stands: one of four, each with a colour, a sign and a word. */
export function toneOf({ status }) {
  return { RUNNING: 'running', COMPLETED: 'good', FAILED: 'bad' }[status] ?? 'idle';
}

/** "Completed", "Did not run". */
export function statusWords({ status }) {
  return statuses[status] ?? status;
}

/** "Completed: nothing new". */
export function runWords(run) {
  const outcome = outcomes[run.outcome];
  return outcome ? `${statusWords(run)}: ${outcome}` : statusWords(run);
}

/** What happened in a run, or what went wrong in the source's own words. */
export function endWords(run) {
  const more = run.count > 1 ? ` This stands for ${run.count} slots.` : '';
  if (run.error_message) return run.error_message + more;
  const outcome = outcomes[run.outcome] ?? '';
  return (outcome && `${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}.`) + more;
}

/** How long a run took in milliseconds; null while it is at work, and for slots that did not run. */
export function tookMilliseconds({ status, started_at: from, completed_at: to }) {
  if (status === 'SKIPPED' || !from || !to) return null;
  const took = Date.parse(to) - Date.parse(from);
  return Number.isFinite(took) ? Math.max(0, took) : null;
}

/** 34 → "34 ms", 1400 → "1.4 s", 12400 → "12 s", 185000 → "3 min 5 s". */
export function tookWords(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return '';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor(whole / 60) % 60} min`;
}

/** (1, 'post') → "1 post". */
export function countOf(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** "Fri 27 Nov, 07:51", in the reader's own time, or in that of a zone. */
export function whenWords(instant, timeZone = undefined) {
  const date = new Date(instant);
  if (!instant || Number.isNaN(date.getTime())) return '';
  return date.toLocaleString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone });
}

/** "Fri 27 Nov, 07:51 to Fri 27 Nov, 08:51". */
export function spanWords(from, to, timeZone = undefined) {
  return from && to ? `${whenWords(from, timeZone)} to ${whenWords(to, timeZone)}` : '';
}

/** What one block of a strip says. */
export function blockWords(run, timeZone = undefined) {
  const posts = run.status === 'COMPLETED' ? `, ${countOf(run.tweets_fetched, 'post')}` : '';
  const slots = run.count > 1 ? `, ${run.count} slots` : '';
  return `${whenWords(run.due_at ?? run.started_at, timeZone)}: ${runWords(run)}${posts}${slots}`;
}

/** "97 % of 31 runs in 30 days"; in words where none has ended yet. */
export function rateWords({ success_rate: rate, figures }) {
  if (rate === null || rate === undefined) return `No run has ended in the last ${figures.days} days`;
  return `${Math.floor(rate * 100)} % of ${countOf(figures.completed + figures.failed, 'run')} in ${figures.days} days`;
}

/** What a job does next. */
export function nextWords({ is_active: isActive, next_run: next, retry_at: retry }, timeZone = undefined) {
  if (retry) return `${whenWords(retry, timeZone)}, another try`;
  if (!isActive) return 'Paused';
  return next ? whenWords(next, timeZone) : 'Never: no such day comes';
}

/** Where the line of a sparkline goes, within so many units; the greatest value touches the top. */
export function sparkPoints(values, width, height) {
  if (values.length === 0) return [];
  const most = Math.max(...values, 1);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values.map((value, index) => [round(values.length > 1 ? index * step : width / 2), round(height - (value / most) * height)]);
}

function round(number) {
  return Math.round(number * 10) / 10;
}

/** An address that a link may have: http or https, and nothing else. Null for the rest. */
export function safeAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A summary's sentences, each with the posts that it is from.
 * @returns {{text: string, posts: {number: number, author: string, text: string, address: string|null}[]}[]}
 */
export function sentencesOf({ content = '', raw_data: raw }) {
  const posts = new Map((raw?.tweets ?? []).map((post) => [post.number, { ...post, address: safeAddress(post.url) }]));
  if (!Array.isArray(raw?.sentences)) return content.split('\n').filter(Boolean).map((text) => ({ text, posts: [] }));
  return raw.sentences.map(({ text, posts: numbers = [] }) => ({ text, posts: numbers.map((number) => posts.get(number)).filter(Boolean) }));
}

/** Why a stretch of time is a gap, and whether it has to be filled by hand: what comes after the last summary the next run takes. */
export function gapWords({ from, reason }, { covered_until: covered }) {
  if (reason === 'incomplete') return { words: 'The source did not give all of it.', isAhead: false };
  const isAhead = !covered || Date.parse(from) >= Date.parse(covered);
  return { words: isAhead ? 'The next run takes this along.' : 'No run has covered it.', isAhead };
}

/** What the API said, in its own words: what happened, and what to do next. */
export function refusalOf({ status, title, detail, body, message }) {
  if (status === undefined || status === 0) return 'Dogear cannot be reached just now. Nothing is lost: try again in a moment.';
  const said = [title, detail].filter(Boolean).map((words) => (/[.!?]$/.test(words) ? words : `${words}.`)).join(' ') || message;
  return [said, ...fieldsOf(body)].join(' ');
}

/** Which values are not acceptable, and why: a sentence each. */
export function fieldsOf(body) {
  return (body?.fields ?? []).filter(({ message }) => message).map(({ field, message }) => `${labelOf(field)} ${message}.`);
}

function labelOf(field) {
  const name = field.split('.').pop();
  return { x_username: 'The account', cron: 'The cron expression', time_zone: 'The time zone', topics: 'The topics', language: 'The language', frequency: 'The frequency', hours_back: 'The hours back' }[name] ?? name;
}
