import { expect, test, vi } from 'vitest';
import { warmUp } from '../../clients/warm-up.ts';

test('the warm-up goes through an exchange without opening a socket, and runs once', async () => {
  const net = await import('node:net');
  const connect = vi.spyOn(net.Socket.prototype, 'connect');
  try {
    const first = warmUp();
    expect(warmUp()).toBe(first);
    await first;
    expect(connect).not.toHaveBeenCalled();
  } finally {
    connect.mockRestore();
  }
});
