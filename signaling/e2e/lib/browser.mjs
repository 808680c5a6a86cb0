// SPDX-License-Identifier: Apache-2.0
// Chromium, driven by Playwright, on a test page of our own that shows everything livekit-client knows.
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { chromium } from 'playwright-core';

const executable = process.env.NHIPCAU_CHROMIUM || '/usr/bin/chromium';
const files = {
  '/': ['../page/index.html', 'text/html; charset=utf-8'],
  '/page.js': ['../page/page.js', 'text/javascript'],
  '/livekit-client.umd.js': ['../node_modules/livekit-client/dist/livekit-client.umd.js', 'text/javascript'],
};

/** Why browser tests cannot run here; false when they can. To be given as a test's `skip`. */
export const noBrowser = process.env.NHIPCAU_E2E_NO_CHROMIUM || !existsSync(executable)
  ? 'no Chromium on this machine: apt-get install chromium, or set NHIPCAU_CHROMIUM' : false;

/** One Chromium with any number of separate people in it. */
export class Browser {
  static async start({ arguments: extra = [] } = {}) {
    const browser = new Browser();
    browser.server = http.createServer((request, response) => {
      const file = files[new URL(request.url, 'http://x').pathname];
      if (!file) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'Content-Type': file[1] }).end(readFileSync(new URL(file[0], import.meta.url)));
    });
    await new Promise((resolve) => browser.server.listen(0, '127.0.0.1', resolve));
    browser.chromium = await chromium.launch({
      executablePath: executable,
      args: ['--headless=new', '--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required', '--disable-gpu', '--disable-dev-shm-usage',
        '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
        '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
        // Loopback candidates carry the address: mDNS names would not resolve here.
        '--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter', ...extra],
    });
    return browser;
  }

  get address() {
    return `http://127.0.0.1:${this.server.address().port}/`;
  }

  /** Opens the test page in a context of its own: no storage or cache is shared. */
  async person(options = {}) {
    const context = await this.chromium.newContext({ viewport: { width: 1400, height: 900 }, permissions: ['camera', 'microphone'], ...options });
    const page = await context.newPage();
    const person = new Person(page);
    await page.goto(options.address ?? this.address);
    return person;
  }

  /** Sends everybody away, also after a test that failed half-way. */
  async clear() {
    await Promise.all(this.chromium.contexts().map((context) => context.close()));
  }

  async close() {
    await this.chromium.close();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Somebody at a browser. */
export class Person {
  console = [];

  constructor(page) {
    this.page = page;
    page.on('console', (message) => this.console.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.console.push(`error: ${error.message}`));
  }

  /** Calls a function of `window.client` of the test page. */
  async #call(name, ...values) {
    try {
      return await this.page.evaluate(([call, given]) => window.client[call](...given), [name, values]);
    } catch (error) {
      error.message += `\nlast lines of the console:\n${this.console.slice(-15).join('\n')}`;
      throw error;
    }
  }

  join(options) { return this.#call('join', options); }
  publish(options) { return this.#call('publish', options); }
  loopback() { return this.#call('loopback'); }
  stats() { return this.#call('stats'); }
  resize(identity, width, height) { return this.#call('resize', identity, width, height); }
  picture(identity) { return this.#call('picture', identity); }
  firstFrame(identity) { return this.#call('firstFrame', identity); }
  participants() { return this.#call('participants'); }
  state() { return this.#call('state'); }
  mute(on) { return this.#call('mute', on); }
  muteAudio(on) { return this.#call('muteAudio', on); }
  speakers() { return this.#call('speakers'); }
  jitterTarget(ms) { return this.#call('jitterTarget', ms); }
  say(text, options) { return this.#call('say', text, options); }
  leave() { return this.#call('leave'); }
  events() { return this.page.evaluate(() => window.client.events); }

  async video(identity) {
    return (await this.stats()).received.find((entry) => entry.identity === identity && entry.kind === 'video');
  }

  async audio(identity) {
    return (await this.stats()).received.find((entry) => entry.identity === identity && entry.kind === 'audio');
  }

  async close() {
    await this.page.context().close();
  }
}
