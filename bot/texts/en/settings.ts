/** `/settings`: what an account chose once for everything it starts later. */
export const settingsTexts = {
  heading: '## Your settings',
  hint: 'A press changes it at once. Each training may still say otherwise when it starts.',
  saved: '**Saved.**',
  ping: {
    on: '**News of an end mentions you**, so that your phone rings. Nothing else ever does.',
    off: '**News of an end comes silently**: without a mention and without a sound.',
    turnOn: 'Mention me',
    turnOff: 'Do not mention me',
  },
  cardPlace: {
    dm: '**Live cards go to your direct messages.**',
    here: '**Live cards go to the channel where you start a training**, where everybody sees them.',
    toDm: 'Cards in my messages',
    toHere: 'Cards where I start',
  },
  recipe: {
    chosen: (title: string): string => `**Default recipe:** ${title}`,
    fitting: '**Default recipe:** the first one that fits the dataset.',
    gone: (recipeId: string): string => `**Default recipe:** ${recipeId}, which this yard does not have any more; the first one that fits is used.`,
    choose: 'Choose a default recipe',
    anyTitle: 'The first one that fits',
    choice: (recipeId: string, title: string): string => `${recipeId} · ${title}`,
    images: (min: number, max: number): string => `${min} to ${max} images`,
  },
  unknownRecipe: 'There is no such recipe; nothing was changed. Choose one from the list.',
} as const;
