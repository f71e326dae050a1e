import { ActivityFailure, CancellationScope, CancelledFailure, condition, isCancellation, log, setCurrentDetails, setHandler, sleep } from '@temporalio/workflow';
import type { UploadPlan } from '../../activities/datasets/activities.js';
import type { FileKey, TransferProblem } from '../../domain/verdicts.js';
import { getIntakeQuery } from './messages.js';
import type { IntakeRequest, IntakeView } from './messages.js';
import { answeringActivities, fetchingActivities, inspectingActivities, recordingActivities } from './proxies.js';

type PlannedPicture = UploadPlan['pictures'][number];

/** Enough to keep network and decoder busy at once; more would only crowd out other people's uploads. */
const PICTURES_AT_ONCE = 3;
/** Whoever waits longer than this is shown what is known so far. */
const EARLY_ANSWER_AFTER = '5 seconds';

/**
 * Takes one upload in, file by file: every file gets its own verdict on record, whatever becomes of the others, and the
 * interaction is answered once all have one. A cancellation gives up what is not decided yet and still answers.
 */
export async function intake({ interactionId }: IntakeRequest): Promise<IntakeView> {
  let view: IntakeView = { pictures: 0, decided: 0 };
  setHandler(getIntakeQuery, () => view);

  const { pictures } = await CancellationScope.nonCancellable(() => recordingActivities().readUpload({ interactionId }));
  show({ pictures: pictures.length, decided: 0 });

  const early = new CancellationScope();
  const earlyAnswer = early.run(answerEarly).catch(ignoreEarlyAnswer);
  await takeAll(pictures);
  early.cancel();
  // Two answers at once could end with the older one on screen.
  await earlyAnswer;
  await CancellationScope.nonCancellable(() => answeringActivities().answerIntake({ interactionId }));

  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The upload was stopped; what was decided before is kept.');
  return view;

  async function takeAll(all: readonly PlannedPicture[]): Promise<void> {
    const waiting = [...all];
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await takePicture(interactionId, next);
        show({ ...view, decided: view.decided + 1 });
      }
    };
    await Promise.all(Array.from({ length: PICTURES_AT_ONCE }, lane));
  }

  async function answerEarly(): Promise<void> {
    await sleep(EARLY_ANSWER_AFTER);
    await condition(() => view.decided > 0);
    await answeringActivities().answerIntake({ interactionId });
  }

  function show(next: IntakeView): void {
    view = next;
    setCurrentDetails(`${next.decided} of ${next.pictures} pictures decided`);
  }
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

/** The early answer is a courtesy: the last one says everything again. */
function ignoreEarlyAnswer(error: unknown): void {
  if (isCancellation(error)) return;
  if (!(error instanceof ActivityFailure)) throw error;
  log.warn('the early answer to an upload failed', { error: error.message });
}
