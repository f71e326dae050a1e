import { walk, withoutNulls } from '../validation/walk.js';
import type { Component } from '../wire.js';

/** Discord gives each component an id, counting from 1 past those the bot chose. */
export function numbered(components: readonly Component[]): Component[] {
  const copy = structuredClone(withoutNulls([...components]));
  const all = walk(copy);
  const taken = new Set(all.map(({ component }) => component.id));
  let next = 1;
  for (const { component } of all) {
    if (component.id !== undefined && component.id !== 0) continue;
    while (taken.has(next)) next += 1;
    component.id = next;
    next += 1;
  }
  return copy;
}
