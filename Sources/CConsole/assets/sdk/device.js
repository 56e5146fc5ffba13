/**
 * The name under which this browser is known.
 * @module
 */

import { Browser } from './browser.js';
import { randomId } from './http.js';
import { usableStorage } from './storage.js';

/**
 * A name for this browser that a person can recognise in a list, such as "Chrome on Linux · a1b2".
 * @param {Storage} [storage]
 */
export function browserDeviceId(storage, browser = new Browser()) {
  const kept = usableStorage(storage);
  const known = kept.getItem('dogear.device');
  if (known) return known;
  const pick = (table) => table.find(([pattern]) => pattern.test(browser.userAgent))?.[1];
  const program = pick([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom/, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = pick([
    [/Android/, 'Android'], [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ]);
  const name = `${program ?? 'Browser'}${system ? ` on ${system}` : ''} · ${randomId().slice(0, 4)}`;
  kept.setItem('dogear.device', name);
  return name;
}
