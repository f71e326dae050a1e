import type { APIButtonComponent, APIComponentInMessageActionRow } from 'discord.js';
import type { Balance } from '../../domain/ledger-answers.js';
import type { Recipe, RunSettings } from '../../domain/recipes.js';
import type { Quote } from '../../domain/runs.js';
import type { Texts } from '../texts/texts.js';
import { startRoute } from './custom-ids.js';
import { ACCENT, button, framed, row, select, text, timestamp, type View } from './layout.js';
import { plain, safe } from './safe.js';
import { placeRoute, recipeRoute, settingsAskRoute } from './start-routes.js';

export interface Offer {
  readonly quote: Quote;
  readonly datasetName: string;
  readonly recipe: Recipe;
  /** All there are, of which another one can be chosen. */
  readonly recipes: readonly Recipe[];
  readonly balance: Balance;
  /** Runs of the same queue that wait for a node. */
  readonly waiting: number;
  readonly nodes: 'free' | 'busy' | 'none';
  /** How long its steps take, as measured; null without any measure. */
  readonly expectedMs: number | null;
  /** The most steps that can be paid; null when none, and of no meaning for an offer that can be. */
  readonly payableSteps: number | null;
  /** The user wished for a card in this channel and the bot may not post there. */
  readonly cardMoved: boolean;
  /** The bot may post here, and here is not a direct message. */
  readonly canPostHere: boolean;
  /** The setting that is easier than in the run that failed, and what it was. */
  readonly lowered: { readonly name: keyof RunSettings; readonly from: number } | null;
  readonly pointsHelp: string | undefined;
}

/** What a run trains and costs, before anything is taken. */
export function confirmView(t: Texts, offer: Offer): View {
  const { quote, datasetName, recipe, lowered } = offer;
  const { steps, learningRate, rank, resolutionPx } = quote.settings;
  const words = t.start;
  const epochs = Math.max(1, Math.round(steps / Math.max(1, quote.imageCount)));
  return framed(canPay(offer) ? ACCENT.calm : ACCENT.waiting, [
    text(words.title(safe(datasetName, 40)), words.what(quote.imageCount, plain(recipe.id), safe(recipe.title, 80), safe(recipe.baseModel.title, 80))),
    lowered === null ? null : text(words.lowered(lowered.name, lowered.from, quote.settings[lowered.name])),
    text(
      `- ${words.settings(steps, epochs, learningRate, rank, resolutionPx)}`,
      `- ${words.triggerWord(plain(quote.triggerWord))}`,
      `- ${offer.expectedMs === null ? words.takesUnknown : words.takes(offer.expectedMs)}`,
      `- ${words.nodes[offer.nodes]}, ${words.ahead(offer.waiting)}`,
      `- ${cardLine(t, offer)}`,
    ),
    text(...priceLines(t, offer), `-# ${words.givenBack}`, `-# ${words.holdsUntil(timestamp(quote.expiresAt, 't'))}`),
    recipeRow(t, offer),
    row(...buttonsOf(t, offer)),
  ]);
}

function canPay({ quote, balance }: Offer): boolean {
  return balance.availablePoints >= quote.pricePoints;
}

function priceLines(t: Texts, offer: Offer): (string | null)[] {
  const { quote, balance, payableSteps, pointsHelp } = offer;
  const words = t.start;
  const { availablePoints } = balance;
  if (quote.pricePoints === 0) return [words.free];
  const price = words.price(quote.pricePoints);
  if (canPay(offer)) return [price, words.stays(availablePoints, availablePoints - quote.pricePoints)];
  return [
    price,
    words.notEnough(availablePoints, quote.pricePoints - availablePoints),
    payableSteps === null ? words.fewerImages : words.fewerSteps(payableSteps),
    pointsHelp === undefined ? words.grant : safe(pointsHelp, 300),
  ];
}

function cardLine(t: Texts, { quote, cardMoved }: Offer): string {
  if (quote.cardPlace.where === 'here') return t.start.cardHere;
  return cardMoved ? t.start.cardMoved : t.start.cardDirect;
}

function recipeRow(t: Texts, { quote, recipe, recipes }: Offer): ReturnType<typeof row> {
  if (recipes.length < 2) return null;
  const options = recipes.map(({ id, title, images }) => ({
    label: `${id} · ${title}`,
    value: id,
    description: t.start.recipe(images.min, images.max),
    default: id === recipe.id,
  }));
  return row(select(recipeRoute.format({ quoteId: quote.quoteId }), t.start.chooseRecipe, options));
}

function buttonsOf(t: Texts, offer: Offer): (APIComponentInMessageActionRow | null)[] {
  const { quote, canPostHere, payableSteps } = offer;
  const { quoteId, cardPlace } = quote;
  const { buttons } = t.start;
  const start: APIButtonComponent = button(buttons.start, startRoute.format({ quoteId }), 'primary');
  const fewer = !canPay(offer) && payableSteps !== null;
  return [
    canPay(offer) ? start : { ...start, disabled: true },
    button(fewer ? buttons.fewerSteps : buttons.settings, settingsAskRoute.format({ quoteId })),
    cardPlace.where === 'here' ? button(buttons.cardDirect, placeRoute.format({ quoteId, here: 0 })) : null,
    cardPlace.where === 'dm' && canPostHere ? button(buttons.cardHere, placeRoute.format({ quoteId, here: 1 })) : null,
  ];
}
