import fc from 'fast-check';
import { checkName, NAME_MAX_LENGTH, type Dataset, type DatasetImage } from '../../domain/datasets.js';
import { points } from '../../domain/points.js';
import type { RunEnd, RunStatus } from '../../domain/runs.js';
import type { Trouble } from '../../domain/troubles.js';
import type { FileProblem, FileVerdict } from '../../domain/verdicts.js';
import type { RunRow } from '../../models/runs-schema.js';
import { FAILURES, REFUSALS } from './every-ending.js';
import { anEndedRun, aRun } from './run-rows.js';

/** Any state that people, nodes and the ledger can bring about, at its limits more often than not. */

/** What grows when it is escaped, ends what was begun, pings, deceives the eye or takes two units a character. */
const NASTY = ['*', '_', '`', '~', '|', '>', '#', '-', '1.', '@everyone', '<@1>', '<@&2>', '](http://x)', '[', '\\', '```', '🎠', '👩‍👩‍👧', '\u202e', '\n', '\u200b', 'Ä', '字', ' ', 'a', 'Tilda'] as const;

/** Text of at most so many UTF-16 units, often exactly as many. */
export function anyText(maxLength: number, minLength = 1): fc.Arbitrary<string> {
  const units = fc.array(fc.constantFrom(...NASTY), { minLength: Math.max(1, minLength), maxLength: 60 }).map((parts) => parts.join(''));
  const longest = fc.constantFrom(...NASTY).map((part) => part.repeat(Math.ceil(maxLength / part.length)));
  return fc.oneof(units, longest, fc.string({ unit: 'grapheme', minLength, maxLength })).map((text) => cutTo(text, maxLength));
}

