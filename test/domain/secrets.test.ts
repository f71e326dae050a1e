import { describe, expect, it } from '@jest/globals';
import { createRedaction, secretsOf } from '../../domain/secrets.js';

describe('what is censored', () => {
  const env = {
    DISCORD_TOKEN: 'the-token-of-the-bot',
    DOWNLOAD_SECRET_FILE: '/run/secrets/download',
    MONGODB_URI: 'mongodb://trainyard:p%40ss-word@db.example:27017/yard',
    COMFYUI_NODES: 'shed=http://me:open-sesame@shed.example:8188,barn=http://barn.example:8188',
    COMFYUI_HEADERS: '{"Authorization": "Bearer key-of-the-proxy", "X-Other": "with \\"quotes\\" in it"}',
    TEMPORAL_API_KEY: 'key-of-temporal',
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    LOG_LEVEL: 'info',
  };
  const redact = createRedaction(secretsOf(env, () => 'from-a-file\n'));

  it.each([
    ['a token', 'the-token-of-the-bot'],
    ['the content of a secret file', 'from-a-file'],
    ['a password, as it stands in the address', 'p%40ss-word'],
    ['a password, as it is meant', 'p@ss-word'],
    ['a password of a node', 'open-sesame'],
    ['a header', 'Bearer key-of-the-proxy'],
    ['the key in a header', 'key-of-the-proxy'],
    ['a value in JSON', 'with \\"quotes\\" in it'],
    ['the key of Temporal', 'key-of-temporal'],
  ])('%s of the environment, wherever it stands', (_what, secret) => {
    const shown = redact(`before ${secret} after, and {"json":"${secret}"}`);
    expect(shown).not.toContain(secret);
    expect(shown).toMatch(/^before .*\[secret\] after, and \{"json":".*\[secret\]"\}$/);
  });

  it.each([
    ['the token of an interaction', 'POST /webhooks/1180430915223552001/aW50ZXJhY3Rpb246MTIzNDU2/messages/@original', 'aW50ZXJhY3Rpb246MTIzNDU2'],
    ['the token of a callback', '"url":"http://x/api/v10/interactions/1180430915223552001/aW50ZXJhY3Rpb246MTIzNDU2/callback"', 'aW50ZXJhY3Rpb246MTIzNDU2'],
    ['a password in an address nobody named', 'connect to amqp://user:hunter2@host failed', 'hunter2'],
    ['the signature of a download link', 'https://yard.example/download/l1?expires=1&sig=AbC-dEf_123', 'AbC-dEf_123'],
    ['the signature of an attachment', 'https://cdn.discordapp.com/a/b.png?ex=1&is=2&hm=0123456789abcdef&', '0123456789abcdef'],
    ['a key to a door', 'authorization: Bearer abcdefghijkl', 'abcdefghijkl'],
    ['a bot token nobody named', 'MTE4MDQzMDkxNTIyMzU1MjAwMQ.Gx3kQa.abcdefghijklmnopqrstuvwxyz012345', 'Gx3kQa'],
  ])('%s, by its form', (_what, text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });

  it.each([
    'Node "shed" at http://shed.example:8188 answers.',
    'Run 0190c1f2-6c1f-7d3a-b6d7-6f1f2a3b4c5d failed on 2026-01-01T00:00:00.000Z.',
    'POST /webhooks/1180430915223552001/short/messages/@original',
    '@temporalio/worker 1.24.0 and mongodb://127.0.0.1:27017/?replicaSet=rs0',
    'mail me@example.org or https://example.org/@someone',
  ])('is nothing of this: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('is no word of five letters: logs would be unreadable and nothing hidden', () => {
    expect(createRedaction(['train'])('train run')).toBe('train run');
  });
});
