import { describe, expect, it } from '@jest/globals';
import { prefixOfYardQueue, queueNames } from '../../domain/queues.js';

describe('queue names', () => {
  it.each(['', 'test-17/'])('give the prefix %p back', (prefix) => {
    expect(prefixOfYardQueue(queueNames(prefix).yard)).toBe(prefix);
  });

  it('keep nodes and lease queues of the same name apart', () => {
    const queues = queueNames('');
    expect(queues.lease('a')).not.toBe(queues.node('a'));
  });
});
