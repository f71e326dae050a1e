import { describe, expect, it } from '@jest/globals';
import { isReadyLine, readableLine } from '../../../sandbox/yard/log-lines.js';

const TIME_MS = new Date(2026, 0, 2, 13, 4, 5).getTime();
const line = (record: object): string => JSON.stringify({ level: 30, time: TIME_MS, pid: 7, hostname: 'box', ...record });

describe('a line of a part', () => {
  it('in JSON is shown as time, level, message and fields', () => {
    expect(readableLine(line({ name: 'gpu', msg: 'submitted', runId: 'r1', steps: 3, note: 'two words' }))).toBe(
      '13:04:05 info  submitted runId=r1 steps=3 note="two words"',
    );
  });

  it('with an error is shown with its type and message, without its stack', () => {
    const err = { type: 'TypeError', message: 'no such node', stack: 'TypeError: no such node\n at …' };
    expect(readableLine(line({ level: 50, msg: 'failed', err }))).toBe('13:04:05 error failed err="TypeError: no such node"');
  });

  it('in plain text stays as it is', () => {
    expect(readableLine('{not JSON')).toBe('{not JSON');
    expect(readableLine('{"level":"info"}')).toBe('{"level":"info"}');
  });

  it('is cut where a field is endless', () => {
    expect(readableLine(line({ msg: 'm', body: 'x'.repeat(1_000) })).length).toBeLessThan(350);
  });
});

describe('the ready line', () => {
  it('is JSON whose ready field is true', () => {
    expect(isReadyLine(line({ msg: 'ready', ready: true }))).toBe(true);
    expect(isReadyLine(line({ msg: 'ready' }))).toBe(false);
    expect(isReadyLine('ready: true')).toBe(false);
  });
});
