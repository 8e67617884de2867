import { expect, test } from 'vitest';
import { isCancellation, readableError, ServerEndedError } from './readableError';

const withCode = (code: number | string, message = 'Pending response rejected since connection got disposed') =>
  Object.assign(new Error(message), { code });

test.each([-32099, -32097, -32096])('connection error %d is told as a server that ended', (code) => {
  expect(readableError(withCode(code))).toBeInstanceOf(ServerEndedError);
});

test('what the server said stands', () => {
  const error = withCode(-32803, 'This capture is damaged after 3.2 s.');
  expect(readableError(error)).toBe(error);
});

test('whatever is thrown becomes an error with a message', () => {
  expect(readableError('odd').message).toBe('odd');
  expect(readableError({ message: 'from afar' }).message).toBe('from afar');
});

test("a cancelled request is known by LSP's code and by the core's", () => {
  expect(isCancellation(withCode(-32800))).toBe(true);
  expect(isCancellation(Object.assign(new Error('x'), { data: { code: 'cancelled' } }))).toBe(true);
  expect(isCancellation(withCode(-32803))).toBe(false);
});
