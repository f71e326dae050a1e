/** One thing an actor does to the shared data in a single step, and what it is told. */
export type Effect<Data> = (data: Data) => unknown;

/** How an actor reaches the shared data: each call is one step, and others may step before it and after it. */
export type Call<Data> = <Told>(effect: (data: Data) => Told) => Promise<Told>;

export interface Actor<Data> {
  readonly name: string;
  /** May be killed after any of its steps, before it hears of it: to die before a step is to die after the one before. */
  readonly mortal?: boolean;
  act(call: Call<Data>): Promise<unknown>;
}

export interface World<Data> {
  newData(): Data;
  readonly actors: readonly Actor<Data>[];
  /** How many actors may be killed in one history. */
  readonly deaths: number;
}

/** How a history ended: what is stored, and what each actor was told (`undefined` for the dead). */
export interface EndState<Data> {
  readonly data: Data;
  readonly told: ReadonlyMap<string, unknown>;
  readonly path: readonly string[];
}

export interface Explored<Data> {
  readonly states: number;
  /** One for each distinct end. */
  readonly ends: readonly EndState<Data>[];
}

interface Choice {
  readonly actor: number;
  readonly what: 'step' | 'die after';
}

/** Every order in which the actors can step and die, each state visited once. */
export async function explore<Data>(world: World<Data>): Promise<Explored<Data>> {
  const seen = new Set<string>();
  const reached = new Set<string>();
  const notes = createNotes();
  const ends = new Map<string, EndState<Data>>();
  const waiting: (readonly Choice[])[] = [[]];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const history = await replay(world, path, notes);
    for (let key = history.key(); !seen.has(key); key = history.key()) {
      seen.add(key);
      // To do the same steps again only to arrive where others were costs more than all the rest.
      const [next, ...others] = history.choices().filter((choice) => isNew(reached, history.keyAfter(choice)));
      const steps = history.steps();
      for (const choice of others) waiting.push([...steps, choice]);
      if (history.isOver()) ends.set(key, history.end());
      if (next === undefined) break;
      await history.take(next);
    }
  }
  return { states: seen.size, ends: [...ends.values()] };
}

function isNew(reached: Set<string>, key: string): boolean {
  const before = reached.size;
  return reached.add(key).size > before;
}

/** What leads where, so that it is worked out once: texts by number, and what a step makes of the data and of who takes it. */
interface Notes {
  readonly numberOf: (text: string) => number;
  readonly steps: Map<string, After>;
}

/** Numbers of texts. */
interface After {
  readonly data: number;
  readonly heard: number;
}

function createNotes(): Notes {
  const numbers = new Map<string, number>();
  return {
    steps: new Map(),
    numberOf(text) {
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      return number;
    },
  };
}

interface Seat<in Data> {
  /** The number of all that it was told. */
  heard: number;
  pending: { readonly effect: Effect<Data>; readonly tell: (told: unknown) => void } | null;
  state: 'alive' | 'dead' | 'done';
  told: unknown;
}

/** Actors are plain asynchronous code, so a state is reached again by doing the same steps again. */
async function replay<Data>(world: World<Data>, path: readonly Choice[], { numberOf, steps }: Notes) {
  const data = world.newData();
  let stored = numberOf(textOf(data));
  const seats = world.actors.map((): Seat<Data> => ({ heard: numberOf(''), pending: null, state: 'alive', told: undefined }));
  world.actors.forEach((actor, at) => {
    const seat = seats[at];
    if (seat !== undefined) start(actor, seat);
  });
  await settle(seats);
  const taken: Choice[] = [];
  /** What is stored then, and what the actor has heard: its code and what it heard before say what it does to the data. */
  const afterStep = (actor: number): After => {
    const seat = seats[actor];
    const step = `${actor} ${seat?.heard ?? ''} ${stored}`;
    const known = steps.get(step);
    if (known !== undefined) return known;
    const copy = structuredClone(data);
    const told = textOf(seat?.pending?.effect(copy));
    const after = { data: numberOf(textOf(copy)), heard: numberOf(`${seat?.heard ?? ''} ${told}`) };
    steps.set(step, after);
    return after;
  };
  const take = async (choice: Choice): Promise<void> => {
    taken.push(choice);
    const seat = seats[choice.actor];
    const pending = seat?.pending;
    if (seat === undefined || pending === undefined || pending === null) throw new Error('Expected a step to repeat, found none: an actor is not deterministic.');
    const after = afterStep(choice.actor);
    seat.pending = null;
    if (choice.what !== 'step') seat.state = 'dead';
    const told = pending.effect(data);
    stored = after.data;
    if (choice.what === 'die after') return;
    seat.heard = after.heard;
    pending.tell(told);
    await settle(seats);
  };
  for (const choice of path) await take(choice);
  const deathsLeft = (): number => world.deaths - seats.filter(({ state }) => state === 'dead').length;
  return {
    take,
    steps: (): readonly Choice[] => [...taken],
    /** What is stored, and what everyone who lives has heard, once this choice is taken: it says all of what can follow. */
    keyAfter({ actor, what }: Choice): string {
      const after = afterStep(actor);
      const heardBy = ({ state, heard }: Seat<Data>, at: number): number | 'dead' => {
        if (state === 'dead' || (at === actor && what === 'die after')) return 'dead';
        return at === actor ? after.heard : heard;
      };
      return [after.data, ...seats.map(heardBy)].join(' ');
    },
    isOver: () => seats.every(({ pending }) => pending === null),
    key: () => [stored, ...seats.map(({ heard, state, told }) => (state === 'alive' ? heard : textOf([state, told])))].join(' '),
    choices: (): Choice[] =>
      seats.flatMap(({ pending }, actor): Choice[] => {
        if (pending === null) return [];
        const mayDie = world.actors[actor]?.mortal === true && deathsLeft() > 0;
        return [{ actor, what: 'step' }, ...(mayDie ? ([{ actor, what: 'die after' }] as const) : [])];
      }),
    end: (): EndState<Data> => ({
      data,
      told: new Map(seats.map(({ told }, at) => [world.actors[at]?.name ?? '', told])),
      path: taken.map(({ actor, what }) => `${world.actors[actor]?.name ?? ''}: ${what}`),
    }),
  };
}

function start<Data>(actor: Actor<Data>, seat: Seat<Data>): void {
  const call: Call<Data> = <Told>(effect: (data: Data) => Told) =>
    new Promise<Told>((resolve) => {
      seat.pending = { effect, tell: resolve as (told: unknown) => void };
    });
  const ended = (told: unknown): void => {
    seat.state = 'done';
    seat.told = told;
  };
  actor.act(call).then(ended, ended);
}

const textOf = (value: unknown): string => JSON.stringify([value], untimed);

/** Dates and hashes do not tell two states apart. */
function untimed(name: string, value: unknown): unknown {
  if (name === 'at' || name === 'hash' || name === 'prevHash') return undefined;
  return value instanceof Map ? [...value.entries()] : value;
}

/** Far more than any code takes between two steps. */
const MOST_TURNS = 10_000;

/** Every promise that can go on has done so: each actor waits for a step of its own, or is through. */
async function settle(seats: readonly Seat<never>[]): Promise<void> {
  for (let turns = 0; seats.some(({ state, pending }) => state === 'alive' && pending === null); turns += 1) {
    if (turns > MOST_TURNS) throw new Error('Expected every actor to take a step or to end, found one that waits for something else.');
    await Promise.resolve();
  }
}
