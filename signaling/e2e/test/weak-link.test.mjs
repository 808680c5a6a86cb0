// SPDX-License-Identifier: Apache-2.0
// A viewer whose link becomes so weak that it carries no moving picture: still ones come, and the page says so.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { enter } from '../lib/enter.mjs';
import { MediaRelay } from '../lib/relay.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

const pictures = fileURLToPath(new URL('../out/', import.meta.url));
const WATCHED_S = 30;

describe('a weak link', { skip: noBrowser }, () => {
  let server;
  let browser;
  let link;
  before(async () => {
    server = await Server.start({ settings: ['sfu.workers=1'] });
    browser = await Browser.start();
    link = await MediaRelay.start(server.mediaPort, { kbps: 5_000 });
    mkdirSync(pictures, { recursive: true });
  });
  afterEach(() => browser.clear());
  after(async () => {
    await browser?.close();
    await link?.close();
    await server?.stop();
  });

  const shownText = (page) => page.evaluate(() => [...document.querySelectorAll('.tileNotice')]
    .find((each) => !each.hidden)?.textContent ?? '');

  const notice = (page) => page.evaluate(() => [...document.querySelectorAll('.tileNotice')]
    .find((each) => !each.hidden)?.dataset.notice ?? '');

  const figures = (page) => page.evaluate(async () => {
    const all = { frames: 0, keyFrames: 0, freezes: 0, concealed: 0, samples: 0 };
    for (const connection of window.connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp' && report.kind === 'video') {
          all.frames += report.framesDecoded ?? 0;
          all.keyFrames += report.keyFramesDecoded ?? 0;
        } else if (report.type === 'inbound-rtp') {
          all.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0);
          all.samples += report.totalSamplesReceived ?? 0;
        }
      }
    }
    return all;
  });

  it('should show still pictures, say so, and let them move again', async (t) => {
    const room = freshRoom('yeu');
    const doctor = await enter(browser, server, 'Bs. An', room);
    const station = await enter(browser, server, 'Trạm', room, { script: link.script(), microphone: false, camera: false });
    await until('a moving picture', async () => (await figures(station)).frames > 60, 45_000, 250);
    assert.equal(await notice(station), '');

    // Beside the sound, 120 kbit/s still carry some of the smallest picture's frames, and at times 70: sound in packets of
    // 60 ms leaves 31 of them, where the slowest frames take 31 to 50.
    link.kbps = 55;
    await until('the note of still pictures', async () => await notice(station) === 'stillPicture', 60_000, 250);
    assert.equal(await shownText(station), 'Ảnh tĩnh vì mạng yếu');
    const before = await figures(station);
    await station.waitForTimeout(WATCHED_S * 1000);
    const after = await figures(station);
    const shown = after.keyFrames - before.keyFrames;
    const concealed = 100 * (after.concealed - before.concealed) / (after.samples - before.samples);
    t.diagnostic(`${shown} still pictures in ${WATCHED_S} s, ${after.frames - before.frames} frames, ${concealed.toFixed(2)} % of the sound concealed`);
    await station.screenshot({ path: `${pictures}weak-link-still.png` });
    assert.ok(shown >= WATCHED_S / 5 - 1, `${shown} pictures`);
    assert.ok(await server.metric('nhipcau_sfu_still_pictures_out_total') >= shown);
    assert.equal(await notice(doctor), '', 'the publisher is told nothing of it');
    await station.click('#language');
    await until('English', async () => await shownText(station) === 'Still picture: weak link', 60_000, 100);

    link.kbps = 5_000;
    await until('no note any more', async () => await notice(station) === '', 90_000, 250);
    const moving = (await figures(station)).frames;
    await until('a moving picture again', async () => (await figures(station)).frames > moving + 60, 45_000, 250);
  });
});
