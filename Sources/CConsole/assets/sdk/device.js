/**
 * The name under which this browser is known.
 * @module
 */

import { Host } from './host.js';
import { randomId } from './http.js';
import { usableStorage } from './storage.js';

/**
 * A name for this browser that a person can recognise in a list, such as "Chrome on Linux · a1b2".
 * @param {Storage} [storage]
 */
export function browserDeviceId(storage, host = new Host()) {
  const kept = usableStorage(storage);
  const known = kept.getItem('dogear.device');
  if (known) return known;
  const pick = (table) => table.find(([pattern]) => pattern.test(host.userAgent))?.[1];
  const browser = pick([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom/, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = pick([
    [/Android/, 'Android'], [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ]);
  const name = `${browser ?? 'Browser'}${system ? ` on ${system}` : ''} · ${randomId().slice(0, 4)}`;
  kept.setItem('dogear.device', name);
  return name;
}
