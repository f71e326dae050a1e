import type { SeenMessage } from '../discord/user/view.js';
import type { Component } from '../discord/wire.js';

/** The button of a message with this label. */
export function buttonOf(message: SeenMessage, label: string): Component {
  const found = message.components.flatMap(within).find((component) => component.label === label);
  if (found === undefined) throw new Error(`Expected a button "${label}", found none in: ${JSON.stringify(message.components).slice(0, 500)}`);
  return found;
}

export function customIdOf(button: Component): string {
  if (button.custom_id === undefined) throw new Error(`Expected the button "${button.label ?? ''}" to carry an id, it carries none.`);
  return button.custom_id;
}

/** The address behind a link button. */
export function linkOf(button: Component): string {
  if (button.url === undefined) throw new Error(`Expected the button "${button.label ?? ''}" to be a link, it is none.`);
  return button.url;
}

function within(component: Component): Component[] {
  const children = [...(component.components ?? []), ...(component.accessory === undefined ? [] : [component.accessory])];
  return [component, ...children.flatMap(within)];
}
