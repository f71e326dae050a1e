import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS, MESSAGE_COMMANDS } from '../../bot/commands/index.js';
import { COMPONENTS } from '../../bot/components/index.js';
import { en } from '../../bot/texts/en.js';
import { NOTHING_TYPED } from '../../domain/typed-settings.js';
import { createLoras } from '../../models/loras.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import type { OptionInput } from '../../sandbox/discord/driver/user.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import type { SeenInteraction } from '../../sandbox/discord/user/seen.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { REFUSALS } from '../support/every-ending.js';
import { createForger, type Forger } from '../support/forged-acts.js';
import { pngPicture } from '../support/pictures.js';
import { aRun, anEndedRun } from '../support/run-rows.js';
import { accountOf, captioned, possessionsOf, seedDataset } from '../support/seeds.js';
import { textOf } from '../support/wire.js';

/** In every name, caption, file name and trigger word of the owner: whoever reads it was shown something. */
const SECRET = 'Geheim';
const TABLE = new URL('../../docs/access.md', import.meta.url);
const ACTORS = { owner: 'mira', stranger: 'jonas', operator: 'olga' } as const satisfies Record<string, PersonName>;

let database: TestDatabase;
let bot: TestBot;
let forger: Forger;
let picture: Buffer;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-idor-${randomUUID()}-`, config: { OPERATORS: [accountOf('olga')] } });
  forger = createForger(bot.client);
  picture = await pngPicture({ widthPx: 300, heightPx: 300 });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

/** One of everything that somebody can own, by what the routes and options call it. */
interface Things {
  readonly datasetId: string;
  readonly imageId: string;
  /** Ended well: the model is its. */
  readonly runId: string;
  readonly failedRunId: string;
  readonly openRunId: string;
  readonly quoteId: string;
  /** An interaction that brought files, wished for a training, and had a file that failed. */
  readonly interactionId: string;
}

async function seed(person: PersonName, word: string): Promise<Things> {
  const images = captioned(4).map(({ fileName }) => ({ fileName: `${word}-${fileName}`, caption: `${word} in a picture` }));
  const datasetId = await seedDataset(database.connection, { owner: person, name: `${word} ${randomUUID().slice(0, 8)}`, images, withFiles: false });
  const accountId = accountOf(person);
  const dataset = await bot.services.datasets.read(datasetId);
  const about = { accountId, datasetName: word, triggerWord: word, createdAt: new Date(), notice: 'delivered' } as const;
  const ended = anEndedRun({ kind: 'succeeded', capturedPoints: 1 }, { ...about, runId: randomUUID(), datasetId });
  const failed = anEndedRun({ kind: 'failed', failure: { type: 'Terminated' }, releasedPoints: 1 }, { ...about, runId: randomUUID(), datasetId });
  // Of another dataset, so that the first may be trained.
  const open = aRun({ ...about, runId: randomUUID(), datasetId: randomUUID(), slot: Math.floor(Math.random() * 1e9) });
  for (const { runId, ...row } of [ended, failed, open]) await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
  await createLoras(database.connection).shelve({
    loraId: ended.runId, owner: accountId, name: word, fileName: `${word}.safetensors`, sha256: 'b'.repeat(64), sizeBytes: 1, tensors: 1, triggerWord: word, baseModel: 'SD', recipeId: 'sd15-lora', settings: ended.settings, createdAt: new Date(),
  });
  const quoteId = randomUUID();
  await bot.services.quotes.store({
    quoteId, runId: randomUUID(), accountId, datasetId, datasetRevision: dataset?.revision ?? 0, recipeId: 'sd15-lora', settings: ended.settings, pricePoints: 1_500, imageCount: 4, triggerWord: word, locale: 'en-GB',
    cardPlace: { where: 'dm' }, expiresAt: new Date(Date.now() + 900_000),
  } as never);
  const interactionId = String(BigInt(Date.now()) << 22n) + String(Math.floor(Math.random() * 90) + 10);
  const file = { number: 1, fileName: `${word}.png`, url: 'http://127.0.0.1:9/x', sizeBytes: 1, contentType: 'image/png' };
  const files = { files: [file], captionFiles: [] };
  await bot.services.interactions.store({
    interactionId, platform: 'discord', applicationId: '1', token: 't', accountId, channelId: '1', guildId: null, canPostHere: true, locale: 'en-GB', isOperator: false, createdAt: new Date(), picked: files,
    upload: { ...files, datasetId, captions: {} }, wished: { datasetId, recipeId: 'sd15-lora', typed: NOTHING_TYPED, card: 'dm' },
    verdicts: [{ role: 'picture', number: 1, fileName: file.fileName, kind: 'refused', problem: { code: 'IMG_FETCH_FAILED' } }],
  } as never);
  return { datasetId, imageId: dataset?.images[0]?.imageId ?? '', runId: ended.runId, failedRunId: failed.runId, openRunId: open.runId, quoteId, interactionId };
}

type Args = (things: Things) => readonly string[];
/** What a press carries: ids of somebody's things. `choose` is a select; `form` names the route whose button opens the form. */
interface Press {
  readonly args: Args;
  readonly choose?: Args;
  readonly form?: string;
}

const dataset: Args = ({ datasetId }) => [datasetId];
const image: Args = ({ datasetId, imageId }) => [datasetId, imageId, '0'];
const run: Args = ({ runId }) => [runId];
const quote: Args = ({ quoteId }) => [quoteId];
const interaction: Args = ({ interactionId }) => [interactionId];
const page: Args = () => ['0'];
const none: Args = () => [];

const PRESSES: Readonly<Record<string, Press>> = {
  list: { args: page }, choose: { args: page, choose: dataset }, open: { args: none, choose: dataset }, view: { args: dataset }, images: { args: ({ datasetId }) => [datasetId, '0'] },
  'delete-ask': { args: dataset }, delete: { args: dataset }, 'undo-remove': { args: ({ datasetId, imageId }) => [datasetId, imageId] }, rename: { args: dataset }, 'rename-form': { args: dataset, form: 'rename' },
  captions: { args: ({ datasetId }) => [datasetId, '0'] }, 'cap-back': { args: image }, 'cap-next': { args: image }, 'cap-missing': { args: image }, 'cap-edit': { args: image }, 'cap-five': { args: image },
  'cap-form': { args: image, form: 'cap-edit' }, 'cap-remove': { args: image }, 'cap-undo': { args: image }, 'cap-trigger': { args: image }, 'caption-fill': { args: dataset },
  create: { args: none }, 'create-form': { args: none, form: 'create' }, upload: { args: dataset }, 'upload-form': { args: dataset, form: 'upload' }, 'retry-files': { args: interaction },
  pick: { args: ({ interactionId }) => [interactionId, '0'], choose: dataset }, 'pick-page': { args: ({ interactionId }) => [interactionId, '0'] }, 'pick-new': { args: interaction }, 'pick-new-form': { args: interaction, form: 'pick-new' },
  start: { args: quote }, quote: { args: dataset }, again: { args: run }, place: { args: ({ quoteId }) => [quoteId, '0'] }, recipe: { args: quote, choose: () => ['sd15-lora'] }, settings: { args: quote }, 'settings-form': { args: quote, form: 'settings' },
  'again-with': { args: run }, 'again-form': { args: run, form: 'again-with' }, retype: { args: interaction }, 'retype-form': { args: interaction, form: 'retype' }, runs: { args: none }, refresh: { args: run }, show: { args: run },
  'move-card': { args: ({ openRunId }) => [openRunId, '1'] }, 'set-ping': { args: () => ['1'] }, 'set-cards': { args: () => ['0'] }, 'set-recipe': { args: none, choose: () => ['sd15-lora'] },
  'cancel-ask': { args: ({ openRunId }) => [openRunId] }, cancel: { args: ({ openRunId }) => [openRunId, '0', '1', String(Math.floor(Date.now() / 1000))] },
  download: { args: run }, model: { args: run }, models: { args: page }, 'model-open': { args: none, choose: run }, 'model-name': { args: run }, 'model-name-form': { args: run, form: 'model-name' }, 'model-del-ask': { args: run }, 'model-del': { args: run },
  history: { args: () => ['1000'] },
};

const SLASHES: Readonly<Record<string, (things: Things) => Readonly<Record<string, OptionInput>>>> = {
  'train create': () => ({ name: `New ${randomUUID().slice(0, 8)}` }), 'train list': () => ({}), 'train view': ({ datasetId: id }) => ({ id }), 'train upload': ({ datasetId: id }) => ({ id, image: { filename: 'x.png', bytes: picture } }),
  'train caption': ({ datasetId: id }) => ({ id, image: '1', text: 'Another caption' }), 'train remove': ({ datasetId: id }) => ({ id, image: '1' }), 'train rename': ({ datasetId: id }) => ({ id, name: `Other ${randomUUID().slice(0, 8)}` }),
  'train delete': ({ datasetId: id }) => ({ id }), 'train start': ({ datasetId: id }) => ({ id }), 'train status': ({ datasetId: id }) => ({ id }), 'train cancel': ({ openRunId: id }) => ({ id }), 'train retry': ({ failedRunId: id }) => ({ id }),
  'models list': () => ({}), 'models view': ({ runId: id }) => ({ id }), 'models download': ({ runId: id }) => ({ id }), 'models rename': ({ runId: id }) => ({ id, name: `Other ${randomUUID().slice(0, 8)}` }), 'models delete': ({ runId: id }) => ({ id }),
  'points balance': () => ({}), 'points history': () => ({}), 'points grant': () => ({ user: '1180432100912545802', points: 1, reason: 'a try' }), settings: () => ({}),
};

/** The action of a row of the table: a command by its path, a button, select or form by its route, a message command by its name. */
async function act(action: string, person: PersonName, theirs: Things, own: Things): Promise<InteractionHandle> {
  const user = bot.driver.user(person);
  const route = /^`v1:(.*)`$/.exec(action)?.[1];
  if (route !== undefined) {
    const { args, choose, form } = PRESSES[route] ?? { args: none };
    const id = (name: string, things: Things): string => ['v1', name, ...args(things)].join(':');
    return form === undefined ? forger.press(user, id(route, theirs), choose?.(theirs)) : forger.send(user, id(form, own), id(route, theirs));
  }
  const path = /^`\/(.*)`$/.exec(action)?.[1];
  if (path !== undefined) return user.slash(path, SLASHES[path]?.(theirs) ?? {});
  const message = await user.post('training', { content: 'mine', files: [{ filename: 'x.png', bytes: picture }] });
  return user.messageCommand(action, message);
}

const REFUSED: ReadonlyMap<string, string> = new Map([
  ...Object.values(REFUSALS).filter((refusal) => Object.keys(refusal).length === 1).map((refusal) => [en.refusal(refusal, { pointsHelp: undefined }).what, refusal.code] as const),
  [en.intake.message.expired, 'forgotten'],
  [en.intake.retryExpired, 'forgotten'],
]);

/** What an answer comes to, in the words of the table. */
async function outcomeOf(handle: InteractionHandle, seen: SeenInteraction): Promise<string> {
  if (seen.failure !== undefined) return `failed: ${seen.failure}`;
  if (seen.modal !== undefined) return 'form';
  const text = textOf(seen).replace(/\\/g, '');
  for (const [sentence, code] of REFUSED) if (text.includes(sentence.replace(/\\/g, ''))) return code;
  return text.trim() === '' && (await handedOver(handle)) ? 'yes' : /Something went wrong/.test(text) ? `failed: ${text}` : 'yes';
}

/** Workflows answer these; here none runs. */
async function handedOver({ id }: InteractionHandle): Promise<boolean> {
  return (await database.connection.collection<{ _id: string }>('interactions').countDocuments({ _id: id })) > 0;
}

async function answered(handle: InteractionHandle): Promise<SeenInteraction> {
  let done = false;
  const isThere = (seen: SeenInteraction): boolean => seen.failure !== undefined || seen.modal !== undefined || textOf(seen).trim() !== '' || done;
  const looking = setInterval(() => void handedOver(handle).then((there) => (done = there)), 100);
  try {
    return await handle.waitFor((seen) => isThere(seen), { timeoutMs: 20_000, what: 'an answer' });
  } finally {
    clearInterval(looking);
  }
}

interface Row {
  readonly action: string;
  readonly on: string;
  readonly owner: string;
  readonly stranger: string;
  readonly operator: string;
}

async function documented(): Promise<Row[]> {
  const lines = (await readFile(TABLE, 'utf8')).split('\n').filter((line) => /^\| (`[/v]|Add)/.test(line));
  return lines.map((line) => {
    const [, action = '', on = '', owner = '', stranger = '', operator = ''] = line.split('|').map((cell) => cell.trim());
    return { action, on, owner, stranger, operator };
  });
}

