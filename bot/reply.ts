import { DiscordAPIError, MessageFlags, RESTJSONErrorCodes } from 'discord.js';
import type { ChatInputCommandInteraction, MessageComponentInteraction, ModalSubmitInteraction } from 'discord.js';
import type { View } from './views/layout.js';

export type AnswerableInteraction = ChatInputCommandInteraction | MessageComponentInteraction | ModalSubmitInteraction;

const PRIVATE_V2 = [MessageFlags.Ephemeral, MessageFlags.IsComponentsV2] as const;

/**
 * The answer of an interaction, by whichever call is still open to it. A message that is not there yet is private;
 * an acknowledged one keeps the visibility of its acknowledgement. The V2 flag belongs to the message, never to the defer.
 */
export async function replyOnce(interaction: AnswerableInteraction, { components }: View): Promise<void> {
  if (interaction.deferred || interaction.replied) {
    await interaction.editReply({ flags: [MessageFlags.IsComponentsV2], components });
    return;
  }
  await interaction.reply({ flags: PRIVATE_V2, components });
}

/** A further message that only the user sees. */
export async function followUpPrivately(interaction: AnswerableInteraction, { components }: View): Promise<void> {
  await interaction.followUp({ flags: PRIVATE_V2, components });
}

/** The token of the interaction is gone: acknowledged after 3 seconds, or answered after 15 minutes. */
export function isTooLate(error: unknown): boolean {
  return (
    error instanceof DiscordAPIError &&
    (error.code === RESTJSONErrorCodes.UnknownInteraction || error.code === RESTJSONErrorCodes.InvalidWebhookToken || error.code === RESTJSONErrorCodes.UnknownWebhook)
  );
}
