import type { CancelledBy } from '../../../domain/runs.js';
import { count, counted, durationText, pointsText, sizeText } from './words.js';

/** Live card, status, cancel and the news of an end. Names and ids come escaped; times come as Discord's own marks. */
export const runTexts = {
  cancelling: 'Cancelling',

  nextInLine: 'Next in line.',
  ahead: (runs: number): string => `About ${counted(runs, 'run')} ahead.`,
  startsAbout: (when: string): string => `Starts about ${when}.`,
  noNode: 'No node can run it just now; it starts when one is back.',
  onNode: (node: string): string => `On node ${node}.`,
  phase: {
    waiting: 'Waiting in the node’s own queue.',
    preparing: 'Loading the base model.',
    saving: 'Saving the model.',
  },
  attempt: (attempt: number, most: number, why: string): string => `Attempt ${attempt} of ${most} at no extra cost, starting over because: ${why}`,
  moment: 'A moment, please.',
  firstStep: 'Waiting for the first step.',
  percent: (percent: number): string => `${percent} percent`,
  steps: (step: number, total: number): string => `${count(step)} of ${counted(total, 'step')}`,
  stepsOnNode: (step: number, total: number, node: string): string => `${count(step)} of ${counted(total, 'step')} on node ${node}`,
  rate: (msPerStep: number): string => (msPerStep >= 1_000 ? `${(msPerStep / 1_000).toFixed(1)} s per step` : `${count(Math.round(60_000 / msPerStep))} steps per minute`),
  doneAbout: (when: string, time: string): string => `Done ${when}, at ${time}`,
  doneSoon: 'Done any moment now.',
  signOfLife: (when: string): string => `Last sign of life ${when}`,
  silent: (silenceMs: number, when: string): string =>
    `**No sign of life for more than ${durationText(silenceMs)}**; the last one was ${when}. The yard keeps asking the node, and starts over at no extra cost when it stays silent.`,
  stopping: 'The node is told to stop; this takes a moment.',
  closing: 'What was under way is brought to its end.',
  facts: (images: number, recipe: string, steps: number, started: string, run: string): string =>
    `${counted(images, 'image')} · \`${recipe}\` · ${counted(steps, 'step')} · started ${started} · run \`${run}\``,
  file: (name: string, sizeBytes: number, tensors: number): string => `\`${name}\` · ${sizeText(sizeBytes)} · ${counted(tensors, 'tensor')}`,
  ended: (when: string): string => `Ended ${when}`,
  pointsInPrivate: 'Press **Details** for what became of the points: only its owner sees that.',

  buttons: {
    refresh: 'Refresh',
    details: 'Details',
    cancel: 'Cancel training',
    download: 'Download',
    newLink: 'New link',
    model: 'Model',
    again: 'Train again',
    otherSettings: 'Other settings',
    moveHere: 'Move card here',
    showIt: 'Show it',
    show: (name: string): string => `Show ${name}`,
    downloadOf: (name: string): string => `Download ${name}`,
  },

  end: {
    succeeded: 'The model is trained and checked.',
    fetchIt: 'Fetch it with **Download**.',
    cancelledBy: { owner: 'Its owner cancelled this training.', operator: 'An operator cancelled this training.' } satisfies Record<CancelledBy, string>,
    startAgain: 'The dataset is unchanged; start it again whenever you like.',
    free: 'It was free.',
    spent: (points: number): string => `${pointsText(points)} spent.`,
    partlySpent: (spent: number, back: number): string => `${pointsText(spent)} spent for the steps done; ${pointsText(back)} came back.`,
    nothingSpent: 'No points were spent.',
    allBack: (points: number): string => `All ${pointsText(points)} came back.`,
  },

  notice: {
    head: (name: string, status: string): string => `**${name}: ${status.toLowerCase()}**`,
    nameless: 'Training',
    file: (name: string, sizeBytes: number): string => `\`${name}\`, ${sizeText(sizeBytes)}`,
    linkHolds: (until: string): string => `The link works until ${until}; **New link** makes another one for you alone.`,
    attached: 'The file is attached.',
    missedHeading: '## While you could not be reached',
    more: (runs: number): string => `And ${count(runs)} more: your next command tells of them.`,
  },

  list: {
    heading: '## Your trainings',
    none: 'There are none yet. Start one with `/train start`.',
    steps: (step: number, total: number): string => `(${count(step)} of ${counted(total, 'step')})`,
  },

  accepted: (name: string): string => `**The training of ${name} is accepted.**`,
  setAside: (points: number): string => (points === 0 ? 'It is free.' : `${pointsText(points)} are set aside for it.`),
  cardAt: (link: string): string => `Its live card: ${link}`,
  cardComesHere: 'Its live card appears in this channel.',
  cardComesDirectly: 'Its live card appears in your direct messages.',
  cardMoves: (name: string): string => `**The live card of ${name} moves here.** It appears in a moment, and the one before goes away.`,
  cardMovesToDm: (name: string): string => `**The live card of ${name} moves to your direct messages.** It appears in a moment, and the one before goes away.`,
  cardMovedAlready: 'The card was moved already, or the training has ended. Look at `/train status`.',
  cannotPostHere: 'The bot cannot post in this channel, so the card stays where it is.',

  cancel: {
    changed: '**The training has gone on since; this is the figure now.**',
    question: (name: string): string => `## Cancel the training of ${name}?`,
    byOperator: (points: number): string => `You cancel as an operator: all ${pointsText(points)} go back to the owner.`,
    free: (points: number): string => (points === 0 ? 'It was free; nothing is charged.' : `Nothing is charged; all ${pointsText(points)} come back.`),
    charged: (points: number, back: number): string => `**${pointsText(points)}** are charged for the steps done; **${pointsText(back)}** come back.`,
    notKept: 'What was trained so far is not kept.',
    accepted: (name: string): string => `**The training of ${name} is being cancelled.**`,
    toldLater: 'Its card and a message tell when it has ended.',
  },
} as const;
