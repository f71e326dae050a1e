import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Connection } from 'mongoose';
import type { AccountId } from '../../domain/accounts.js';
import type { DatasetImage } from '../../domain/datasets.js';
import { points } from '../../domain/points.js';
import type { Claim } from '../../domain/runs.js';
import type { Lora } from '../../models/loras.js';
import type { Models } from '../../workers/models.js';
import { aRun, anEndedRun } from './run-rows.js';

/** The rows that one call may touch; nobody else does. */
export interface Own {
  readonly id: string;
  readonly account: AccountId;
  readonly bytes: Buffer;
}

/** What all calls read: stored before. */
export interface Shared {
  readonly sha256: string;
  readonly uploadId: string;
}

export type ModelCall = (models: Models, own: Own, shared: Shared) => Promise<unknown>;

const NOW = new Date('2026-03-02T12:00:00Z');
const HELD = points(100);
export const GRANTED = points(1_000);
const CARD = { channelId: '10', messageId: '20', renderedRevision: 1, lost: false, move: 0 };

export const claimOf = ({ id }: Own, activityAttempt = 1): Claim => ({ attempt: 1, nodeId: 'alpha', promptId: id, activityAttempt });

export function ownOf(name: string): Own {
  const id = randomUUID();
  return { id, account: `discord:${id}`, bytes: createHash('sha512').update(name + id).digest() };
}

export function imageOf({ id }: Own): DatasetImage {
  const sha256 = createHash('sha256').update(id).digest('hex');
  return { imageId: id, fileName: `${id}.jpg`, sha256, sizeBytes: 1, previewSha256: sha256, originalSha256: sha256, dHash: '0', widthPx: 320, heightPx: 256, caption: 'a cat', warnings: [], addedAt: NOW };
}

/** The rows that the calls of these accounts expect to find, written past the models, all in a few writes. */
export async function seedRows(connection: Connection, owns: readonly Own[], shared: Shared): Promise<void> {
  const insert = async (name: string, rows: readonly object[]): Promise<void> => {
    await connection.collection(name).insertMany([...rows]);
  };
  await insert('runs', owns.map((own) => {
    const { runId: _runId, ...row } = aRun({ accountId: own.account, datasetId: own.id, card: { ...CARD, messageId: own.id } });
    return { _id: own.id, ...row };
  }));
  await insert('runs', owns.map((own) => {
    const { runId: _runId, ...row } = anEndedRun({ kind: 'succeeded', capturedPoints: 1 }, { accountId: own.account, datasetId: `ended-${own.id}` });
    return { _id: `ended-${own.id}`, ...row };
  }));
  await insert('datasets', owns.map((own) => ({
    _id: own.id, owner: own.account, name: 'Cats', nameKey: 'cats', triggerWord: 'tyrdcats', slot: 0, revision: 1, createdAt: NOW,
    images: [{ ...imageOf(own), imageId: 'first', fileName: 'first.jpg', sha256: 'x', originalSha256: 'x' }],
    removed: [],
  })));
  await insert('interactions', owns.map((own) => ({ _id: own.id, ...interactionOf(own), untold: true, answeredAt: null })));
  await insert('loras', owns.map((own) => {
    const { loraId: _loraId, ...row } = loraOf(own, shared);
    return { _id: own.id, ...row, deletedAt: null, fileGoneAt: null };
  }));
  await insert('quotes', owns.map((own) => ({ _id: own.id, ...quoteOf(own), runId: own.id, forgetAt: new Date(Date.now() + 1e8) })));
}

function interactionOf({ account }: Own) {
  return {
    platform: 'discord', applicationId: '1', token: 'token', accountId: account, channelId: '10', guildId: null, canPostHere: true, locale: 'en-GB', isOperator: false, createdAt: new Date(),
    upload: { datasetId: 'd', files: [], captionFiles: [], captions: {} },
  } as const;
}

function loraOf({ id, account }: Own, { sha256 }: Shared): Lora {
  return { loraId: id, owner: account, name: 'cats', fileName: 'cats.safetensors', sha256, sizeBytes: 1, tensors: 1, triggerWord: 't', baseModel: 'b', recipeId: 'sd15-lora', settings: aRun().settings, createdAt: NOW };
}

function quoteOf({ account }: Own) {
  const { datasetId, datasetRevision, recipeId, settings, triggerWord, pricePoints, locale, cardPlace } = aRun();
  return { accountId: account, datasetId, datasetRevision, recipeId, settings, triggerWord, pricePoints, imageCount: 4, locale, cardPlace, expiresAt: new Date(Date.now() + 1e8) };
}

