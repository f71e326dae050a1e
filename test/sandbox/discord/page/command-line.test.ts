import { describe, expect, it } from '@jest/globals';
import type { Command } from '../../../../sandbox/discord/wire.js';
import { commandEntries, type CommandEntry, fieldProblem, matchingCommands, parseCommandText, sentOptions, shownOptions } from '../../../../sandbox/discord/page/command-line.js';
import { trainCommand } from '../commands-of-train.js';

const MIB = 1024 * 1024;
const command = (fields: object): Command => ({ id: '1', type: 1, description: '', options: [], ...fields }) as unknown as Command;
const ALL = commandEntries([
  command(trainCommand),
  command({ name: 'points', description: 'Points', options: [{ type: 2, name: 'of', description: 'Whose', options: [{ type: 1, name: 'me', description: 'Mine' }] }] }),
  command({ name: 'settings', description: 'What you prefer' }),
  command({ name: 'Add images to dataset', type: 3 }),
]);
const entry = (path: string): CommandEntry => {
  const found = ALL.find((one) => one.path === path);
  if (found === undefined) throw new Error(`Expected a command ${path}.`);
  return found;
};
const problem = (path: string, name: string, value: Parameters<typeof fieldProblem>[1]) => {
  const option = entry(path).options.find((one) => one.name === name);
  return option === undefined ? 'no such option' : fieldProblem(option, value, MIB);
};

describe('the command line of the page', () => {
  it('offers every subcommand by itself, and none of a message menu', () => {
    expect(ALL.map(({ path }) => path)).toEqual(['points of me', 'settings', 'train create', 'train form', 'train menu', 'train start', 'train upload', 'train view']);
  });

  it.each([
    ['/', 8, 'points of me'],
    ['/tr', 6, 'train create'],
    ['/train s', 1, 'train start'],
    ['/start', 1, 'train start'],
    ['/TRAIN C', 1, 'train create'],
    ['/prefer', 1, 'settings'],
    ['/nothing', 0, undefined],
  ])('finds by %j', (typed, count, first) => {
    const found = matchingCommands(ALL, typed);
    expect([found.length, found[0]?.path]).toEqual([count, first]);
  });

  it('reads a line that was typed out or pasted', () => {
    expect(parseCommandText(ALL, '/train create name:red cats')).toEqual({ entry: entry('train create'), values: { name: { text: 'red cats' } } });
    expect(parseCommandText(ALL, ' /train start  steps:300 recipe: SDXL')).toMatchObject({ values: { steps: { text: '300' }, recipe: { text: 'SDXL' } } });
    expect(parseCommandText(ALL, '/train create name:a: b c:d')).toMatchObject({ values: { name: { text: 'a: b c:d' } } });
    expect(parseCommandText(ALL, '/settings')).toEqual({ entry: entry('settings'), values: {} });
    expect(parseCommandText(ALL, '/train create cats')).toBeUndefined();
    expect(parseCommandText(ALL, 'I like /train create')).toBeUndefined();
  });

  it('shows required options and those asked for, in their own order', () => {
    expect(shownOptions(entry('train upload'), new Set(['caption'])).map(({ name }) => name)).toEqual(['image', 'caption']);
    expect(shownOptions(entry('train start'), new Set())).toEqual([]);
  });

  it.each([
    ['train create', 'name', undefined, 'Required.'],
    ['train create', 'name', { text: '' }, 'Required.'],
    ['train create', 'name', { text: 'x' }, '2 to 40 characters; this has 1.'],
    ['train create', 'name', { text: 'cats' }, undefined],
    ['train start', 'steps', undefined, undefined],
    ['train start', 'steps', { text: 'many' }, 'A whole number.'],
    ['train start', 'steps', { text: '1.5' }, 'A whole number.'],
    ['train start', 'steps', { text: '99' }, 'Between 100 and 4000.'],
    ['train start', 'steps', { text: ' 100 ' }, undefined],
    ['train start', 'recipe', { text: 'flux' }, 'Choose one of the list.'],
    ['train start', 'recipe', { text: 'SDXL' }, undefined],
    ['train start', 'here', { text: 'yes' }, 'Choose one of the list.'],
    ['train start', 'here', { text: 'True', value: true }, undefined],
    ['train upload', 'image', undefined, 'Required.'],
    ['train upload', 'image', { text: 'a.png', file: { name: 'a.png', size: MIB + 1 } }, 'Too large: at most 1 MiB.'],
  ])('says what is wrong with /%s %s %j', (path, name, value, expected) => {
    expect(problem(path, name, value)).toBe(expected);
  });

  it('sends numbers as numbers, choices as their values and nothing for what is empty', () => {
    const file = { name: 'a.png', size: 3 };
    expect(sentOptions(entry('train start'), { steps: { text: '300' }, recipe: { text: 'SDXL', value: 'sdxl-lora' }, here: { text: 'False', value: false }, for: { text: '' } })).toEqual({ steps: 300, recipe: 'sdxl-lora', here: false });
    expect(sentOptions(entry('train upload'), { image: { text: 'a.png', file }, caption: { text: 'a cat' } })).toEqual({ image: file, caption: 'a cat' });
  });
});
