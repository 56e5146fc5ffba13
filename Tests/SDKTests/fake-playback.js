/** A Dogear that keeps places, a video, and a session on both, for the tests of playback. */

import { Dogear } from '../../Sources/CConsole/assets/sdk/dogear.js';
import { FakeBrowser, FakeDogear, FakeTarget, recorded } from './fakes.js';

export const userId = 'd09ea400-0000-4000-8000-000000000001';
export const contentId = 'c11b0000-0000-4000-8000-000000000001';
const events = ['applied', 'owed', 'refused', 'queued', 'handed-off', 'superseded', 'erased', 'session-lost', 'offline', 'online'];

/** A server that keeps every place it is told. */
export function server() {
  let serial = 0;
  return new FakeDogear()
    .on('POST', /\/sessions$/, ({ body }) => [201, { ...body, id: `s${serial += 1}`, position_seconds: 0, resume_position_seconds: 84 }])
    .on('PATCH', /\/position$/, ({ body }) => [200, { applied: true, position_seconds: Math.floor(body.position_seconds), next_report_seconds: 10 }])
    .on('POST', /\/positions$/, ({ body }) => [200, { results: body.reports.map(() => ({ applied: true })) }])
    .on('DELETE', /\/sessions\//, () => [204])
    .on('POST', /\/handoff$/, ({ body }) => [201, { id: 'taken', content_id: contentId, device_id: body.device_id, position_seconds: 90, duration_seconds: 240 }]);
}

export class FakeVideo extends FakeTarget {
  currentTime = 0;
  paused = false;
  ended = false;
  seeking = false;
  readyState = 4;
  to(second, ...names) {
    this.currentTime = second;
    for (const name of names) this.tell(name);
  }
}

export async function started(dogear = server(), browser = new FakeBrowser()) {
  const tab = browser.tab();
  const client = new Dogear({ userId, baseURL: 'https://dogear.test/', token: 't', deviceId: 'tablet', fetch: dogear.fetch, storage: browser.storage, browser: tab });
  const session = await client.start({ contentId, durationSeconds: 240.7 });
  return { dogear, browser, tab, client, session, told: recorded(session, ...events) };
}
