// SPDX-License-Identifier: Apache-2.0
// Scenario S3: a patient asks for a doctor at once. Accepted, declined or expired after five minutes; a lost connection
// taken up with one press; an outcome on record.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noBrowser } from '../lib/browser.mjs';
import { aheadBy } from '../lib/hospital.mjs';
import { SignalProxy } from '../lib/proxy.mjs';
import { token } from '../lib/token.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { pause, until } from '../lib/wait.mjs';
import { openWard } from '../lib/ward.mjs';
import { Watcher } from '../lib/watcher.mjs';

const people = { doctor: { role: 'CHAIR' }, patient: { role: 'PATIENT' } };

describe('S3 a request at once', { skip: noBrowser }, () => {
  const ward = openWard();

  it('S3 should expire five minutes after it was asked for, not before, and take nobody then', { timeout: 60_000 }, async () => {
    const consultation = await ward.hospital.request(people);
    await consultation.approve();
    assert.equal(await consultation.joining('patient'), '403 wrong-state');
    await aheadBy(ward.server, 240_000);
    await pause(2_500);
    assert.equal(await consultation.state(), 'REQUESTED', 'a minute is left');
    await aheadBy(ward.server, 301_000);
    await until('it has expired', async () => await consultation.state() === 'EXPIRED', 10_000, 200);
    await assert.rejects(consultation.do('accept'), (error) => error.status === 409 && error.code === 'expired');
    assert.equal(await consultation.joining('patient'), '403 expired');
    const visitor = await Visitor.open(ward.browser, ward.server, await token(consultation.pseudonym('patient'), consultation.id, { name: '' }));
    await visitor.page.click('#enter');
    await until('the person is told', async () => (await visitor.page.textContent('#failure')) === 'Buổi hội chẩn đã kết thúc hoặc yêu cầu đã hết hạn.');
  });

  it('S3 should stay declined once a doctor has declined it', { timeout: 30_000 }, async () => {
    const consultation = await ward.hospital.request(people);
    await consultation.do('decline', { reason: 'no-doctor-free' });
    assert.equal(await consultation.state(), 'DECLINED');
    await assert.rejects(consultation.do('accept'), (error) => error.status === 409 && error.code === 'declined');
    await assert.rejects(consultation.do('decline', { reason: 'Bệnh nhân Nguyễn Văn A' }), (error) => error.status === 400, 'a reason is a code, never a text');
  });

  it('S3 should be accepted, survive a lost network, be taken up with one press, and end with an outcome', { timeout: 115_000 }, async () => {
    const proxy = await SignalProxy.start(ward.server.port);
    try {
      const consultation = await ward.hospital.inSession(people);
      const doctor = await Visitor.open(ward.browser, ward.server, await consultation.token('doctor', { ttlS: 600 }));
      await doctor.enter();
      const patient = await Visitor.open(ward.browser, { httpUrl: `http://127.0.0.1:${proxy.port}` }, await consultation.token('patient', { ttlS: 600 }), { viewport: { width: 360, height: 700 } });
      await patient.enter();
      await patient.waits();
      const { page } = doctor;
      await page.waitForFunction(() => document.querySelector('#deskOpen')?.dataset.waiting === '1', undefined, { timeout: 15_000 });
      await doctor.press('admit', consultation.pseudonym('patient'));
      await patient.isIn();
      await doctor.seesCovered(consultation.pseudonym('patient'));
      await patient.seesClear(consultation.pseudonym('doctor'));

      // The network is away for a while: the page comes back by itself.
      proxy.refuse();
      proxy.cut();
      await patient.page.waitForSelector('#status[data-banner="reconnecting"]:not([hidden])', { timeout: 40_000 });
      proxy.allow();
      await patient.page.waitForSelector('#status[data-banner="reconnected"]', { timeout: 40_000 });
      await doctor.seesCovered(consultation.pseudonym('patient'));
      assert.equal((await patient.sent()).raw, 0);

      // It is away again, and the patient does not want to wait: one press for another attempt, which fails, and one press
      // when the network is there; the patient is back, covered again, without the lobby.
      proxy.refuse();
      proxy.cut();
      await patient.page.click('#rejoin', { timeout: 40_000 });
      await patient.page.waitForSelector('#again:not([hidden])', { timeout: 20_000 });
      proxy.allow();
      await patient.page.click('#again');
      await patient.isIn();
      await doctor.seesCovered(consultation.pseudonym('patient'));
      assert.equal((await patient.sent()).raw, 0);

      if (await page.isHidden('#desk')) {
        await page.click('#deskOpen');
      }
      await page.click('#concludeBox summary');
      await page.selectOption('#outcome', 'MOVED_TO_TELEPHONE');
      await page.click('#concludeForm button');
      await until('it is concluded', async () => await consultation.state() === 'CONCLUDED');
      assert.equal((await consultation.view()).outcome, 'MOVED_TO_TELEPHONE');
      for (const visitor of [doctor, patient]) {
        await visitor.page.waitForSelector('#lobby:not([hidden])', { timeout: 15_000 });
        assert.deepEqual(visitor.problems, []);
      }
      await until('the camera is off when all is over', async () => (await patient.sent()).cameras === 0, 10_000, 100);
    } finally {
      await proxy.close();
    }
  });

  it('S3 should offer each outcome, and free cancellation before it has begun', { timeout: 40_000 }, async () => {
    for (const outcome of ['DONE', 'CALL_LATER', 'CANCELLED_FREE']) {
      const consultation = await ward.hospital.inSession(people);
      const doctor = await Watcher.join(ward.server.url, await consultation.token('doctor'));
      const answer = await consultation.order(await consultation.token('doctor'), 'conclude', { outcome });
      assert.deepEqual([answer.status, (await consultation.view()).outcome], [200, outcome]);
      await until('the room is closed', () => doctor.ended, 10_000);
    }
    const asked = await ward.hospital.request(people);
    await assert.rejects(asked.do('conclude', { outcome: 'DONE' }), (error) => error.status === 409);
    await asked.do('cancel');
    assert.equal((await asked.view()).outcome, 'CANCELLED_FREE');
  });
});
