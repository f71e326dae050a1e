import { createContext } from 'preact';
import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Client } from './client.js';
import type { ClientState } from './state.js';

export const ClientContext = createContext<Client | undefined>(undefined);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error('Expected a client around this part of the page.');
  return client;
}

/** A part of the state; the component is drawn again when it becomes another value. */
export function useClientState<T>(select: (state: ClientState) => T): T {
  const client = useClient();
  const value = select(client.state);
  const latest = useRef({ select, value });
  latest.current = { select, value };
  const [, drawAgain] = useState(0);
  useLayoutEffect(() => {
    const look = (): void => {
      const { select: current, value: drawn } = latest.current;
      if (!Object.is(current(client.state), drawn)) drawAgain((count) => count + 1);
    };
    look();
    return client.subscribe(look);
  }, [client]);
  return value;
}

/** The stand-in's time, in ms, again every `everyMs`. */
export function useNow(everyMs: number): number {
  const offset = useClientState((state) => state.clockOffsetMs);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs]);
  return now + offset;
}

/** An id for ARIA references, unlike every other on the page. */
export const useDomId = (name: string): string => `${name}-${useId()}`;
