import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
import type { RunRow } from '../../../models/runs-schema.js';
import type { ComfyControl } from '../../comfyui/control.js';
import type { SeenMessage } from '../../discord/user/view.js';

/** Everything that can be asked about a run, each asked directly and none through another. */
export interface Witnesses {
  readonly mongo: Connection;
  readonly client: Client;
  /** What the owner sees, in channels and direct messages. */
  readonly messagesOf: (userId: string) => Promise<readonly SeenMessage[]>;
  readonly textOf: (message: SeenMessage) => string;
  readonly nodes: readonly { readonly nodeId: string; readonly url: string; readonly control: ComfyControl }[];
}

export interface Testimony {
  readonly row: RunRow;
  readonly userId: string;
  readonly messages: readonly SeenMessage[];
}
