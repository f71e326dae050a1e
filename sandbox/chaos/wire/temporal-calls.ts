import { gunzipSync } from 'node:zlib';

/** Activities whose answer, failure or heartbeat a call can be about; their names stand in the task token as they are. */
const ACTIVITIES = [
  'openRun', 'validateImages', 'holdPoints', 'answerInteraction', 'openCard', 'submitTraining', 'followTraining', 'collectLora', 'interruptJob', 'freeMemory',
  'beginEnding', 'endRun', 'startAttempt', 'seenNodeSince', 'capturePoints', 'releasePoints', 'shelveLora', 'announce', 'requestCancellation', 'ensureKeepCards', 'keepCards',
  'findDeadRuns', 'startSettleRun', 'findTroubles', 'noteTroubles', 'tellOperators', 'readUpload', 'addImage', 'giveUpFile', 'fetchAttachment', 'fetchCaption', 'captionImage', 'inspectImage',
] as const;

/** A flag and a length stand before each message of gRPC. */
const PREFIX_BYTES = 5;

/** The activity a message is about, or nothing. */
export function activityIn(framed: Buffer): string {
  if (framed.length <= PREFIX_BYTES) return '';
  const body = framed.subarray(PREFIX_BYTES);
  const message = framed[0] === 1 ? gunzipSync(body) : body;
  return ACTIVITIES.find((name) => message.includes(name)) ?? '';
}
