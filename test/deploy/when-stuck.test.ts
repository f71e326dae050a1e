import { describe, expect, it } from '@jest/globals';
import type { TroubleKind } from '../../domain/troubles.js';
import { readProjectFile } from './compose-file.js';

/** A file and the sentence of the test in it. */
type Shown = readonly [file: string, sentence: string];

const STUCK = 'test/e2e/operators-stuck.test.ts';
const TOLD = 'test/activities/operators/troubles.test.ts';
const WAITS: Shown = [STUCK, 'tells of a queue and of a node when a run waits for a node that is out, and goes on by itself when the node is back'];
const FOREIGN: Shown = [STUCK, 'tells of a run of another namespace and settles nothing of it, and a sweep goes on while the channel takes no messages'];
const TRIGGER: Shown = [STUCK, 'settles nothing, until somebody presses Trigger; the owner then has all points back, and an operator may grant more'];
const EACH: Shown = [TOLD, 'once of %s: what it is, since when, where it is in the Web UI, what to do; and that it is over, in the same message'];

/** Every row of *When something is stuck*, by its symptom: the tests that bring the symptom about and what the row promises. */
const ROWS: Readonly<Record<string, { readonly shown: readonly Shown[]; readonly told?: TroubleKind }>> = {
  'A run waits and waits': { shown: [WAITS, ['test/e2e/limits.test.ts', 'gives up on a queue that does not move within its limit']], told: 'queue-waiting' },
  'A node is out': { shown: [WAITS, [TOLD, 'is a node %s, until it is back']], told: 'node-out' },
  'A gpu worker or node died in mid-training': { shown: [['test/e2e/kills.test.ts', 'loses nothing: %s'], ['test/e2e/unserved-node.test.ts', 'is waited for while it is away, however often the limit passes, and the training that was finished meanwhile is kept'], ['test/e2e/unserved-node.test.ts', 'is given up when the limit has passed, and the waiting attempt takes the job over once it is served'], ['test/e2e/endings.test.ts', '%s']] },
  'A training does not move': { shown: [['test/e2e/limits.test.ts', 'interrupts a training that makes no step any more, tries three times, then gives all points back']] },
  'A run has to stop': { shown: [['test/e2e/operators-desk.test.ts', 'cancels it there, and the ledger, the card, the notice and the node follow']] },
  'A job goes on although its run has ended': { shown: [['test/workers/gpu/reporter.test.ts', 'whose run %s']] },
  'Somebody pressed *Terminate*, or the history is gone': {
    shown: [
      ['test/e2e/settle.test.ts', 'gives the points of a terminated run back, stops its job and tells its owner, after two sightings'],
      ['test/activities/temporal/dead-runs.test.ts', 'whose history was deleted is dead after two sweeps'],
      TRIGGER,
    ],
  },
  '*Reset* was used': {
    shown: [
      ['test/e2e/settle-reset.test.ts', 'after capture charges nothing twice, trains nothing and tells nothing again, from whichever step'],
      ['test/e2e/settle-reset.test.ts', 'after release holds nothing again and trains nothing, from whichever step'],
    ],
  },
  'Dead runs are not settled': {
    shown: [TRIGGER, ['test/e2e/settle-schedule.test.ts', 'goes on with the next sweep after one was terminated, which counts for nothing'], ['test/e2e/settle-schedule.test.ts', 'stays paused when workers start again, and is made anew when it was deleted']],
  },
  'A workflow task fails again and again': { shown: [['test/e2e/settle-stuck.test.ts', 'is told to operators, also when it never came to its row, never settled, and goes on with the next release of the yard'], EACH], told: 'stuck-workflow' },
  'Points are not given back': { shown: [['test/e2e/settle-stuck.test.ts', 'is told with what it says, whoever tries: the run or its settling'], EACH], told: 'release-failing' },
  'A run of another namespace': { shown: [FOREIGN, ['test/e2e/settle.test.ts', 'reports a row of another namespace and never settles it']], told: 'foreign-run' },
  'Points are held for a run that is not on record': {
    shown: [
      ['test/activities/temporal/dead-runs.test.ts', 'leaves a hold without a row to an operator, %s: nobody can say whose namespace it was'],
      ['test/activities/temporal/dead-runs.test.ts', 'settles a hold whose row came back after two sweeps'],
      EACH,
    ],
    told: 'hold-without-run',
  },
  'The bot does not answer': { shown: [['test/e2e/discord-faults-processes.test.ts', 'right after the start of a run and of an upload: both are answered all the same, while it is gone']] },
  'A card stands still': {
    shown: [
      ['test/e2e/discord-faults-processes.test.ts', 'frozen and thawed: the card shows the end, and the notice comes, once'],
      ['test/e2e/discord-faults-processes.test.ts', 'dead and started again: the card shows the end, and the notice comes, once'],
    ],
  },
  'Discord refuses a card or its channel': {
    shown: [
      ['test/e2e/discord-faults-places.test.ts', 'a channel in which the bot may not write: the screen says before the start that the card goes elsewhere'],
      ['test/e2e/discord-faults-places.test.ts', 'the bot loses %s in the channel of the card: the end is told in direct messages'],
    ],
  },
  'A user heard nothing of the end': {
    shown: [
      ['test/e2e/discord-faults-places.test.ts', 'direct messages: the run goes on without a card, and its end is shown once, at the next command'],
      ['test/e2e/settle.test.ts', 'tries a notice again that could not be delivered'],
    ],
  },
  'A user wants the points of a failed run back': { shown: [TRIGGER] },
  'The operators\' channel stays silent': { shown: [FOREIGN, [TOLD, 'that %s fails nothing, asks Discord once a sweep, and says so once for each change'], [TOLD, 'is told of what lasts as soon as it takes messages again']] },
};

const KINDS = Object.keys({ 'stuck-workflow': 1, 'release-failing': 1, 'node-out': 1, 'queue-waiting': 1, 'foreign-run': 1, 'hold-without-run': 1 } satisfies Record<TroubleKind, 1>);
const MARK = ' †';

function rowsOfReadme(): string[][] {
  const readme = readProjectFile('README.md');
  const table = readme.slice(readme.indexOf('| symptom | what the Web UI shows | press | the points |'));
  const lines = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
  return lines.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

const unmarked = (symptom: string): string => symptom.replace(MARK, '');

describe('When something is stuck', () => {
  const rows = rowsOfReadme();

  it('says of each symptom what is seen, what to press and what happens to the points', () => {
    expect(rows.filter((cells) => cells.length !== 4 || cells.includes(''))).toEqual([]);
  });

  it('has a test for each row, and a row for each test', () => {
    expect(rows.map(([symptom = '']) => unmarked(symptom)).sort()).toEqual(Object.keys(ROWS).sort());
  });

  it.each(Object.entries(ROWS))('%s: its tests are there', (_symptom, { shown }) => {
    expect(shown.length).toBeGreaterThan(0);
    const missing = shown.filter(([file, sentence]) => !readProjectFile(file).includes(`('${sentence.replaceAll('\'', '\\\'')}', `));
    expect(missing).toEqual([]);
  });

  it('marks the rows that operators are told of, one for each kind of trouble', () => {
    const marked = rows.filter(([symptom = '']) => symptom.endsWith(MARK)).map(([symptom = '']) => ROWS[unmarked(symptom)]?.told);
    expect(marked.sort()).toEqual(KINDS.sort());
    expect(Object.values(ROWS).flatMap(({ told }) => told ?? []).sort()).toEqual(KINDS);
  });
});
