// SPDX-License-Identifier: Apache-2.0

/** A microphone or a camera, as far as turning it on and off goes. */
export interface Device {
  /** Whether the server takes it from the person now. */
  readonly allowed: boolean;
  readonly on: boolean;
  turnOn(): Promise<unknown>;
  turnOff(): Promise<unknown>;
  /** Takes it back wholly, also what the server has taken back already and the library does not know yet. */
  withdraw(): Promise<unknown>;
}

/**
 * That a person wants to be heard, or seen. The wish outlives the right: what cannot be had now (from a waiting room,
 * while the consultation is suspended) is turned on as soon as it is allowed, and a right that is lost in the middle of
 * turning on is no fault of the device. Only a device that fails while it is allowed ends the wish.
 *
 * Thread: the page's. Owns: the wish.
 */
export class Wish {
  #wanted = false;
  #due = false;
  #interrupted = false;
  #busy = false;
  #running = Promise.resolve();

  constructor(private readonly device: Device, private readonly failed: (error: unknown) => void) {}

  get wanted(): boolean {
    return this.#wanted;
  }

  /** The device was turned off by somebody else, or for a reason the person is told: not again unasked. */
  drop(): void {
    this.#wanted = false;
  }

  /** The person wants it on, or off; returns when that is done as far as it is possible now. */
  async set(on: boolean): Promise<void> {
    this.#wanted = on;
    if (on) {
      await this.takeUp();
      return;
    }
    try {
      await this.device.turnOff();
    } catch (error) {
      this.failed(error);
    }
  }

  /** To be called whenever the rights may have changed. */
  takeUp(): Promise<void> {
    this.#due = true;
    if (this.#busy) {
      this.#interrupted ||= !this.device.allowed;
    } else {
      this.#running = this.#run();
    }
    return this.#running;
  }

  /** Over in the moment it ends, not a turn later: rights come in several pieces at once, and the last one counts. */
  async #run(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#due) {
        this.#due = false;
        if (this.#wanted && !this.device.on && this.device.allowed) {
          await this.#turnOn();
        }
      }
    } finally {
      this.#busy = false;
    }
  }

  /** A right that was lost on the way makes of whatever came out nothing: it is begun anew, when there is a right again. */
  async #turnOn(): Promise<void> {
    const { device } = this;
    this.#interrupted = false;
    try {
      await device.turnOn();
      if (this.#interrupted) {
        await device.withdraw();
      }
    } catch (error) {
      if (!this.#interrupted && device.allowed) {
        const told = this.#wanted;
        this.#wanted = false;
        if (told) {
          this.failed(error);
        }
        return;
      }
    }
    this.#due ||= this.#interrupted;
  }
}
