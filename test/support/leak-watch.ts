import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiscordDriver } from '../../sandbox/discord/driver/driver.js';
import { leaksIn, SECRET_MARKS } from './canaries.js';
import { leakFolder } from './config.js';

/** Where secrets are looked for. */
export const PLACES = ['logs', 'Temporal payloads', 'MongoDB', 'texts for people'] as const;
export type Place = (typeof PLACES)[number];

/** What a look at one place has found. */
export interface Findings {
  readonly place: Place;
  /** How many lines, histories, writes or texts were looked at. */
  readonly searched: number;
  readonly leaks: readonly string[];
}

/** More than these only repeat what is known. */
const KEPT_LEAKS = 20;

export interface LeakWatch {
  readonly see: (text: string) => void;
  readonly findings: () => Findings;
  /** Leaves the findings to the end of the test run, which turns red by them. @throws when there were leaks, so that the suite is named */
  close(): Promise<void>;
}

/** Looks at texts as they come and keeps only what leaked. */
export function watchForLeaks(place: Place, marks: readonly string[] = SECRET_MARKS): LeakWatch {
  let searched = 0;
  const leaks: string[] = [];
  const findings = (): Findings => ({ place, searched, leaks });
  return {
    see(text) {
      searched += 1;
      for (const leak of leaksIn(text, marks)) if (leaks.length < KEPT_LEAKS) leaks.push(leak);
    },
    findings,
    async close() {
      await leaveFindings(findings());
      if (leaks.length > 0) throw new Error(`Secrets leaked to ${place}:\n${leaks.join('\n')}`);
    },
  };
}

/** A download link is for its owner, who is sent it: everything else that is secret is not for people. */
const SECRETS_FOR_PEOPLE: readonly string[] = ['&sig='];

/** Everything a bot and its workers have told people through a stand-in, and the commands they registered. */
export async function watchTexts(driver: Pick<DiscordDriver, 'calls'>, marks: readonly string[] = SECRET_MARKS): Promise<LeakWatch> {
  const watch = watchForLeaks('texts for people', marks.filter((mark) => !SECRETS_FOR_PEOPLE.includes(mark)));
  for (const { body } of await driver.calls()) if (body !== undefined && body !== null) watch.see(JSON.stringify(body));
  return watch;
}

async function leaveFindings(findings: Findings): Promise<void> {
  const folder = leakFolder();
  if (folder === undefined || findings.searched === 0) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${randomBytes(8).toString('hex')}.json`), JSON.stringify(findings));
}

/** What the watches of all suites have left. */
export async function collectFindings(folder: string): Promise<Findings[]> {
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Findings));
}

/** One verdict a place, whoever looked at it. */
export function inSum(findings: readonly Findings[]): Findings[] {
  return PLACES.map((place) => {
    const here = findings.filter((each) => each.place === place);
    return { place, searched: here.reduce((sum, { searched }) => sum + searched, 0), leaks: here.flatMap(({ leaks }) => leaks) };
  });
}
