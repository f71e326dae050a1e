import type { RunSettings } from '../../../domain/recipes.js';
import { count, counted, durationText, pointsText } from './words.js';

const MINUTE_MS = 60_000;

/** `about 34 minutes`; a length that is a guess is not told to the second. */
function aboutTime(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return 'less than a minute';
  return `about ${minutes < 120 ? counted(minutes, 'minute') : durationText(Math.round(minutes / 60) * 60 * MINUTE_MS)}`;
}

const SETTING_NAMES: Readonly<Record<keyof RunSettings, string>> = { steps: 'steps', learningRate: 'learning rate', rank: 'rank', resolutionPx: 'resolution' };

/** The offer of a training, its settings form and its buttons. Names and ids come escaped; times come as Discord's own marks. */
export const startTexts = {
  title: (name: string): string => `## Train ${name}?`,
  what: (images: number, recipe: string, title: string, base: string): string => `${counted(images, 'image')} with recipe \`${recipe}\` (${title}), on ${base}`,
  settings: (steps: number, epochs: number, learningRate: number, rank: number, resolutionPx: number): string =>
    `${counted(steps, 'step')} (about ${counted(epochs, 'epoch')}), learning rate ${learningRate}, rank ${rank}, up to ${count(resolutionPx)} px`,
  triggerWord: (word: string): string => `Trigger word \`${word}\``,
  takes: (ms: number): string => `Takes ${aboutTime(ms)} once a node has begun, as measured on finished trainings`,
  takesUnknown: 'How long it takes is not known yet: no training with this recipe has finished here',
  nodes: {
    free: 'A node is free for it now',
    busy: 'All nodes for it are busy now; it waits for one',
    none: 'No node can run it just now; it waits until one can',
  },
  ahead: (runs: number): string => (runs === 0 ? 'no runs ahead' : `about ${counted(runs, 'run')} ahead`),
  cardHere: 'The live card goes to this channel, where everybody sees it',
  cardDirect: 'The live card goes to your direct messages',
  cardMoved: 'The bot cannot post in this channel, so the live card goes to your direct messages',
  lowered: (name: keyof RunSettings, from: number, to: number): string => `**Easier than last time:** ${SETTING_NAMES[name]} ${to} instead of ${from}, since that was too much.`,
  free: '**This is free.**',
  price: (points: number): string => `**Price: ${pointsText(points)}**`,
  stays: (available: number, left: number): string => `You have ${pointsText(available)}; ${pointsText(left)} stay.`,
  notEnough: (available: number, short: number): string => `**You have ${pointsText(available)}, which is ${pointsText(short)} too few.**`,
  fewerSteps: (steps: number): string => `With ${counted(steps, 'step')} you could pay for it: press **Fewer steps**.`,
  fewerImages: 'Fewer steps alone are not enough: fewer images cost less too.',
  grant: 'Points come back when a training fails; an operator can grant more.',
  givenBack: 'All points come back when the training fails. If you cancel it, you pay only for the steps done.',
  holdsUntil: (when: string): string => `This offer holds until ${when}; nothing is taken before you press **Start training**.`,
  chooseRecipe: 'Another recipe',
  recipe: (min: number, max: number): string => `${min} to ${max} images`,
  recipeChoice: (id: string, title: string, min: number, max: number): string => `${id} · ${title} · ${min} to ${max} images`,
  retryChoice: (name: string, status: string, recipe: string): string => `${name} · ${status} · ${recipe}`,

  buttons: {
    start: 'Start training',
    settings: 'Change settings',
    cardHere: 'Card here',
    cardDirect: 'Card in my DMs',
    newOffer: 'New offer',
    fewerSteps: 'Fewer steps',
    fillCaptions: (missing: number): string => `Use the trigger word alone for the missing ${count(missing)}`,
    captions: 'Captions',
    upload: 'Upload',
    open: 'Open dataset',
    showIt: 'Show it',
    showThem: 'Show them',
  },

  form: {
    title: 'Settings of the training',
    steps: 'Steps, or epochs',
    stepsHint: (min: number, max: number, own: number): string => `${count(min)} to ${count(max)}, or for example 12 epochs; empty for ${count(own)}`,
    learningRate: 'Learning rate',
    rank: 'Rank',
    resolution: 'Resolution in pixels',
    numberHint: (min: number, max: number, own: number): string => `${min} to ${max}; empty for ${own}`,
    ownHint: 'Empty for what the recipe says',
    triggerWord: 'Trigger word',
    triggerWordHint: 'One word that is no ordinary word; empty for the dataset’s',
  },
} as const;
