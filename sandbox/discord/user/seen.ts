import type { Choice, Component, Embed, Modal } from '../wire.js';

export interface SeenAttachment {
  id: string;
  filename: string;
  size: number;
  url: string;
  content_type: string;
  /** Of a picture, in pixels. */
  width?: number;
  height?: number;
  description?: string;
}

/** A message as a person sees it. */
export interface SeenMessage {
  id: string;
  channelId: string;
  /** `#training` or `DM`. */
  channel: string;
  author: string;
  authorId: string;
  /** Only this person sees it. */
  ephemeral: boolean;
  /** "Trainyard is thinking…". */
  thinking: boolean;
  content: string;
  embeds: Embed[];
  /** References to attachments are addresses here. */
  components: Component[];
  attachments: SeenAttachment[];
  /** This person was notified when it came. */
  pinged: boolean;
  replyTo?: string;
  /** The interaction it answers. */
  interactionId?: string;
  /** Who made the bot say it, and how: `/train list`. */
  askedBy?: { name: string; userId: string; label: string; kind: SeenInteraction['kind'] };
  /** Nth change of it; 0 = as posted. */
  edits: number;
  createdAt: number;
  editedAt?: number;
}

export interface SeenModal extends Modal {
  /** The interaction that opened it; what `submitModal` needs. */
  interactionId: string;
}

/** Everything a person sees of one interaction of theirs. */
export interface SeenInteraction {
  id: string;
  kind: 'command' | 'component' | 'autocomplete' | 'modal';
  label: string;
  channelId: string;
  /** The message a component sat on, also for a form opened from it. */
  sourceMessageId?: string;
  createdAt: number;
  acknowledgedAt?: number;
  callbackType?: number;
  failure?: string;
  modal?: SeenModal;
  choices?: Choice[];
  /** Answers in their order: the response, then follow-ups; "thinking…" and deleted ones are left out. */
  messages: SeenMessage[];
  /** The message the component sat on, when the answer changed it. */
  updated?: SeenMessage;
}
