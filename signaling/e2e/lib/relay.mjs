// SPDX-License-Identifier: Apache-2.0
import dgram from 'node:dgram';
import { once } from 'node:events';
import { pause } from './wait.mjs';

/**
 * A UDP relay between one client and the media port: the network in between. It can go dead for a while, and give the
 * client another port at the server, as a router does that has forgotten its mapping or a phone that leaves the Wi-Fi.
 * Clients get there when a {@link SignalProxy} puts its port in the place of the media port.
 */
export class MediaRelay {
  #front;
  #target;
  #delayMs;
  #ways = new Map();
  #dead = false;
  /** Datagrams that went through, to the server and to the client. */
  up = 0;
  down = 0;
  /** Datagrams that got lost in holes. */
  lostUp = 0;
  lostDown = 0;
  /** When the first datagram from the server came after the last hole; 0 before. */
  firstDownAtMs = 0;

  /** @param delayMs one way */
  static async start(targetPort, { delayMs = 0 } = {}) {
    const relay = new MediaRelay();
    relay.#target = targetPort;
    relay.#delayMs = delayMs;
    // Of five digits, as the media port is: the proxy exchanges them without changing a length.
    for (let attempt = 0; attempt < 50; attempt++) {
      relay.#front = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
      try {
        relay.#front.bind(40_000 + Math.floor(Math.random() * 20_000), '127.0.0.1');
        await once(relay.#front, 'listening');
        break;
      } catch (error) {
        if (attempt === 49) {
          throw error;
        }
      }
    }
    relay.#front.on('message', (datagram, from) => relay.#upward(datagram, from));
    return relay;
  }

  get port() {
    return this.#front.address().port;
  }

  /** Nothing gets through any more, either way. */
  cut() {
    this.#dead = true;
  }

  heal() {
    this.#dead = false;
    this.firstDownAtMs = 0;
    this.healedAtMs = performance.now();
  }

  /** Dead for so long. */
  async hole(ms) {
    this.cut();
    await pause(ms);
    this.heal();
  }

  /** From the next datagram on, the server sees the client at another port; what it sends to the old one is lost. */
  changePort() {
    for (const way of this.#ways.values()) {
      way.close();
    }
    this.#ways.clear();
  }

  async close() {
    this.changePort();
    await new Promise((resolve) => this.#front.close(resolve));
  }

  #upward(datagram, from) {
    if (this.#dead) {
      this.lostUp += 1;
      return;
    }
    this.#later(() => {
      const way = this.#way(from);
      this.up += 1;
      way.send(datagram, this.#target, '127.0.0.1');
    });
  }

  // A client may send from another of the machine's addresses than loopback.
  #way(client) {
    const key = `${client.address} ${client.port}`;
    let way = this.#ways.get(key);
    if (!way) {
      way = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
      way.on('message', (datagram) => this.#downward(datagram, client));
      way.on('error', () => {});
      this.#ways.set(key, way);
    }
    return way;
  }

  #downward(datagram, client) {
    if (this.#dead) {
      this.lostDown += 1;
      return;
    }
    this.firstDownAtMs ||= performance.now();
    this.#later(() => {
      this.down += 1;
      this.#front.send(datagram, client.port, client.address);
    });
  }

  #later(task) {
    if (this.#delayMs === 0) {
      task();
    } else {
      setTimeout(task, this.#delayMs);
    }
  }
}
