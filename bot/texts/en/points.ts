import { count, pointsText } from './words.js';

/** What is said of points. Values of users come in escaped. */
export const points = {
  heading: '## Your points',
  toSpend: (available: number): string => `**${pointsText(available)}** to spend`,
  setAside: (held: number, balance: number): string => `${pointsText(held)} set aside for trainings under way, of ${count(balance)} in all`,
  history: 'History',
  historyHeading: '## What happened to your points',
  nothing: 'Nothing has happened yet.',
  older: 'Older entries',

  welcome: (amount: number): string => `**+${count(amount)}** welcome`,
  allowance: (amount: number): string => `**+${count(amount)}** weekly allowance`,
  granted: (amount: number, by: string | null): string => `**+${count(amount)}** granted${by === null ? '' : ` by ${by}`}`,
  hold: (amount: number, training: string): string => `${count(amount)} set aside for ${training}`,
  notEnough: (amount: number, training: string): string => `${count(amount)} asked for, not enough: ${training} was not started`,
  spent: (amount: number, training: string): string => `**−${count(amount)}** spent on ${training}`,
  givenBack: (amount: number, training: string): string => `${count(amount)} given back: ${training} ended without a model`,
  credited: (amount: number): string => `**+${count(amount)}** corrected`,
  debited: (amount: number): string => `**−${count(amount)}** corrected`,
  training: (dataset: string | null, run: string): string => (dataset === null ? `training \`${run}\`` : `the training of **${dataset}** (\`${run}\`)`),
  reason: (reason: string): string => `: “${reason}”`,
  left: (available: number): string => `${count(available)} left to spend`,

  grantedTo: (amount: number, user: string, reason: string, available: number): string =>
    `Granted **${pointsText(amount)}** to ${user}: “${reason}”. They now have ${pointsText(available)} to spend, and can read why in their history.`,
} as const;
