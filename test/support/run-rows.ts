import type { RunRow } from '../../models/runs-schema.js';

const AT = new Date('2026-03-01T12:00:00Z');

/** A run row that waits for a node. */
export function aRun(changes: Partial<RunRow> = {}): RunRow {
  return {
    runId: '6f1d2c3b-0000-4000-8000-00000000abcd',
    accountId: 'discord:1180432100912545802',
    datasetId: '11111111-0000-4000-8000-000000000000',
    datasetName: 'Cats',
    triggerWord: 'tyrdcats',
    datasetRevision: 3,
    images: Array.from({ length: 12 }, (_, at) => ({ imageId: `i${at}`, fileName: `cat-${at}.png`, sha256: 'a'.repeat(64), caption: 'a cat', trainingSha256: null })),
    recipeId: 'sd15-lora',
    queue: 'sd15',
    settings: { steps: 1_500, learningRate: 0.000_5, rank: 16, resolutionPx: 512 },
    pricePoints: 1_900,
    namespaceId: 'namespace',
    open: true,
    slot: 0,
    status: 'queued',
    attempt: 1,
    attemptStartedAt: AT,
    lastFailure: null,
    claim: null,
    progress: null,
    progressAt: null,
    firstStepAt: null,
    firstStep: null,
    cancelling: null,
    artifact: null,
    end: null,
    notice: 'none',
    interactionId: '1',
    locale: 'en-GB',
    cardPlace: { where: 'dm' },
    cardMove: 0,
    card: null,
    retiredCards: [],
    cardAskedAt: null,
    revision: 1,
    createdAt: AT,
    endedAt: null,
    ...changes,
  };
}

/** The row with an end, as the yard would close it. */
export function anEndedRun(end: NonNullable<RunRow['end']>, changes: Partial<RunRow> = {}): RunRow {
  const artifact =
    end.kind === 'succeeded'
      ? { sha256: 'b'.repeat(64), sha256AsFetched: 'c'.repeat(64), sizeBytes: 37_851_264, tensors: 528, fileName: 'cats-sd15-lora-6f1d2c3b.safetensors' }
      : null;
  return aRun({ open: false, slot: null, status: end.kind, end, notice: 'pending', artifact, endedAt: new Date('2026-03-01T13:00:00Z'), revision: 9, ...changes });
}
