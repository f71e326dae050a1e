import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_PREFERENCES } from '../../domain/preferences.js';
import { createPreferences, type PreferencesOfAccounts } from '../../models/preferences.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

describe('what accounts chose', () => {
  let database: TestDatabase;
  let preferences: PreferencesOfAccounts;

  beforeAll(async () => {
    database = await openTestDatabase();
    preferences = createPreferences(database.connection);
    await preferences.ensureIndexes();
  });
  afterAll(() => database.close());

  it('is the default of everything while they chose nothing', async () => {
    expect(await preferences.read('discord:1')).toEqual({ ping: true, cardPlace: 'dm', recipeId: null });
  });

  it('changes one thing at a time and leaves the others, of others as well', async () => {
    await preferences.change('discord:2', { ping: false });
    expect(await preferences.change('discord:2', { recipeId: 'sd15-lora' })).toEqual({ ping: false, cardPlace: 'dm', recipeId: 'sd15-lora' });
    expect(await preferences.change('discord:2', { recipeId: null })).toEqual({ ping: false, cardPlace: 'dm', recipeId: null });
    expect(await preferences.read('discord:3')).toEqual(DEFAULT_PREFERENCES);
  });

  it('keeps every change of many at once, also when they are the first', async () => {
    await Promise.all([preferences.change('discord:4', { ping: false }), preferences.change('discord:4', { cardPlace: 'here' }), preferences.change('discord:4', { recipeId: 'x' })]);
    expect(await preferences.read('discord:4')).toEqual({ ping: false, cardPlace: 'here', recipeId: 'x' });
  });
});
