import { useDomId } from '../hooks.js';
import type { SelectChoice } from './select-choices.js';
import { type SelectProps, useSelectMenu } from './select-state.js';

interface Props extends SelectProps {
  label: string;
  isDisabled?: boolean;
  describedBy?: string | undefined;
  labelledBy?: string | undefined;
}

/** A list that opens below a button. One choice closes it; of several, the list is sent when it closes. */
export function SelectMenu({ label, isDisabled = false, describedBy, labelledBy, ...select }: Props) {
  const { choices, max } = select;
  const { root, at, isOpen, current, onKeyDown, press, choose, leave } = useSelectMenu(select);
  const listId = useDomId('list');
  const valueId = useDomId('value');
  const shown = choices.filter(({ value }) => current.includes(value)).map((choice) => choice.label);
  return (
    <div class="select" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="select-button"
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-controls={listId}
        {...(labelledBy === undefined ? { 'aria-label': label } : { 'aria-labelledby': `${labelledBy} ${valueId}` })}
        aria-describedby={describedBy}
        aria-activedescendant={isOpen ? `${listId}-${at}` : undefined}
        disabled={isDisabled}
        onClick={press}
      >
        <span id={valueId}>{shown.length === 0 ? label : shown.join(', ')}</span>
        <span aria-hidden="true">▾</span>
      </button>
      <div class="listbox" hidden={!isOpen}>
        <div id={listId} role="listbox" aria-label={label} aria-multiselectable={max > 1}>
          {isOpen && choices.map((choice, index) => (
            <Option key={choice.value} id={`${listId}-${index}`} choice={choice} isChosen={current.includes(choice.value)} isActive={index === at} onPress={() => { choose(index); }} />
          ))}
        </div>
        {isOpen && max > 1 && <button type="button" class="button is-primary" tabIndex={-1} onClick={leave}>Done</button>}
      </div>
    </div>
  );
}

function Option({ id, choice, isChosen, isActive, onPress }: { id: string; choice: SelectChoice; isChosen: boolean; isActive: boolean; onPress: () => void }) {
  return (
    <div id={id} role="option" aria-selected={isChosen} {...(isActive ? { 'data-active': true } : {})} onClick={onPress}>
      <span>{choice.label}</span>
      {choice.description !== undefined && <small>{choice.description}</small>}
    </div>
  );
}
