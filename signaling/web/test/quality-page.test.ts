// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Vocabulary } from '../src/i18n';
import { readBoard } from '../src/quality/board-client';
import { QualityConsole } from '../src/quality/console';
import { consoleTexts } from '../src/quality/console-texts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${encode({ alg: 'HS256' })}.${encode({ video: { room: 'hội chẩn/1', roomAdmin: true } })}.sig`;

const figures = (cause: string, loss: number) => ({ cause, audioLossRatio: loss, audioBitrateBps: 24_000, videoBitrateBps: 0, jitterMs: null });
const live = {
  session: 'RM_1', atMs: 1_700_000_000_000,
  participants: [
    { participant: 'PA_a', uplink: figures('publisher_uplink', 0.2), downlink: figures('none', 0) },
    { participant: 'PA_b', uplink: null, downlink: figures('publisher_uplink', 0) },
  ],
};

describe('the page of call quality', () => {
  const by = (id: string) => document.getElementById(id)!;
  const rows = () => [...document.querySelectorAll<HTMLElement>('#rows tr')].map((row) => [...row.children].map((cell) => cell.textContent));
  const shown = (id: string) => by(id).hidden ? undefined : by(id).textContent;
  let answer: () => Promise<Response>;
  let asked: { url: string; init: RequestInit }[];
  let page: QualityConsole;
  let words: Vocabulary<keyof typeof consoleTexts.vi>;

  beforeEach(() => {
    vi.useFakeTimers();
    document.documentElement.innerHTML = readFileSync(`${process.cwd()}/quality.html`, 'utf8').replace(/<link[^>]*>|<script[^>]*><\/script>/g, '');
    answer = async () => Response.json(live);
    asked = [];
    words = new Vocabulary('vi', consoleTexts);
    page = new QualityConsole(words, 'https://hoichan.example/goi/quality.html#x', ((url: URL, init: RequestInit) => {
      asked.push({ url: url.href, init });
      return answer();
    }) as typeof fetch);
    words.fill(document);
  });
  afterEach(() => {
    page.end();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.replaceChildren();
  });

  async function again(with_: object) {
    answer = async () => Response.json(with_);
    await vi.advanceTimersByTimeAsync(2_000);
  }

  async function begin(with_ = token) {
    (by('token') as HTMLTextAreaElement).value = ` ${with_}\n`;
    by('ask').dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.advanceTimersByTimeAsync(1);
  }

  it('should show both directions of everybody, with what the causes mean', async () => {
    await begin();
    expect(shown('room')).toContain('Phòng hội chẩn/1 · phiên RM_1');
    expect(rows().map((row) => row.slice(0, 4))).toEqual([
      ['PA_a', 'Gửi đi', 'Đường truyền lên yếu', '20 %'],
      ['Nhận về', 'Không có gì bất thường', '0 %', '–'],
      ['PA_b', 'Gửi đi', '–', '–'],
      ['Nhận về', 'Nơi gửi đến người này có đường truyền yếu', '0 %', '–'],
    ]);
    words.switchLanguage();
    words.fill(document);
    page.draw();
    expect(rows()[0]!.slice(0, 3)).toEqual(['PA_a', 'Sent', 'Its uplink is weak']);
    expect([...document.querySelectorAll('#heads th')].slice(0, 3).map((head) => head.textContent)).toEqual(['Participant', 'Direction', 'Cause']);
    expect(document.querySelectorAll('#heads th').length).toBe(rows()[0]!.length);
    expect(document.title).toBe('Nhịp Cầu · Call quality');
  });

  it('should name both rows of a participant by it', async () => {
    await begin();
    const who = document.querySelector<HTMLTableCellElement>('#rows tr th')!;
    expect([who.scope, who.rowSpan]).toEqual(['row', 2]);
  });

  it('should write into the rows that are there, and move them only with who comes and goes', async () => {
    await begin();
    const [first, second, third] = document.querySelectorAll('#rows tr');
    const head = document.querySelector('#heads th');
    await again({ ...live, participants: [{ ...live.participants[0]!, uplink: figures('none', 0.5) }, live.participants[1]!] });
    expect(rows()[0]!.slice(0, 4)).toEqual(['PA_a', 'Gửi đi', 'Không có gì bất thường', '50 %']);
    expect([...document.querySelectorAll('#rows tr')].slice(0, 3)).toEqual([first, second, third]);
    expect([document.querySelector('#rows tr') === first, document.querySelector('#heads th') === head]).toEqual([true, true]);
    expect([first!.classList.contains('suffers'), (first as HTMLElement).dataset['cause']]).toEqual([false, 'none']);
    await again({ ...live, participants: [live.participants[1]!] });
    expect([document.querySelector('#rows tr') === third, rows().length, rows()[0]![0]]).toEqual([true, 2, 'PA_b']);
  });

  it('should take a token that was broken into lines', async () => {
    await begin(token.replace(/(.{20})/g, '$1\r\n '));
    expect(asked[0]!.init.headers).toEqual({ Authorization: `Bearer ${token}` });
  });

  it('should go over to another token at once, and ask with the old one no more', async () => {
    await begin();
    await begin(`${encode({})}.${encode({ video: { room: 'b' } })}.sig`);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked.slice(1).map(({ url }) => url.split('/').at(-1))).toEqual(['b', 'b']);
  });

  it('should carry the token in the head of the request alone, and ask again and again', async () => {
    await begin();
    expect(asked.map(({ url }) => url)).toEqual(['https://hoichan.example/goi/quality/rooms/h%E1%BB%99i%20ch%E1%BA%A9n%2F1']);
    expect(asked[0]!.init.headers).toEqual({ Authorization: `Bearer ${token}` });
    expect((by('token') as HTMLTextAreaElement).value).toBe('');
    answer = async () => Response.json({ ...live, participants: [] });
    await vi.advanceTimersByTimeAsync(2_000);
    expect([asked.length, shown('nobody')]).toEqual([2, 'Trong phòng chưa có ai, hoặc chưa có số liệu.']);
  });

  it('should ask nothing while nobody looks', async () => {
    await begin();
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.length).toBe(1);
    vi.restoreAllMocks();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked.length).toBe(2);
  });

  it.each([[401, 'Mã truy cập không đúng hoặc đã hết hạn.'], [403, 'Mã này không có quyền roomAdmin cho phòng. Hãy xin mã quản trị của phòng.']])(
    'should ask for another token on %i', async (status, text) => {
      answer = async () => Response.json({}, { status });
      await begin();
      expect([shown('failure'), by('asking').hidden, by('board').hidden]).toEqual([text, false, true]);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(asked.length).toBe(1);
    });

  it('should wait for a room that is not open, and show it when it is', async () => {
    answer = async () => Response.json({}, { status: 404 });
    await begin();
    expect(shown('trouble')).toBe('Phòng hiện không mở. Trang sẽ tự hiện số liệu khi có người vào.');
    answer = async () => Response.json(live);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([shown('trouble'), rows().length]).toEqual([undefined, 4]);
    answer = async () => Response.json({}, { status: 404 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(rows().length).toBe(0);
  });

  it('should keep what it has, marked as old, while the server does not answer', async () => {
    await begin();
    answer = () => Promise.reject(new TypeError('offline'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown('trouble')).toBe('Không kết nối được với máy chủ. Số liệu đang hiện là cũ; trang sẽ thử lại.');
    expect([rows().length, by('scroll').classList.contains('stale')]).toEqual([4, true]);
    answer = async () => new Response('', { status: 502 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown('trouble')).toBe('Máy chủ đang gặp sự cố (mã 502). Trang sẽ thử lại.');
    answer = async () => Response.json(live);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([shown('trouble'), by('scroll').classList.contains('stale')]).toEqual([undefined, false]);
  });

  it.each(['{"session":"RM_1","participants":[', '<p>Not an answer</p>', '{}', 'null'])('should take %j for no answer, not for an empty room', async (text) => {
    await begin();
    answer = async () => new Response(text);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown('trouble')).toBe('Không kết nối được với máy chủ. Số liệu đang hiện là cũ; trang sẽ thử lại.');
    expect([rows().length, shown('nobody'), by('scroll').classList.contains('stale')]).toEqual([4, undefined, true]);
    expect(() => readBoard(undefined)).toThrow('quality: 0');
  });

  it.each([['', 'Hãy dán mã truy cập.'], ['a.b', 'Đây không phải là mã truy cập của một phòng.'],
    [`${encode({})}.${encode({ video: {} })}.sig`, 'Đây không phải là mã truy cập của một phòng.']])('should refuse %j by itself', async (text, told) => {
    await begin(text);
    expect([shown('failure'), asked.length, document.activeElement?.id]).toEqual([told, 0, 'token']);
  });

  it('should forget the room with the token, also what is on the way', async () => {
    let arrive: (response: Response) => void = () => {};
    answer = () => new Promise((resolve) => { arrive = resolve; });
    await begin();
    by('change').click();
    arrive(Response.json(live));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([by('board').hidden, shown('failure'), asked.length, vi.getTimerCount()]).toEqual([true, undefined, 1, 0]);
  });

  it('should leave nothing of a room behind another token', async () => {
    await begin();
    answer = async () => Response.json({}, { status: 502 });
    by('timelineCsv').click();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([rows().length, shown('trouble') === undefined, shown('downloadTrouble') === undefined]).toEqual([4, false, false]);
    by('change').click();
    expect(['rows', 'room', 'trouble', 'downloadTrouble'].map((id) => by(id).textContent)).toEqual(['', '', '', '']);
  });

  it('should wait seconds for figures, and minutes for a long timeline on a poor link', async () => {
    const patience = vi.spyOn(AbortSignal, 'timeout');
    await begin();
    answer = async () => Response.json({}, { status: 404 });
    by('timelineJson').click();
    expect(patience.mock.calls).toEqual([[10_000], [300_000]]);
    vi.restoreAllMocks();
  });

  it('should hand the timeline out as a file, and say when none is kept', async () => {
    await begin();
    const files: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      files.push(blob as Blob);
      return 'blob:x';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    answer = async () => new Response('atMs\r\n');
    by('timelineCsv').click();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.at(-1)!.url).toMatch(/\/timeline\?format=csv$/);
    expect(await files[0]!.text()).toBe('atMs\r\n');
    answer = async () => Response.json({}, { status: 404 });
    by('timelineJson').click();
    await vi.advanceTimersByTimeAsync(1);
    answer = async () => Response.json(live);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([shown('trouble'), shown('downloadTrouble')]).toEqual([undefined, 'Máy chủ không còn giữ diễn biến nào của phòng này.']);
    vi.restoreAllMocks();
  });
});

describe('a link to the page of call quality', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it('should leave no token in the address, also when the page is open already', async () => {
    vi.useFakeTimers();
    document.documentElement.innerHTML = readFileSync(`${process.cwd()}/quality.html`, 'utf8').replace(/<link[^>]*>|<script[^>]*><\/script>/g, '');
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: URL) => {
      asked.push(url.href);
      return Response.json({ session: 'RM_1', atMs: 0, participants: [] });
    });
    const address = { hash: '', pathname: '/quality.html', search: '?x=1', href: 'https://hoichan.example/quality.html?x=1' };
    const replaced = vi.fn();
    vi.stubGlobal('location', address);
    vi.stubGlobal('history', { replaceState: replaced });
    await import('../src/quality/main');
    expect([asked, replaced.mock.calls]).toEqual([[], []]);
    address.hash = `#token=${token}`;
    window.dispatchEvent(new Event('hashchange'));
    await vi.advanceTimersByTimeAsync(1);
    expect(replaced.mock.calls).toEqual([[null, '', '/quality.html?x=1']]);
    expect(asked).toEqual(['https://hoichan.example/quality/rooms/h%E1%BB%99i%20ch%E1%BA%A9n%2F1']);
    document.getElementById('change')!.click();
  });
});
