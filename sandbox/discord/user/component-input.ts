import { walk } from '../validation/walk.js';
import { ComponentType, type Component } from '../wire.js';
import type { StoredMessage, User, World } from '../world.js';
import { visibleMessage } from './find.js';
import { UserRefusal } from './refusal.js';

const LINK_STYLE = 5;
const SELECT_TYPES: readonly number[] = [ComponentType.StringSelect, ComponentType.UserSelect, ComponentType.RoleSelect, ComponentType.MentionableSelect, ComponentType.ChannelSelect];

const componentsOf = (message: StoredMessage): Component[] => walk(message.components).map(({ component }) => component);

/** The button of a message with this label or custom id, if the person can press it. */
export function findButton(world: World, user: User, messageId: string, labelOrCustomId: string): { message: StoredMessage; button: Component; data: Record<string, unknown> } {
  const message = visibleMessage(world, user, messageId);
  const buttons = componentsOf(message).filter((component) => component.type === ComponentType.Button);
  const matching = buttons.filter((button) => button.custom_id === labelOrCustomId || button.label === labelOrCustomId);
  const [button] = matching;
  if (button === undefined) throw new UserRefusal(`The message has no button "${labelOrCustomId}". It has: ${buttons.map(nameOf).join(', ') || 'none'}.`);
  if (matching.length > 1) throw new UserRefusal(`The message has ${matching.length} buttons "${labelOrCustomId}"; name one by its custom id: ${matching.map((one) => one.custom_id ?? '').join(', ')}.`);
  if (button.style === LINK_STYLE) throw new UserRefusal(`"${labelOrCustomId}" is a link to ${button.url ?? ''}; it opens in a browser.`);
  if (button.disabled === true) throw new UserRefusal(`The button "${labelOrCustomId}" is disabled.`);
  return { message, button, data: { component_type: button.type, custom_id: button.custom_id, id: button.id } };
}

const nameOf = (button: Component): string => `[${button.label ?? button.emoji?.name ?? button.custom_id ?? ''}]`;

/** The select menu with this custom id, with `values` chosen in it. */
export function chooseInSelect(world: World, user: User, messageId: string, customId: string, values: readonly string[]): { message: StoredMessage; select: Component; data: Record<string, unknown> } {
  const message = visibleMessage(world, user, messageId);
  const select = componentsOf(message).find((component) => SELECT_TYPES.includes(component.type) && component.custom_id === customId);
  if (select === undefined) throw new UserRefusal(`The message has no select menu "${customId}".`);
  if (select.disabled === true) throw new UserRefusal(`The select menu "${customId}" is disabled.`);
  const chosen = chosenValues(select, values);
  return { message, select, data: { component_type: select.type, custom_id: customId, id: select.id, values: chosen } };
}

/** Checks a choice in a select, radio or checkbox group; labels may stand for values. */
export function chosenValues(select: Component, values: readonly string[]): string[] {
  const { options, min_values: min = 1, max_values: max = 1, custom_id: name = '' } = select;
  if (values.length < min || values.length > max) throw new UserRefusal(`"${name}" takes ${min} to ${max} choices; ${values.length} given.`);
  return values.map((value) => {
    if (options === undefined) return value;
    const option = options.find((one) => one.value === value || one.label === value);
    if (option === undefined) throw new UserRefusal(`"${name}" has no choice "${value}". It has: ${options.map((one) => one.label).join(', ')}.`);
    return option.value;
  });
}
