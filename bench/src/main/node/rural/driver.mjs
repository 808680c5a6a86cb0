// SPDX-License-Identifier: Apache-2.0
// Drives the real browsers of one run of `bench rural`: one Chromium on the good side, one inside the network
// namespace behind the emulated link. Takes the file name of a plan, writes what the browsers counted into the file the plan names.
// Says "started MS" on standard output at the moment the link's clock begins, which is when the commune joins.
import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { dirname, join } from 'node:path';

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const require = createRequire(plan.modules);
const { chromium } = require('playwright-core');

const ORIGIN = 'http://localhost/';
const here = new URL('.', import.meta.url);
const files = {
  '/': [readFileSync(new URL('index.html', here)), 'text/html; charset=utf-8'],
  '/page.js': [readFileSync(new URL('page.js', here)), 'text/javascript'],
  '/livekit-client.umd.js': [readFileSync(
    join(dirname(plan.modules), 'node_modules/livekit-client/dist/livekit-client.umd.js')), 'text/javascript'],
};

const nowMs = () => performance.timeOrigin + performance.now();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
const say = (line) => process.stdout.write(`${line}\n`);

/** A Chromium in the namespace of the link, or in ours. */
async function launch(behindLink) {
  let executablePath = plan.chromium;
  if (behindLink) {
    executablePath = join(dirname(plan.out), 'chromium-behind-link');
    writeFileSync(executablePath, `#!/bin/sh\nexec nsenter --net=/run/netns/${plan.namespace} '${plan.chromium}' "$@"\n`);
    chmodSync(executablePath, 0o700);
  }
  return chromium.launch({
    executablePath,
    args: ['--headless=new', '--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${plan.video}`, `--use-file-for-fake-audio-capture=${plan.audio}`,
      '--autoplay-policy=no-user-gesture-required', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
      '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
      '--no-proxy-server', '--disable-quic', '--disable-domain-reliability', '--disable-client-side-phishing-detection',
      // The page comes from no network, so its address space is unknown; candidates carry addresses.
      '--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,LocalNetworkAccessChecks,LocalNetworkAccessChecksWebRTC,'
        + 'LocalNetworkAccessChecksWebSockets,OptimizationHints,Translate'],
  });
}

/** Somebody at a page of their own, which is loaded without the link. */
async function person(browser) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, permissions: ['camera', 'microphone'] });
  await context.route(`${ORIGIN}**`, (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill({ body: file[0], contentType: file[1] }) : route.fulfill({ status: 404, body: '' });
  });
  const page = await context.newPage();
  const lines = [];
  page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`error: ${error.message}`));
  await page.goto(ORIGIN);
  return { page, lines };
}

function call(who, name, value) {
  return who.page.evaluate(([method, given]) => window.client[method](given), [name, value]);
}

/** A download beside the call: TCP with the congestion control of the system, as fast as it goes. */
function download(fromMs, toMs, startedMs) {
  const outcome = { bytes: 0 };
  const block = Buffer.alloc(65_536);
  const server = net.createServer((socket) => {
    const write = () => { while (socket.writable && socket.write(block)); };
    socket.on('drain', write).on('error', () => {});
    write();
  });
  let reader;
  server.listen(0, '0.0.0.0', async () => {
    await pause(startedMs + fromMs - nowMs());
    const code = `const s=require('net').connect(${server.address().port},'${plan.serverAddress}');let n=0;`
      + "s.on('data',d=>{n+=d.length});s.on('error',()=>{});process.on('SIGTERM',()=>{console.log(n);process.exit()})";
    reader = spawn('nsenter', [`--net=/run/netns/${plan.namespace}`, process.execPath, '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    reader.stdout.on('data', (text) => { outcome.bytes = Number(text); });
    await pause(startedMs + toMs - nowMs());
    reader.kill('SIGTERM');
  });
  outcome.stop = () => { reader?.kill('SIGTERM'); server.close(); };
  return outcome;
}

const browsers = [];
let beside;
let failure;
const people = [];
try {
  const good = await launch(false);
  browsers.push(good);
  const poor = await launch(true);
  browsers.push(poor);
  for (const one of plan.people) {
    people.push({ ...one, ...await person(one.behindLink ? poor : good) });
  }
  const joinOf = (one, fineWindows) => call(one, 'join', { url: plan.url, token: one.token, publish: one.publish, fineWindows });
  for (const one of people.filter((each) => !each.behindLink)) {
    await joinOf(one, []);
    say(`${one.identity} has joined`);
  }
  await pause(1000);
  if (plan.emulatorPid) {
    process.kill(plan.emulatorPid, 'SIGUSR1');
  }
  const startedMs = nowMs();
  say(`started ${startedMs.toFixed(1)}`);
  if (plan.download) {
    beside = download(plan.download.fromMs, plan.download.toMs, startedMs);
  }
  const fineWindows = plan.fine.map(([from, to]) => [startedMs + from, startedMs + to]);
  await Promise.all(people.filter((each) => !each.behindLink).map((one) => call(one, 'setFine', fineWindows)));
  const joining = people.filter((each) => each.behindLink)
    .map((one) => joinOf(one, fineWindows).catch((error) => { one.failure = error.message.split('\n')[0]; }));
  await pause(startedMs + plan.seconds * 1000 - nowMs());
  await Promise.race([Promise.all(joining), pause(0)]);
  const outcome = { startedMs, endedMs: nowMs(), downloadBytes: beside?.bytes ?? null, people: [] };
  for (const one of people) {
    outcome.people.push({ identity: one.identity, failure: one.failure ?? null, ...await call(one, 'collect') });
  }
  writeFileSync(plan.out, JSON.stringify(outcome));
  await Promise.all(people.map((one) => Promise.race([call(one, 'leave').catch(() => {}), pause(2000)])));
} catch (error) {
  failure = error;
  console.error(error.message);
  people.forEach((one) => one.lines?.slice(-10).forEach((line) => console.error(`${one.identity}: ${line}`)));
} finally {
  beside?.stop();
  await Promise.all(browsers.map((browser) => Promise.race([browser.close().catch(() => {}), pause(5000)])));
}
process.exit(failure ? 1 : 0);
