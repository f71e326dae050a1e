import type { Component } from '../wire.js';

export type Path = readonly (string | number)[];

export interface Placed {
  component: Component;
  path: Path;
}

/** Every component of a message or form with its place in the body, parents before children. */
export function walk(components: readonly Component[], root: Path = ['components']): Placed[] {
  return components.flatMap((component, index) => placed(component, [...root, index]));
}

function placed(component: Component, path: Path): Placed[] {
  return [
    { component, path },
    ...walk(component.components ?? [], [...path, 'components']),
    ...(component.accessory === undefined ? [] : placed(component.accessory, [...path, 'accessory'])),
    ...(component.component === undefined ? [] : placed(component.component, [...path, 'component'])),
  ];
}

/** A copy without `null` members, which mean the same as absent ones inside components, embeds and options. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member as unknown)])) as T;
}
