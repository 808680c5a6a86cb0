// SPDX-License-Identifier: Apache-2.0
// Scalable video of a real browser: the viewer's tile chooses the spatial layer of one stream.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

describe('scalable video', { skip: noBrowser }, () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start();
    browser = await Browser.start();
  });
  afterEach(() => browser.clear());
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function call(t, codec, { simulcast = false, ...scalability }) {
    const room = freshRoom(`${codec}-svc`);
    const an = await browser.person();
    const can = await an.page.evaluate((name) => RTCRtpSender.getCapabilities('video').codecs
      .some((one) => one.mimeType.toLowerCase() === `video/${name}`), codec);
    if (!can) {
      t.skip(`this Chromium cannot encode ${codec}`);
      return {};
    }
    const binh = await browser.person();
    await binh.join({ url: server.url, token: await token('binh', room) });
    await an.join({ url: server.url, token: await token('an', room),
      publish: { audio: false, codec, simulcast, width: 640, height: 360, ...scalability } });
    const first = await until(`${codec} decoded`, async () => {
      const entry = await binh.video('an');
      return entry?.frames > 10 && entry;
    }, 60_000, 200);
    assert.equal(first.codec.toLowerCase(), `video/${codec}`);
    return { an, binh };
  }

  for (const [codec, mode] of [['vp9', 'L3T3_KEY'], ['vp9', 'L3T3'], ['av1', 'L3T3_KEY']]) {
    it(`should follow the size of the tile with ${codec} ${mode}`, async (t) => {
      const { an, binh } = await call(t, codec, { scalabilityMode: mode });
      if (!an) {
        return;
      }
      const sent = (await an.stats()).sent.filter((entry) => entry.kind === 'video');
      assert.equal(sent.length, 1, 'one stream with all layers');
      // Chromium makes no layer narrower than 240: of 640 there are two.
      for (const [width, height, wanted] of [[160, 90, 320], [640, 360, 640], [320, 180, 320], [640, 360, 640]]) {
        await binh.resize('an', width, height);
        await until(`${wanted} wide for a tile of ${width}`, async () => (await binh.video('an')).width === wanted, 60_000, 200);
        const before = (await binh.video('an')).frames;
        await until('it moves', async () => (await binh.video('an')).frames > before + 10, 45_000, 200);
        assert.ok((await binh.picture('an')).variance > 50, 'a picture, not a green or black field');
      }
      await an.close();
      await binh.close();
    });
  }

  // Chromium makes three temporal layers of each simulcast encoding, and tells of them in the dependency descriptor alone.
  for (const [codec, how] of [['av1', { scalabilityMode: 'L1T3' }], ['vp8', { simulcast: true }]]) {
    it(`should thin out the frames of ${codec} ${Object.keys(how)[0]} for a viewer who asks for few`, async (t) => {
      const { an, binh } = await call(t, codec, how);
      if (!an) {
        return;
      }
      const rate = async () => {
        const before = await binh.video('an');
        const from = performance.now();
        await until('ten more frames', async () => (await binh.video('an')).frames >= before.frames + 10, 60_000, 50);
        return ((await binh.video('an')).frames - before.frames) * 1000 / (performance.now() - from);
      };
      const all = await rate();
      await binh.page.evaluate(() => {
        for (const participant of window.room.remoteParticipants.values()) {
          for (const publication of participant.trackPublications.values()) {
            publication.setVideoFPS(5);
          }
        }
      });
      await until('fewer frames', async () => (await rate()) < all * 0.7, 60_000, 200);
      await an.close();
      await binh.close();
    });
  }
});