function cutTo(text: string, maxLength: number): string {
  const cut = text.slice(0, maxLength);
  // Half a character is none: nobody can type it.
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** What the rule for names lets through. */
export const anyName = anyText(2 * NAME_MAX_LENGTH).map((typed) => {
  const checked = checkName(typed);
  return checked.kind === 'ok' ? checked.name : 'Tilda';
});
export const anyCaption = fc.oneof(fc.constant(null), anyText(4_000));
export const anyFileName = anyText(100).map((name) => `${name}.png`);
/** 0, 1, many, and what is a page and one more. */
export const anyCount = fc.oneof(fc.constantFrom(0, 1, 2, 5, 10, 11, 20, 21, 25, 26, 100), fc.nat(100));
export const anyAmount = fc.oneof(fc.constantFrom(0, 1, 1_900, 1_000_000_000), fc.nat(1_000_000)).map(points);
export const anyId = fc.uuid();
export const anyDate = fc.date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2036-01-01T00:00:00Z'), noInvalidDate: true });
export const anyLocale = fc.constantFrom('en-US', 'en-GB', 'de', 'pt-BR', 'zh-CN', 'xx', '');
export const anyPage = fc.oneof(fc.constantFrom(0, 1, 99), fc.nat(12));

export const anyImage: fc.Arbitrary<DatasetImage> = fc.record({
  imageId: anyId, fileName: anyFileName, caption: anyCaption, sha256: fc.constant('a'.repeat(64)), previewSha256: fc.constant('b'.repeat(64)), originalSha256: fc.constant('c'.repeat(64)),
  dHash: fc.constant('d'), widthPx: fc.integer({ min: 64, max: 6_000 }), heightPx: fc.integer({ min: 64, max: 6_000 }), sizeBytes: fc.nat(20_000_000), addedAt: anyDate,
  warnings: fc.subarray([{ code: 'blurry' }, { code: 'small', widthPx: 256, heightPx: 256 }, { code: 'extreme-ratio', widthPx: 6_000, heightPx: 64 }, { code: 'near-duplicate', ofFileName: '_*'.repeat(50) }] as const).map((all) => [...all]),
});

export const anyDataset: fc.Arbitrary<Dataset> = fc
  .record({ datasetId: anyId, name: anyName, triggerWord: anyText(32, 2), count: anyCount, images: fc.array(anyImage, { minLength: 1, maxLength: 6 }), createdAt: anyDate })
  // A few images over and over: what counts here is how many, and what is in them.
  .map(({ count, images, ...rest }) => ({
    ...rest, owner: 'discord:1' as const, revision: 1,
    images: Array.from({ length: count }, (_, at) => ({ ...(images[at % images.length] as DatasetImage), imageId: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}` })),
  }));

export const anyListedDataset = fc.record({ datasetId: anyId, name: anyName, images: anyCount, captionsMissing: anyCount });

export const anyRefusal = fc.constantFrom(...Object.values(REFUSALS));
export const anyFailure = fc.constantFrom(...Object.values(FAILURES));

export const anyEnd: fc.Arbitrary<RunEnd> = fc.oneof(
  anyAmount.map((capturedPoints) => ({ kind: 'succeeded', capturedPoints }) as const),
  anyRefusal.map((refusal) => ({ kind: 'refused', refusal }) as const),
  fc.record({ kind: fc.constant('failed' as const), failure: anyFailure, releasedPoints: anyAmount }),
  fc.record({ kind: fc.constant('cancelled' as const), by: fc.constantFrom('owner' as const, 'operator' as const), capturedPoints: anyAmount, releasedPoints: anyAmount }),
);

const OPEN: readonly RunStatus[] = ['checking', 'queued', 'staging', 'training', 'collecting', 'ending'];
const anyClaim = fc.record({ attempt: fc.integer({ min: 1, max: 3 }), nodeId: anyText(64), promptId: anyId, activityAttempt: fc.integer({ min: 1, max: 9 }) });
const anyProgress = fc
  .record({ phase: fc.constantFrom('waiting' as const, 'preparing' as const, 'training' as const, 'saving' as const), totalSteps: fc.integer({ min: 0, max: 10_000 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ phase, totalSteps, part }) => ({ phase, totalSteps, step: Math.floor(totalSteps * part) }));

const anyChanges = fc.record({
  runId: anyId, datasetId: anyId, datasetName: anyName, pricePoints: anyAmount, attempt: fc.integer({ min: 1, max: 3 }), locale: anyLocale,
  lastFailure: fc.option(anyFailure), claim: fc.option(anyClaim), progress: fc.option(anyProgress), progressAt: fc.option(anyDate), firstStepAt: fc.option(anyDate), createdAt: anyDate,
  cardPlace: fc.constantFrom({ where: 'dm' } as const, { where: 'here', channelId: '1180431119330672643' } as const),
  card: fc.option(fc.constant({ channelId: '1180431119330672643', messageId: '1180431119330672644', renderedRevision: 1, lost: false })),
});

export const anyOpenRun: fc.Arbitrary<RunRow> = fc
  .record({ changes: anyChanges, status: fc.constantFrom(...OPEN), cancelling: fc.constantFrom(null, 'owner' as const, 'operator' as const) })
  .map(({ changes, status, cancelling }) => aRun({ ...changes, status, cancelling }));
export const anyEndedRun: fc.Arbitrary<RunRow> = fc.record({ changes: anyChanges, end: anyEnd }).map(({ changes, end }) => anEndedRun(end, changes));
export const anyRun = fc.oneof(anyOpenRun, anyEndedRun);

const anyProblem = fc.constantFrom<FileProblem>(
  { code: 'IMG_SOURCE' }, { code: 'IMG_EXPIRED' }, { code: 'IMG_FETCH_FAILED' }, { code: 'IMG_CHECK_FAILED' }, { code: 'IMG_STORE_FAILED' }, { code: 'IMG_STOPPED' }, { code: 'SET_GONE' },
  { code: 'SET_FULL', limit: 100 }, { code: 'IMG_DUPLICATE', ofFileName: '_*'.repeat(60) }, { code: 'CAPTION_NO_PICTURE' }, { code: 'CAPTION_SEVERAL_PICTURES', count: 9 },
  { code: 'CAPTION_SEVERAL_IMAGES', count: 9 }, { code: 'CAPTION_SEVERAL_FILES', count: 9 }, { code: 'CAPTION_NOT_TEXT' }, { code: 'CAPTION_EMPTY' },
  { code: 'CAPTION_TOO_LONG', length: 1_000_000, maxLength: 4_000 }, { code: 'CAPTION_PICTURE_REFUSED', ofFileName: '*'.repeat(120) },
);
const anyKey = { number: fc.integer({ min: 1, max: 10 }), fileName: anyFileName };
const anyCaptionState = fc.constantFrom('set' as const, 'none' as const, 'refused-empty' as const, 'refused-too-long' as const);

export const anyVerdict: fc.Arbitrary<FileVerdict> = fc.oneof(
  fc.record({ ...anyKey, role: fc.constant('picture' as const), kind: fc.constant('added' as const), imageId: anyId, storedAs: anyFileName, caption: anyCaptionState }),
  fc.record({ ...anyKey, role: fc.constant('picture' as const), kind: fc.constant('added-with-warnings' as const), imageId: anyId, storedAs: anyFileName, caption: anyCaptionState, warnings: anyImage.map(({ warnings }) => warnings) }),
  fc.record({ ...anyKey, role: fc.constant('caption' as const), kind: fc.constant('captioned' as const), ofFileName: anyFileName }),
  fc.record({ ...anyKey, role: fc.constantFrom('picture' as const, 'caption' as const), kind: fc.constant('refused' as const), problem: anyProblem }),
  fc.record({ ...anyKey, role: fc.constantFrom('picture' as const, 'caption' as const), kind: fc.constant('skipped' as const), code: fc.constant('IMG_SYSTEM_FILE' as const) }),
);

const anySince = fc.record({ since: anyDate.map((date) => date.toISOString()) }, { requiredKeys: [] });
const anyWorkflow = { workflowId: fc.oneof(anyId.map((id) => `train-run:${id}`), anyText(300)) };

export const anyTrouble: fc.Arbitrary<Trouble> = fc
  .tuple(
    fc.oneof(
      fc.record({ kind: fc.constant('stuck-workflow' as const), ...anyWorkflow, runId: fc.option(anyId), failures: fc.nat() }),
      fc.record({ kind: fc.constant('release-failing' as const), ...anyWorkflow, runId: anyId, attempts: fc.nat(), lastFailure: anyText(5_000) }),
      fc.record({ kind: fc.constant('node-out' as const), nodeId: anyText(64), seenAt: anyDate.map((date) => date.toISOString()), problem: anyText(5_000) }, { requiredKeys: ['kind', 'nodeId', 'seenAt'] }),
      fc.record({ kind: fc.constant('queue-waiting' as const), queue: anyText(64), runId: anyId, since: anyDate.map((date) => date.toISOString()) }),
      fc.record({ kind: fc.constant('foreign-run' as const), runId: anyId, namespaceId: anyId }),
      fc.record({ kind: fc.constant('hold-without-run' as const), runId: anyId, accountId: anyText(80), amountPoints: fc.nat(), since: anyDate.map((date) => date.toISOString()) }),
    ),
    anySince,
  )
  .map(([trouble, since]) => ('seenAt' in trouble || 'since' in trouble ? trouble : { ...trouble, ...since }));