async function everythingOf(person: PersonName): Promise<object> {
  const account = accountOf(person);
  const find = (collection: string): Promise<object[]> => database.connection.collection(collection).find({ owner: account }).sort({ _id: 1 }).toArray();
  return { ...(await possessionsOf(database.connection, person)), loras: await find('loras'), shelves: await find('collections') };
}

/** `own`, `sees` and `cancels` are ways of `yes`: an answer about what is theirs, one that shows the owner's, one that changes it. */
function expectedOutcome(word: string): string {
  return ['own', 'sees', 'cancels', 'grants'].includes(word) ? 'yes' : word.replace(/`/g, '');
}

describe('docs/access.md', () => {
  it('has a row for every command, button, select and form, and none for what is not there', async () => {
    const commands = [...COMMANDS].flatMap(([name, subcommands]) => [...subcommands.keys()].map((subcommand) => `\`/${`${name} ${subcommand}`.trim()}\``));
    const all = [...commands, ...MESSAGE_COMMANDS.keys(), ...[...COMPONENTS.keys()].map((route) => `\`v1:${route}\``)];
    expect((await documented()).map(({ action }) => action).sort()).toEqual(all.sort());
  });

  it.each(['stranger', 'operator'] as const)('holds for a %s with the ids of somebody else, who is shown and changes nothing but what it says', async (who) => {
    const person = ACTORS[who];
    const [theirs, own] = [await seed('mira', SECRET), await seed(person, 'Mine')];
    const before = await everythingOf('mira');
    const wrong: unknown[] = [];
    for (const row of await documented()) {
      const seen = await answered(await act(row.action, person, theirs, own));
      const outcome = await outcomeOf({ id: seen.id } as InteractionHandle, seen);
      const shows = `${textOf(seen)}${JSON.stringify(seen.modal ?? '')}`.includes(SECRET);
      if (outcome !== expectedOutcome(row[who]) || shows !== (row[who] === 'sees')) wrong.push({ action: row.action, documented: row[who], outcome, shows });
      // The one thing that reaches another account by design.
      if (row[who] !== 'grants') expect({ action: row.action, ...(await everythingOf('mira')) }).toEqual({ action: row.action, ...before });
      else Object.assign(before, await everythingOf('mira'));
    }
    expect(wrong).toEqual([]);
  }, 180_000);

  it('holds for the owner, who may do everything with what is theirs', async () => {
    const wrong: unknown[] = [];
    for (const row of await documented()) {
      const own = await seed('mira', SECRET);
      const seen = await answered(await act(row.action, 'mira', own, own));
      const outcome = await outcomeOf({ id: seen.id } as InteractionHandle, seen);
      if (outcome !== expectedOutcome(row.owner)) wrong.push({ action: row.action, documented: row.owner, outcome, text: textOf(seen).slice(0, 200) });
    }
    expect(wrong).toEqual([]);
  }, 180_000);
});

