import type { MeasuredClicks } from './clicks.js';
import type { MeasuredDiscord } from './discord.js';
import type { TableRow } from './table.js';

/** Discord forgets an interaction after 3 s; a third of it is left to the network between us. */
const ACK_P99_MS = 2_000;
const NOTICE_P99_MS = 3_000;
const ETA_ERROR = 0.2;

export function discordRows({ ackMs, noticeMs, etaError }: MeasuredDiscord): TableRow[] {
  return [
    {
      name: 'discord: acknowledged',
      value: `p99 ${ackMs.p99} ms, ${ackMs.lost} lost`,
      target: `≤ ${ACK_P99_MS} ms, 0 lost`,
      isMet: ackMs.p99 <= ACK_P99_MS && ackMs.lost === 0,
      note: `${ackMs.interactions} interactions in 2 s, half within ${ackMs.p50} ms, the slowest ${ackMs.max} ms`,
    },
    {
      name: 'discord: end to notice',
      value: `p99 ${noticeMs.p99} ms`,
      target: `≤ ${NOTICE_P99_MS} ms`,
      isMet: noticeMs.p99 <= NOTICE_P99_MS,
      note: `${noticeMs.runs} runs, half within ${noticeMs.p50} ms`,
    },
    {
      name: 'discord: time of the end',
      value: `${percent(etaError.worst)} off`,
      target: `≤ ${percent(ETA_ERROR)}`,
      isMet: etaError.worst <= ETA_ERROR,
      note: etaError.runs.map(({ name, msPerStep, error }) => `${name} (${msPerStep} ms a step) ${percent(error)}`).join(', '),
    },
  ];
}

export function clickRows({ pairs, runs, holds, unanswered, tookMs }: MeasuredClicks): TableRow[] {
  return [
    {
      name: 'clicks: double',
      value: `${runs} runs, ${holds} holds, ${unanswered} unanswered`,
      target: `${pairs}, ${pairs}, 0`,
      isMet: runs === pairs && holds === pairs && unanswered === 0,
      note: `${pairs} pairs, at most twenty at a time, in ${Math.round(tookMs / 1000)} s`,
    },
  ];
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
