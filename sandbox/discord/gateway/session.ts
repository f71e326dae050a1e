import { randomBytes } from 'node:crypto';
import { type Frame, Op } from './frames.js';

const KEPT_FRAMES = 1_000;

/** One IDENTIFY: its numbered events, kept so that a dropped connection can resume without losing any. */
export interface Session {
  readonly id: string;
  readonly intents: number;
  readonly sequence: number;
  /** The connection, while there is one. */
  send: ((frame: Frame) => void) | undefined;
  isInvalid: boolean;
  droppedAt: number | undefined;
  dispatch(event: string, data: unknown): void;
  /** Events after `sequence`, or `undefined` when they are no longer kept. */
  framesAfter(sequence: number): Frame[] | undefined;
}

export function createSession(intents: number): Session {
  const frames: (Frame & { s: number })[] = [];
  let sequence = 0;
  const session: Session = {
    id: randomBytes(16).toString('hex'),
    intents,
    get sequence() {
      return sequence;
    },
    send: undefined,
    isInvalid: false,
    droppedAt: undefined,
    dispatch(event, data) {
      sequence += 1;
      const frame = { op: Op.Dispatch, t: event, s: sequence, d: data };
      frames.push(frame);
      if (frames.length > KEPT_FRAMES) frames.shift();
      session.send?.(frame);
    },
    framesAfter(after) {
      const oldest = frames[0]?.s ?? 1;
      if (after > sequence || after < oldest - 1) return undefined;
      return frames.filter((frame) => frame.s > after);
    },
  };
  return session;
}