describe('all of that', () => {
  interface Callback {
    readonly type: number;
    readonly data?: { readonly flags?: number };
  }
  const CALLBACK_OF_A_FORM = 9;
  const EPHEMERAL = 64;

  it('defect 1: opened every form with the very first answer', async () => {
    const callbacks = (await bot.driver.calls()).filter(({ path }) => path.endsWith('/callback'));
    const forms = callbacks.filter(({ body }) => (body as Callback).type === CALLBACK_OF_A_FORM);
    const opened = [...COMPONENTS.values()].filter(({ ack }) => ack === 'modal').length;
    expect(forms.length).toBeGreaterThanOrEqual(opened);
    expect(forms.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
  });

  it('defect 2: was acknowledged exactly once each, by one listener', async () => {
    const paths = (await bot.driver.calls()).map(({ path }) => path).filter((path) => path.endsWith('/callback'));
    expect(paths.length).toBeGreaterThan(2 * COMPONENTS.size);
    expect(new Set(paths).size).toBe(paths.length);
    expect(await bot.driver.violations()).toEqual([]);
  });

  it('defect 6: was said to whoever asked and to nobody else, and could ping nobody', async () => {
    for (const other of ['jonas', 'olga'] as const) {
      const seen = (await bot.driver.user(other).visibleMessages()).filter(({ ephemeral }) => !ephemeral);
      expect(JSON.stringify(seen)).not.toContain(SECRET);
    }
    const calls = await bot.driver.calls();
    const deferred = calls.filter(({ path, body }) => path.endsWith('/callback') && [4, 5].includes((body as Callback).type));
    expect(deferred.filter(({ body }) => ((body as Callback).data?.flags ?? 0) % (2 * EPHEMERAL) < EPHEMERAL)).toEqual([]);
    const messages = calls.filter(({ method, path }) => (method === 'PATCH' || method === 'POST') && path.includes('/messages'));
    expect(messages.length).toBeGreaterThan(COMPONENTS.size);
    for (const { body } of messages) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  });
});
