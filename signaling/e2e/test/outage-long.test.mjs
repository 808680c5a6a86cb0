// SPDX-License-Identifier: Apache-2.0
// All at once, for long: holes in the network and no WebSocket. The seat is there for whoever comes back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { comesBack, LOST, network, report } from '../lib/outage.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

describe('a long outage', () => {
  let server;
  before(async () => {
    // One worker, so that there is one media port to be exchanged.
    server = await Server.start({ settings: ['sfu.workers=1'] });
  });
  after(async () => {
    await server?.stop();
    await dispose();
  });

  function neverTwice(client, identity) {
    let now = 0;
    for (const { name, values } of client.events) {
      if (values[0]?.identity === identity) {
        now += name === 'participantConnected' ? 1 : name === 'participantDisconnected' ? -1 : 0;
        assert.ok(now <= 1, `${identity} is there twice`);
      }
    }
  }

  it('of everything for thirty seconds should leave the seat in a consultation', { skip: noBrowser }, async (t) => {
    const way = await network(server);
    const browser = await Browser.start();
    try {
      const room = freshRoom('dead');
      const tags = { 'room-type': 'consultation' };
      const minh = await NativeClient.join(server.url, await token('minh', room, { tags }));
      const marks = [];
      minh.room.on('connectionQualityChanged', (quality, who) => who.identity === 'an' && marks.push(quality));
      await minh.publishTone(440);
      await minh.publishVideo();
      const an = await browser.person();
      await an.join({ url: way.url, token: await token('an', room), publish: {} });
      await until('both see', async () => (await an.video('minh'))?.frames > 20 && minh.seen('an')?.frames > 20, 60_000);
      const frames = minh.seen('an').frames;

      way.proxy.refuse();
      way.proxy.cut();
      await way.relay.hole(30_000);
      assert.ok(!minh.saw('participantDisconnected'), 'the seat is held');
      assert.ok(marks.includes(LOST), `minh was told that an is away: ${marks}`);
      way.proxy.allow();
      const back = await comesBack(an, 'minh', way.relay.healedAtMs);
      await until('an is seen again', () => minh.seen('an')?.frames !== frames
        && minh.seen('an').lastAtMs > way.relay.healedAtMs + 500, 90_000);
      report(t, 'after 30 s without any network (ms)', { ...back,
        seenAgain: minh.seen('an').lastAtMs - way.relay.healedAtMs });
      neverTwice(minh, 'an');
      assert.equal([...minh.room.remoteParticipants.values()].filter((one) => one.identity === 'an').length, 1);
      await until('minh is told that an is back', () => marks.at(-1) !== LOST, 45_000);
      await minh.leave();
    } finally {
      await browser.close();
      await way.close();
    }
  });
});
