// SPDX-License-Identifier: Apache-2.0
// A whole call with marked words in it: none of them, no address and no token may be found in logs or metrics.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { apiSecret, roomService, token } from '../lib/token.mjs';
import { pause } from '../lib/wait.mjs';

const mark = () => `canary${randomBytes(6).toString('hex')}`;

/** An IPv4 or IPv6 address that is not the one the operator configured to listen on. */
function addresses(text) {
  const v4 = text.match(/\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\.)/g) ?? [];
  const v6 = text.match(/(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}(?![\w:])/gi) ?? [];
  return [...v4, ...v6];
}

after(() => dispose());

for (const format of ['text', 'json']) {
  describe(`logs as ${format}, and metrics`, () => {
    it('should name nobody', { timeout: 120_000 }, async () => {
      const words = { identity: mark(), name: mark(), metadata: mark(), attribute: mark(), room: mark(), roomNote: mark(), other: mark() };
      const server = await Server.start({ options: ['--log-format', format, '--log-level', 'debug'] });
      const tokens = [];
      let browser;
      let metrics;
      let beforeCall;
      try {
        beforeCall = server.logs.length;
        const make = async (identity) => {
          const made = await token(identity, words.room, { name: words.name, metadata: words.metadata, attributes: { place: words.attribute } });
          tokens.push(made);
          return made;
        };
        const one = await NativeClient.join(server.url, await make(words.identity));
        const two = await NativeClient.join(server.url, await make(words.other));
        await one.publishTone(440);
        await one.publishVideo();
        await two.hears(words.identity, 440);
        if (!noBrowser) {
          browser = await Browser.start();
          const person = await browser.person();
          // The browser SDK sends its token in the query string.
          await person.join({ url: server.url, token: await make(`${words.identity}-b`), publish: {} });
          await two.sees(`${words.identity}-b`, 5);
          await person.close();
        }
        const service = roomService(server);
        await service.updateRoomMetadata(words.room, words.roomNote);
        await service.mutePublishedTrack(words.room, words.identity, [...one.room.localParticipant.trackPublications.keys()][0], true);
        // Wrong things are what usually gets logged.
        await assert.rejects(NativeClient.join(server.url, `${(await make(words.identity)).slice(0, -4)}xxxx`));
        await fetch(`${server.httpUrl}/rtc/v1?access_token=${await make('x')}&join_request=%%%`).catch(() => {});
        await fetch(`${server.httpUrl}/${words.other}?access_token=${tokens[0]}`).catch(() => {});
        await service.getParticipant(words.room, `${words.other}-nobody`).catch(() => {});
        await service.deleteRoom(words.room);
        await pause(1_000);
        metrics = await server.metrics();
        await one.leave().catch(() => {});
        await two.leave().catch(() => {});
      } finally {
        await browser?.close();
        await server.stop();
      }
      const { logs } = server;
      assert.ok(logs.length > 100, 'something was logged at all');
      if (format === 'json') {
        const lines = server.processes.flatMap((process_) => process_.out.split('\n').concat(process_.err.split('\n')))
          .filter((line) => line.startsWith('{'));
        assert.ok(lines.length > 0, 'there are JSON lines');
        lines.forEach((line) => JSON.parse(line));
      }
      for (const [where, text] of [['logs', logs], ['metrics', metrics]]) {
        for (const [what, word] of Object.entries(words)) {
          assert.ok(!text.includes(word), `${where} hold the ${what}:\n${line(text, word)}`);
        }
        for (const made of tokens) {
          for (const part of made.split('.').slice(1)) {
            assert.ok(!text.includes(part.slice(0, 40)), `${where} hold a token:\n${line(text, part.slice(0, 40))}`);
          }
        }
        assert.ok(!text.includes(apiSecret), `${where} hold the secret`);
        assert.ok(!/a=(ice-|fingerprint|candidate)|candidate:/.test(text), `${where} hold session description text`);
      }
      assert.deepEqual(addresses(logs.slice(beforeCall)), [], 'no address in what the call wrote to the logs');
      assert.deepEqual(addresses(metrics), [], 'no address in the metrics');
    });
  });
}

function line(text, word) {
  return text.split('\n').filter((one) => one.includes(word)).slice(0, 3).join('\n');
}

describe('the search for addresses', () => {
  it('should find what it looks for', () => {
    assert.deepEqual(addresses('peer 192.168.1.20:5000 gone'), ['192.168.1.20']);
    assert.deepEqual(addresses('at fe80:0:0:1::5 now'), []);
    assert.deepEqual(addresses('at 2001:db8:0:1:2:3:4:5 now'), ['2001:db8:0:1:2:3:4:5']);
    assert.deepEqual(addresses('time 12:30:45, version 4.2.18.Final'), []);
  });
});
