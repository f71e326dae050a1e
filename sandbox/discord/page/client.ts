import type { SeenInteraction } from '../user/seen.js';
import { fetchFeed, Refused, sendAct } from './api.js';
import { type ClientState, emptyState, withFeed } from './state.js';

const POLL_MS = 20_000;
const PAUSE_MS = 1_000;
/** The stand-in's own deadline is 3 s of its clock. */
const ANSWER_WITHIN_MS = 15_000;

/** The page's memory and its line to the stand-in. */
export class Client {
  #state: ClientState;
  #line: AbortController | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(person: string, place: string) {
    this.#state = emptyState(person, place);
  }

  get state(): ClientState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(change: Partial<ClientState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  /** Sits somebody else in front of the page, or moves to another channel. */
  open(person: string, place: string): void {
    if (person === this.#state.person && this.#line !== undefined) {
      if (place !== this.#state.place) this.change({ place });
      return;
    }
    this.#line?.abort();
    this.#line = new AbortController();
    this.#state = emptyState(person, place);
    this.change({});
    void this.#listen(person, this.#line.signal);
  }

  /** Does something as the person; the answer comes with the feed. */
  async act(act: Readonly<Record<string, unknown>>, files: readonly File[] = []): Promise<string> {
    const id = await sendAct({ user: this.#state.person, ...act }, files);
    this.change({ own: new Set([...this.#state.own, id]) });
    // A fast bot has answered before this page knew that the act was its own.
    if (this.#state.interactions.get(id)?.modal !== undefined) this.change({ openForm: id });
    return id;
  }

  /** Waits until the act is answered or has failed; `undefined` when neither happens. */
  settled(id: string): Promise<SeenInteraction | undefined> {
    return new Promise((resolve) => {
      const look = (): void => {
        const seen = this.#state.interactions.get(id);
        if (seen === undefined || (seen.acknowledgedAt === undefined && seen.failure === undefined)) return;
        finish(seen);
      };
      const finish = (seen: SeenInteraction | undefined): void => {
        clearTimeout(timer);
        stop();
        resolve(seen);
      };
      const stop = this.subscribe(look);
      const timer = setTimeout(finish, ANSWER_WITHIN_MS, undefined);
      look();
    });
  }

  dismiss(id: string): void {
    this.change({ dismissed: new Set([...this.#state.dismissed, id]) });
  }

  async #listen(person: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const { epoch, seq, connection } = this.#state;
        const feed = await fetchFeed(person, { epoch, after: seq, timeoutMs: connection === 'live' ? POLL_MS : 0 }, signal);
        if (isOver(signal)) return;
        const next = withFeed(this.#state, feed, Date.now());
        this.change({ ...next, read: feed.whole ? readMarks(feed.epoch, person) : next.read });
      } catch (error) {
        if (isOver(signal)) return;
        // The stand-in restarts with its yard; the page waits for it.
        if (!(error instanceof TypeError) && !(error instanceof Refused) && !(error instanceof SyntaxError)) throw error;
        this.change({ connection: 'lost' });
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  /** Notes that the person has seen a channel up to a message. */
  markRead(channelId: string, messageId: string): void {
    const { read, epoch, person } = this.#state;
    if (read[channelId] === messageId) return;
    const marks = { ...read, [channelId]: messageId };
    localStorage.setItem(storageKey(epoch, person), JSON.stringify(marks));
    this.change({ read: marks });
  }
}

const isOver = (signal: AbortSignal): boolean => signal.aborted;

const storageKey = (epoch: string, person: string): string => `try-it:${epoch}:${person}`;

/** Kept per start of the stand-in; marks of earlier starts mean nothing and go. */
function readMarks(epoch: string, person: string): Record<string, string> {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('try-it:') && !key.startsWith(`try-it:${epoch}:`)) localStorage.removeItem(key);
  }
  return JSON.parse(localStorage.getItem(storageKey(epoch, person)) ?? '{}') as Record<string, string>;
}
