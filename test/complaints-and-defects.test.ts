import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

async function namesOfTests(): Promise<string> {
  const files = (await readdir(ROOT, { recursive: true })).filter((name) => name.endsWith('.test.ts') && !name.startsWith('complaints-and-defects'));
  const sources = await Promise.all(files.map((name) => readFile(`${ROOT}${name}`, 'utf8')));
  return sources.flatMap((source) => source.match(/\b(?:it|describe)(?:\.each\([^\n]*\))?\(\s*['"`][^\n]*/g) ?? []).join('\n');
}

/** What people complained about in other bots, and what was wrong with an earlier one: each is a test by its number. */
describe('defect 10: there are tests', () => {
  it.each(['complaint', 'defect'])('by name for each %s from 1 to 10', async (what) => {
    const names = await namesOfTests();
    const missing = Array.from({ length: 10 }, (_, at) => at + 1).filter((number) => !(what === 'defect' && number === 10) && !new RegExp(`\\b${what}s?(?: \\d+,?| and)* ${number}\\b`, 'i').test(names));
    expect(missing).toEqual([]);
  });
});
