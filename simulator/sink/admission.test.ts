import { describe, expect, it } from 'vitest';
import { admit, formatAuth, parseAuth } from './admission.ts';

const open = { auth: null, path: null };

function withEncoding(encoding: string) {
  return admit({ method: 'POST', target: '/', headers: { 'content-encoding': encoding } }, open);
}

describe('admit', () => {
  it('lets any POST in where nothing is demanded', () => {
    expect(admit({ method: 'POST', target: '/any?where', headers: {} }, open)).toEqual({
      kind: 'admitted',
      isGzip: false,
    });
  });

  it('knows gzip, in whatever case, and no other encoding', () => {
    expect(withEncoding('GZip')).toEqual({ kind: 'admitted', isGzip: true });
    expect(withEncoding('identity')).toEqual({ kind: 'admitted', isGzip: false });
    expect(withEncoding('gzip, br')).toMatchObject({ kind: 'refused', status: 415 });
  });

  it('says what it would take instead', () => {
    const head = { method: 'GET', target: '/', headers: {} };
    expect(admit(head, open)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    const rules = { auth: { scheme: 'bearer', token: 't' }, path: null } as const;
    expect(admit({ ...head, method: 'POST' }, rules)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    });
  });
});

describe('parseAuth', () => {
  it('reads both schemes, with colons in the secret', () => {
    expect(parseAuth('bearer:a:b')).toEqual({ scheme: 'bearer', token: 'a:b' });
    expect(parseAuth('basic:user:pass:word')).toEqual({ scheme: 'basic', user: 'user', password: 'pass:word' });
  });

  it('is what `formatAuth` says', () => {
    for (const text of ['bearer:a:b', 'basic:user:pass:word']) {
      const auth = parseAuth(text);
      expect(auth === null ? null : formatAuth(auth)).toBe(text);
    }
  });

  it('reads nothing else', () => {
    for (const text of ['', 'bearer', 'bearer:', 'basic:user', 'basic::x', 'digest:a:b'])
      expect(parseAuth(text)).toBeNull();
  });
});
