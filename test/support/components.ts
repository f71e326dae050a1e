/** The little of a component that tests read, whatever typed it. */
export interface ReadableComponent {
  readonly type: number;
  readonly content?: string;
  readonly label?: string;
  readonly components?: readonly object[];
  readonly accessory?: object;
}

function flatten(components: readonly object[]): ReadableComponent[] {
  return components.flatMap((component) => {
    const readable = component as ReadableComponent;
    return [readable, ...flatten(readable.components ?? []), ...(readable.accessory === undefined ? [] : flatten([readable.accessory]))];
  });
}

/** All text of a message, top to bottom. */
export function allText(components: readonly object[]): string {
  return flatten(components)
    .flatMap(({ content }) => content ?? [])
    .join('\n');
}

export function buttonsOf(components: readonly object[]): string[] {
  return flatten(components).flatMap(({ type, label }) => (type === 2 && label !== undefined ? [label] : []));
}
