import { isDeepStrictEqual } from 'node:util';
import { Context } from '@temporalio/activity';
import type { Recipe } from '../../domain/recipes.js';
import type { Claim } from '../../domain/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { ComfyClient, SubmitReply } from './client.js';
import { ComfyError } from './comfy-error.js';
import { INTERRUPT_LIMIT_MS, type ComfyDependencies } from './dependencies.js';
import { attemptFailure, notHere } from './failures.js';
import { baseModelOf } from './fitness.js';
import { artifactFile, bindGraph, promptIdOf, splitPointer, templateHash } from './graph.js';
import { untilCancelled, withHeartbeats } from '../heartbeats.js';
import { interruptAndWait } from './interrupt.js';
import { postOnce } from './post-once.js';
import { stageDataset } from './staging.js';

export interface SubmitRequest {
  readonly runId: string;
  readonly attempt: number;
  /** A node that has just failed this run, passed over until then (epoch ms) while another fit one is seen. */
  readonly avoid: { readonly nodeId: string; readonly until: number } | null;
}

export type SubmitOutcome = { readonly kind: 'submitted'; readonly nodeId: string; readonly promptId: string } | { readonly kind: 'not-open' };

/** How lately another node must have been seen for this one to stand back. */
const SEEN_LATELY_MS = 2 * 60_000;

/** See `submitTraining` in `activities.ts` for what is promised. */
export async function submitTraining(deps: ComfyDependencies, request: SubmitRequest): Promise<SubmitOutcome> {
  const { node, runs } = deps;
  const { runId, attempt } = request;
  const promptId = promptIdOf(runId, attempt);
  const row = await runs.read(runId);
  if (row === null || !isCurrent(row, attempt)) return { kind: 'not-open' };
  if (row.claim !== null && !isOn(row.claim, node.nodeId, promptId)) return submitted(row.claim);
  const recipe = deps.recipes.get(row.recipeId);
  if (recipe === undefined) throw attemptFailure({ type: 'Internal', reference: runId }, `Recipe "${row.recipeId}" is not known here.`);

  return untilCancelled(() =>
    withHeartbeats(() => ({ phase: 'submitting' }), async () => {
      const obstacle = await whyNotHere(deps, request, promptId);
      if (obstacle !== null && row.claim === null) throw notHere(obstacle, deps.timings.submitRetryMs);
      const claim: Claim = { attempt, nodeId: node.nodeId, promptId, activityAttempt: Context.current().info.attempt };
      const outcome = await runs.claim(runId, claim);
      if (outcome.kind === 'not-open') return outcome;
      if (outcome.kind === 'held') return submitted(outcome.claim);
      const client = deps.client.within(Context.current().cancellationSignal);
      return submitClaimed({ deps, client, row, recipe, claim }, obstacle);
    }),
  );
}

interface ClaimedJob {
  readonly deps: ComfyDependencies;
  readonly client: ComfyClient;
  /** As it was before the claim: a claim in it is one of an earlier try on this node. */
  readonly row: RunRow;
  readonly recipe: Recipe;
  readonly claim: Claim;
}

async function submitClaimed(job: ClaimedJob, obstacle: string | null): Promise<SubmitOutcome> {
  const { deps, client, row, recipe, claim } = job;
  const there = row.claim === null ? await beforePost(job, () => isThere(job)) : await isThere(job);
  // An earlier try may have posted before its worker died: as long as the node cannot be asked, nobody else may train this.
  if (there === 'yes' || (there === 'unknown' && row.claim !== null)) return settle(job);
  if (there === 'unknown' || obstacle !== null) return giveBack(job, obstacle ?? `Node "${claim.nodeId}" fell silent.`);
  await beforePost(job, () => stageDataset(deps, client, row, claim.promptId));

  const graph = bindGraph(recipe, { runId: row.runId, promptId: claim.promptId, settings: row.settings, baseModel: baseModelOf(recipe, deps.baseModels) });
  const mark = { yard: deps.yardId, runId: row.runId, attempt: claim.attempt, templateHash: templateHash(recipe) };
  const submission = { promptId: claim.promptId, graph, outputNode: recipe.comfyui.outputNode, mark };
  const posted = await postOnce(client, submission, deps.timings.pollIntervalMs, () => stillHolds(job));
  switch (posted.kind) {
    case 'queued':
    // Following finds out whether it runs: a job that does not turn up there is lost, and nothing runs twice meanwhile.
    case 'unknown':
    case 'not-allowed':
      return settle(job);
    case 'not-reached':
      return giveBack(job, posted.problem);
    case 'not-queued':
      await stop(job);
      throw attemptFailure({ type: 'NodeGone', nodeId: claim.nodeId, attempts: claim.attempt }, `Node ${claim.nodeId} takes no job: ${posted.problem}`);
    case 'partly':
      await stop(job);
      return refused(job, 'some of its nodes do not fit', posted.nodeErrors);
    case 'refused':
      return refused(job, posted.problem, posted.nodeErrors);
  }
}

/** Does what comes before the post. When it fails or is stopped, no claim stays behind with nothing under it. */
async function beforePost<Result>(job: ClaimedJob, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // A try that Temporal has given up owns nothing any more: the claim is the next try's, which may have answered with it already.
    if (isGivenUp()) throw error;
    if (error instanceof ComfyError) return giveBack(job, error.message);
    await job.deps.runs.dropClaim(job.row.runId, job.claim);
    throw error;
  }
}

