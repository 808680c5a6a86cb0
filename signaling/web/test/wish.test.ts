// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { type Device, Wish } from '../src/wish';

/** Turning on takes until the test says how it ends. */
class FakeDevice implements Device {
  allowed = false;
  on = false;
  readonly calls: string[] = [];
  readonly #ends: Array<(error?: Error) => void> = [];

  turnOn(): Promise<void> {
    this.calls.push('on');
    return new Promise((resolve, reject) => this.#ends.push((error) => {
      this.on = !error;
      error ? reject(error) : resolve();
    }));
  }
  async turnOff(): Promise<void> {
    this.calls.push('off');
    this.on = false;
  }
  async withdraw(): Promise<void> {
    this.calls.push('withdraw');
    this.on = false;
  }
  async ends(error?: Error): Promise<void> {
    this.#ends.shift()?.(error);
    await settled();
  }
}

/** All that can go on without another call has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}

describe('the wish to be heard or seen', () => {
  let device: FakeDevice;
  let failures: unknown[];
  let wish: Wish;
  const rights = (allowed: boolean) => {
    device.allowed = allowed;
    void wish.takeUp();
  };

  beforeEach(() => {
    device = new FakeDevice();
    failures = [];
    wish = new Wish(device, (error) => failures.push(error));
  });

  it('should be kept until the right comes, also with the last of several changes in one moment', async () => {
    await wish.set(true);
    expect(device.calls).toEqual([]);
    // One message of the server: first where the person sits, then what the person may.
    void wish.takeUp();
    rights(true);
    expect(device.calls).toEqual(['on']);
    await device.ends();
    expect([device.on, wish.wanted, failures]).toEqual([true, true, []]);
  });

  it('should survive a right that is lost while the device is being turned on, and be fulfilled when it is back', async () => {
    // Suspended: the track is taken back and the room's state told, before the person's rights are.
    rights(true);
    void wish.set(true);
    rights(false);
    await device.ends(new Error('insufficient permissions'));
    expect([wish.wanted, device.on, failures]).toEqual([true, false, []]);
    rights(true);
    await device.ends();
    expect([device.calls, device.on]).toEqual([['on', 'on'], true]);
  });

  it('should take back what was turned on although the right was lost on the way, and begin anew', async () => {
    rights(true);
    void wish.set(true);
    rights(false);
    await device.ends();
    expect([device.calls, device.on, wish.wanted]).toEqual([['on', 'withdraw'], false, true]);
    rights(true);
    await device.ends();
    expect([device.calls, device.on]).toEqual([['on', 'withdraw', 'on'], true]);
  });

  it('should begin anew by itself when the right was lost and came back while the device was being turned on', async () => {
    rights(true);
    void wish.set(true);
    rights(false);
    rights(true);
    await device.ends(new Error('no answer'));
    expect(device.calls).toEqual(['on', 'on']);
    await device.ends();
    expect([device.on, failures]).toEqual([true, []]);
  });

  it('should end with a device that fails while it is allowed, and be told once', async () => {
    const broken = new Error('in use');
    rights(true);
    const done = wish.set(true);
    void wish.takeUp();
    await device.ends(broken);
    await done;
    expect([device.calls, wish.wanted, failures]).toEqual([['on'], false, [broken]]);
    rights(true);
    expect(device.calls).toEqual(['on']);
  });

  it('should not come back once the person or somebody else turned it off', async () => {
    rights(true);
    void wish.set(true);
    await device.ends();
    await wish.set(false);
    expect([device.calls, wish.wanted]).toEqual([['on', 'off'], false]);
    rights(true);
    void wish.set(true);
    await device.ends();
    device.on = false;
    wish.drop();
    rights(true);
    expect([device.calls, wish.wanted]).toEqual([['on', 'off', 'on'], false]);
  });

  it('should tell nothing of a failure after the person changed their mind', async () => {
    rights(true);
    void wish.set(true);
    await wish.set(false);
    await device.ends(new Error('too late'));
    expect([wish.wanted, failures]).toEqual([false, []]);
  });
});
