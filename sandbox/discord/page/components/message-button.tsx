import type { Component } from '../../wire.js';
import { useAct } from '../act-state.js';

const LINK = 5;
const STYLE_CLASS: Readonly<Record<number, string>> = { 1: 'is-primary', 2: '', 3: 'is-success', 4: 'is-danger' };

/** A button of a message. While its answer is on the way it takes no second press, and keeps the focus. */
export function MessageButton({ button, messageId }: { button: Component; messageId: string }) {
  const { isBusy, run } = useAct();
  const label = [button.emoji?.name, button.label].filter((part) => part !== undefined).join(' ');
  if (button.style === LINK) {
    return (
      <a class="button" href={safeAddress(button.url)} target="_blank" rel="noopener noreferrer">
        {label} <span aria-hidden="true">↗</span>
      </a>
    );
  }
  return (
    <button
      type="button"
      class={`button ${STYLE_CLASS[button.style ?? 2] ?? ''}`}
      disabled={button.disabled}
      aria-busy={isBusy}
      onClick={() => { run({ kind: 'click', messageId, button: button.custom_id ?? '' }); }}
    >
      {label}
    </button>
  );
}

/** Only web addresses are followed. */
const safeAddress = (url: string | undefined): string => (url !== undefined && /^https?:\/\//.test(url) ? url : '#');
