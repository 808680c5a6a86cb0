// SPDX-License-Identifier: Apache-2.0
// The page is asked for sound in longer packets, as on a narrow uplink: it exchanges descriptions with its own browser,
// and not a word of that goes over the link.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { SignalRequest, SignalResponse, TrackType } from '@livekit/protocol';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom } from '../lib/token.mjs';
import { pause, until } from '../lib/wait.mjs';

const MEASURED_S = 3;
const SETTLED_MS = 800;

/** What a page runs before all else: its connections can be asked, and its microphone hears a voice that never pauses. */
const script = () => {
  window.connections = [];
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(...given) {
      super(...given);
      window.connections.push(this);
    }
  };
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await ask(constraints);
    if (constraints.audio) {
      const context = new AudioContext();
      const voice = new OscillatorNode(context, { type: 'sawtooth', frequency: 150 });
      const heard = context.createMediaStreamDestination();
      voice.connect(new GainNode(context, { gain: 0.2 })).connect(heard);
      voice.start();
      stream.getAudioTracks().forEach((track) => stream.removeTrack(track));
      heard.stream.getAudioTracks().forEach((track) => stream.addTrack(track));
    }
    return stream;
  };
};

/** Stands between a page and the server's signals: tells the page what the node would have the server tell it. */
class Teller {
  sent = [];
  #wanted = {};
  #me;
  #client;
  microphone = '';

  static async before(page) {
    const teller = new Teller();
    await page.routeWebSocket(/\/rtc\b/, (client) => {
      const server = client.connectToServer();
      teller.#client = client;
      client.onMessage((message) => {
        teller.sent.push(SignalRequest.fromBinary(message).message.case);
        server.send(message);
      });
      server.onMessage((message) => client.send(teller.#passing(message)));
    });
    return teller;
  }

  /** From now on the page's own attributes say so; undefined: not any more. */
  ask(packetMs) {
    this.#wanted = packetMs ? { [`nhipcau.packet.${this.microphone}`]: `${packetMs}` } : {};
    const participants = [{ ...this.#me, attributes: { ...this.#me.attributes, ...this.#wanted } }];
    this.#client.send(Buffer.from(new SignalResponse({ message: { case: 'update', value: { participants } } }).toBinary()));
  }

  #passing(message) {
    const { message: { case: kind, value }, ...rest } = SignalResponse.fromBinary(message);
    if (kind === 'join') {
      this.#me = value.participant;
    } else if (kind === 'trackPublished' && value.track.type === TrackType.AUDIO) {
      this.microphone = value.track.sid;
    } else if (kind === 'update' && value.participants.some(({ sid }) => sid === this.#me.sid)) {
      const participants = value.participants.map((info) => {
        if (info.sid !== this.#me.sid) {
          return info;
        }
        this.#me = info;
        return { ...info, attributes: { ...info.attributes, ...this.#wanted } };
      });
      return Buffer.from(new SignalResponse({ ...rest, message: { case: kind, value: { participants } } }).toBinary());
    }
    return message;
  }
}

describe('long packets', { skip: noBrowser }, () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start({ settings: ['sfu.workers=1'] });
    browser = await Browser.start({ arguments: ['--auto-select-desktop-capture-source=Entire screen'] });
  });
  afterEach(() => browser.clear());
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function enter(name, room, width) {
    const context = await browser.chromium.newContext({ viewport: { width, height: 600 }, permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    const teller = await Teller.before(page);
    await page.addInitScript(script);
    await page.goto(server.httpUrl);
    await page.fill('#name', name);
    await page.fill('#room', room);
    await page.press('#room', 'Enter');
    await page.waitForSelector('#call:not([hidden])', { timeout: 45_000 });
    return { page, teller };
  }

  /** Packets of sound and frames of each layer sent so far, the layers that are meant to be sent, and frames received. */
  const figures = ({ page }) => page.evaluate(async () => {
    const all = { atMs: performance.now(), sound: 0, sent: {}, active: {}, shown: 0, heard: 0, states: [] };
    for (const connection of window.connections) {
      all.states.push(connection.signalingState, connection.connectionState);
      for (const { mid, sender } of connection.getTransceivers()) {
        const layers = sender.track?.kind === 'video' ? sender.getParameters().encodings : [];
        layers.forEach(({ rid, active }) => { all.active[`${mid} ${rid}`] = active; });
      }
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'outbound-rtp' && report.kind === 'audio') {
          all.sound += report.packetsSent;
        } else if (report.type === 'outbound-rtp') {
          all.sent[`${report.mid} ${report.rid}`] = report.framesEncoded;
        } else if (report.type === 'inbound-rtp' && report.kind === 'video') {
          all.shown += report.framesDecoded ?? 0;
        } else if (report.type === 'inbound-rtp') {
          all.heard += report.totalSamplesReceived ?? 0;
        }
      }
    }
    return all;
  });

  async function packetsPerSecond(speaker) {
    const from = await figures(speaker);
    await pause(MEASURED_S * 1000);
    const to = await figures(speaker);
    return (to.sound - from.sound) / (to.atMs - from.atMs) * 1000;
  }

  it('should be sent while they are asked for, without a word over the link, beside the same pictures', async (t) => {
    const room = freshRoom('dai');
    const station = await enter('Trạm', room, 800);
    const doctor = await enter('Bs. An', room, 400);
    await doctor.page.click('#camera');
    await until('a moving picture', async () => (await figures(doctor)).shown > 30, 45_000, 250);
    await until('a layer that rests', async () => Object.values((await figures(station)).active).includes(false), 45_000, 250);
    await until('speech in packets of 20 ms', async () => Math.abs(await packetsPerSecond(station) - 50) < 3, 30_000, 0);
    const before = await figures(station);
    station.teller.sent.length = 0;

    station.teller.ask(60);
    await pause(SETTLED_MS);
    const long = await packetsPerSecond(station);
    const between = await figures(station);
    station.teller.ask(undefined);
    await pause(SETTLED_MS);
    const again = await packetsPerSecond(station);
    const after_ = await figures(station);
    t.diagnostic(`${long.toFixed(1)} packets a second, and ${again.toFixed(1)} again; told the server: ${station.teller.sent}`);

    assert.ok(Math.abs(long - 1000 / 60) < 1.5, `${long} packets a second`);
    assert.ok(Math.abs(again - 50) < 3, `${again} packets a second`);
    assert.deepEqual(station.teller.sent.filter((kind) => !/^ping/.test(kind)), [], 'nothing is negotiated');
    for (const [earlier, later] of [[before, between], [between, after_]]) {
      assert.deepEqual(later.states, ['stable', 'connected']);
      assert.deepEqual(later.active, before.active, 'the same layers rest');
      for (const [rid, active] of Object.entries(before.active)) {
        const frames = later.sent[rid] - earlier.sent[rid];
        assert.ok(active ? frames > 10 : frames === 0, `${frames} frames of ${rid}`);
      }
      assert.ok(later.heard - earlier.heard > 48_000 * MEASURED_S, 'hears the others');
    }
    // What does say something new goes to the server, as ever.
    await doctor.page.click('#camera');
    await station.page.click('#screen');
    await until("the doctor's picture", async () => (await figures(station)).shown > 10, 45_000, 250);
    await until('the screen at the doctor', () => doctor.page.locator('.tile.screen').count(), 45_000, 250);
    assert.ok(station.teller.sent.includes('offer'));
  });
});
