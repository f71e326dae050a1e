import { describe, expect, it } from '@jest/globals';
import { readSettings, SETTINGS, type SettingName } from '../../domain/settings.js';

const ALL = Object.keys(SETTINGS) as SettingName[];

function problemsOf(env: Record<string, string>, names: SettingName[], readFile?: (path: string) => string): readonly string[] {
  const outcome = readSettings(env, names, readFile === undefined ? {} : { readFile });
  return outcome.kind === 'problems' ? outcome.problems : [];
}

describe('settings that are wrong', () => {
  it('are all reported at once, with what was expected and what came', () => {
    const env = { WEB_PORT: 'many', POLL_INTERVAL: '2', PUBLIC_URL: 'example.org', LOG_LEVEL: 'loud', PRICE_FACTOR: '-1' };
    expect(problemsOf(env, ['WEB_PORT', 'POLL_INTERVAL', 'PUBLIC_URL', 'LOG_LEVEL', 'PRICE_FACTOR'])).toEqual([
      'WEB_PORT must be a whole number, found "many".',
      'POLL_INTERVAL must be a time such as 250ms, 90s, 15m, 12h or 7d, found "2".',
      'PUBLIC_URL must be an address such as https://example.org, found "example.org".',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, silent, found "loud".',
      'PRICE_FACTOR must be at least 0, found "-1".',
    ]);
  });

  it.each([
    ['MAX_OPEN_RUNS', '0', 'MAX_OPEN_RUNS must be at least 1 runs, found "0".'],
    ['MAX_OPEN_RUNS', '1.5', 'MAX_OPEN_RUNS must be a whole number, found "1.5".'],
    ['WEB_PORT', '65536', 'WEB_PORT must be at most 65535, found "65536".'],
    ['WELCOME_POINTS', '99999999999999999999', 'WELCOME_POINTS must be a smaller number, found "99999999999999999999".'],
    ['QUOTE_TTL', '0s', 'QUOTE_TTL must be a time such as 250ms, 90s, 15m, 12h or 7d, found "0s".'],
    ['QUOTE_TTL', '-5m', 'QUOTE_TTL must be a time such as 250ms, 90s, 15m, 12h or 7d, found "-5m".'],
  ] as const)('%s=%s is refused', (name, text, problem) => {
    expect(problemsOf({ [name]: text }, [name])).toEqual([problem]);
  });

  it('never show the value of a secret', () => {
    const problems = problemsOf({ MONGODB_URI: 'hunter2', DISCORD_TOKEN: 'hunter2', DISCORD_TOKEN_FILE: '/secret' }, ALL);
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('name what is missing when it is required', () => {
    const outcome = readSettings({ MONGODB_URI: ' ' }, ['MONGODB_URI'], { required: ['MONGODB_URI'] });
    expect(outcome).toEqual({ kind: 'problems', problems: [`MONGODB_URI is not set: ${SETTINGS.MONGODB_URI.help}.`] });
  });

  it('say which secret file cannot be read', () => {
    const unreadable = (): string => {
      throw new Error('ENOENT');
    };
    expect(problemsOf({ DISCORD_TOKEN_FILE: '/run/token' }, ['DISCORD_TOKEN'], unreadable)).toEqual([
      'DISCORD_TOKEN_FILE names a file that cannot be read: /run/token.',
    ]);
  });
});

describe('settings that are right', () => {
  it('have defaults that pass their own rules', () => {
    expect(problemsOf({}, ALL)).toEqual([]);
  });

  it('are typed by their kind', () => {
    const env = { OPERATORS: 'discord:1, discord:2,', QUOTE_TTL: '1.5h', PRICE_FACTOR: '0.5', WEB_PORT: '0', DISCORD_TOKEN: 'abc\n' };
    const outcome = readSettings(env, ['OPERATORS', 'QUOTE_TTL', 'PRICE_FACTOR', 'WEB_PORT', 'DISCORD_TOKEN', 'POINTS_HELP', 'COMFYUI_NODES']);
    expect(outcome).toEqual({
      kind: 'ok',
      values: {
        OPERATORS: ['discord:1', 'discord:2'],
        QUOTE_TTL: 5_400_000,
        PRICE_FACTOR: 0.5,
        WEB_PORT: 0,
        DISCORD_TOKEN: 'abc',
        POINTS_HELP: undefined,
        COMFYUI_NODES: [],
      },
    });
  });

  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
  ])('read the time %s as %d ms', (text, ms) => {
    expect(readSettings({ STALL_LIMIT: text }, ['STALL_LIMIT'])).toMatchObject({ values: { STALL_LIMIT: ms } });
  });

  it('take a secret from a file, without the newline at its end', () => {
    const readFile = (path: string): string => `content of ${path}\n`;
    const outcome = readSettings({ DISCORD_TOKEN_FILE: '/run/token' }, ['DISCORD_TOKEN'], { readFile });
    expect(outcome).toMatchObject({ values: { DISCORD_TOKEN: 'content of /run/token' } });
  });

  it('accept a replica set with several hosts', () => {
    expect(problemsOf({ MONGODB_URI: 'mongodb://a:1,b:2,c:3/trainyard?replicaSet=rs0' }, ['MONGODB_URI'])).toEqual([]);
  });
});
