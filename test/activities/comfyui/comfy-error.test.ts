import { expect, it } from '@jest/globals';
import { ComfyError, type ComfyProblem } from '../../../activities/comfyui/comfy-error.js';

const EACH: readonly (readonly [ComfyProblem, string])[] = [
  [{ kind: 'unreachable', refused: true }, 'GET /queue: the node refuses connections'],
  [{ kind: 'unreachable', refused: false }, 'GET /queue: the connection to the node broke'],
  [{ kind: 'timeout' }, 'GET /queue: the node did not answer in time'],
  [{ kind: 'http', status: 502, body: '<html>' }, 'GET /queue: expected an answer, got HTTP 502'],
  [{ kind: 'malformed', problem: 'expected JSON, got "<html>"' }, 'GET /queue: expected JSON, got "<html>"'],
];

it.each(EACH)('a call that brought no usable answer says which call and why: %j', (problem, sentence) => {
  expect(new ComfyError('GET /queue', problem).message).toBe(sentence);
});
