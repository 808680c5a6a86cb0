// SPDX-License-Identifier: Apache-2.0
// What other servers use: the room service through the ordinary server SDK, and webhooks.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { RoomServiceClient, WebhookReceiver } from 'livekit-server-sdk';
import { dispose, NativeClient } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { apiKey, apiSecret, freshRoom, roomService, token } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

describe('the server API', () => {
  let server;
  let hook;
  const received = [];
  const bad = [];

  before(async () => {
    const receiver = new WebhookReceiver(apiKey, apiSecret);
    hook = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }
      const body = Buffer.concat(chunks).toString('utf8');
      try {
        if (request.headers['content-type'] !== 'application/webhook+json') {
          throw new Error(`content type ${request.headers['content-type']}`);
        }
        received.push(await receiver.receive(body, request.headers.authorization));
      } catch (error) {
        bad.push(error.message);
      }
      response.writeHead(200).end();
    });
    hook.listen(0, '127.0.0.1');
    await once(hook, 'listening');
    server = await Server.start({ settings: [`signaling.webhooks.urls=["http://127.0.0.1:${hook.address().port}/hook"]`] });
  });
  after(async () => {
    await server?.stop();
    await dispose();
    await new Promise((resolve) => hook.close(resolve));
  });

  it('should create, list and delete rooms', async () => {
    const service = roomService(server);
    const name = freshRoom('api');
    const room = await service.createRoom({ name, emptyTimeout: 60, maxParticipants: 3, metadata: 'note' });
    assert.match(room.sid, /^RM_/);
    assert.equal(room.name, name);
    assert.equal(room.metadata, 'note');
    assert.equal((await service.createRoom({ name })).sid, room.sid, 'creating twice gives the same room');
    assert.deepEqual((await service.listRooms([name])).map((one) => one.sid), [room.sid]);
    assert.ok((await service.listRooms()).some((one) => one.name === name));
    await service.deleteRoom(name);
    assert.deepEqual(await service.listRooms([name]), []);
    await assert.rejects(service.deleteRoom(name), (error) => error.status === 404 && /requested room does not exist/.test(error.message));
  });

  it('should refuse wrong keys and missing grants without telling more', async () => {
    const stranger = new RoomServiceClient(server.httpUrl, apiKey, 'another-secret-another-secret-another');
    await assert.rejects(stranger.listRooms(), (error) => error.status === 401);
    const response = await fetch(`${server.httpUrl}/twirp/livekit.RoomService/ListRooms`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${await token('an', 'r')}` }, body: '{}' });
    assert.equal(response.status, 401);
    assert.equal((await response.json()).code, 'unauthenticated');
    const unknown = await fetch(`${server.httpUrl}/twirp/livekit.RoomService/Nothing`, { method: 'POST', body: '{}' });
    assert.ok([401, 404].includes(unknown.status), `unknown method answers ${unknown.status}`);
  });

  it('should show, mute, rename, restrict and remove participants', async () => {
    const service = roomService(server);
    const name = freshRoom('api');
    const lan = await NativeClient.join(server.url, await token('lan', name, { metadata: 'm1', attributes: { role: 'chair' } }));
    const minh = await NativeClient.join(server.url, await token('minh', name));
    try {
      const publication = await lan.publishTone(440);
      await minh.hears('lan', 440);

      const list = await service.listParticipants(name);
      assert.deepEqual(list.map((one) => one.identity).sort(), ['lan', 'minh']);
      const one = await service.getParticipant(name, 'lan');
      assert.equal(one.metadata, 'm1');
      assert.equal(one.attributes.role, 'chair');
      assert.equal(one.tracks[0].sid, publication.sid);
      await assert.rejects(service.getParticipant(name, 'nobody'), (error) => error.status === 404 && /participant does not exist/.test(error.message));

      const muted = await service.mutePublishedTrack(name, 'lan', publication.sid, true);
      assert.equal(muted.muted, true);
      await until('minh sees the mute', () => minh.saw('trackMuted'));
      await assert.rejects(service.mutePublishedTrack(name, 'lan', publication.sid, false), (error) => error.status === 412, 'unmuting a person from afar is off');

      await service.updateParticipant(name, 'lan', { metadata: 'm2', name: 'Lan' });
      await until('metadata arrives', () => minh.room.remoteParticipants.get('lan')?.metadata === 'm2'
        && minh.room.remoteParticipants.get('lan')?.name === 'Lan');
      await service.updateRoomMetadata(name, 'room note');
      await until('room metadata arrives', () => minh.room.metadata === 'room note');

      await service.updateParticipant(name, 'lan', { permission: { canPublish: false, canSubscribe: true, canPublishData: false } });
      await until('the track is withdrawn', () => minh.saw('trackUnsubscribed'));

      await service.removeParticipant(name, 'lan');
      await until('lan is out', () => lan.saw('disconnected'));
      await until('minh sees it', () => minh.saw('participantDisconnected'));
      await service.deleteRoom(name);
      await until('minh is out', () => minh.saw('disconnected'));
    } finally {
      await lan.leave().catch(() => {});
      await minh.leave().catch(() => {});
    }
  });

  it('should tell by signed webhooks, in order', async () => {
    const name = freshRoom('hook');
    const lan = await NativeClient.join(server.url, await token('lan', name));
    await lan.publishTone(440);
    await until('track_published arrives', () => received.some((event) => event.event === 'track_published' && event.room?.name === name));
    await lan.leave();
    await roomService(server).deleteRoom(name);
    const mine = () => received.filter((event) => event.room?.name === name);
    await until('room_finished arrives', () => mine().some((event) => event.event === 'room_finished'), 45_000);
    const names = mine().map((event) => event.event);
    assert.equal(names[0], 'room_started');
    assert.equal(names.at(-1), 'room_finished');
    for (const [first, second] of [['participant_joined', 'track_published'], ['track_published', 'participant_left']]) {
      assert.ok(names.includes(first) && names.indexOf(first) < names.indexOf(second), `${first} before ${second} in ${names}`);
    }
    assert.equal(new Set(mine().map((event) => event.id)).size, names.length, 'every event has an id of its own');
    assert.deepEqual(bad, [], 'every webhook verifies');
    const joined = mine().find((event) => event.event === 'participant_joined');
    assert.equal(joined.participant.identity, 'lan');
    assert.ok(Math.abs(Number(joined.createdAt) - Date.now() / 1000) < 120);
  });
});
