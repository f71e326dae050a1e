import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { answerTo, hears } from '../support/wire.js';

let database: TestDatabase;
let bot: TestBot;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: 'bot-repeated-' });
});
afterEach(() => bot.driver.clearFaults());
afterAll(async () => {
  await bot.close();
  await database.close();
});

/** Discord takes the acknowledgement and its reply is lost: the client sends it again and hears that there is one already. */
const loseTheReply = (): Promise<void> => bot.driver.faults({ method: 'POST', route: '/interactions/:id/:token/callback', status: 500, afterEffect: true });

describe('an acknowledgement that Discord took without saying so', () => {
  it('of a command is gone on from: its user is not left with a bot that thinks', async () => {
    await loseTheReply();
    const handle = await bot.driver.user('mira').slash('points balance');
    expect(await hears(handle, /to spend/)).toContain('to spend');
  });

  it('of a button as well', async () => {
    const settings = await answerTo(bot.driver.user('mira'), 'settings');
    await loseTheReply();
    const handle = await bot.driver.user('mira').click(settings, 'Do not mention me');
    expect(await hears(handle, /comes silently/)).toContain('Saved');
  });

  it('that was the whole answer already is not given twice', async () => {
    await loseTheReply();
    const handle = await bot.driver.user('mira').slash('train list');
    expect((await handle.message()).ephemeral).toBe(true);
    await bot.driver.waitFor(async () => (await bot.driver.calls()).filter(({ path }) => path.includes(handle.id)).length === 2);
    expect((await handle.waitFor(({ messages }) => messages.length > 0)).messages).toHaveLength(1);
  });
});
