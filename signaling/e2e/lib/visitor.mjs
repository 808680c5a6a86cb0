// SPDX-License-Identifier: Apache-2.0
// Somebody in a consultation at the page itself, in a real browser; and a spy on what the page gives to senders.
import { until } from './wait.mjs';

/** Runs before all else in the page: notes cameras, workers and whatever gets through to a sender. */
function spy() {
  const spy = { cameras: new Set(), tracks: [], workers: [], senders: new Set() };
  window.spy = spy;
  const { mediaDevices } = navigator;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    stream.getVideoTracks().forEach((track) => spy.cameras.add(track));
    return stream;
  };
  const { clone } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.clone = function () {
    const copy = clone.call(this);
    if (spy.cameras.has(this)) {
      spy.cameras.add(copy);
    }
    return copy;
  };
  const note = (track) => {
    if (track?.kind === 'video') {
      spy.tracks.push({ raw: spy.cameras.has(track), live: track.readyState });
    }
  };
  const { addTrack, addTransceiver } = RTCPeerConnection.prototype;
  const { replaceTrack } = RTCRtpSender.prototype;
  RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
    note(track);
    return addTrack.call(this, track, ...streams);
  };
  RTCPeerConnection.prototype.addTransceiver = function (of, init) {
    note(typeof of === 'string' ? null : of);
    const transceiver = addTransceiver.call(this, of, init);
    spy.senders.add(transceiver.sender);
    return transceiver;
  };
  RTCRtpSender.prototype.replaceTrack = function (track) {
    note(track);
    return replaceTrack.call(this, track);
  };
  const Plain = window.Worker;
  window.Worker = class extends Plain {
    constructor(...given) {
      super(...given);
      spy.workers.push(this);
    }
  };
}

export class Visitor {
  problems = [];

  /**
   * @param before text of a script that runs before the page's own
   * @param onlyCanvas takes from the browser what covers in a worker need
   */
  static async open(browser, server, token, { viewport = { width: 1200, height: 800 }, before, onlyCanvas = false } = {}) {
    const context = await browser.chromium.newContext({ viewport, permissions: ['camera', 'microphone'] });
    const visitor = new Visitor();
    visitor.page = await context.newPage();
    visitor.page.on('pageerror', (error) => visitor.problems.push(error.message));
    visitor.page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) {
        visitor.problems.push(message.text());
      }
    });
    await visitor.page.addInitScript(spy);
    if (onlyCanvas) {
      await visitor.page.addInitScript(() => {
        delete window.MediaStreamTrackProcessor;
        delete window.MediaStreamTrackGenerator;
      });
    }
    if (before) {
      await visitor.page.addInitScript(before);
    }
    await visitor.page.goto(`${server.httpUrl}/#token=${token}`);
    return visitor;
  }

  /** @param silent with camera and microphone off: only to watch and to order */
  async enter({ silent = false } = {}) {
    if (silent) {
      await this.page.uncheck('#withCamera');
      await this.page.uncheck('#withMicrophone');
    }
    await this.page.click('#enter');
    await this.page.waitForSelector('#call:not([hidden])', { timeout: 40_000 });
    return this;
  }

  async waits() {
    await this.page.waitForSelector('#waiting:not([hidden])', { timeout: 40_000 });
  }

  async isIn() {
    await this.page.waitForSelector('#waiting', { state: 'hidden', timeout: 40_000 });
  }

  /** What the tile of somebody's camera shows; undefined: there is none. */
  tile(identity) {
    return this.page.evaluate((wanted) => {
      const tile = [...document.querySelectorAll('.tile:not(.screen)')].find((each) => each.dataset.identity === wanted);
      if (!tile) {
        return undefined;
      }
      const video = tile.querySelector('video');
      const shown = !video.hidden && video.videoWidth > 0 && !video.classList.contains('old');
      let luma;
      if (shown) {
        const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
        const context = canvas.getContext('2d', { willReadFrequently: true });
        context.drawImage(video, 0, 0, 64, 36);
        const { data } = context.getImageData(0, 0, 64, 36);
        let [min, max] = [255, 0];
        for (let i = 0; i < data.length; i += 4) {
          const value = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
        luma = { min, max };
      }
      const text = (selector) => {
        const element = tile.querySelector(selector);
        return element && !element.hidden ? element.textContent : '';
      };
      return { shown, luma, frames: shown ? video.getVideoPlaybackQuality().totalVideoFrames : 0, name: text('.name'), face: text('.face'),
        notice: text('.tileNotice'), main: tile.classList.contains('main') };
    }, identity);
  }

  /** Waits for a tile that satisfies a wish. */
  async sees(identity, what, wish, timeoutMs = 40_000) {
    let last;
    try {
      return await until(`${what} of ${identity}`, async () => {
        last = await this.tile(identity);
        return last && wish(last) ? last : undefined;
      }, timeoutMs, 200);
    } catch (error) {
      error.message += ` (last: ${JSON.stringify(last)}; problems: ${this.problems.join('; ')})`;
      throw error;
    }
  }

  /** Waits for pictures of somebody that are covered: flat grey, with the badge. */
  seesCovered(identity) {
    return this.sees(identity, 'a covered picture', (tile) => tile.shown && tile.frames > 5 && tile.luma.max - tile.luma.min <= 6
      && Math.abs((tile.luma.max + tile.luma.min) / 2 - 130) <= 6 && tile.face === 'Đã che mặt');
  }

  /** Waits for moving pictures of somebody that are not covered. */
  seesClear(identity) {
    return this.sees(identity, 'a clear picture', (tile) => tile.shown && tile.frames > 5 && tile.luma.max - tile.luma.min > 30);
  }

  /** Presses a button of the desk that is about somebody. */
  async press(action, identity) {
    if (await this.page.isHidden('#desk')) {
      await this.page.click('#deskOpen');
    }
    await this.page.click(`#desk li[data-identity="${identity}"] [data-action="${action}"]`, { timeout: 30_000 });
  }

  /** Lets a role see the clear face, at the desk. */
  async allowsClear(role) {
    if (await this.page.isHidden('#desk')) {
      await this.page.click('#deskOpen', { timeout: 30_000 });
    }
    await this.page.click('#clearBox summary', { timeout: 30_000 });
    await this.page.check(`#clearRoles input[value="${role}"]`);
    await this.page.click('#clearSave');
    await this.page.waitForSelector('#marks [data-mark=faceSome]', { timeout: 30_000 });
  }

  /** What got through to senders: how many video tracks, and whether one of them was a camera's own. */
  sent() {
    return this.page.evaluate(() => ({ tracks: window.spy.tracks.length, raw: window.spy.tracks.filter(({ raw }) => raw).length,
      cameras: [...window.spy.cameras].filter((track) => track.readyState === 'live').length }));
  }

  /** What the browser takes the way to the server to carry, kbit/s; undefined: it does not know yet. */
  uplinkKbps() {
    return this.page.evaluate(async () => {
      for (const sender of window.spy.senders) {
        for (const entry of (await sender.getStats()).values()) {
          if (entry.type === 'candidate-pair' && entry.nominated && entry.availableOutgoingBitrate) {
            return Math.round(entry.availableOutgoingBitrate / 1000);
          }
        }
      }
      return undefined;
    });
  }

  killWorkers() {
    return this.page.evaluate(() => window.spy.workers.forEach((worker) => worker.terminate()));
  }

  async close() {
    await this.page.context().close();
  }
}
