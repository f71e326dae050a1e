import type { FeedChannel, FeedPerson } from '../../control/feed-types.js';
import { ComponentType, type Component } from '../../wire.js';

export interface SelectChoice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly isDefault: boolean;
}

/** What a select offers: its own options, or people or channels. */
export function choicesOf(select: Component, people: readonly FeedPerson[], channels: readonly FeedChannel[]): SelectChoice[] {
  switch (select.type) {
    case ComponentType.UserSelect:
    case ComponentType.MentionableSelect:
      return people.map(({ id, displayName }) => ({ value: id, label: displayName, isDefault: false }));
    case ComponentType.ChannelSelect:
      return channels.filter(({ kind }) => kind !== 'dm').map(({ id, name }) => ({ value: id, label: `#${name}`, isDefault: false }));
    default:
      return (select.options ?? []).map(({ value, label, description, default: isDefault = false }) => ({ value, label, isDefault, ...(description === undefined ? {} : { description }) }));
  }
}
