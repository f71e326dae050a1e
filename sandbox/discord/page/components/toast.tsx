import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

const SHOWN_MS = 6_000;

const ToastContext = createContext<(text: string) => void>(() => undefined);

/** Says something short that no message says. */
export const useToast = (): ((text: string) => void) => useContext(ToastContext);

export function Toasts({ children }: { children: ComponentChildren }) {
  const [said, setSaid] = useState<{ text: string }>();
  useEffect(() => {
    const timer = setTimeout(setSaid, SHOWN_MS, undefined);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  return (
    <ToastContext.Provider value={(text) => { setSaid({ text }); }}>
      {children}
      <div class="toast" role="status">{said?.text}</div>
    </ToastContext.Provider>
  );
}
