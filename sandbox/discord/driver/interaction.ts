import type { SeenInteraction, SeenMessage, SeenModal } from '../user/view.js';
import { DriverError } from './http.js';

/** The first thing a person sees after an act. */
export type UserResponse =
  | { kind: 'message'; message: SeenMessage }
  /** The message that was clicked changed. */
  | { kind: 'updated'; message: SeenMessage }
  | { kind: 'modal'; modal: SeenModal }
  | { kind: 'failure'; text: string };

export interface WaitOptions {
  /** Wall time; 10 s when absent. */
  timeoutMs?: number;
}

/** One act of a person and what comes of it. */
export interface InteractionHandle {
  readonly id: string;
  /** What the person sees of it now. */
  view(): Promise<SeenInteraction>;
  /** Waits for the first visible answer; "thinking…" is none. */
  response(options?: WaitOptions): Promise<UserResponse>;
  /** Like `response`, but fails unless the answer is a message (new or changed). */
  message(options?: WaitOptions): Promise<SeenMessage>;
  /** Like `response`, but fails unless the answer is a form. */
  modal(options?: WaitOptions): Promise<SeenModal>;
  /** Waits until `predicate` holds for what the person sees of it. */
  waitFor(predicate: (seen: SeenInteraction) => boolean, options?: WaitOptions & { what?: string }): Promise<SeenInteraction>;
}

export type Wait = <T>(look: () => Promise<T | undefined | null | false>, options?: { timeoutMs?: number; what?: string }) => Promise<T>;

export function createInteractionHandle(id: string, what: string, view: () => Promise<SeenInteraction>, wait: Wait): InteractionHandle {
  const response = (options: WaitOptions = {}): Promise<UserResponse> => wait(async () => responseIn(await view()), { what: `an answer to ${what}`, ...options });
  return {
    id,
    view,
    response,
    async message(options) {
      const answer = await response(options);
      if (answer.kind === 'message' || answer.kind === 'updated') return answer.message;
      throw new DriverError(`Expected a message in answer to ${what}, got ${described(answer)}.`);
    },
    async modal(options) {
      const answer = await response(options);
      if (answer.kind === 'modal') return answer.modal;
      throw new DriverError(`Expected a form in answer to ${what}, got ${described(answer)}.`);
    },
    waitFor: (predicate, options = {}) =>
      wait(
        async () => {
          const seen = await view();
          return predicate(seen) ? seen : undefined;
        },
        { what: `something of ${what}`, ...options },
      ),
  };
}

function responseIn(seen: SeenInteraction): UserResponse | undefined {
  if (seen.failure !== undefined) return { kind: 'failure', text: seen.failure };
  if (seen.modal !== undefined) return { kind: 'modal', modal: seen.modal };
  const [message] = seen.messages;
  if (message !== undefined) return { kind: 'message', message };
  if (seen.updated !== undefined) return { kind: 'updated', message: seen.updated };
  return undefined;
}

function described(answer: UserResponse): string {
  switch (answer.kind) {
    case 'failure':
      return `"${answer.text}"`;
    case 'modal':
      return `the form "${answer.modal.title}"`;
    default:
      return 'a message';
  }
}
