// SPDX-License-Identifier: Apache-2.0
// Packets of sound that get lost on the way to or from the page: both sides ask for them again, for the page agrees on it.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { enter } from '../lib/enter.mjs';
import { MediaRelay } from '../lib/relay.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

/** More in a row than the copy of a browser's own can bring back. */
const LOSS = { ratio: 0.1, burst: 2.5 };

describe('lost sound', { skip: noBrowser }, () => {
  let server;
  let browser;
  let link;
  before(async () => {
    browser = await Browser.start();
  });
  afterEach(async () => {
    await browser.clear();
    await link?.close();
    await server?.stop();
  });
  after(() => browser?.close());

  /** A speaker and a listener, one of them behind a link that loses one way. */
  async function talk({ way, speakerBehind }) {
    // Nothing but what is asked for again brings packets back: the server adds no copies, and its own are not counted.
    server = await Server.start({ settings: ['sfu.workers=1'], javaOptions: ['-Dnhipcau.sound.plan=20'] });
    link = await MediaRelay.start(server.mediaPort, { delayMs: 15 });
    link.lose({ ...LOSS, seed: 11, way });
    const room = freshRoom('tieng');
    const speaker = await enter(browser, server, 'Bs. An', room, { camera: false, script: speakerBehind ? link.script() : undefined });
    const listener = await enter(browser, server, 'Trạm', room,
      { microphone: false, camera: false, script: speakerBehind ? undefined : link.script() });
    return { speaker, listener };
  }

  /** Sections of sound in which the server agreed on it. */
  const agreed = (page) => page.evaluate(() => window.connections
    .flatMap((pc) => (pc.currentRemoteDescription?.sdp ?? '').split(/^(?=m=)/m))
    .filter((section) => section.startsWith('m=audio')
      && new RegExp(`^a=rtcp-fb:${section.match(/^a=rtpmap:(\d+) opus/m)?.[1]} nack\r?$`, 'm').test(section)).length);

  it('should come again to a listener who asks for it', async (t) => {
    const { listener } = await talk({ way: 'down', speakerBehind: false });
    await until('the server answers requests for sound', async () =>
      await server.metric('nhipcau_sfu_audio_nacks_answered_total') >= 10, 60_000, 500);
    assert.ok(await agreed(listener) > 0, 'agreed on with the server');
    const { lost, passed } = link.flows.reduce((sum, flow) => ({ lost: sum.lost + flow.lost, passed: sum.passed + flow.passed }),
      { lost: 0, passed: 0 });
    t.diagnostic(`${await server.metric('nhipcau_sfu_audio_nacks_answered_total')} answered of ${lost} lost, ${passed} came`);
  });

  it('should be asked for by the server where the uplink loses it', async (t) => {
    const { speaker } = await talk({ way: 'up', speakerBehind: true });
    await until('the server asks for sound', async () => await server.metric('nhipcau_sfu_nacks_sent_total') >= 10, 60_000, 500);
    assert.ok(await agreed(speaker) > 0, 'agreed on with the server');
    const sent = await until('the browser sends it again', async () => {
      const again = await speaker.evaluate(async () => {
        let packets = 0;
        for (const connection of window.connections) {
          for (const report of (await connection.getStats()).values()) {
            packets += report.type === 'outbound-rtp' && report.kind === 'audio' ? report.retransmittedPacketsSent ?? 0 : 0;
          }
        }
        return packets;
      });
      return again >= 5 && again;
    }, 60_000, 500);
    t.diagnostic(`${await server.metric('nhipcau_sfu_nacks_sent_total')} asked for, ${sent} sent again`);
  });
});
