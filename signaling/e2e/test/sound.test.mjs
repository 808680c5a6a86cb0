// SPDX-License-Identifier: Apache-2.0
// Sound over a link that loses packets: what a real Chromium conceals, by how the server protects it.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { MediaRelay } from '../lib/relay.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { pause, until } from '../lib/wait.mjs';

const seconds = Number(process.env.NHIPCAU_SOUND_SECONDS ?? 8);
const announce = [`sfu.announced-addresses=["${MediaRelay.address}"]`];

describe('sound on a lossy link', { skip: noBrowser }, () => {
  let browser;
  let server;
  let relay;
  before(async () => {
    browser = await Browser.start();
  });
  afterEach(async () => {
    await browser.clear();
    relay?.close();
    await server?.stop();
    relay = undefined;
    server = undefined;
  });
  after(async () => {
    await browser?.close();
    await dispose();
  });

  /** A tone through the server to a browser behind a link with loss: what the browser makes up, in percent. */
  async function listen({ plan = '', ratio, burst, jitterTargetMs, seed = 7, way = 'down' }) {
    server = await Server.start({ settings: announce, javaOptions: plan ? [`-Dnhipcau.sound.plan=${plan}`] : [] });
    relay = await MediaRelay.start(server.mediaPort, { announced: true });
    const room = freshRoom('sound');
    const lossy = () => relay.lose({ ratio, burst, seed, way });
    if (way === 'up') {
      lossy();
    }
    const speaker = await NativeClient.join(server.url, await token('loa', room));
    await speaker.publishTone(440);
    if (way === 'up') {
      relay.lose({ ratio: 0 });
    } else {
      lossy();
    }
    const listener = await browser.person();
    await listener.join({ url: server.url, token: await token('tai', room), room: { adaptiveStream: false } });
    await until('the tone is heard', async () => (await listener.audio('loa'))?.samples > 48_000, 45_000);
    if (jitterTargetMs) {
      await listener.jitterTarget(jitterTargetMs);
    }
    // The server needs a few reports, the player a few seconds of its own.
    await pause(4_000);
    const start = await listener.audio('loa');
    await pause(seconds * 1_000);
    const end = await listener.audio('loa');
    const red = await server.metric('nhipcau_sfu_red_packets_out_total');
    const merged = await server.metric('nhipcau_sfu_repacketised_out_total');
    const recovered = await server.metric('nhipcau_sfu_audio_recovered_in_total');
    await speaker.leave();
    const flow = relay.flows.at(way === 'up' ? 0 : -1);
    const emitted = end.emitted - start.emitted;
    const figures = {
      plan: plan || 'by itself', loss: `${ratio * 100} % in ${burst}`,
      concealedPercent: +(100 * (end.concealed - start.concealed) / (end.samples - start.samples)).toFixed(2),
      bufferMs: Math.round(1_000 * (end.bufferDelayS - start.bufferDelayS) / emitted), targetMs: jitterTargetMs ?? 0,
      packetsPerSecond: Math.round((end.packets - start.packets) / seconds),
      kbps: Math.round((end.bytes - start.bytes) * 8 / seconds / 1_000), red, merged, recovered,
      relay: `${flow.lost} of ${flow.lost + flow.passed}`,
    };
    console.log(JSON.stringify(figures));
    return figures;
  }

  it('should conceal less with copies, and least with copies far apart where loss comes in bursts', async () => {
    const loss = { ratio: 0.2, burst: 2.5, jitterTargetMs: 140 };
    const none = await listen({ ...loss, plan: '20' });
    await tidy();
    const near = await listen({ ...loss, plan: '20:2,1' });
    await tidy();
    const spread = await listen({ ...loss, plan: '20:4,2' });
    assert.ok(none.concealedPercent > 10, `without copies ${none.concealedPercent} %`);
    assert.ok(near.concealedPercent < none.concealedPercent * 0.75, `1+2: ${near.concealedPercent} %`);
    assert.ok(spread.concealedPercent < near.concealedPercent * 0.8, `2+4: ${spread.concealedPercent} %`);
  });

  it('should play packets of 60 ms with whole packets as copies', async () => {
    const plain = await listen({ plan: '60', ratio: 0, burst: 1 });
    assert.ok(plain.concealedPercent < 1, `${plain.concealedPercent} % of a link without loss`);
    assert.ok(plain.packetsPerSecond > 14 && plain.packetsPerSecond < 20, `${plain.packetsPerSecond} packets per second`);
    await tidy();
    const copied = await listen({ plan: '60:1', ratio: 0.15, burst: 1.5, jitterTargetMs: 160 });
    assert.ok(copied.merged > 100 && copied.red > 100, JSON.stringify(copied));
    assert.ok(copied.concealedPercent < 15 * 0.6, `${copied.concealedPercent} % of 15 %`);
  });

  it('should find the protection by itself', async () => {
    // Below a tenth: above it, how much a link is believed to carry decides too.
    const found = await listen({ ratio: 0.07, burst: 1.2, jitterTargetMs: 120 });
    assert.ok(found.red > seconds * 15, `${found.red} packets with copies`);
    assert.ok(found.concealedPercent < 7 * 0.6, `${found.concealedPercent} %`);
  });

  it('should bring back what the uplink loses', async () => {
    const found = await listen({ ratio: 0.1, burst: 1.1, way: 'up' });
    assert.ok(found.recovered > seconds, `${found.recovered} packets brought back`);
    assert.ok(found.concealedPercent < 10 * 0.9, `${found.concealedPercent} % concealed of 10 % lost`);
  });

  async function tidy() {
    await browser.clear();
    relay.close();
    await server.stop();
  }
});
