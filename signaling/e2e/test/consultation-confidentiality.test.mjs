// SPDX-License-Identifier: Apache-2.0
// Scenario S7: the rules of confidentiality (Decision 4054, part 2), one test a line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { noBrowser } from '../lib/browser.mjs';
import { Hospital, tryOut } from '../lib/hospital.mjs';
import { split } from '../lib/server.mjs';
import { token } from '../lib/token.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { pause, until } from '../lib/wait.mjs';
import { openWard } from '../lib/ward.mjs';
import { Watcher } from '../lib/watcher.mjs';

const command = fileURLToPath(new URL('../../../nhipcau', import.meta.url));

function run(...words) {
  return new Promise((resolve) => {
    execFile(command, words.map(String), { timeout: 60_000 }, (error, stdout, stderr) => resolve({ code: error ? (error.code ?? 'killed') : 0, stdout, stderr }));
  });
}

describe('S7 confidentiality', { skip: noBrowser }, () => {
  const ward = openWard();
  const leaves = (watcher) => {
    ward.ends.push(() => watcher.leave());
    return watcher;
  };

  async function joins(consultation, role, index) {
    return leaves(await Watcher.join(ward.server.url, consultation.token(role, index)));
  }

  /** How long after an order the last picture was shown that it forbids; the way to the viewer and its decoder included. */
  function tell(test, what, orderedMs, answeredMs, lastMs) {
    test.diagnostic(`${what}: answered after ${(answeredMs - orderedMs).toFixed(0)} ms, the last forbidden picture was shown ${
      (lastMs - orderedMs).toFixed(0)} ms after the order (goal 200)`);
  }

  /** A native patient that is in, with the consultation's chair. */
  async function withPatient(options) {
    const consultation = await tryOut(ward.server, options);
    const chair = await joins(consultation, 'chair');
    const patient = await joins(consultation, 'patient');
    const { identity } = consultation.person('patient');
    assert.equal((await consultation.order('chair', 'admit', { identity })).status, 200);
    await until('the patient is in', () => patient.room.remoteParticipants.size > 0);
    return { consultation, chair, patient, identity };
  }

  /** Nothing of somebody comes for a while. */
  async function nothingComes(viewer, identity, ms = 1_500) {
    const before = viewer.seen(identity).frames;
    await pause(ms);
    assert.equal(viewer.seen(identity).frames, before, 'no picture comes');
  }

  it('C1 should forward a picture under the face policy only while its cover is proven', { timeout: 60_000 }, async () => {
    const { chair, patient, identity } = await withPatient();
    const { sid, picture } = await patient.publish({ flat: true });
    await nothingComes(chair, identity);
    assert.equal(chair.tracks.has(sid), false, 'without a heartbeat the track is not even announced');
    const stop = patient.prove(sid);
    await chair.sees(identity, 8);
    assert.deepEqual(chair.faces(identity), ['covered']);
    stop();
    await until('the lease runs out', () => chair.faces(identity).includes('shut:silent'), 4_000);
    await nothingComes(chair, identity);
    const again = patient.prove(sid);
    await chair.sees(identity, 5);
    again();
    // A clear picture behind a lease that has run out.
    await until('the lease runs out again', () => chair.faces(identity).includes('shut:silent'), 4_000);
    picture.flat = false;
    await nothingComes(chair, identity);
    assert.equal(chair.seen(identity).clear, 0);
    assert.equal(await ward.server.metric('nhipcau_sfu_forbidden_packets_total'), 0);
  });

  it('C1 should let no camera picture out of the patient\'s page, whatever happens there', { timeout: 100_000 }, async () => {
    const consultation = await tryOut(ward.server);
    const { identity } = consultation.person('patient');
    const chair = await joins(consultation, 'chair');
    const visitor = await Visitor.open(ward.browser, ward.server, consultation.token('patient'));
    await visitor.enter();
    await visitor.waits();
    await consultation.order('chair', 'admit', { identity });
    await visitor.isIn();
    await chair.sees(identity, 8);
    // Off and on, another camera, muted from afar, the worker killed, and on again each time.
    const { page } = visitor;
    const cameraOn = () => page.waitForFunction(() => document.querySelector('#camera')?.dataset.on === 'true', undefined, { timeout: 15_000 });
    const cameraOff = () => page.waitForFunction(() => document.querySelector('#camera')?.dataset.on === 'false', undefined, { timeout: 15_000 });
    for (const happen of [
      () => page.click('#camera'),
      () => consultation.order('chair', 'mute', { identity, source: 'CAMERA' }),
      () => visitor.killWorkers(),
      () => page.evaluate(() => [...window.spy.cameras].forEach((camera) => {
        camera.stop();
        camera.dispatchEvent(new Event('ended'));
      })),
    ]) {
      await happen();
      await cameraOff();
      assert.equal((await visitor.sent()).cameras, 0, 'the camera itself is off');
      await page.click('#camera');
      await cameraOn();
      await chair.sees(identity, 5);
    }
    await page.click('#turn');
    await chair.sees(identity, 5);
    const seen = chair.seen(identity);
    assert.equal(seen.clear, 0, `${seen.frames} pictures came, all of them flat`);
    assert.equal((await visitor.sent()).raw, 0, 'no camera track got to a sender');
    // The library's own way to another camera ends at the cover, and the browser's at the guard.
    const forced = await page.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      const connection = new RTCPeerConnection();
      const refused = [];
      const attempts = [() => connection.addTrack(stream.getVideoTracks()[0]), () => connection.addTransceiver(stream.getVideoTracks()[0]),
        () => connection.addTransceiver('video').sender.replaceTrack(stream.getVideoTracks()[0])];
      for (const attempt of attempts) {
        try {
          await attempt();
        } catch (error) {
          refused.push(error.name);
        }
      }
      connection.close();
      stream.getTracks().forEach((track) => track.stop());
      return refused;
    });
    assert.deepEqual(forced, ['NotAllowedError', 'NotAllowedError', 'NotAllowedError']);
    assert.deepEqual(visitor.problems, []);
  });

  it('C1 should cover a person at once when the policy is tightened, and the page with them', { timeout: 60_000 }, async (test) => {
    const consultation = await tryOut(ward.server);
    const { identity } = consultation.person('patient');
    assert.equal((await consultation.order('chair', 'policy', { mode: 'OFF' })).status, 409, 'nobody steers who is not there');
    const chair = await joins(consultation, 'chair');
    assert.equal((await consultation.loosen('chair', { mode: 'OFF' })).status, 200);
    const visitor = await Visitor.open(ward.browser, ward.server, consultation.token('patient'));
    await visitor.enter();
    await consultation.order('chair', 'admit', { identity });
    await until('clear, where the chair has allowed it', () => chair.seen(identity).clear > 5, 20_000);
    const tightened = performance.now();
    assert.equal((await consultation.order('chair', 'policy', { mode: 'COVER' })).status, 200);
    const answered = performance.now();
    await pause(300);
    tell(test, 'the policy was tightened', tightened, answered, chair.seen(identity).lastClearAtMs);
    const clear = chair.seen(identity).clear;
    await chair.sees(identity, 10);
    assert.equal(chair.seen(identity).clear, clear, 'not one clear picture 0.3 s after the order');
    assert.equal((await visitor.sent()).cameras, 1);
  });

  it('C2 should show pseudonyms alone: in what others are told, logs, metrics, addresses and the page', { timeout: 60_000 }, async () => {
    const canary = 'Nguyễn Thị Bí Mật';
    const hospital = new Hospital(ward.server);
    const consultation = await hospital.inSession({ chair: { role: 'CHAIR' }, patient: { role: 'PATIENT', fullName: canary }, trainee: { role: 'TRAINEE' } });
    const chair = await Watcher.join(ward.server.url, await consultation.token('chair'));
    leaves(chair);
    const visitor = await Visitor.open(ward.browser, ward.server, await consultation.token('patient'));
    await visitor.enter();
    await consultation.admitWhenThere('patient');
    await chair.sees(consultation.pseudonym('patient'), 3);
    const told = chair.room.remoteParticipants.get(consultation.pseudonym('patient'));
    assert.deepEqual([told.name ?? '', told.metadata ?? ''].filter(Boolean), []);
    assert.deepEqual(Object.keys(told.attributes).filter((key) => !/^nhipcau\.(role|seat|facility|covered|face\.TR_\w+|picture\.TR_\w+)$/.test(key)), []);
    const texts = { logs: ward.server.logs, metrics: await ward.server.metrics(), page: await visitor.page.content(), address: visitor.page.url(),
      consultation: JSON.stringify(await consultation.view()), list: JSON.stringify(await hospital.ask('GET', `${consultation.path}/participants`)) };
    for (const [where, text] of Object.entries(texts)) {
      assert.ok(!text.includes(canary) && !text.includes('Bí Mật'), `${where} holds the patient's name`);
    }
    for (const where of ['logs', 'metrics', 'address']) {
      assert.ok(!texts[where].includes(consultation.pseudonym('patient')), `${where} holds the patient's pseudonym`);
    }
  });

  it('C3 should give nobody a way to record or stream', { timeout: 60_000 }, async () => {
    const { consultation, patient, identity } = await withPatient({ trainees: 1 });
    const grants = { roomRecord: true, recorder: true, hidden: true, roomAdmin: true, canPublish: true, canSubscribe: true };
    // A token that asks for everything, for somebody who is on no list, and for one who is.
    const stranger = await Watcher.join(ward.server.url, await token('P_111111111111', consultation.id, { grants })).then((watcher) => {
      leaves(watcher);
      return 'let in';
    }, () => 'refused');
    assert.equal(stranger, 'refused');
    const trainee = await Watcher.join(ward.server.url, await token(consultation.person('trainee').identity, consultation.id, { name: '', grants }));
    leaves(trainee);
    await pause(500);
    assert.equal(trainee.tracks.size, 0, 'the lobby shows nothing, whatever a token says');
    const { sid } = await patient.publish({ flat: true });
    const stop = patient.prove(sid);
    await pause(1_500);
    stop();
    assert.equal(trainee.seen(identity).frames, 0);
    for (const service of ['Egress/StartRoomCompositeEgress', 'Egress/StartTrackEgress', 'Ingress/CreateIngress', 'SIP/CreateSIPParticipant']) {
      const response = await fetch(`${ward.server.httpUrl}/twirp/livekit.${service}`, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json',
        Authorization: `Bearer ${await token('x', consultation.id, { grants })}` } });
      assert.ok([404, 501].includes(response.status), `${service} answers ${response.status}`);
    }
  });

  it('C4 should let in only whom the leader approved, and keep who took part', { timeout: 60_000 }, async () => {
    const hospital = new Hospital(ward.server);
    const consultation = await hospital.request({ chair: { role: 'CHAIR' }, late: { role: 'EXPERT' }, patient: { role: 'PATIENT' } });
    await consultation.approve(['chair', 'patient']);
    await consultation.do('accept');
    await consultation.consent();
    const reason = async (identity) => (await fetch(`${ward.server.httpUrl}/rtc/validate?access_token=${await token(identity, consultation.id, { name: '' })}`)
      .then(async (response) => `${response.status} ${(await response.text()).match(/^[a-z-]+/)?.[0]}`));
    assert.equal(await reason('P_111111111111'), '403 not-on-list');
    assert.equal(await reason(consultation.pseudonym('late')), '403 not-approved');
    await assert.rejects(Watcher.join(ward.server.url, await token(consultation.pseudonym('late'), consultation.id, { name: '' })));
    const chair = await Watcher.join(ward.server.url, await consultation.token('chair'));
    await pause(300);
    await chair.leave();
    const attendance = await until('the stay is on record', async () => {
      const items = await hospital.all(`${consultation.path}/attendance`);
      return items.some(({ pseudonym, to }) => pseudonym === consultation.pseudonym('chair') && to) ? items : undefined;
    }, 10_000, 250);
    assert.deepEqual([...new Set(attendance.map(({ role, facility }) => `${role} ${facility}`))], ['CHAIR BM']);
  });

  it('C5 should forward no patient media without consent, and end it within a second when it is withdrawn', { timeout: 90_000 }, async (test) => {
    const consultation = await tryOut(ward.server, { consent: false, begin: false });
    const { identity } = consultation.person('patient');
    const chair = await joins(consultation, 'chair');
    const visitor = await Visitor.open(ward.browser, ward.server, consultation.token('patient'));
    await visitor.enter();
    assert.equal((await consultation.order('chair', 'begin')).body.code, 'consent-missing');
    // By the patient's own hand, at the page.
    await visitor.page.waitForSelector('#consent:not([hidden])', { timeout: 15_000 });
    assert.equal((await visitor.page.textContent('#consentTitle')), 'Đồng ý của người bệnh');
    assert.equal((await visitor.sent()).tracks, 0, 'nothing is sent yet');
    await visitor.page.click('#consentForm button[type=submit]');
    await visitor.page.waitForSelector('#consent', { state: 'hidden', timeout: 15_000 });
    assert.equal((await consultation.order('chair', 'begin')).status, 200);
    await consultation.order('chair', 'admit', { identity });
    await chair.sees(identity, 8, undefined, 30_000);
    const withdrawn = performance.now();
    assert.equal((await consultation.order('chair', 'withdraw-consent')).status, 200);
    const answered = performance.now();
    await pause(1_000 - (performance.now() - withdrawn));
    tell(test, 'consent was withdrawn', withdrawn, answered, chair.seen(identity).lastAtMs);
    await nothingComes(chair, identity, 2_000);
    await until('the camera is off', async () => (await visitor.sent()).cameras === 0, 10_000);
    await visitor.page.waitForSelector('#consent:not([hidden])', { timeout: 15_000 });
  });

  it('C6 should let each role do what the table says and keep on record what was done', { timeout: 60_000 }, async () => {
    const { consultation, identity } = await withPatient({ trainees: 1 });
    const orders = [['admit', { identity }], ['remove', { identity }], ['mute', { identity, source: 'CAMERA' }], ['main-screen', { identity: null }],
      ['policy', { mode: 'OFF' }], ['suspend', { reason: 'rest' }], ['conclude', { outcome: 'DONE' }]];
    await joins(consultation, 'trainee');
    await joins(consultation, 'expert');
    for (const role of ['trainee', 'patient', 'expert']) {
      for (const [order, body] of orders) {
        const answer = await consultation.order(role, order, body);
        assert.deepEqual([role, order, answer.status], [role, order, 403]);
        assert.ok(answer.body.code, 'the reason has a code');
      }
    }
    const { body } = await consultation.session('expert');
    assert.deepEqual(body.lobby, [], 'who may not admit does not see who waits');
    const forged = await fetch(`${ward.server.httpUrl}/consultation/v1/session/conclude`, { method: 'POST', body: '{"outcome":"DONE"}',
      headers: { Authorization: `Bearer ${consultation.token('chair').slice(0, -4)}AAAA` } });
    assert.equal(forged.status, 401);
    assert.equal((await consultation.order('chair', 'mute', { identity, source: 'MICROPHONE' })).status, 200);
    const record = await new Hospital(ward.server).all('/audit');
    const muted = record.filter(({ consultation: of, actor, kind }) => of === consultation.id && actor === consultation.person('chair').identity && /mute/i.test(kind));
    assert.equal(muted.length, 1, `the order is on record, once: ${record.slice(-20).map(({ kind }) => kind).join(' ')}`);
  });

  it('C7 should make a copy of the record that can be checked and restored', { skip: split ? 'one data directory is enough' : false, timeout: 110_000 }, async () => {
    await withPatient();
    const data = join(ward.server.directory, 'up');
    assert.ok(existsSync(data));
    const copy = join(ward.server.directory, 'copy.backup');
    for (const [what, ...words] of [
      ['the copy', 'backup', '--data', data, '--to', copy],
      ['the check of the copy', 'restore', '--data', data, '--from', copy, '--check'],
      ['the check of the record', 'audit', 'verify', '--data', data],
    ]) {
      const { code, stdout, stderr } = await run(...words);
      assert.equal(code, 0, `${what}: ${stdout}${stderr}`);
    }
    writeFileSync(copy, Buffer.concat([readFileSync(copy).subarray(0, -1), Buffer.from([1])]));
    assert.notEqual((await run('restore', '--data', data, '--from', copy, '--check')).code, 0, 'a spoilt copy is found out');
  });

  it('C8 should never show a trainee the patient\'s clear face, whoever else may see it', { timeout: 110_000 }, async (test) => {
    const { consultation, chair, patient, identity } = await withPatient({ trainees: 1 });
    const trainee = await joins(consultation, 'trainee');
    await consultation.order('chair', 'admit', { identity: consultation.person('trainee').identity });
    const expert = await joins(consultation, 'expert');
    assert.equal((await consultation.order('chair', 'policy', { clearFor: ['TRAINEE'] })).status, 400, 'nobody can allow it');
    const controller = await Visitor.open(ward.browser, ward.server, consultation.token('controller'));
    await controller.enter({ silent: true });
    await controller.allowsClear('expert');
    // One camera in two variants, as a client may offer it: clear, and covered with heartbeats.
    const clear = await patient.publish();
    const covered = await patient.publish({ flat: true });
    const stop = patient.prove(covered.sid);
    await until('the expert sees the clear face', () => expert.seen(identity).clear > 8, 20_000);
    await trainee.sees(identity, 8);
    await chair.sees(identity, 3);
    assert.deepEqual([trainee.seen(identity).clear, chair.seen(identity).clear], [0, 0]);
    assert.ok(!trainee.tracks.has(clear.sid) && trainee.tracks.has(covered.sid));
    // Covered again for all by one press, and allowed once more for what follows.
    await controller.page.waitForSelector('#marks [data-mark=faceSome]', { timeout: 20_000 });
    const pressed = performance.now();
    await controller.page.click('#tighten');
    await until('the expert sees the cover in its place', () => expert.tracks.get(covered.sid)?.lastAtMs > pressed && expert.faces(identity).includes('covered'), 20_000);
    const lastClearMs = expert.seen(identity).lastClearAtMs;
    test.diagnostic(`covered by one press: the expert's last clear picture was shown ${(lastClearMs - pressed).toFixed(0)} ms after it, the cover ${
      (expert.tracks.get(covered.sid).lastAtMs - pressed).toFixed(0)} ms after it (goal 200, and 1,500)`);
    await pause(1_000);
    assert.equal(expert.seen(identity).lastClearAtMs, lastClearMs, 'nothing clear comes any more');
    await controller.page.waitForSelector('#marks [data-mark=face]', { timeout: 20_000 });
    assert.deepEqual(controller.problems, []);
    assert.equal((await consultation.loosen('chair', { mode: 'OFF' })).status, 200);
    await until('the chair sees the clear face', () => chair.seen(identity).clear > 3, 20_000);
    await nothingComes(trainee, identity, 2_500);
    stop();
    assert.equal(trainee.seen(identity).clear, 0, 'not even where nothing is covered');
    assert.equal(await ward.server.metric('nhipcau_sfu_forbidden_packets_total'), 0);
  });
});
