// SPDX-License-Identifier: Apache-2.0
// The page itself, as a person uses it: two people call each other with clicks and keys only.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

const pictures = fileURLToPath(new URL('../out/', import.meta.url));

describe('the page', { skip: noBrowser }, () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start();
    browser = await Browser.start({ arguments: ['--auto-select-desktop-capture-source=Entire screen'] });
    mkdirSync(pictures, { recursive: true });
  });
  afterEach(() => browser.clear());
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function visit(fragment = '', viewport = { width: 1200, height: 800 }) {
    const context = await browser.chromium.newContext({ viewport, permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    page.foreign = [];
    page.problems = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.httpUrl) && !/^(data|blob):/.test(request.url())) {
        page.foreign.push(new URL(request.url()).host);
      }
    });
    page.on('pageerror', (error) => page.problems.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) {
        page.problems.push(message.text());
      }
    });
    await page.goto(`${server.httpUrl}/${fragment}`);
    return page;
  }

  async function enter(page, name, room) {
    await page.fill('#name', name);
    await page.fill('#room', room);
    await page.press('#room', 'Enter');
    await page.waitForSelector('#call:not([hidden])', { timeout: 45_000 });
  }

  const showing = (page, count) => until(`${count} moving tiles`, () => page.evaluate((wanted) =>
    [...document.querySelectorAll('.tile video')].filter((video) => !video.hidden && video.videoWidth > 0
      && video.getVideoPlaybackQuality().totalVideoFrames > 5).length === wanted, count), 45_000, 200);

  it('should hold a call of two, in Vietnamese, with names as the only input', async () => {
    const room = freshRoom('trang');
    const an = await visit();
    assert.equal(await an.getAttribute('html', 'lang'), 'vi');
    assert.equal(await an.textContent('#enter'), 'Vào phòng');
    await enter(an, 'Bs. Ngô An', room);
    const binh = await visit('', { width: 360, height: 740 });
    await enter(binh, 'Trạm y tế Ẳng Cang', room);
    await showing(an, 2);
    await showing(binh, 2);
    assert.deepEqual((await an.locator('.tile .name').allTextContents()).sort(), ['Bs. Ngô An (bạn)', 'Trạm y tế Ẳng Cang']);
    await until('a quality mark', () => an.evaluate(() => [...document.querySelectorAll('.bars')].every((bars) => bars.dataset.bars > '0')), 45_000, 250);
    const wide = await binh.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `the page is ${wide} px wide at 360`);
    await an.screenshot({ path: `${pictures}call-wide.png` });
    await binh.screenshot({ path: `${pictures}call-phone.png` });

    await an.click('#camera');
    await until('the picture is gone at binh', () => binh.locator('.tile.dark').count().then((count) => count === 1));
    await an.click('#camera');
    await showing(binh, 2);
    await an.click('#microphone');
    await until('the mute mark', () => binh.locator('.micMark:not([hidden])').count().then((count) => count === 1));
    assert.equal(await an.textContent('#microphone'), 'Bật micrô');
    await an.click('#language');
    assert.equal(await an.textContent('#microphone'), 'Unmute');
    assert.equal(await an.getAttribute('html', 'lang'), 'en');

    await an.focus('#leave');
    await an.keyboard.press('Enter');
    await an.waitForSelector('#lobby:not([hidden])');
    await until('binh is alone', () => binh.locator('.tile').count().then((count) => count === 1));
    await enter(an, 'Bs. Ngô An', room);
    await showing(an, 2);
    for (const page of [an, binh]) {
      assert.deepEqual(page.foreign, [], 'no request to another host');
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
  });

  it('should share a screen', async () => {
    const room = freshRoom('trang');
    const an = await visit();
    const binh = await visit();
    await enter(an, 'an', room);
    await enter(binh, 'binh', room);
    await an.click('#screen');
    await binh.waitForSelector('.tile.screen', { timeout: 45_000 });
    await showing(binh, 3);
    await binh.screenshot({ path: `${pictures}call-screen.png` });
    await an.click('#screen');
    await until('the screen is gone', () => binh.locator('.tile.screen').count().then((count) => count === 0));
    await an.context().close();
    await binh.context().close();
  });

  it('should take a token from the fragment and wipe it from the address', async () => {
    const room = freshRoom('trang');
    const page = await visit(`#token=${await token('khach', room, { name: 'Khách' })}`);
    assert.equal(page.url(), `${server.httpUrl}/`);
    assert.equal(await page.inputValue('#name'), 'Khách');
    assert.equal(await page.inputValue('#room'), room);
    await page.click('#enter');
    await page.waitForSelector('#call:not([hidden])', { timeout: 45_000 });
    assert.equal(await page.textContent('#where'), room);
    await page.context().close();
  });

  it('should say what is wrong with a bad token, and be usable again', async () => {
    const good = await token('khach', freshRoom('trang'));
    const page = await visit(`#token=${good.slice(0, -5)}AAAAA`);
    await page.click('#enter');
    await until('the reason', () => page.textContent('#failure').then((text) => text === 'Mã truy cập không đúng hoặc đã hết hạn.'));
    assert.equal(await page.isEnabled('#enter'), true);
    await page.context().close();
  });

  it('should notice a lost and found connection', async () => {
    const page = await visit();
    await enter(page, 'an', freshRoom('trang'));
    await showing(page, 1);
    await page.context().setOffline(true);
    await page.waitForSelector('#status[data-banner="reconnecting"]:not([hidden])', { timeout: 60_000 });
    await page.context().setOffline(false);
    await page.waitForSelector('#status[data-banner="reconnected"]', { timeout: 60_000 });
    await page.context().close();
  });
});
