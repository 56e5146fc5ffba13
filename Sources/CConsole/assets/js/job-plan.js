/** What somebody writes into the forms of jobs and the playground, as the API takes it. */

/** "releases, reading ,," → ["releases", "reading"]. */
export function topicsOf(text) {
  return [...new Set(String(text ?? '').split(',').map((topic) => topic.trim()).filter(Boolean))];
}

/** A frequency by its name, or by a cron expression. */
export function frequencyOf({ frequency, cron, time_zone: zone }) {
  return frequency === 'cron' ? { cron: String(cron ?? '').trim(), time_zone: String(zone ?? '').trim() || 'UTC' } : frequency;
}

/** A job, as `POST /jobs` and `PATCH /jobs/{id}` take it. An empty language is the posts' own. */
export function planOf(values) {
  return {
    source: values.source, x_username: values.x_username.trim(), frequency: frequencyOf(values), topics: topicsOf(values.topics),
    language: values.language?.trim() || null, notify: values.notify ? 'email' : 'none',
  };
}

/** A run of the playground. */
export function wishOf(values) {
  return {
    source: values.source, x_username: values.x_username.trim(), topics: topicsOf(values.topics), hours_back: values.hours_back === '' ? null : Number(values.hours_back),
    language: values.language?.trim() || null,
  };
}

/** Where to ask when a frequency is due, before anything is stored. */
export function previewPath(values, count = 3) {
  const frequency = frequencyOf(values);
  const query = new URLSearchParams({ count });
  if (typeof frequency === 'object') {
    query.set('frequency', frequency.cron);
    query.set('time_zone', frequency.time_zone);
  } else {
    query.set('frequency', frequency);
  }
  return `/api/v1/schedules/next?${query}`;
}

/** What an account looks like at each source. */
export function accountHint(source) {
  return {
    folder: 'The name of a file of posts in the server’s folder, without .jsonl.',
    x: 'A name on X, with or without @.',
    twitterapi: 'A name on X, with or without @.',
    mastodon: 'An account with its server, such as ann@example.social.',
    feed: 'The address of an RSS or Atom feed.',
  }[source] ?? '';
}
