import { DiscordAPIError, MessageFlags, RESTJSONErrorCodes, type AttachmentPayload } from 'discord.js';
import type { ChatInputCommandInteraction, MessageComponentInteraction, MessageContextMenuCommandInteraction, ModalSubmitInteraction } from 'discord.js';
import { readPictures } from '../models/pictures.js';
import type { Services } from './services.js';
import type { View } from './views/layout.js';
import { ReplyCutError } from './wire/whole-replies.js';

export type AnswerableInteraction = ChatInputCommandInteraction | MessageContextMenuCommandInteraction | MessageComponentInteraction | ModalSubmitInteraction;

const PRIVATE_V2 = [MessageFlags.Ephemeral, MessageFlags.IsComponentsV2] as const;

/**
 * The answer of an interaction, by whichever call is still open to it. A message that is not there yet is private;
 * an acknowledged one keeps the visibility of its acknowledgement. The V2 flag belongs to the message, never to the defer.
 */
export async function replyOnce(interaction: AnswerableInteraction, view: View, services: Pick<Services, 'blobs'>): Promise<void> {
  const { components } = view;
  const files = await filesOf(view, services);
  if (interaction.deferred || interaction.replied) {
    // Without an empty list the pictures of the answer before would stay with the message.
    await interaction.editReply({ flags: [MessageFlags.IsComponentsV2], components, files, attachments: [] });
    return;
  }
  await interaction.reply({ flags: PRIVATE_V2, components, files });
}

/** A further message that only the user sees. */
export async function followUpPrivately(interaction: AnswerableInteraction, view: View, services: Pick<Services, 'blobs'>): Promise<void> {
  await interaction.followUp({ flags: PRIVATE_V2, components: view.components, files: await filesOf(view, services) });
}

async function filesOf({ files = [], textFile }: View, { blobs }: Pick<Services, 'blobs'>): Promise<AttachmentPayload[]> {
  const pictures = await readPictures(blobs, files);
  const texts = textFile === undefined ? [] : [{ name: textFile.name, data: Buffer.from(textFile.content) }];
  return [...pictures, ...texts].map(({ name, data }) => ({ name, attachment: data }));
}

/** The token of the interaction is gone: acknowledged after 3 seconds, or answered after 15 minutes. */
export function isTooLate(error: unknown): boolean {
  return (
    error instanceof DiscordAPIError &&
    (error.code === RESTJSONErrorCodes.UnknownInteraction || error.code === RESTJSONErrorCodes.InvalidWebhookToken || error.code === RESTJSONErrorCodes.UnknownWebhook)
  );
}

/** Discord did what it was asked; only the end of its reply was lost. */
export function isTaken(error: unknown): boolean {
  return error instanceof ReplyCutError && error.isTaken;
}

/** Another delivery of the same event was answered: Discord repeats events around reconnects, and two processes of the bot may be connected. */
export function isAnsweredElsewhere(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged;
}
