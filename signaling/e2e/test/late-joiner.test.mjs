// SPDX-License-Identifier: Apache-2.0
// Somebody joins a running call: how long until the first picture, and is it a picture?
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { distribution, until } from '../lib/wait.mjs';

const joins = process.env.NHIPCAU_E2E_FAST ? 5 : 15;

describe('a late joiner', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(async () => {
    await server?.stop();
    await dispose();
  });

  const told = (values) => {
    const d = distribution(values);
    return `${d.count} times: min ${Math.round(d.min)} ms, median ${Math.round(d.median)}, p90 ${Math.round(d.p90)}, max ${Math.round(d.max)}`;
  };

  it('should see the first frame within a second (browser, from connect to shown picture)', { skip: noBrowser, timeout: 180_000 }, async (t) => {
    const browser = await Browser.start();
    try {
      const room = freshRoom('late');
      const an = await browser.person();
      await an.join({ url: server.url, token: await token('an', room), publish: {} });
      const times = [];
      const loopbacks = [];
      for (let i = 0; i < joins + 1; i++) {
        const late = await browser.person();
        if (i % 3 === 1) {
          loopbacks.push(await late.loopback());
        }
        await late.join({ url: server.url, token: await token(`late${i}`, room) });
        const first = await until('first frame', () => late.firstFrame('an'), 30_000, 20);
        assert.ok(first.variance > 50, `the first frame is a picture: mean ${first.mean}, variance ${first.variance}`);
        // The first round also warms the browser up.
        if (i > 0) {
          times.push(first.afterMs);
        }
        await late.close();
      }
      t.diagnostic(`browser, ${told(times)}; two connections of one page: ${told(loopbacks)}`);
      // A machine is given its share: where two connections of one page take long by themselves, so do joins.
      const limitMs = Math.max(1000, 3 * distribution(loopbacks).median);
      assert.ok(distribution(times).median < limitMs, told(times));
      assert.ok(distribution(times).p90 < 1.5 * limitMs, told(times));
      await an.close();
    } finally {
      await browser.close();
    }
  });

  it('should see the first frame within a second (native client)', { timeout: 180_000 }, async (t) => {
    const room = freshRoom('late');
    const lan = await NativeClient.join(server.url, await token('lan', room));
    await lan.publishVideo();
    const times = [];
    for (let i = 0; i < joins; i++) {
      const startedMs = performance.now();
      const late = await NativeClient.join(server.url, await token(`late${i}`, room));
      await until('first frame', () => late.seen('lan')?.firstAtMs, 30_000, 10);
      times.push(late.seen('lan').firstAtMs - startedMs);
      assert.ok(late.seen('lan').bars[0] >= 0, 'the first frame shows the bar: it is a whole picture');
      await late.leave();
    }
    t.diagnostic(`native, ${told(times)}`);
    assert.ok(distribution(times).median < 1000, told(times));
    await lan.leave();
  });
});
