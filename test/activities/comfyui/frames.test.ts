import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseFrame, progressAfter, type Frame } from '../../../activities/comfyui/frames.js';
import { jobSchema } from '../../../activities/comfyui/replies.js';
import type { Progress } from '../../../domain/runs.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/comfyui');

interface Trace {
  readonly ws: readonly { readonly type: string }[];
  readonly job: unknown;
}

function trace(name: string): Trace {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Trace;
}

function framesOf(name: string): Frame[] {
  return trace(name).ws.map((frame) => parseFrame(JSON.stringify(frame))).filter((frame) => frame !== null);
}

const START: Progress = { phase: 'waiting', step: 0, totalSteps: 8 };

function story(frames: readonly Frame[], totalSteps: number): Progress[] {
  const told: Progress[] = [];
  let progress: Progress = { ...START, totalSteps };
  for (const frame of frames) {
    const next = progressAfter(progress, frame, '4');
    if (next.step !== progress.step || next.phase !== progress.phase) told.push(next);
    progress = next;
  }
  return told;
}

describe('the frames of a recorded training', () => {
  it('tell preparing, each step and saving, in order', () => {
    const told = story(framesOf('success'), 8);
    expect(told[0]).toEqual({ phase: 'preparing', step: 0, totalSteps: 8 });
    expect(told.slice(1, -1).map((progress) => progress.phase)).not.toContain('saving');
    expect(told.at(-1)).toEqual({ phase: 'saving', step: 8, totalSteps: 8 });
    const steps = told.map((progress) => progress.step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it('tell the steps done before an interruption', () => {
    expect(story(framesOf('interrupted'), 40).at(-1)).toEqual({ phase: 'training', step: 3, totalSteps: 40 });
  });

  it('stay at preparing when a node fails before the trainer', () => {
    expect(story(framesOf('error'), 8)).toEqual([{ phase: 'preparing', step: 0, totalSteps: 8 }]);
  });

  it.each(['success', 'interrupted', 'error'])('hint at the end of %s twice: by event and by the last executing', (name) => {
    expect(framesOf(name).filter((frame) => frame.kind === 'end')).toHaveLength(2);
  });
});

describe('single frames', () => {
  it.each(['', 'no json', '[]', '{"type":"progress","data":{"value":"1"}}', '{"type":"progress_state","data":null}', '{"type":"new_thing","data":{}}'])('that are %j tell nothing', (text) => {
    expect(parseFrame(text)).toBeNull();
  });

  it('count micro-steps as shares of the steps', () => {
    const frame: Frame = { kind: 'steps', promptId: 'p', nodeId: '4', value: 3, max: 16 };
    expect(progressAfter(START, frame, '4')).toEqual({ phase: 'training', step: 1, totalSteps: 8 });
  });

  it('never take a step back, and ignore the progress of other nodes', () => {
    const later: Progress = { phase: 'training', step: 5, totalSteps: 8 };
    expect(progressAfter(later, { kind: 'steps', promptId: 'p', nodeId: '4', value: 2, max: 8 }, '4').step).toBe(5);
    expect(progressAfter(later, { kind: 'steps', promptId: 'p', nodeId: '3', value: 8, max: 8 }, '4')).toEqual(later);
    expect(progressAfter(later, { kind: 'steps', promptId: 'p', nodeId: '4', value: 1, max: 0 }, '4')).toEqual(later);
  });
});

describe('recorded jobs', () => {
  it('are read with their end and, for a failure, its cause', () => {
    expect(jobSchema.parse(trace('success').job)).toMatchObject({ status: 'completed' });
    expect(jobSchema.parse(trace('interrupted').job)).not.toHaveProperty('execution_error');
    expect(jobSchema.parse(trace('error').job)).toMatchObject({ status: 'failed', execution_error: { node_type: 'LoadImageTextDataSetFromFolder', exception_type: 'PIL.UnidentifiedImageError' } });
  });
});
