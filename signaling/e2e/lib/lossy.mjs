// SPDX-License-Identifier: Apache-2.0
import dgram from 'node:dgram';

/**
 * A UDP relay before the media port: loses packets as a poor link would, by a seed. It stands at an address of its own
 * (127.0.0.2, with the media port's number), which the server announces in place of its real one.
 */
export class LossyRelay {
  /** Address to announce: `sfu.announced-addresses`. */
  static address = '127.0.0.2';
  flows = [];
  #listener;
  #port;
  #loss;

  static async start(mediaPort) {
    const relay = new LossyRelay();
    relay.#port = mediaPort;
    relay.#listener = dgram.createSocket('udp4');
    relay.#listener.on('message', (message, from) => relay.#up(message, from));
    await new Promise((resolve, reject) => {
      relay.#listener.once('error', reject);
      relay.#listener.bind(mediaPort, LossyRelay.address, resolve);
    });
    return relay;
  }

  /**
   * From now on, RTP to or from clients that come later is lost.
   *
   * @param ratio of packets, 0 to 1
   * @param burst lost in a row, on average (Gilbert)
   * @param way down (to the client) or up
   */
  lose({ ratio, burst = 1 / (1 - ratio), seed = 1, way = 'down' }) {
    this.#loss = { ratio, burst, seed, way };
  }

  #up(message, from) {
    let flow = this.flows.find((one) => one.port === from.port && one.address === from.address);
    if (!flow) {
      flow = this.#open(from);
    }
    if (!flow.channels.up?.(message)) {
      flow.socket.send(message, this.#port, '127.0.0.1');
    }
  }

  #open(from) {
    const flow = { ...from, socket: dgram.createSocket('udp4'), channels: {}, passed: 0, lost: 0 };
    if (this.#loss) {
      flow.channels[this.#loss.way] = gilbert(this.#loss, flow);
    }
    flow.socket.on('message', (message) => {
      if (!flow.channels.down?.(message)) {
        this.#listener.send(message, from.port, from.address);
      }
    });
    this.flows.push(flow);
    return flow;
  }

  close() {
    this.flows.forEach((flow) => flow.socket.close());
    this.#listener.close();
  }
}

/** RTP, not STUN, DTLS or RTCP (RFC 7983, RFC 5761). */
function isRtp(message) {
  return message.length > 12 && message[0] >= 128 && message[0] < 192 && !(message[1] >= 192 && message[1] < 224);
}

function gilbert({ ratio, burst, seed }, flow) {
  let state = seed;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let i = 0; i < 10; i++) {
    random();
  }
  const enter = ratio / ((1 - ratio) * burst);
  let bad = false;
  return (message) => {
    if (!isRtp(message)) {
      return false;
    }
    bad = bad ? random() >= 1 / burst : random() < enter;
    flow[bad ? 'lost' : 'passed'] += 1;
    return bad;
  };
}
