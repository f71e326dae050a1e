import type { Component } from '../wire.js';

/** Custom ids of buttons that are about a run: `v1:<route>:<runId>`. */
const ABOUT_RUN = /^v\d+:(?:refresh|cancel-ask|cancel|show|move-card|again|again-settings|retry):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?::|$)/;
const RUN_IN_TEXT = /train-run:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;

/** The run a message speaks of, told by its buttons or its text. */
export function runIdIn(components: readonly Component[], content = ''): string | undefined {
  for (const component of components) {
    const own = ABOUT_RUN.exec(component.custom_id ?? '')?.[1] ?? RUN_IN_TEXT.exec(component.content ?? '')?.[1];
    const below = own ?? runIdIn([...(component.components ?? []), ...(component.accessory === undefined ? [] : [component.accessory])]);
    if (below !== undefined) return below;
  }
  return RUN_IN_TEXT.exec(content)?.[1];
}

/** `{runId}` is filled in, wherever it stands. */
export const runAddress = (template: string, runId: string): string => template.replaceAll('{runId}', encodeURIComponent(runId));
