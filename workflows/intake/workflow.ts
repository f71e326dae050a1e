import { ActivityFailure, CancellationScope, CancelledFailure, condition, isCancellation, log, setCurrentDetails, setHandler, sleep } from '@temporalio/workflow';
import type { UploadPlan } from '../../activities/datasets/activities.js';
import type { FileKey, TransferProblem } from '../../domain/verdicts.js';
import { getIntakeQuery } from './messages.js';
import type { IntakeRequest, IntakeView } from './messages.js';
import { answeringActivities, fetchingActivities, growingActivities, inspectingActivities, recordingActivities } from './proxies.js';

type PlannedPicture = UploadPlan['pictures'][number];
type PlannedCaption = NonNullable<UploadPlan['captions']>[number];

/** Enough to keep network and decoder busy at once; more would only crowd out other people's uploads. */
const FILES_AT_ONCE = 3;
/** How often the answer grows while files are undecided. Only news are told, so a history has at most one such answer a file. */
const GROWS_EVERY = '5 seconds';

/**
 * Takes one upload in, file by file: every file gets its own verdict on record, whatever becomes of the others. The interaction
 * is answered once all have one, and while that takes long with what is known so far. A cancellation gives up what is not
 * decided yet and still answers.
 */
export async function intake({ interactionId }: IntakeRequest): Promise<IntakeView> {
  let view: IntakeView = { pictures: 0, decided: 0 };
  let told: number | null = null;
  setHandler(getIntakeQuery, () => view);

  const { pictures, captions = [] } = await CancellationScope.nonCancellable(() => recordingActivities().readUpload({ interactionId }));
  show({ pictures: pictures.length, decided: 0 });
  let captionsLeft = captions.length;

  const growing = new CancellationScope();
  const grown = growing.run(growAnswer).catch(ignoreStop);
  await takeAll([
    ...pictures.map((picture) => async () => {
      await takePicture(interactionId, picture);
      show({ ...view, decided: view.decided + 1 });
    }),
    ...captions.map((caption) => async () => {
      await takeCaption(interactionId, caption);
      captionsLeft -= 1;
    }),
  ]);
  growing.cancel();
  // Two answers at once could end with the older one on screen.
  await grown;
  await CancellationScope.nonCancellable(() => answeringActivities().answerIntake({ interactionId }));

  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The upload was stopped; what was decided before is kept.');
  return view;

  /** The first answer says how many files there are, even when none is decided. */
  async function growAnswer(): Promise<void> {
    for (;;) {
      await sleep(GROWS_EVERY);
      await condition(() => leftOver() !== told);
      told = leftOver();
      await growingActivities().answerIntake({ interactionId }).catch(ignoreFailedGrowth);
    }
  }

  function leftOver(): number {
    return view.pictures - view.decided + captionsLeft;
  }

  function show(next: IntakeView): void {
    view = next;
    setCurrentDetails(`${next.decided} of ${next.pictures} pictures decided`);
  }
}

async function takeAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...tasks];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, lane));
}

/** A caption file of an image that is in the dataset already. */
async function takeCaption(interactionId: string, { number, imageId }: PlannedCaption): Promise<void> {
  await orGiveUp(interactionId, { role: 'caption', number }, 'IMG_FETCH_FAILED', () => fetchingActivities().captionImage({ interactionId, fileNumber: number, imageId }));
}

/** One picture with its caption: each step ends in *go on* or in a verdict, and a step that fails for good is a verdict too. */
async function takePicture(interactionId: string, { number, captionNumber }: PlannedPicture): Promise<void> {
  if (captionNumber !== null) {
    await orGiveUp(interactionId, { role: 'caption', number: captionNumber }, 'IMG_FETCH_FAILED', () =>
      fetchingActivities().fetchCaption({ interactionId, fileNumber: captionNumber, pictureNumber: number }),
    );
  }

  const key: FileKey = { role: 'picture', number };
  const file = { interactionId, fileNumber: number };
  const fetched = await orGiveUp(interactionId, key, 'IMG_FETCH_FAILED', () => fetchingActivities().fetchAttachment(file));
  if (fetched.kind === 'decided') return;
  const inspected = await orGiveUp(interactionId, key, 'IMG_CHECK_FAILED', () => inspectingActivities().inspectImage(file));
  if (inspected.kind === 'decided') return;
  await orGiveUp(interactionId, key, 'IMG_STORE_FAILED', () => recordingActivities().addImage({ ...file, image: inspected.image }));
}

async function orGiveUp<Result>(
  interactionId: string,
  key: FileKey,
  code: TransferProblem['code'],
  step: () => Promise<Result>,
): Promise<Result | { readonly kind: 'decided' }> {
  try {
    return await step();
  } catch (error) {
    if (!isCancellation(error) && !(error instanceof ActivityFailure)) throw error;
    // Once a stop was asked for, whatever ends a step is that stop: a worker that is gone answers with a timeout.
    const stopped = CancellationScope.current().consideredCancelled;
    await CancellationScope.nonCancellable(() => recordingActivities().giveUpFile({ interactionId, ...key, code: stopped ? 'IMG_STOPPED' : code }));
    return { kind: 'decided' };
  }
}

function ignoreStop(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

/** A growing answer is a courtesy: the next one says everything again. */
function ignoreFailedGrowth(error: unknown): void {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  log.warn('the growing answer to an upload failed', { error: error.message });
}
