/** One request to the ComfyUI side of the stand-in. */
export interface Call {
  method: string;
  path: string;
  query: Record<string, string>;
  /** JSON bodies whole; of a multipart body the names and sizes of its parts. */
  body: unknown;
  /** 0 when no reply was sent. */
  status: number;
  at: number;
}

export interface CallLog {
  /** The call as logged; its status is filled in when the reply is sent. */
  open(call: Omit<Call, 'status' | 'at'>): Call;
  all(): Call[];
  clear(): void;
}

const KEPT_CALLS = 20_000;

export function createCallLog(): CallLog {
  let calls: Call[] = [];
  return {
    open(call) {
      const logged: Call = { ...call, status: 0, at: Date.now() };
      calls.push(logged);
      if (calls.length > KEPT_CALLS) calls = calls.slice(-KEPT_CALLS / 2);
      return logged;
    },
    all: () => [...calls],
    clear() {
      calls = [];
    },
  };
}
