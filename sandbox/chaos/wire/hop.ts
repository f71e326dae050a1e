/** A way from a part of the yard to something outside of it. */
export type HopName = 'comfyui' | 'discord' | 'gateway' | 'mongodb' | 'temporal';

/** One request on its way: told by the method and the kind of path, by the command and its collection, or by the name of the RPC. */
export interface Call {
  readonly hop: HopName;
  readonly name: string;
  /** What tells calls of one name apart: the kind of an entry, the fields that are set, the activity that is answered. */
  readonly detail: string;
}

/**
 * Is asked about every call, and the call waits for the answer. A hook that throws cuts the connection of the call: thrown by
 * `before`, the server never sees the call; thrown by `after`, the caller never sees the reply.
 */
export interface Watch {
  /** Before the server is sent anything of the call. */
  before?(call: Call): Promise<void> | void;
  /** When the reply has begun to come, before the caller is handed any of it. */
  after?(call: Call): Promise<void> | void;
}

/** Read anew for each connection, so that it may become known only later. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface HopOptions {
  readonly name: HopName;
  readonly target: Target;
  readonly watch: Watch;
}

/** A proxy on loopback that passes every byte on unchanged. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  /** Cuts every connection and listens no more. */
  close(): Promise<void>;
}
