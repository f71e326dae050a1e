import { type RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SelectChoice } from './select-choices.js';

export interface SelectProps {
  choices: readonly SelectChoice[];
  chosen: readonly string[];
  min: number;
  max: number;
  /** Shows the placeholder again after a choice: the message says what came of it. */
  forgets?: boolean;
  onChoose: (values: string[]) => void;
}

interface SelectMenuState {
  root: RefObject<HTMLDivElement | null>;
  /** Which choice the keys are on. */
  at: number;
  isOpen: boolean;
  current: readonly string[];
  onKeyDown: (event: KeyboardEvent) => void;
  press: () => void;
  choose: (index: number) => void;
  /** Closes the list; of several choices, those made are taken. */
  leave: () => void;
}

/** What a select menu does on keys and presses. */
export function useSelectMenu({ choices, chosen, min, max, forgets = false, onChoose }: SelectProps): SelectMenuState {
  const [picked, setPicked] = useState<readonly string[]>();
  const [at, setAt] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const isOpen = picked !== undefined;
  const current = picked ?? chosen;

  const open = (): void => {
    setPicked(chosen);
    setAt(Math.max(0, choices.findIndex(({ value }) => chosen.includes(value))));
  };
  const close = (values: readonly string[] | undefined): void => {
    setPicked(undefined);
    if (values === undefined || values.length < min || sameSet(values, forgets ? [] : chosen)) return;
    onChoose([...values]);
  };
  const leave = (): void => {
    close(max > 1 ? picked : undefined);
  };
  const choose = (index: number): void => {
    const value = choices[index]?.value;
    if (value === undefined) return;
    setAt(index);
    const without = current.filter((one) => one !== value);
    if (max <= 1) close(without.length < current.length && min === 0 ? [] : [value]);
    else setPicked(without.length < current.length ? without : [...current, value].slice(0, max));
  };
  useClickAway(root, isOpen, leave);
  useEffect(() => {
    root.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [isOpen, at]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: Math.min(at + 1, choices.length - 1), ArrowUp: Math.max(at - 1, 0), Home: 0, End: choices.length - 1 };
    const move = moves[event.key];
    if (!isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) open();
    else if (!isOpen) return;
    else if (move !== undefined) setAt(move);
    else if (event.key === 'Enter' || event.key === ' ') choose(at);
    else if (event.key === 'Escape') close(undefined);
    else if (event.key === 'Tab') {
      leave();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { root, at, isOpen, current, onKeyDown, press: isOpen ? leave : open, choose, leave };
}

function useClickAway(root: RefObject<HTMLDivElement | null>, isOpen: boolean, leave: () => void): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) leave();
    };
    document.addEventListener('pointerdown', away);
    return () => {
      document.removeEventListener('pointerdown', away);
    };
  });
}

const sameSet = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((value) => other.includes(value));
