import type { Component } from '../../wire.js';
import { useAct } from '../act-state.js';
import { useClientState } from '../hooks.js';
import { SelectMenu } from './select-menu.js';
import { choicesOf } from './select-choices.js';

/** A select menu of a message: the choice is sent when it is made, several when the list closes. */
export function MessageSelect({ select, messageId }: { select: Component; messageId: string }) {
  const { isBusy, run } = useAct();
  const people = useClientState((state) => state.people);
  const channels = useClientState((state) => state.channels);
  const choices = choicesOf(select, people, channels);
  const chosen = choices.filter((choice) => choice.isDefault).map(({ value }) => value);
  return (
    <SelectMenu
      label={select.placeholder ?? 'Make a selection'}
      choices={choices}
      chosen={chosen}
      min={select.min_values ?? 1}
      max={select.max_values ?? 1}
      isDisabled={select.disabled === true || isBusy}
      forgets={chosen.length === 0}
      onChoose={(values) => { run({ kind: 'select', messageId, customId: select.custom_id ?? '', values }); }}
    />
  );
}
