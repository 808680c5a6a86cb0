// SPDX-License-Identifier: Apache-2.0
// Messages between real clients: over the data channels of one connection and of two, native and in a browser.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { tryOut } from '../lib/hospital.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { SignalProxy } from '../lib/proxy.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, roomService, token } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

const refusedTotal = 'nhipcau_signaling_data_refused_total';

describe('messages', () => {
  let server;
  let proxy;
  let hidden;
  const clients = [];

  before(async () => {
    server = await Server.start();
    proxy = await SignalProxy.start(server.port);
    hidden = await SignalProxy.start(server.port, { hideV1: true });
  });
  after(async () => {
    await proxy?.close();
    await hidden?.close();
    const codes = await server?.stop();
    await dispose();
    assert.deepEqual(codes?.filter((code) => code !== 0 && code !== 143), [], 'the server ends in good order');
  });

  async function join(name, room, url = server.url) {
    const client = await NativeClient.join(url, await token(name, room));
    clients.push(client);
    return client;
  }

  async function leave() {
    await Promise.all(clients.splice(0).map((client) => client.leave()));
  }

  /** A message that is said again until it comes: what is lossy may be lost. */
  async function comes(from, to, text, options) {
    await until(`${to.identity} gets ${text}`, async () => {
      await from.say(text, options);
      return until(text, () => to.texts(from.identity).includes(text), 500).catch(() => false);
    });
  }

  for (const [title, address] of [['one connection', () => server.url], ['two connections', () => hidden.url]]) {
    it(`should reach all others, or those named, over ${title}`, async () => {
      const room = freshRoom('data');
      const [lan, minh, hoa] = [await join('lan', room, address()), await join('minh', room, address()), await join('hoa', room, address())];
      await lan.say('xin chào', { topic: 'hello' });
      await until('both have it', () => minh.texts('lan').length === 1 && hoa.texts('lan').length === 1);
      assert.deepEqual(minh.messages[0], { text: 'xin chào', from: 'lan', topic: 'hello', reliable: true });
      await minh.say('chỉ cho hoa', { to: ['hoa'] });
      await minh.say('cho mọi người');
      await until('lan has the second', () => lan.texts('minh').includes('cho mọi người'));
      await until('hoa has both', () => hoa.texts('minh').length === 2);
      assert.deepEqual(lan.texts('minh'), ['cho mọi người']);
      await comes(lan, minh, 'nhanh', { reliable: false });
      assert.equal(minh.messages.at(-1).reliable, false);
      assert.deepEqual(lan.texts('lan'), [], 'nobody hears himself');

      const late = await join('late', room, address());
      await lan.say('chào late');
      await until('the late one has it', () => late.texts('lan').length === 1);
      assert.deepEqual(late.texts('lan'), ['chào late']);
      await leave();
    });
  }

  it('should carry long ones: a message of 60 kB, a text in many chunks, a call with an answer', async () => {
    const room = freshRoom('data');
    const [lan, minh] = [await join('lan', room), await join('minh', room)];
    const long = randomBytes(30_000).toString('hex');
    await lan.say(long);
    await until('the long one came', () => minh.texts('lan').includes(long));

    const digest = (text) => createHash('sha256').update(text).digest('hex');
    const text = randomBytes(40_000).toString('hex');
    const read = new Promise((resolve) => minh.room.registerTextStreamHandler('notes', async (reader, { identity }) => {
      resolve({ identity, digest: digest(await reader.readAll()) });
    }));
    await lan.room.localParticipant.sendText(text, { topic: 'notes' });
    assert.deepEqual(await read, { identity: 'lan', digest: digest(text) });

    minh.room.localParticipant.registerRpcMethod('greet', async ({ callerIdentity, payload }) => `${callerIdentity}: ${payload}`);
    assert.equal(await lan.room.localParticipant.performRpc({ destinationIdentity: 'minh', method: 'greet', payload: 'xin chào' }), 'lan: xin chào');
    await leave();
  });

  it('should carry those of the room service, and end when the right is taken away', async () => {
    const room = freshRoom('data');
    const [lan, minh] = [await join('lan', room), await join('minh', room)];
    await minh.say('ở đây');
    await until('minh is heard', () => lan.texts('minh').length === 1);
    const service = roomService(server);
    await service.sendData(room, Buffer.from('thông báo'), 0, { destinationIdentities: ['lan'], topic: 'notice' });
    await until('the notice came', () => lan.messages.some((message) => message.text === 'thông báo' && message.topic === 'notice'));
    assert.ok(!minh.messages.some((message) => message.text === 'thông báo'));

    const refused = await server.metric(refusedTotal, 'not_permitted');
    await service.updateParticipant(room, 'minh', { permission: { canPublish: true, canSubscribe: true, canPublishData: false } });
    await minh.say('quá muộn');
    await until('the server refuses it', async () => await server.metric(refusedTotal, 'not_permitted') === refused + 1);
    await service.updateParticipant(room, 'minh', { permission: { canPublish: true, canSubscribe: true, canPublishData: true } });
    await minh.say('lại được');
    await until('minh is heard again', () => lan.texts('minh').includes('lại được'));
    assert.deepEqual(lan.texts('minh'), ['ở đây', 'lại được']);
    await leave();
  });

  it('should come once each, in order, to and from one whose WebSocket is cut meanwhile', async () => {
    const room = freshRoom('data');
    const [lan, minh] = [await join('lan', room, proxy.url), await join('minh', room)];
    await lan.say('l0');
    await minh.say('m0');
    await until('both are there', () => lan.texts('minh').length === 1 && minh.texts('lan').length === 1);
    proxy.cut();
    for (let i = 1; i <= 10; i++) {
      await minh.say(`m${i}`);
    }
    await until('resumed', () => lan.saw('reconnected'), 45_000);
    for (let i = 1; i <= 10; i++) {
      await lan.say(`l${i}`);
    }
    await until('all came', () => lan.texts('minh').length >= 11 && minh.texts('lan').length >= 11);
    const eleven = (letter) => Array.from({ length: 11 }, (_, i) => `${letter}${i}`);
    assert.deepEqual(lan.texts('minh'), eleven('m'));
    assert.deepEqual(minh.texts('lan'), eleven('l'));
    await leave();
  });

  it('should be heard in a consultation by those inside alone', async () => {
    const consultation = await tryOut(server);
    const enter = async (role) => {
      const client = await NativeClient.join(server.url, consultation.token(role));
      clients.push(client);
      return client;
    };
    const [chair, expert, patient] = [await enter('chair'), await enter('expert'), await enter('patient')];
    const refused = await server.metric(refusedTotal, 'not_permitted');
    await patient.say('có ai không');
    await until('the lobby is not heard', async () => await server.metric(refusedTotal, 'not_permitted') === refused + 1);
    await chair.say('trước');
    await until('the expert has it', () => expert.texts(chair.identity).length === 1);
    assert.equal((await consultation.order('chair', 'admit', { identity: patient.identity })).status, 200);
    await until('the patient is in', () => patient.room.remoteParticipants.size >= 2);
    await chair.say('sau');
    await until('the patient has it', () => patient.texts(chair.identity).length === 1);
    assert.deepEqual(patient.texts(chair.identity), ['sau']);
    await patient.say('vâng');
    await until('the patient is heard', () => chair.texts(patient.identity).length === 1 && expert.texts(patient.identity).length === 1);
    assert.equal((await consultation.order('patient', 'withdraw-consent')).status, 200);
    await patient.say('không còn');
    await until('without consent it is not', async () => await server.metric(refusedTotal, 'not_permitted') === refused + 2);
    assert.deepEqual(chair.texts(patient.identity), ['vâng']);
    assert.ok(!/có ai không|không còn|vâng/.test(server.logs), 'no word of it is in a log');
    await leave();
  });

  it('should be understood between a browser and a native client', { skip: noBrowser }, async () => {
    const browser = await Browser.start();
    try {
      for (const url of [server.url, hidden.url]) {
        const room = freshRoom('data');
        const an = await browser.person();
        await an.join({ url, token: await token('an', room) });
        const minh = await join('minh', room);
        const chat = new Promise((resolve) => minh.room.registerTextStreamHandler('lk.chat', async (reader) => resolve(await reader.readAll())));
        await minh.say('xin chào an');
        await until('the browser has it', async () => (await an.events()).some(({ name, detail }) => name === 'dataReceived'
          && detail.from === 'minh' && detail.text === 'xin chào an'));
        await an.say('chào minh');
        await until('the native client has it', () => minh.texts('an').includes('chào minh'));
        await an.say('một dòng', { chat: true });
        assert.equal(await chat, 'một dòng');
        await minh.room.localParticipant.sendText('dòng khác', { topic: 'lk.chat' });
        await until('the browser has the line', async () => (await an.events()).some(({ name, detail }) => name === 'chat' && detail.text === 'dòng khác'));
        await an.close();
        await leave();
      }
    } finally {
      await browser.close();
    }
  });
});
