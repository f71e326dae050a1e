import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openGroundTruthFile } from '../../../sandbox/comfyui/ground-truth-file.js';
import { createGroundTruth, type GroundTruth } from '../../../sandbox/comfyui/ground-truth.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-truth-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const JOB = { number: 1, extraData: { runId: 'run' }, graph: {}, outputs: [] };

/** A process that was killed left nothing but its file: the next one opens it again. */
function processOn(name: string): GroundTruth {
  return createGroundTruth(openGroundTruthFile(join(folder, name)));
}

describe('what happened on a stand-in that is killed', () => {
  it('is known to the next process: what ended as it ended, what ran as lost', () => {
    const first = processOn('a');
    const ended = first.of(first.add({ ...JOB, promptId: 'ended' }).entry);
    ended.trained = true;
    ended.trainedSteps = 7;
    ended.state = 'completed';
    ended.endedAt = 5;
    const running = first.of(first.add({ ...JOB, promptId: 'running' }).entry);
    running.state = 'running';
    running.trained = true;

    const seen = processOn('a').all();
    expect(seen).toMatchObject([
      { promptId: 'ended', state: 'completed', trained: true, trainedSteps: 7, endedAt: 5 },
      { promptId: 'running', state: 'lost', trained: true },
    ]);
    expect(processOn('a').all()[1]?.endedAt).toBe(seen[1]?.endedAt);
  });

  it('goes on with new numbers', () => {
    processOn('b').add({ ...JOB, promptId: 'one' });
    const second = processOn('b');
    expect(second.add({ ...JOB, promptId: 'two' }).entry).toBe(2);
    expect(processOn('b').all().map((record) => record.promptId)).toEqual(['one', 'two']);
  });

  it('survives a line that was cut off by the kill', () => {
    processOn('c').add({ ...JOB, promptId: 'whole' });
    appendFileSync(join(folder, 'c'), '{"add":{"promptId":"cut');
    const next = processOn('c');
    next.add({ ...JOB, promptId: 'next' });
    expect(processOn('c').all().map((record) => record.promptId)).toEqual(['whole', 'next']);
  });
});
