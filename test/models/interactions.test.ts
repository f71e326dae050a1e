import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FileVerdict } from '../../domain/verdicts.js';
import type { StoredInteraction } from '../../models/interactions-schema.js';
import { createInteractions, type Interactions } from '../../models/interactions.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const interaction = (interactionId: string, fields: Partial<StoredInteraction> = {}): StoredInteraction => ({
  interactionId, platform: 'discord', applicationId: '1', token: 'secret', accountId: 'discord:2', channelId: '3', guildId: null, canPostHere: true,
  locale: 'en-US', isOperator: false, createdAt: new Date(), ...fields,
});

describe('stored interactions', () => {
  let database: TestDatabase;
  let interactions: Interactions;
  beforeAll(async () => {
    database = await openTestDatabase();
    interactions = createInteractions(database.connection);
    await interactions.ensureIndexes();
  });
  afterAll(() => database.close());

  it('keeps what was stored first when the same interaction comes again', async () => {
    const first = interaction('10');
    await interactions.store(first);
    await interactions.store({ ...first, token: 'another' });
    expect(await interactions.read('10')).toEqual({ ...first, answeredAt: null });
    expect(await interactions.read('11')).toBeNull();
  });

  it('marks the first answer and no later one', async () => {
    await interactions.store(interaction('20'));
    await interactions.markAnswered('20');
    const answered = await interactions.read('20');
    await interactions.markAnswered('20');
    expect(answered?.answeredAt).toBeInstanceOf(Date);
    expect(await interactions.read('20')).toEqual(answered);
  });

  it('records one verdict a file, the first, and tells pictures from caption files', async () => {
    await interactions.store(interaction('30'));
    const picture: FileVerdict = { role: 'picture', number: 1, fileName: 'cat.png', kind: 'added', imageId: '30-1', storedAs: 'cat.png', caption: 'none' };
    const caption: FileVerdict = { role: 'caption', number: 1, fileName: 'cat.txt', kind: 'captioned', ofFileName: 'cat.png' };
    const late: FileVerdict = { role: 'picture', number: 1, fileName: 'cat.png', kind: 'refused', problem: { code: 'IMG_CORRUPT' } };
    await Promise.all(Array.from({ length: 5 }, () => interactions.recordVerdict('30', picture)));
    await interactions.recordVerdict('30', late);
    await interactions.recordVerdict('30', caption);
    expect((await interactions.read('30'))?.verdicts).toEqual([picture, caption]);
  });

  it('lets one interaction try the failed files of an upload again, and tells the others which', async () => {
    await interactions.store(interaction('35'));
    expect(new Set(await Promise.all(['a', 'b', 'c'].map((id) => interactions.claimRetry('35', id))))).toHaveProperty('size', 1);
    await interactions.store(interaction('34'));
    expect([await interactions.claimRetry('34', 'first'), await interactions.claimRetry('34', 'second'), await interactions.claimRetry('34', 'first')]).toEqual(['first', 'first', 'first']);
    expect(await interactions.claimRetry('forgotten', 'a')).toBeNull();
  });

  it('names uploads that nobody has answered since a time', async () => {
    const upload = { datasetId: 'd', files: [], captions: {}, captionFiles: [] };
    const at = (minute: number): Date => new Date(Date.UTC(2031, 0, 1, 12, minute));
    await interactions.store(interaction('36', { upload, createdAt: at(0) }));
    await interactions.store(interaction('37', { upload, createdAt: at(20) }));
    await interactions.store(interaction('38', { upload, createdAt: at(20) }));
    await interactions.store(interaction('39', { createdAt: at(20) }));
    await interactions.markAnswered('38');
    expect(await interactions.unansweredUploads(at(10))).toEqual(['37']);
  });

  it('adds the text of a caption file to the upload', async () => {
    await interactions.store(interaction('40', { upload: { datasetId: 'd', files: [], captions: { '2': 'typed' }, captionFiles: [] } }));
    await interactions.setCaption('40', 1, 'from a file');
    expect((await interactions.read('40'))?.upload?.captions).toEqual({ '1': 'from a file', '2': 'typed' });
  });

  it('lets interactions expire after a day', async () => {
    const indexes = await database.connection.collection('interactions').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { createdAt: 1 }, expireAfterSeconds: 24 * 3600 }));
  });
});
