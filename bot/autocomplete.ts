import type { AutocompleteInteraction } from 'discord.js';
import type { Choice, Command, Context } from './interaction-kinds.js';
import { within } from './trouble.js';
import { clamp, plain } from './views/safe.js';

/** Discord takes an answer for 3 s; a suggestion that comes too late is worth nothing. */
const LIMIT_MS = 2_000;
const MOST_CHOICES = 25;
const LONGEST_CHOICE = 100;

/** Suggests values while the user types. Never an error: no suggestions is an answer too. */
export async function autocomplete(interaction: AutocompleteInteraction, command: Command | undefined, context: Context): Promise<void> {
  const choices = await suggestions(interaction, command, context);
  try {
    await interaction.respond(choices.slice(0, MOST_CHOICES).map(({ name, value }) => ({ name: clamp(plain(name), LONGEST_CHOICE), value })));
  } catch (error) {
    context.services.log.warn({ interactionId: interaction.id, err: error }, 'suggestions came too late');
  }
}

async function suggestions(interaction: AutocompleteInteraction, command: Command | undefined, context: Context): Promise<readonly Choice[]> {
  const focused = interaction.options.getFocused(true);
  const suggest = command?.autocomplete?.[focused.name];
  if (suggest === undefined) return [];
  try {
    return await within(LIMIT_MS, suggest(focused.value, context, (option) => interaction.options.getString(option)));
  } catch (error) {
    context.services.log.warn({ interactionId: interaction.id, err: error }, 'no suggestions');
    return [];
  }
}
