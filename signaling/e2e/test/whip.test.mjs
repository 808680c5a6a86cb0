// SPDX-License-Identifier: Apache-2.0
// A device publishes by WHIP: a bare peer connection and fetch, as encoders do, into a plain room and into a consultation.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { tryOut } from '../lib/hospital.mjs';
import { dispose } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { pause, until } from '../lib/wait.mjs';
import { Watcher } from '../lib/watcher.mjs';
import { TrackKind, TrackSource } from '@livekit/rtc-node';

/** Runs in the page: offers camera and microphone once. */
async function publishing({ endpoint, pass, rids }) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  for (const track of stream.getTracks()) {
    const layers = track.kind === 'video' && rids ? { sendEncodings: rids.map((rid, i) => ({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - i) })) } : {};
    connection.addTransceiver(track, { direction: 'sendonly', streams: [stream], ...layers });
  }
  await connection.setLocalDescription();
  const response = await fetch(endpoint, { method: 'POST', headers: { Authorization: `Bearer ${pass}`, 'Content-Type': 'application/sdp' }, body: connection.localDescription.sdp });
  const type = response.headers.get('Content-Type');
  if (response.status !== 201) {
    connection.close();
    stream.getTracks().forEach((track) => track.stop());
    return { status: response.status, type, problem: await response.json() };
  }
  const answer = await response.text();
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  window.device = { connection, stream, answer, pass, tag: response.headers.get('ETag'), session: new URL(response.headers.get('Location'), endpoint).href };
  return { status: 201, type, answer, tag: window.device.tag };
}

