import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { DatasetActivities } from '../../activities/datasets/activities.js';
import type { ImageActivities } from '../../activities/images/activities.js';
import { prefixOfYardQueue, queueNames } from '../../domain/queues.js';
import type { IntakeAnswering } from './messages.js';

const WAIT = 'WAIT_CANCELLATION_COMPLETED';

function queues() {
  return queueNames(prefixOfYardQueue(workflowInfo().taskQueue));
}

/** Reads and writes of our own database: tried for as long as the interaction's token may still be answered. */
export function recordingActivities() {
  return proxyActivities<Pick<DatasetActivities, 'readUpload' | 'addImage' | 'giveUpFile'>>({
    startToCloseTimeout: '15 seconds',
    scheduleToCloseTimeout: '15 minutes',
    cancellationType: WAIT,
    retry: { maximumInterval: '10 seconds' },
  });
}

/** A download ends after a minute by itself. Four tries, seconds apart: a host that fails longer is not waited for with the user. */
export function fetchingActivities() {
  return proxyActivities<Pick<DatasetActivities, 'fetchAttachment' | 'fetchCaption' | 'captionImage'>>({
    startToCloseTimeout: '75 seconds',
    scheduleToCloseTimeout: '5 minutes',
    // Twice the longest silence a download bears.
    heartbeatTimeout: '20 seconds',
    cancellationType: WAIT,
    summary: 'fetch an attachment',
    retry: { initialInterval: '1 second', maximumAttempts: 4 },
  });
}

/**
 * Checking takes seconds, but may wait behind other pictures. A worker that dies in it is noticed by its heartbeat; a file
 * that its decoder does not survive is refused by the activity itself, so whatever else fails is tried until the time is up.
 */
export function inspectingActivities() {
  return proxyActivities<Pick<ImageActivities, 'inspectImage'>>({
    taskQueue: queues().images,
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '15 minutes',
    heartbeatTimeout: '20 seconds',
    cancellationType: WAIT,
    summary: 'check and normalise a picture',
    retry: { maximumInterval: '10 seconds' },
  });
}

/** The user's answer: past the token's 15 minutes the adapter has other ways, so it gets the time to use them. */
export function answeringActivities() {
  return proxyActivities<IntakeAnswering>({
    taskQueue: queues().discord,
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '1 hour',
    cancellationType: WAIT,
    summary: 'answer the upload',
    retry: { maximumInterval: '30 seconds' },
  });
}

/** The answer while it grows: shown late it is worth nothing, and the next one says everything again. */
export function growingActivities() {
  return proxyActivities<IntakeAnswering>({
    taskQueue: queues().discord,
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: '30 seconds',
    cancellationType: WAIT,
    summary: 'answer the upload so far',
    retry: { maximumAttempts: 1 },
  });
}
