import { randomBytes } from 'node:crypto';
import { STAND_IN_SECRET } from '../../sandbox/discord/people.js';

/** Stands in every secret that the tests make up. */
export const CANARY = 'c4nary';

/** A secret of this test run, known at sight wherever it turns up. */
export function canary(kind: string): string {
  return `${CANARY}-${kind}-${randomBytes(12).toString('hex')}`;
}

/** The secrets of the yards of this process. Tokens of Discord are made by its stand-in, which marks them as well. */
export const CANARIES = {
  DOWNLOAD_SECRET: canary('download'),
  COMFYUI_HEADERS: JSON.stringify({ Authorization: `Bearer ${canary('comfyui')}`, 'X-Proxy-Key': canary('proxy') }),
  TEMPORAL_GRPC_META_AUTHORIZATION: `Bearer ${canary('temporal')}`,
} as const;

/** What is secret in tests: canaries, tokens of the stand-in, signed addresses of attachments, signed download links. */
export const SECRET_MARKS = [CANARY, STAND_IN_SECRET, '&hm=', '&sig='] as const;

const AROUND = 80;

/** Every place of a text where one of the marks stands, with what is around it. */
export function leaksIn(text: string, marks: readonly string[] = SECRET_MARKS): string[] {
  return marks.flatMap((mark) => {
    const leaks: string[] = [];
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) leaks.push(text.slice(Math.max(0, at - AROUND), at + mark.length + AROUND));
    return leaks;
  });
}
