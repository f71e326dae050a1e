import type { HopName } from '../wire/hop.js';

/** A call that changes nothing, or nothing that anybody relies on, and why it needs no case. */
export interface Read {
  readonly kind: 'read';
  readonly hop: HopName;
  readonly call: string;
  readonly why: string;
}

export const READS: readonly Read[] = [
  ...reads('mongodb', 'it only looks', ['find *', 'aggregate *', 'distinct *', 'getMore *', 'watch *', 'count *']),
  ...reads('mongodb', 'what one sweep does not write down of a trouble, the next one does', ['insert troubles', 'update troubles', 'delete troubles', 'findAndModify troubles']),
  ...reads('mongodb', 'a living run that one sweep does not clear of its sightings is cleared by the next', ['delete sightings']),
  ...reads('mongodb', 'it keeps the connection or ends a look', ['hello', 'ping', 'killCursors *', 'endSessions', 'buildInfo']),
  ...reads('temporal', 'it only looks', ['Describe*', 'Get*', 'List*', 'QueryWorkflow', 'Check']),
  ...reads('temporal', 'what it takes is given out again when nobody answers for it', ['Poll*']),
  ...reads('temporal', 'every start of a worker writes the schedule as its version wants it', ['UpdateSchedule']),
  ...reads('temporal', 'it answers somebody who looks', ['RespondQueryTaskCompleted']),
  ...reads('temporal', 'what is not told is found out by its limit', ['RespondActivityTaskFailed*', 'RespondActivityTaskCanceled*', 'RespondWorkflowTaskFailed*']),
  ...reads('temporal', 'it only makes a stop quicker', ['ShutdownWorker', 'RecordWorkerHeartbeat']),
  ...reads('comfyui', 'it only looks', ['GET *', 'HEAD *']),
  ...reads('comfyui', 'a waiting entry that is left in the queue is taken away by the next look, or by the reporter of the node', ['POST /queue']),
  ...reads('mongodb', 'what nobody deletes of an upload that met another one is swept after a day', ['delete blobs.chunks']),
  ...reads('discord', 'it only looks', ['GET *']),
  ...reads('discord', 'what was missed is told with the next command, until that has been told', ['POST /api/v10/webhooks/:id/:id']),
  ...reads('gateway', 'the session is made anew by every bot', ['GET /gw*', 'Identify', 'Resume', 'Heartbeat', 'PresenceUpdate']),
  ...reads('gateway', 'it only looks', ['GET /attachments*', 'GET /ephemeral-attachments*']),
];

function reads(hop: HopName, why: string, calls: readonly string[]): readonly Read[] {
  return calls.map((call) => ({ kind: 'read', hop, call, why }));
}