function isGivenUp(): boolean {
  const why = Context.current().cancellationDetails;
  return why?.notFound === true || why?.timedOut === true;
}

/** A job under our id, or the file it has written: whichever is there is taken as it is. */
async function isThere({ client, row, recipe, claim }: ClaimedJob): Promise<'yes' | 'no' | 'unknown'> {
  try {
    if ((await client.job(claim.promptId)) !== null) return 'yes';
    const file = await client.headFile(artifactFile(recipe, row.runId, claim.promptId, row.settings.steps));
    return file === null ? 'no' : 'yes';
  } catch (error) {
    if (!(error instanceof ComfyError)) throw error;
    return 'unknown';
  }
}

async function stop({ deps, claim }: ClaimedJob): Promise<void> {
  await interruptAndWait(deps.client, claim.promptId, deps.timings.interruptLimitMs ?? INTERRUPT_LIMIT_MS);
}

async function stillHolds({ deps, row, claim }: ClaimedJob): Promise<boolean> {
  const now = await deps.runs.read(row.runId);
  return now !== null && isCurrent(now, claim.attempt) && now.claim !== null && isDeepStrictEqual({ ...now.claim }, { ...claim });
}

/** Reads the row again after the post: what it says now decides whose job this is. */
async function settle(job: ClaimedJob): Promise<SubmitOutcome> {
  const { deps, client, row, claim } = job;
  const now = await deps.runs.read(row.runId);
  const holder = now !== null && now.open && now.status !== 'ending' ? now.claim : null;
  // A later try, or a later attempt that was given this job back, wants the same job: it stays.
  if (holder !== null && isOn(holder, claim.nodeId, claim.promptId)) await leaveOne(client, claim.promptId);
  else await stop(job);
  return holder !== null && now?.attempt === claim.attempt ? submitted(holder) : { kind: 'not-open' };
}

/** Takes surplus entries of the job out of the queue; ComfyUI removes one per call, and never the running one. */
async function leaveOne(client: ComfyClient, promptId: string): Promise<void> {
  try {
    const { running, pending } = await client.queue();
    const entries = [...running, ...pending].filter((entry) => entry.promptId === promptId).length;
    for (let surplus = entries - 1; surplus > 0; surplus -= 1) await client.deletePending(promptId);
  } catch (error) {
    // The job is queued; a surplus entry is cancelled by the node's reporter when the run has ended.
    if (!(error instanceof ComfyError)) throw error;
  }
}

async function refused(job: ClaimedJob, problem: string, nodeErrors: Extract<SubmitReply, { kind: 'refused' }>['nodeErrors']): Promise<SubmitOutcome> {
  const { recipe, claim } = job;
  const { nodeId, input } = splitPointer(recipe.comfyui.bindings.baseModel);
  const complaints = Object.values(nodeErrors).flatMap((node) => node.errors.map((error) => `${node.class_type}: ${error.type}`));
  if (nodeErrors[nodeId]?.errors.some((error) => error.type === 'value_not_in_list' && inputNameOf(error.extra_info) === input) === true) {
    return giveBack(job, `Node "${claim.nodeId}" has no such base model any more.`);
  }
  const summary = [problem, ...complaints].join('; ').slice(0, 300);
  throw attemptFailure({ type: 'GraphRefused', nodeId: claim.nodeId, problem: summary }, `Node ${claim.nodeId} refuses the graph of "${recipe.id}": ${summary}`);
}

function inputNameOf(extraInfo: unknown): unknown {
  return typeof extraInfo === 'object' && extraInfo !== null && 'input_name' in extraInfo ? extraInfo.input_name : undefined;
}

/** Nothing was posted under the claim: another node may take the run. */
async function giveBack({ deps, claim, row }: ClaimedJob, why: string): Promise<never> {
  await deps.runs.dropClaim(row.runId, claim);
  deps.probe.doubt();
  throw notHere(why, deps.timings.submitRetryMs);
}

/** A grant of the node can be a minute old: looks again whether it is idle, fit and not to be avoided. */
async function whyNotHere(deps: ComfyDependencies, { avoid }: SubmitRequest, promptId: string): Promise<string | null> {
  const { node } = deps;
  const look = await deps.probe.look();
  if (look.state === 'unreachable') return look.problem;
  // A job that an earlier try has posted is adopted, however busy or unfit its node has become.
  if ([...look.queue.running, ...look.queue.pending].some((entry) => entry.promptId === promptId)) return null;
  if (look.state === 'unfit') return look.problem;
  if (look.state === 'busy') return `Node "${node.nodeId}" works on something else.`;
  if (avoid?.nodeId !== node.nodeId || Date.now() >= avoid.until) return null;
  const others = await deps.nodes.seenSince(node.queue, new Date(Date.now() - SEEN_LATELY_MS));
  const other = others.find((row) => row.nodeId !== node.nodeId && (row.state === 'idle' || row.state === 'busy'));
  return other === undefined ? null : `Node "${node.nodeId}" has just failed this run, "${other.nodeId}" may take it.`;
}

function isCurrent(row: RunRow, attempt: number): boolean {
  return row.open && row.status !== 'ending' && row.attempt === attempt;
}

function isOn(claim: Claim, nodeId: string, promptId: string): boolean {
  return claim.nodeId === nodeId && claim.promptId === promptId;
}

function submitted(claim: Claim): SubmitOutcome {
  return { kind: 'submitted', nodeId: claim.nodeId, promptId: claim.promptId };
}
