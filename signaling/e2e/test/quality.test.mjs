// SPDX-License-Identifier: Apache-2.0
// Faults put into a real call, and the cause that the page and the server API name for them.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { MediaRelay } from '../lib/relay.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

const pictures = fileURLToPath(new URL('../out/', import.meta.url));

describe('call quality', { skip: noBrowser }, () => {
  let server;
  let relay;
  let browser;
  before(async () => {
    // Clients are told the relay's address alone, so that all media passes it.
    server = await Server.start({ settings: ['sfu.workers=1', `sfu.announced-addresses=["${MediaRelay.address}"]`, 'signaling.quality.sample-interval-s=2', 'signaling.rooms.departure-timeout-s=2'] });
    relay = await MediaRelay.start(server.mediaPort, { announced: true });
    browser = await Browser.start();
    mkdirSync(pictures, { recursive: true });
  });
  afterEach(() => {
    relay.lose({ ratio: 0 });
    return browser.clear();
  });
  after(async () => {
    await browser?.close();
    relay?.close();
    await server?.stop();
  });

  /** Somebody on the server's own page, with a name that must not show up in what operators are told. */
  async function enter(name, room) {
    const context = await browser.chromium.newContext({ viewport: { width: 900, height: 700 }, permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    await page.addInitScript(() => {
      // The test's hand on the camera: a canvas gives pictures as long as it is drawn on.
      navigator.mediaDevices.getUserMedia = ((original) => async (wanted) => {
        const stream = await original.call(navigator.mediaDevices, wanted);
        if (!wanted.video) {
          return stream;
        }
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
        const context2d = canvas.getContext('2d');
        window.cameraRuns = true;
        setInterval(() => {
          if (window.cameraRuns) {
            context2d.fillStyle = `hsl(${performance.now() / 10 % 360} 80% 50%)`;
            context2d.fillRect(0, 0, 640, 360);
            context2d.fillStyle = '#fff';
            context2d.fillRect(performance.now() / 5 % 640, 100, 60, 60);
          }
        }, 50);
        stream.getVideoTracks().forEach((track) => {
          track.stop();
          stream.removeTrack(track);
        });
        stream.addTrack(canvas.captureStream(20).getVideoTracks()[0]);
        return stream;
      })(navigator.mediaDevices.getUserMedia);
    });
    await page.goto(`${server.httpUrl}/#token=${await token(name, room)}`);
    await page.click('#enter');
    await page.waitForSelector('#call:not([hidden])', { timeout: 60_000 });
    return page;
  }

  const seen = (page, name) => page.evaluate((wanted) => {
    const tile = [...document.querySelectorAll('.tile')].find((each) => each.querySelector('.name').textContent.startsWith(wanted));
    const cause = tile?.querySelector('.tileCause');
    return tile ? { cause: cause.hidden ? '' : cause.dataset.cause, text: cause.textContent, label: tile.getAttribute('aria-label'), moving: tile.querySelector('video').getVideoPlaybackQuality().totalVideoFrames } : undefined;
  }, name);

  async function ask(room, what = '', grants = { roomAdmin: true }) {
    return fetch(`${server.httpUrl}/quality/rooms/${encodeURIComponent(room)}${what}`, {
      headers: { Authorization: `Bearer ${await token('operator', room, { grants: { roomJoin: false, ...grants } })}` },
    });
  }

  /** Causes of all who are there, as "direction:cause", in no order. */
  async function causes(room) {
    const live = await (await ask(room)).json();
    return live.participants.map(({ uplink, downlink }) => `${uplink?.cause}/${downlink?.cause}`).sort();
  }

  /** Waits for a cause on somebody's tile, and answers what the tile says with it. */
  async function labelled(page, name, cause, timeoutMs = 90_000) {
    const found = [];
    try {
      return await until(`the cause "${cause}" at ${name}`, async () => {
        const tile = await seen(page, name);
        found.push(`${tile?.cause} ${tile?.moving}`);
        return tile?.cause === cause && tile;
      }, timeoutMs, 250);
    } catch (error) {
      error.message += ` (cause and frames of late: ${found.slice(-20).join(', ')})`;
      throw error;
    }
  }

  async function call(room, { lossDown } = {}) {
    const station = await enter('Tram Y Te', room);
    if (lossDown) {
      relay.lose({ ratio: lossDown, seed: 7, way: 'down' });
    }
    const hospital = await enter('Benh Vien', room);
    await until('pictures both ways', async () => (await seen(hospital, 'Tram'))?.moving > (lossDown ? 0 : 20)
      && (await seen(station, 'Benh'))?.moving > 20, 90_000, 250);
    return { station, hospital };
  }

  it('should name a stopped camera, and be content when it runs again', async () => {
    const room = freshRoom('chat-luong');
    const { station, hospital } = await call(room);
    // On a busy machine a camera may stutter while the call begins.
    await until('nothing to blame', async () => (await causes(room)).every((each) => each === 'none/none')
      && (await seen(hospital, 'Tram')).cause === '', 90_000, 500);
    await station.evaluate(() => { window.cameraRuns = false; });
    const stopped = await labelled(hospital, 'Tram', 'camera');
    assert.equal(stopped.text, 'Camera nơi gửi đã dừng');
    assert.match(stopped.label, /Camera nơi gửi đã dừng/);
    assert.equal((await labelled(station, 'Tram', 'camera')).text, 'Camera của bạn đã dừng');
    await labelled(hospital, 'Benh', '');
    await until('the same from the API', async () => isDeepStrictEqual(await causes(room), ['camera_stopped/none', 'none/camera_stopped']), 90_000, 500);
    await hospital.click('#language');
    assert.equal((await labelled(hospital, 'Tram', 'camera')).text, 'The sender’s camera has stopped');
    await station.evaluate(() => { window.cameraRuns = true; });
    await labelled(hospital, 'Tram', '', 90_000);
  });

  it('should name the downlink of the one viewer that loses packets, and keep it as a timeline', async () => {
    const room = freshRoom('chat-luong');
    const { station, hospital } = await call(room, { lossDown: 0.2 });
    assert.equal((await labelled(hospital, 'Tram', 'downlink')).text, 'Đường truyền về máy của bạn yếu');
    await labelled(station, 'Benh', '');
    await until('the same from the API', async () => isDeepStrictEqual(await causes(room), ['none/none', 'none/viewer_downlink']), 90_000, 500);
    const metrics = await server.metrics();
    assert.match(metrics, /nhipcau_sfu_audio_score_count\{[^}]*cause="viewer_downlink"[^}]*\} [1-9]/);
    // The first seconds of a call stutter by themselves, more so on a busy machine: what comes from now on is judged.
    const fromMs = Date.now();
    const blamed = (timeline, direction, cause) => timeline.samples.filter((each) => each.atMs > fromMs
      && each.direction === direction && each.cause === cause);
    const before = await until('samples that blame the downlink', async () => {
      const timeline = await (await ask(room, '/timeline')).json();
      return blamed(timeline, 'downlink', 'viewer_downlink').length >= 5 && timeline;
    }, 90_000, 500);
    const downlink = blamed(before, 'downlink', 'viewer_downlink');
    const losing = downlink.filter((each) => each.audioLossRatio > 0.1).map((each) => each.participant);
    assert.equal(new Set(losing).size, 1, `one viewer, and one alone: ${JSON.stringify(downlink)}`);
    assert.ok(blamed(before, 'uplink', 'publisher_uplink').length < downlink.length, JSON.stringify(before.samples));
    await Promise.all([station, hospital].map((page) => page.context().close()));
    // The room is gone some time after the last of them; the timeline is not.
    await until('the end of the room', async () => (await ask(room)).status === 404, 120_000, 500);
    const kept = await (await ask(room, `/timeline?session=${before.session}`)).json();
    assert.ok(kept.endedAtMs > kept.beganAtMs);
    assert.ok(kept.samples.length >= before.samples.length);
    const csv = await (await ask(room, '/timeline?format=csv')).text();
    assert.equal(csv.trim().split('\r\n').length, kept.samples.length + 1);
    for (const text of [csv, JSON.stringify(kept)]) {
      assert.doesNotMatch(text, /Tram|Benh|chat-luong|127\.0\.0/, 'no name, no room name, no address');
    }
    assert.equal((await ask(room, '/timeline', { roomAdmin: false })).status, 403);
    assert.equal((await fetch(`${server.httpUrl}/quality/rooms/${room}`)).status, 401);
  });

  /** What a table of figures says of a row: texts by what stands at its head. */
  const figures = (page) => page.$$eval('#linkRows tr', (rows) => Object.fromEntries(rows.map((row) =>
    [row.dataset.figure, [...row.querySelectorAll('td')].map((cell) => cell.textContent)])));

  it('should show each their own figures in the call, and everybody\'s to the operator', async () => {
    const room = freshRoom('chat-luong');
    const { hospital } = await call(room, { lossDown: 0.2 });
    await labelled(hospital, 'Tram', 'downlink');
    await hospital.focus('#linkOpen');
    await hospital.keyboard.press('Enter');
    const own = await until('the own figures', async () => {
      const all = await figures(hospital);
      return parseFloat(all.figureAudioLoss?.[1].replace(',', '.')) > 5 && all;
    }, 90_000, 500);
    assert.match(own.figureCause[1], /Đường truyền về máy của bạn yếu/);
    assert.match(own.figureAudioRate[0], /^[1-9]\d* kbit\/s$/);
    assert.match(own.figureRoundTrip[1], /^\d+ ms$/);
    await hospital.screenshot({ path: `${pictures}link.png` });
    await hospital.keyboard.press('Escape');
    assert.equal(await hospital.evaluate(() => document.activeElement.id), 'linkOpen');

    const context = await browser.chromium.newContext({ viewport: { width: 1200, height: 700 } });
    const operator = await context.newPage();
    const problems = [];
    operator.on('pageerror', (error) => problems.push(error.message));
    operator.on('console', (message) => /Content Security Policy/.test(message.text()) && problems.push(message.text()));
    await operator.goto(`${server.httpUrl}/quality.html#token=${await token('operator', room, { grants: { roomJoin: false } })}`);
    await until('the refusal', async () => /roomAdmin/.test(await operator.textContent('#failure')), 30_000, 250);
    assert.equal(operator.url(), `${server.httpUrl}/quality.html`, 'no token stays in the address');
    await operator.fill('#token', await token('operator', room, { grants: { roomJoin: false, roomAdmin: true } }));
    await operator.press('#token', 'Tab');
    await operator.keyboard.press('Enter');
    const suffering = await until('the weak downlink', async () => (await operator.$$eval('#rows tr', (rows) => rows.map((row) =>
      ({ ...row.dataset, text: row.textContent })))).find((row) => row.direction === 'downlink' && row.cause === 'downlink'), 90_000, 500);
    assert.match(suffering.text, /Đường truyền xuống yếu.*kbit\/s/);
    assert.equal(await operator.locator('#rows tr').count(), 4);
    assert.doesNotMatch(await operator.textContent('#rows'), /Tram|Benh/, 'no names');
    await operator.screenshot({ path: `${pictures}quality.png` });
    const [file] = await Promise.all([operator.waitForEvent('download'), operator.click('#timelineCsv')]);
    assert.equal(file.suggestedFilename(), 'quality.csv');
    await operator.click('#language');
    assert.match(await operator.textContent('#rows'), /Its downlink is weak|Nothing to be felt/);
    assert.deepEqual(problems, []);
  });
});
