/** Activities whose answer, failure or heartbeat a call can be about; their names stand in the task token as they are. */
const ACTIVITIES = [
  'openRun', 'validateImages', 'holdPoints', 'answerInteraction', 'openCard', 'submitTraining', 'followTraining', 'collectLora', 'interruptJob', 'freeMemory',
  'beginEnding', 'endRun', 'startAttempt', 'seenNodeSince', 'capturePoints', 'releasePoints', 'shelveLora', 'announce', 'requestCancellation', 'keepCards',
] as const;

/** The activity a message is about, or nothing. */
export function activityIn(message: Buffer): string {
  return ACTIVITIES.find((name) => message.includes(name)) ?? '';
}
