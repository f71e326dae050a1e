import type { ComponentInteraction } from '../interaction-kinds.js';

/** What was chosen in a select of one; nothing that can be found when it was no select. */
export function chosenIn(interaction: ComponentInteraction): string {
  return interaction.isStringSelectMenu() ? (interaction.values[0] ?? '') : '';
}

/** What was typed into a field of a form; nothing when it was no form. */
export function textIn(interaction: ComponentInteraction, field: string): string {
  return interaction.isModalSubmit() ? interaction.fields.getTextInputValue(field) : '';
}