/** Runs in the page: restarts ICE as RFC 9725 has it; the status and the new tag. */
async function restarting() {
  const { connection, answer, pass, session } = window.device;
  await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
  const of = (name, text) => new RegExp(`a=${name}:(\\S+)`).exec(text)[1];
  const { sdp } = connection.localDescription;
  const response = await fetch(session, { method: 'PATCH', headers: { Authorization: `Bearer ${pass}`, 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' },
    body: `a=ice-ufrag:${of('ice-ufrag', sdp)}\r\na=ice-pwd:${of('ice-pwd', sdp)}\r\n` });
  const fragment = await response.text();
  if (response.status === 200) {
    await connection.setRemoteDescription({ type: 'answer', sdp: answer.replace(/a=ice-ufrag:\S+/g, `a=ice-ufrag:${of('ice-ufrag', fragment)}`)
      .replace(/a=ice-pwd:\S+/g, `a=ice-pwd:${of('ice-pwd', fragment)}`) });
  }
  return { status: response.status, tag: response.headers.get('ETag') };
}

describe('WHIP', { skip: noBrowser }, () => {
  let server;
  let browser;
  const present = [];
  before(async () => {
    server = await Server.start();
    browser = await Browser.start();
  });
  afterEach(async () => {
    await Promise.all(present.splice(0).map((one) => one.leave()));
    await browser.clear();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await dispose();
  });

  async function watches(pass) {
    const watcher = await Watcher.join(server.url, pass);
    present.push(watcher);
    return watcher;
  }

  /** A device: the page that stands for it, and what was answered. */
  async function device(pass, { source, rids, page } = {}) {
    const at = page ?? (await browser.person()).page;
    const endpoint = `${server.httpUrl}/whip/v1${source ? `?source=${source}` : ''}`;
    return { page: at, ...await at.evaluate(publishing, { endpoint, pass, rids }) };
  }

  const ended = (page) => until('the device is told', () => page.evaluate(() => {
    const { connection } = window.device;
    return ['closed', 'failed'].includes(connection.connectionState) || connection.getSenders()[0].transport.state === 'closed';
  }), 10_000);

  it('should bring a device into a plain room, keep it over an ICE restart, and end with DELETE', { timeout: 90_000 }, async () => {
    const room = freshRoom('whip');
    const viewer = await watches(await token('doctor', room));
    const pass = await token('ultrasound', room);
    const { page, status, type, answer, tag } = await device(pass, { source: 'screen_share', rids: ['q', 'h', 'f'] });
    assert.equal(status, 201);
    assert.match(type, /^application\/sdp/);
    assert.match(answer, /a=recvonly/);
    assert.doesNotMatch(answer, /a=send(only|recv)/);
    await viewer.sees('ultrasound', 10, TrackSource.SOURCE_SCREENSHARE);
    assert.ok(viewer.seen('ultrasound', TrackSource.SOURCE_SCREENSHARE).clear > 0, 'a picture, not a field');
    await until('the sound comes too', () => [...viewer.tracks.values()].some(({ identity, kind }) => identity === 'ultrasound' && kind === TrackKind.KIND_AUDIO));
    assert.equal(await server.metric('nhipcau_signaling_whip_sessions'), 1);
    const restarted = await page.evaluate(restarting);
    assert.equal(restarted.status, 200);
    assert.ok(restarted.tag && restarted.tag !== tag, 'the ICE session has another tag');
    await viewer.sees('ultrasound', 10, TrackSource.SOURCE_SCREENSHARE);
    const remove = (bearer) => page.evaluate(async (given) => (await fetch(window.device.session, { method: 'DELETE', headers: { Authorization: `Bearer ${given}` } })).status, bearer);
    assert.equal(await remove(await token('somebody', room)), 404);
    assert.equal(await remove(pass), 200);
    await until('it has left', () => !viewer.room.remoteParticipants.has('ultrasound'), 10_000);
    await ended(page);
    assert.equal(await remove(pass), 404);
    assert.ok(!server.logs.includes(pass), 'no token in the logs');
  });

  it('should show a patient\'s device to nobody but those who may see the clear face, and end it when the right ends', { timeout: 90_000 }, async (test) => {
    const consultation = await tryOut(server, { trainees: 1 });
    const { identity } = consultation.person('patient');
    const chair = await watches(consultation.token('chair'));
    const trainee = await watches(consultation.token('trainee'));
    const expert = await watches(consultation.token('expert'));
    await consultation.order('chair', 'admit', { identity: consultation.person('trainee').identity });
    assert.equal((await consultation.loosen('chair', { clearFor: ['EXPERT'] })).status, 200);
    const waits = await device(consultation.token('patient'));
    assert.deepEqual([waits.status, waits.problem.type], [403, 'urn:nhipcau:problem:waiting-in-lobby']);
    assert.match(waits.type, /^application\/problem\+json/);
    assert.equal((await consultation.order('chair', 'admit', { identity })).status, 200);
    const { page, status } = await device(consultation.token('patient'), { page: waits.page });
    assert.equal(status, 201);
    await expert.sees(identity, 10);
    await pause(1_000);
    for (const restricted of [chair, trainee]) {
      assert.deepEqual(restricted.seen(identity), { frames: 0, clear: 0, lastAtMs: 0, lastClearAtMs: 0, tracks: 0 }, 'not a packet, not even a track');
      assert.deepEqual(restricted.faces(identity), ['shut:clear'], 'and they are told why');
    }
    const ordered = performance.now();
    assert.equal((await consultation.order('chair', 'withdraw-consent')).status, 200);
    const answered = performance.now();
    await pause(1_000 - (performance.now() - ordered));
    const { frames, lastAtMs } = expert.seen(identity);
    test.diagnostic(`consent withdrawn: answered after ${(answered - ordered).toFixed(0)} ms, the last picture was shown ${(lastAtMs - ordered).toFixed(0)} ms after the order (goal 200)`);
    await ended(page);
    await pause(500);
    assert.equal(expert.seen(identity).frames, frames, 'not one picture a second after the order');
    const again = await device(consultation.token('patient'), { page });
    assert.deepEqual([again.status, again.problem.type], [403, 'urn:nhipcau:problem:source-not-allowed']);
    assert.equal(chair.seen(identity).frames + trainee.seen(identity).frames, 0);
    assert.equal(await server.metric('nhipcau_sfu_forbidden_packets_total'), 0);
  });
});
