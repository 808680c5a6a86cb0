// SPDX-License-Identifier: Apache-2.0
// Holes in the network and another port: media comes back by itself, and others notice nothing.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { comesBack, LOST, network, report } from '../lib/outage.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

describe('an outage', () => {
  let server;
  before(async () => {
    // One worker, so that there is one media port to be exchanged.
    server = await Server.start({ settings: ['sfu.workers=1'] });
  });
  after(async () => {
    await server?.stop();
    await dispose();
  });

  it('of five seconds should be survived by a browser without a word to anybody', { skip: noBrowser }, async (t) => {
    const way = await network(server);
    const browser = await Browser.start();
    try {
      const room = freshRoom('hole');
      const binh = await NativeClient.join(server.url, await token('binh', room));
      await binh.publishTone(440);
      await binh.publishVideo();
      const an = await browser.person();
      const sid = await an.join({ url: way.url, token: await token('an', room), publish: {} });
      await until('both see', async () => (await an.video('binh'))?.frames > 20 && binh.seen('an')?.frames > 20, 60_000);
      assert.ok(way.relay.up > 100, 'the media goes through the relay');

      await way.relay.hole(5_000);
      const back = await comesBack(an, 'binh', way.relay.healedAtMs);
      const seen = binh.seen('an').frames;
      await until('an is seen again', () => binh.seen('an').frames > seen + 5, 45_000);
      report(t, 'after a hole of 5 s (ms)', { ...back, firstPacket: way.relay.firstDownAtMs - way.relay.healedAtMs });
      const names = (await an.events()).map((event) => event.name);
      assert.ok(!names.includes('disconnected') && !names.includes('reconnecting'), `no new start: ${names}`);
      assert.equal(await an.page.evaluate(() => window.room.localParticipant.sid), sid);
      assert.ok(!binh.saw('participantDisconnected') && !binh.saw('trackUnsubscribed'), 'binh saw nobody leave');

      // Another port in the middle of the call: the router forgot its mapping.
      const changedAtMs = performance.now();
      way.relay.changePort();
      const moved = await comesBack(an, 'binh', changedAtMs);
      const before = binh.seen('an').frames;
      await until('an is seen from the new port', () => binh.seen('an').frames > before + 5, 45_000);
      report(t, 'after a change of port (ms)', moved);
      assert.ok(!(await an.events()).some((event) => /isconnected|econnecting/.test(event.name)), 'no new start');
      assert.ok(!binh.saw('participantDisconnected') && !binh.saw('trackUnsubscribed'), 'binh noticed nothing');
      await binh.leave();
    } finally {
      await browser.close();
      await way.close();
    }
  });

  it('of twenty seconds should cost a native client neither its seat nor its tracks', async (t) => {
    const way = await network(server);
    try {
      const room = freshRoom('hole');
      const lan = await NativeClient.join(way.url, await token('lan', room));
      const minh = await NativeClient.join(server.url, await token('minh', room));
      const marks = [];
      minh.room.on('connectionQualityChanged', (quality, who) => who.identity === 'lan' && marks.push(quality));
      await lan.publishTone(440);
      await minh.publishTone(660);
      await minh.hears('lan', 440);
      await lan.hears('minh', 660);
      const { sid } = lan.room.localParticipant;
      await way.relay.hole(20_000);
      await Promise.all([lan.hears('minh', 660, 60_000), minh.hears('lan', 440, 60_000)]);
      report(t, 'after a hole of 20 s (ms)', { soundBothWays: performance.now() - way.relay.healedAtMs });
      assert.equal(lan.room.localParticipant.sid, sid, 'the same session');
      assert.ok(!minh.saw('participantDisconnected') && !minh.saw('trackUnsubscribed'), 'minh saw nobody leave');
      assert.ok(marks.includes(LOST), `minh was told that lan is away: ${marks}`);
      await until('minh is told that lan is back', () => marks.at(-1) !== LOST, 45_000);
      await lan.leave();
      await minh.leave();
    } finally {
      await way.close();
    }
  });
});
