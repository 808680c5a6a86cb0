// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeToken, readFragment, requestDevToken, signalUrl } from '../src/token';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: unknown) => `${encode({ alg: 'HS256' })}.${encode(claims)}.sig`;

afterEach(() => vi.unstubAllGlobals());

describe('the field of a token', () => {
  // Until the script runs a form's submit goes to the address, with all controls that have a name.
  it.each(['index.html', 'quality.html'])('should have no name in %s', (page) => {
    document.documentElement.innerHTML = readFileSync(`${process.cwd()}/${page}`, 'utf8').replace(/<link[^>]*>|<script[^>]*><\/script>/g, '');
    expect(document.querySelector('form #token')?.hasAttribute('name')).toBe(false);
    expect(document.querySelectorAll('#ask [name]').length).toBe(0);
  });
});

describe('the fragment', () => {
  it('should bring token, room and name', () => {
    expect(readFragment('#token=a.b.c&room=hoi-chan&name=Tr%E1%BA%A1m%201')).toEqual({ token: 'a.b.c', room: 'hoi-chan', name: 'Trạm 1' });
  });

  it('should bring nothing when empty, blank or foreign', () => {
    expect(readFragment('')).toEqual({});
    expect(readFragment('#')).toEqual({});
    expect(readFragment('#token=%20&x=y')).toEqual({});
  });
});

describe('a token', () => {
  it('should tell room and name, with letters beyond ASCII', () => {
    expect(describeToken(token({ sub: 'p1', name: 'Trạm Ẳng Cang', video: { room: 'r' } }))).toEqual({ room: 'r', name: 'Trạm Ẳng Cang' });
  });

  it('should fall back to the identity', () => {
    expect(describeToken(token({ sub: 'p1', video: {} }))).toEqual({ room: '', name: 'p1' });
  });

  it.each(['', 'a', 'a.b', 'a..c', 'a.!!.c', `a.${encode(null)}.c`])('should be told from %j', (text) => {
    expect(describeToken(text)).toBeUndefined();
  });
});

describe('a development token', () => {
  it('should be asked for at the page\'s own server, with nothing in the address', async () => {
    const fetched = vi.fn((_url: URL, _init: RequestInit) => Promise.resolve(new Response('{"token":"a.b.c"}')));
    vi.stubGlobal('fetch', fetched);
    await expect(requestDevToken('http://127.0.0.1:7880/goi/#x', 'r', 'n')).resolves.toBe('a.b.c');
    const [url, init] = fetched.mock.calls[0]!;
    expect(url.href).toBe('http://127.0.0.1:7880/goi/dev/token');
    expect(init.method).toBe('POST');
    expect(JSON.parse(init.body as string)).toEqual({ room: 'r', name: 'n' });
  });

  it.each([
    ['notOffered', () => Promise.resolve(new Response('', { status: 404 }))],
    ['notOffered', () => Promise.resolve(new Response('{"token":5}'))],
    ['unreachable', () => Promise.reject(new TypeError('no network'))],
  ])('should fail as %s', async (cause, answer) => {
    vi.stubGlobal('fetch', answer);
    await expect(requestDevToken('http://127.0.0.1/', 'r', 'n')).rejects.toMatchObject({ cause });
  });
});

describe('the address for clients', () => {
  it.each([
    ['http://127.0.0.1:7880/', 'ws://127.0.0.1:7880'],
    ['https://hoichan.example/goi/?a=b#token=x', 'wss://hoichan.example/goi'],
    ['https://hoichan.example/goi/index.html', 'wss://hoichan.example/goi'],
  ])('of %s should be %s', (page, signal) => {
    expect(signalUrl(page)).toBe(signal);
  });
});