function troubleOf({ id }: Own) {
  return { key: id, trouble: { kind: 'node-out', nodeId: id, seenAt: 1 } as never, foundAt: NOW, seenAt: NOW, over: null, triedAt: null, message: null, due: true, revision: 1 };
}

function newRun(own: Own) {
  const { runId: _r, open: _o, slot: _s, status: _st, attempt: _a, attemptStartedAt: _as, lastFailure: _l, claim: _c, progress: _p, progressAt: _pa, firstStepAt: _f, firstStep: _fs,
    cancelling: _ca, artifact: _ar, end: _e, notice: _n, cardMove: _cm, card: _cd, retiredCards: _rc, cardAskedAt: _ck, revision: _rv, createdAt: _ct, endedAt: _ea, ...row } = aRun();
  return { ...row, runId: `new-${own.id}`, accountId: `${own.account}-new` as const, datasetId: `new-${own.id}` };
}

const failure = { type: 'JobLost', nodeId: 'alpha', attempts: 1 } as const;
const artifact = { sha256: 'b', sha256AsFetched: 'c', sizeBytes: 1, tensors: 1, fileName: 'f' };

/** Every operation of every model, as its users call it. The name is `model.operation`. */
export const MODEL_CALLS: Readonly<Record<string, ModelCall>> = {
  'blobs.ensureIndexes': ({ blobs }) => blobs.ensureIndexes(),
  'blobs.put': ({ blobs }, { bytes }) => blobs.put(Readable.from([bytes])),
  'blobs.size': ({ blobs }, _own, { sha256 }) => blobs.size(sha256),
  'blobs.read': ({ blobs }, _own, { sha256 }) => blobs.read(sha256),
  'blobs.openStream': async ({ blobs }, _own, { sha256 }) => {
    const opened = await blobs.openStream(sha256, { start: 1, end: 299_999 });
    return opened === null ? null : (await buffer(opened.stream)).length;
  },
  'blobs.remove': ({ blobs }, { id }) => blobs.remove(id),
  'blobs.sweepOrphans': ({ blobs }) => blobs.sweepOrphans(new Date(0)),

  'uploads.ensureIndexes': ({ uploads }) => uploads.ensureIndexes(),
  'uploads.find': ({ uploads }, _own, { uploadId }) => uploads.find(uploadId),
  'uploads.put': ({ uploads }, { id, bytes }) => uploads.put(id, bytes),
  'uploads.read': ({ uploads }, _own, { uploadId }) => uploads.read(uploadId),
  'uploads.remove': ({ uploads }, { id }) => uploads.remove(`no-${id}`),

  'datasets.ensureIndexes': ({ datasets }) => datasets.ensureIndexes(),
  'datasets.read': ({ datasets }, { id }) => datasets.read(id),
  'datasets.create': ({ datasets }, { id, account }) => datasets.create({ datasetId: `new-${id}`, owner: account, name: 'New', nameKey: 'new', triggerWord: 't', now: NOW }),
  'datasets.listOf': ({ datasets }, { account }) => datasets.listOf(account),
  'datasets.addImage': ({ datasets }, own) => datasets.addImage(own.id, imageOf(own), 100),
  'datasets.setWarnings': ({ datasets }, { id }) => datasets.setWarnings(id, 'first', [{ code: 'blurry' }]),
  'datasets.setCaption': ({ datasets }, { id }) => datasets.setCaption(id, 'first', 'another cat'),
  'datasets.removeImage': ({ datasets }, { id }) => datasets.removeImage(id, 'first'),
  'datasets.restoreImage': ({ datasets }, { id }) => datasets.restoreImage(id, 'first', 100),
  'datasets.changeCaptions': ({ datasets }, { id }) => datasets.changeCaptions(id, () => [{ imageId: 'first', caption: 'changed' }]),
  'datasets.amend': ({ datasets }, { id }) => datasets.amend(id, { name: 'Dogs', nameKey: 'dogs' }),
  'datasets.remove': ({ datasets }, { id }) => datasets.remove(id),

  'interactions.ensureIndexes': ({ interactions }) => interactions.ensureIndexes(),
  'interactions.store': ({ interactions }, own) => interactions.store({ interactionId: `new-${own.id}`, ...interactionOf(own) }),
  'interactions.read': ({ interactions }, { id }) => interactions.read(id),
  'interactions.unansweredUploads': ({ interactions }) => interactions.unansweredUploads(new Date()),
  'interactions.claimRetry': ({ interactions }, { id }) => interactions.claimRetry(id, 'one'),
  'interactions.keepUntold': ({ interactions }, { id }) => interactions.keepUntold(id),
  'interactions.untoldOf': ({ interactions }, { account }) => interactions.untoldOf(account, 5),
  'interactions.markTold': ({ interactions }, { id }) => interactions.markTold(id),
  'interactions.markAnswered': ({ interactions }, { id }) => interactions.markAnswered(id),
  'interactions.recordVerdict': ({ interactions }, { id }) => interactions.recordVerdict(id, { role: 'picture', number: 1, fileName: 'a.jpg', kind: 'refused', problem: { code: 'IMG_CORRUPT' } } as never),
  'interactions.setCaption': ({ interactions }, { id }) => interactions.setCaption(id, 1, 'a cat'),

  'ledger.ensureIndexes': ({ ledger }) => ledger.ensureIndexes(),
  'ledger.grant': ({ ledger }, own) => ledger.grant({ accountId: own.account, key: `grant:${own.id}`, amountPoints: GRANTED }),
  'ledger.hold': ({ ledger }, own) => ledger.hold({ accountId: own.account, runId: own.id, amountPoints: HELD }),
  'ledger.resolve': ({ ledger }, own) => ledger.resolve({ accountId: own.account, runId: own.id, heldPoints: HELD, wish: { kind: 'capture' } }),
  'ledger.balanceOf': ({ ledger }, { account }) => ledger.balanceOf(account),
  'ledger.historyOf': ({ ledger }, { account }) => ledger.historyOf(account, { limit: 5 }),
  'ledger.resolutionOf': ({ ledger }, { account, id }) => ledger.resolutionOf(account, id),
  'ledger.openHolds': ({ ledger }) => ledger.openHolds(NOW, 5),

  'loras.ensureIndexes': ({ loras }) => loras.ensureIndexes(),
  'loras.shelve': ({ loras }, own, shared) => loras.shelve({ ...loraOf(own, shared), loraId: `new-${own.id}` }),
  'loras.find': ({ loras }, { id }) => loras.find(id),
  'loras.read': ({ loras }, { id }) => loras.read(id),
  'loras.listOf': ({ loras }, { account }) => loras.listOf(account),
  'loras.rename': ({ loras }, { id }) => loras.rename(id, 'dogs'),
  'loras.remove': ({ loras }, { id }) => loras.remove(id, NOW),
  'loras.isFileNeeded': ({ loras }, _own, { sha256 }) => loras.isFileNeeded(sha256),
  'loras.deletedFiles': ({ loras }) => loras.deletedFiles(1),
  'loras.fileGone': ({ loras }, { id }) => loras.fileGone(id, NOW),

  'nodes.ensureIndexes': ({ nodes }) => nodes.ensureIndexes(),
  'nodes.report': ({ nodes }, { id }) => nodes.report({ nodeId: id, queue: id, state: 'idle', seenAt: NOW }),
  'nodes.read': ({ nodes }, { id }) => nodes.read(id),
  'nodes.seenSince': ({ nodes }, { id }) => nodes.seenSince(id, NOW),
  'nodes.all': ({ nodes }) => nodes.all(),

  'preferences.ensureIndexes': ({ preferences }) => preferences.ensureIndexes(),
  'preferences.read': ({ preferences }, { account }) => preferences.read(account),
  'preferences.change': ({ preferences }, { account }) => preferences.change(account, { ping: false }),

  'quotes.ensureIndexes': ({ quotes }) => quotes.ensureIndexes(),
  'quotes.store': ({ quotes }, own) => quotes.store({ quoteId: `new-${own.id}`, runId: `new-${own.id}`, ...quoteOf(own) }),
  'quotes.read': ({ quotes }, { id }) => quotes.read(id),

  'sightings.ensureIndexes': ({ sightings }) => sightings.ensureIndexes(),
  'sightings.seenDead': ({ sightings }, { id }) => sightings.seenDead(id, 'sweep', new Date()),
  'sightings.forget': ({ sightings }, { id }) => sightings.forget(id),

  'troubles.ensureIndexes': ({ troubles }) => troubles.ensureIndexes(),
  'troubles.note': ({ troubles }, { id }) => troubles.note([{ kind: 'node-out', nodeId: id, seenAt: 1 } as never], () => true, NOW),
  'troubles.untold': ({ troubles }) => troubles.untold(1),
  'troubles.countUntold': ({ troubles }) => troubles.countUntold(),
  'troubles.trying': ({ troubles }, own) => troubles.trying(troubleOf(own), NOW),
  'troubles.refused': ({ troubles }, own) => troubles.refused(troubleOf(own)),
  'troubles.posted': ({ troubles }, own) => troubles.posted(troubleOf(own), { channelId: '1', messageId: '2' }),
  'troubles.told': ({ troubles }, own) => troubles.told(troubleOf(own)),

  'runs.ensureIndexes': ({ runs }) => runs.ensureIndexes(),
  'runs.read': ({ runs }, { id }) => runs.read(id),
  'runs.open': ({ runs }, own) => runs.open(newRun(own), 3, NOW),
  'runs.refuse': ({ runs }, own) => runs.refuse(newRun(own), { kind: 'refused', refusal: { code: 'quote-expired' } }, NOW),
  'runs.setTrainingFiles': ({ runs }, { id }) => runs.setTrainingFiles(id, [{ imageId: 'i0', trainingSha256: 't' }]),
  'runs.setStatus': ({ runs }, { id }) => runs.setStatus(id, 'queued'),
  'runs.claim': ({ runs }, own) => runs.claim(own.id, claimOf(own)),
  'runs.dropClaim': ({ runs }, own) => runs.dropClaim(own.id, claimOf(own)),
  'runs.moveClaimBack': ({ runs }, own) => runs.moveClaimBack(own.id, claimOf(own)),
  'runs.startAttempt': ({ runs }, { id }) => runs.startAttempt(id, 2, failure, NOW),
  'runs.recordProgress': ({ runs }, { id }) => runs.recordProgress(id, 1, { phase: 'training', step: 3, totalSteps: 10 }, NOW),
  'runs.recordArtifact': ({ runs }, { id }) => runs.recordArtifact(id, 1, artifact),
  'runs.beginEnding': ({ runs }, { id }) => runs.beginEnding(id),
  'runs.end': ({ runs }, { id }) => runs.end(id, { kind: 'succeeded', capturedPoints: 1 }, NOW),
  'runs.noticeDelivered': ({ runs }, { id }) => runs.noticeDelivered(`ended-${id}`),
  'runs.setCard': ({ runs }, { id }) => runs.setCard(id, CARD),
  'runs.replaceCard': ({ runs }, { id }) => runs.replaceCard(id, { ...CARD, messageId: id }, CARD),
  'runs.cardTakenAway': ({ runs }, { id }) => runs.cardTakenAway(id, 'none'),
  'runs.moveCard': ({ runs }, { id }) => runs.moveCard(id, { where: 'here', channelId: '11' }, 0),
  'runs.cardStays': ({ runs }, { id }) => runs.cardStays(id, { ...CARD, messageId: id }, 0, { where: 'dm' }),
  'runs.askForCard': ({ runs }, { id }) => runs.askForCard(id, NOW),
  'runs.cancelAccepted': ({ runs }, { id }) => runs.cancelAccepted(id, 'owner'),
  'runs.cardRendered': ({ runs }, { id }) => runs.cardRendered(id, id, 5),
  'runs.cardOvertaken': ({ runs }, { id }) => runs.cardOvertaken(id, id, 4),
  'runs.cardLost': ({ runs }, { id }) => runs.cardLost(id, id),
  'runs.cardsToLookAt': ({ runs }) => runs.cardsToLookAt(new Date()),
  'runs.pendingNotices': ({ runs }, { account }) => runs.pendingNotices(account, new Date()),
  'runs.openRunOfDataset': ({ runs }, { id }) => runs.openRunOfDataset(id),
  'runs.latestRunOfDataset': ({ runs }, { id }) => runs.latestRunOfDataset(id),
  'runs.recentRuns': ({ runs }, { account }) => runs.recentRuns(account, 5),
  'runs.isArtifactNeeded': ({ runs }) => runs.isArtifactNeeded('b'),
  'runs.namesOf': ({ runs }, { account, id }) => runs.namesOf(account, [id]),
  'runs.countWaiting': ({ runs }) => runs.countWaiting('none', NOW),
  'runs.endedWithPrice': async ({ runs }) => {
    const ended: string[] = [];
    for await (const { runId } of runs.endedWithPrice()) ended.push(runId);
    return ended;
  },
  'runs.finishedPaces': ({ runs }) => runs.finishedPaces('none', 5),
  'runs.runsOnNodes': ({ runs }) => runs.runsOnNodes('none'),
  'runs.longestWaiting': ({ runs }) => runs.longestWaiting('none', NOW),
  'runs.unsettled': ({ runs }) => runs.unsettled({ olderThan: new Date(0), noticesSince: NOW, limit: 5 }),

};
