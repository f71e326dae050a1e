import { defineQuery } from '@temporalio/workflow';

/** Takes in what came with an interaction. The files, their addresses and captions are read where they are used. */
export interface IntakeRequest {
  readonly interactionId: string;
}

export const INTAKE = 'intake';

export function intakeIdOf(interactionId: string): string {
  return `intake:${interactionId}`;
}

export interface IntakeView {
  readonly pictures: number;
  readonly decided: number;
}

export const getIntakeQuery = defineQuery<IntakeView>('getIntake');

/**
 * What the workflow asks of each platform's adapter: to answer the interaction with the verdicts on record, whole or so far
 * (`isUploadDecided` tells which). Called again with more verdicts it edits its answer.
 */
export interface IntakeAnswering {
  answerIntake(request: IntakeRequest): Promise<unknown>;
}
