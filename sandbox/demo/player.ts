import { createQuotes } from '../../models/quotes.js';
import { createRuns } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { OptionInput } from '../discord/driver/user.js';
import type { InteractionHandle } from '../discord/driver/interaction.js';
import { USERS } from '../discord/people.js';
import type { PersonName } from '../discord/people.js';
import type { SeenMessage } from '../discord/user/view.js';
import type { YardAccess } from './access.js';
import { buttonOf, customIdOf } from './seen-buttons.js';
import type { Transcript } from './transcript.js';

export interface Picture {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly caption: string;
}

export type Access = Omit<YardAccess, 'close'>;

/** One person who talks to the bot as people do: slash commands, forms and buttons, nothing else. */
export type Player = ReturnType<typeof createPlayer>;

const ANSWER_MS = 30_000;
/** What each of the two fields of the upload form takes. */
const FILES_PER_FIELD = 10;

export function createPlayer(access: Access, name: PersonName, transcript: Transcript) {
  const user = access.driver.user(name);
  const who = USERS[name].displayName;

  async function answer(handle: InteractionHandle): Promise<SeenMessage> {
    const message = await handle.message({ timeoutMs: ANSWER_MS });
    transcript.message(message);
    return message;
  }

  async function slash(path: string, options: Record<string, OptionInput> = {}): Promise<SeenMessage> {
    transcript.act(who, commandLine(path, options));
    return answer(await user.slash(path, options));
  }

  async function press(message: SeenMessage, label: string): Promise<SeenMessage> {
    transcript.act(who, `[${label}]`);
    return answer(await user.click(message, label));
  }

  return {
    user,
    slash,
    press,

    /** Creates a dataset and returns its id, as the autocomplete of the next command gives it. */
    async createDataset(datasetName: string): Promise<string> {
      await slash('train create', { name: datasetName });
      const choices = await user.autocomplete('train view', 'id', datasetName);
      const id = choices.find((choice) => choice.name.startsWith(datasetName))?.value;
      if (typeof id !== 'string') throw new Error(`Expected the autocomplete to offer "${datasetName}", it offered: ${choices.map((choice) => choice.name).join(', ')}.`);
      return id;
    },

    async uploadOne(id: string, { fileName, bytes, contentType, caption }: Picture): Promise<SeenMessage> {
      const options = { id, image: { filename: fileName, bytes, contentType }, caption };
      transcript.act(who, commandLine('train upload', { ...options, image: fileName }));
      return uploaded(await user.slash('train upload', options), [fileName]);
    },

    /** Sends the pictures with their captions as `.txt` files through the upload form, as many forms as it takes. */
    async uploadRest(id: string, pictures: readonly Picture[]): Promise<void> {
      for (let at = 0; at < pictures.length; at += FILES_PER_FIELD) {
        transcript.act(who, commandLine('train upload', { id }));
        const modal = await (await user.slash('train upload', { id })).modal({ timeoutMs: ANSWER_MS });
        transcript.modal(modal);
        const some = pictures.slice(at, at + FILES_PER_FIELD);
        const files = some.map(({ fileName, bytes, contentType }) => ({ filename: fileName, bytes, contentType }));
        const captions = some.map(({ fileName, caption }) => ({ filename: fileName.replace(/\.[^.]+$/, '.txt'), bytes: Buffer.from(caption), contentType: 'text/plain' }));
        const names = [...files, ...captions].map((file) => file.filename);
        transcript.act(who, `[Submit] with ${names.join(', ')}`);
        await uploaded(await user.submitModal(modal, { files, captions }), names);
      }
    },

    /** Asks for the confirm screen. */
    offer: (id: string, options: Record<string, OptionInput> = {}) => slash('train start', { id, ...options }),

    /** Presses the confirm button and returns the run's id: the quote behind the button names it. */
    async confirm(offered: SeenMessage): Promise<string> {
      const runId = await runIdOf(offered);
      await press(offered, 'Start training');
      return runId;
    },

    /** The run id of an offer, before anything is pressed. */
    runIdOf,
  };

  async function runIdOf(offered: SeenMessage): Promise<string> {
    const quoteId = customIdOf(buttonOf(offered, 'Start training')).split(':')[2] ?? '';
    const quote = await createQuotes(access.mongo).read(quoteId);
    if (quote === null) throw new Error(`Expected the quote ${quoteId} of the confirm screen to be stored, found none.`);
    return quote.runId;
  }

  /** The answer to an upload grows; it is complete when it names every file. */
  async function uploaded(handle: InteractionHandle, fileNames: readonly string[]): Promise<SeenMessage> {
    const isComplete = (message: SeenMessage): boolean => namesAll(message, fileNames);
    const seen = await handle.waitFor(({ messages, failure }) => failure !== undefined || messages.some(isComplete), { timeoutMs: 60_000, what: 'the verdicts of an upload' });
    const message = seen.messages.find(isComplete);
    if (message === undefined) throw new Error(`Expected the verdicts of an upload, got: ${seen.failure ?? 'nothing'}`);
    transcript.message(message);
    return message;
  }
}

/** Names stand in the answer as Markdown, which escapes some characters; a refusal of the whole upload names none. */
function namesAll(message: SeenMessage, fileNames: readonly string[]): boolean {
  const text = JSON.stringify(message.components).replaceAll('\\', '');
  return fileNames.every((name) => text.includes(name)) || !/\d+ images? added/.test(text);
}

function commandLine(path: string, options: Readonly<Record<string, OptionInput>>): string {
  const words = Object.entries(options).map(([option, value]) => `${option}:${typeof value === 'object' ? value.filename : shortened(String(value))}`);
  return [`/${path}`, ...words].join(' ');
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Reads the row of a run until it is as wanted. */
export async function waitForRow(access: Access, runId: string, wanted: (row: RunRow) => boolean | Promise<boolean>, { timeoutMs = 120_000, what = 'the run' } = {}): Promise<RunRow> {
  const runs = createRuns(access.mongo);
  const endsAt = Date.now() + timeoutMs;
  for (;;) {
    const row = await runs.read(runId);
    if (row !== null && (await wanted(row))) return row;
    if (Date.now() > endsAt) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}; the row of run ${runId} says: ${row === null ? 'nothing' : `${row.status}, attempt ${row.attempt}`}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
