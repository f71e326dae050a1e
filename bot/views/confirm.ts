import type { Balance } from '../../domain/ledger-answers.js';
import type { Recipe } from '../../domain/recipes.js';
import type { Quote } from '../../domain/runs.js';
import { count, counted, pointsText } from '../texts/en/words.js';
import { startRoute } from './custom-ids.js';
import { ACCENT, button, framed, row, text, timestamp, type View } from './layout.js';
import { plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

export interface Offer {
  readonly quote: Quote;
  readonly datasetName: string;
  readonly recipe: Recipe;
  readonly balance: Balance;
  /** Runs of the same queue that wait for a node. */
  readonly waiting: number;
  readonly nodes: 'free' | 'busy' | 'none';
  /** The user wished for a card in this channel and the bot may not post there. */
  readonly cardMoved: boolean;
  readonly pointsHelp: string | undefined;
}

/** What a run trains and costs, before anything is taken. */
export function confirmView(t: Texts, { quote, datasetName, recipe, balance, waiting, nodes, cardMoved, pointsHelp }: Offer): View {
  const { steps, learningRate, rank, resolutionPx } = quote.settings;
  const left = balance.availablePoints - quote.pricePoints;
  const enough = left >= 0;
  return framed(enough ? ACCENT.calm : ACCENT.waiting, [
    text(
      `## Train ${safe(datasetName, 40)}?`,
      `${counted(quote.imageCount, 'image')} with recipe \`${plain(recipe.id)}\` (${safe(recipe.title, 80)}), on ${safe(recipe.baseModel.title, 80)}`,
    ),
    text(
      `- ${counted(steps, 'step')}, learning rate ${learningRate}, rank ${rank}, up to ${count(resolutionPx)} px`,
      `- ${nodesLine(nodes)}${waitingLine(waiting)}`,
      `- ${cardLine(quote, cardMoved)}`,
    ),
    text(
      quote.pricePoints === 0 ? '**This is free.**' : `**Price: ${pointsText(quote.pricePoints)}**`,
      quote.pricePoints === 0 ? null : enough ? `You have ${pointsText(balance.availablePoints)}; ${pointsText(left)} stay.` : notEnough(balance.availablePoints, pointsHelp),
      '-# All points come back when the training fails. If you cancel it, you pay only for the steps done.',
      `-# This offer holds until ${timestamp(quote.expiresAt, 't')}.`,
    ),
    row(button('Start training', startRoute.format({ quoteId: quote.quoteId }), 'primary')),
  ]);
}

function notEnough(availablePoints: number, pointsHelp: string | undefined): string {
  return `You have ${pointsText(availablePoints)}, which is not enough.${pointsHelp === undefined ? '' : ` ${safe(pointsHelp, 300)}`}`;
}

function nodesLine(nodes: Offer['nodes']): string {
  switch (nodes) {
    case 'free':
      return 'A node is free for it now';
    case 'busy':
      return 'All nodes for it are busy now; it waits for one';
    case 'none':
      return 'No node can run it just now; it waits until one can';
  }
}

function waitingLine(waiting: number): string {
  return waiting === 0 ? '' : `, about ${counted(waiting, 'run')} ahead`;
}

function cardLine({ cardPlace }: Quote, cardMoved: boolean): string {
  if (cardPlace.where === 'here') return 'The live card goes to this channel, where everybody sees it';
  return cardMoved ? 'The bot cannot post in this channel, so the live card goes to your direct messages' : 'The live card goes to your direct messages';
}
