import { createHash, randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { accountIdOf, type AccountId } from '../../domain/accounts.js';
import { checkName, triggerWordFrom, type DatasetImage, type ImageWarning } from '../../domain/datasets.js';
import { createBlobs } from '../../models/blobs.js';
import { createDatasets } from '../../models/datasets.js';
import { USERS, type PersonName } from '../../sandbox/discord/people.js';
import { jpegPicture } from './pictures.js';

export interface SeededImage {
  readonly fileName: string;
  readonly caption: string | null;
  readonly warnings?: readonly ImageWarning[];
}

export interface SeededDataset {
  readonly owner?: PersonName;
  readonly name?: string;
  readonly images: readonly SeededImage[];
  /** Whether the pictures themselves are stored: only runs read them. */
  readonly withFiles?: boolean;
}

const PICTURE = { widthPx: 320, heightPx: 256 };
const drawn = new Map<number, Promise<Buffer>>();

export const accountOf = (name: PersonName): AccountId => accountIdOf('discord', USERS[name].id);

export function captioned(count: number): SeededImage[] {
  return Array.from({ length: count }, (_, at) => ({ fileName: `picture-${at + 1}.jpg`, caption: `Tilda in scene ${at + 1}` }));
}

/** A dataset that is there already, put in through the models: for tests about what comes after the uploads. */
export async function seedDataset(connection: Connection, { owner = 'mira', name, images, withFiles = true }: SeededDataset): Promise<string> {
  const datasets = createDatasets(connection);
  const datasetId = randomUUID();
  const checked = checkName(name ?? `Series ${datasetId.slice(0, 8)}`);
  if (checked.kind === 'refused') throw new Error(`Expected a name that can be used, got "${name ?? ''}".`);
  const created = await datasets.create({ datasetId, owner: accountOf(owner), name: checked.name, nameKey: checked.nameKey, triggerWord: triggerWordFrom(checked.name), now: new Date() });
  if (created.kind !== 'created') throw new Error(`Expected dataset "${checked.name}" to be created, got ${created.kind}.`);
  for (const [at, { fileName, caption, warnings = [] }] of images.entries()) {
    const stored = withFiles ? await storedPicture(connection, at + 1) : { sha256: sha256Of(`${datasetId}:${at}`), sizeBytes: 1 };
    const { sha256 } = stored;
    const image: DatasetImage = { imageId: randomUUID(), fileName, ...stored, previewSha256: sha256, originalSha256: sha256, dHash: sha256.slice(0, 16), ...PICTURE, caption, warnings, addedAt: new Date() };
    const added = await datasets.addImage(datasetId, image, 1_000);
    if (added.kind !== 'added') throw new Error(`Expected ${fileName} to be added, got ${added.kind}.`);
  }
  return datasetId;
}

async function storedPicture(connection: Connection, seed: number): Promise<{ sha256: string; sizeBytes: number }> {
  const drawing = drawn.get(seed) ?? jpegPicture({ ...PICTURE, seed });
  drawn.set(seed, drawing);
  const { sha256, sizeBytes } = await createBlobs(connection).put(await drawing);
  return { sha256, sizeBytes };
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** All that a person owns, as it lies in the database: what a refusal must leave as it was. */
export async function possessionsOf(connection: Connection, name: PersonName): Promise<Possessions> {
  const account = accountOf(name);
  const find = (collection: string, filter: Record<string, unknown>): Promise<object[]> => connection.collection(collection).find(filter).sort({ _id: 1 }).toArray();
  return {
    datasets: await find('datasets', { owner: account }),
    entries: await find('points_entries', { account }),
    runs: await find('runs', { accountId: account, status: { $ne: 'refused' } }),
    quotes: await find('quotes', { accountId: account }),
  };
}

export interface Possessions {
  readonly datasets: readonly object[];
  readonly entries: readonly object[];
  /** But for refused ones: those are the record of the refusal. */
  readonly runs: readonly object[];
  readonly quotes: readonly object[];
}
