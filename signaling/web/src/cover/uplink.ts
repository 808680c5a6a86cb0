// SPDX-License-Identifier: Apache-2.0

/** What is known of the way from here to the server. */
export interface Uplink {
  /** The server's word: it knows the way and takes it for good, or it does not know it yet, or finds it weak. */
  readonly verdict: 'unknown' | 'good' | 'weak';
  /** What the browser takes the way to carry, kbit/s; undefined: it does not tell. */
  readonly carriesKbps: number | undefined;
}

/** Sound, the cover and the smallest clear picture that is of use need so much, and a quarter more to begin with. */
export const KEEP_KBPS = 200;
export const BEGIN_KBPS = 250;
/** For so long the way must look good before a clear picture is sent beside the cover, and too narrow before it ends. */
export const SURE_MS = 3_000;
/** After the way turned out to be too weak it is left alone for so long, twice as long each further time. */
export const FIRST_PAUSE_MS = 30_000;
export const LONGEST_PAUSE_MS = 600_000;
/** A clear picture that has gone well for so long makes up for earlier failures. */
export const PROVED_MS = 120_000;

/**
 * Whether the uplink can carry a clear picture beside the covered one. On a weak link the cover alone is sent: sound and
 * cover come first. It begins when the server finds nothing wrong with the uplink, and the browser's estimate (where there
 * is one) leaves room, both for three seconds; it ends at once when the server finds it weak, and after three seconds when
 * the estimate is too low. Then it rests, longer each time. Pure bookkeeping.
 */
export class UplinkRule {
  #carries = false;
  #sinceMs: number | undefined;
  #begunMs = 0;
  #notBeforeMs = -Infinity;
  #pauseMs = FIRST_PAUSE_MS;

  /** Call about once a second. @returns whether the clear picture may be sent now */
  observe(uplink: Uplink, nowMs: number): boolean {
    if (this.#carries) {
      if (uplink.verdict === 'weak' || this.#lasts((uplink.carriesKbps ?? Infinity) < KEEP_KBPS, nowMs)) {
        this.failed(nowMs);
      }
    } else {
      const fit = uplink.verdict === 'good' && (uplink.carriesKbps ?? Infinity) >= BEGIN_KBPS;
      if (this.#lasts(fit, nowMs) && nowMs >= this.#notBeforeMs) {
        this.#carries = true;
        this.#begunMs = nowMs;
        this.#sinceMs = undefined;
      }
    }
    return this.#carries;
  }

  /** Nothing is to be sent, for another reason than the link: when there is, it is looked at anew. */
  forget(): void {
    this.#carries = false;
    this.#sinceMs = undefined;
  }

  /** It could not be sent: not again for a while, longer each time. */
  failed(nowMs: number): void {
    if (nowMs - this.#begunMs >= PROVED_MS) {
      this.#pauseMs = FIRST_PAUSE_MS;
    }
    this.#notBeforeMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
    this.forget();
  }

  /** Whether something has been so for long enough. */
  #lasts(so: boolean, nowMs: number): boolean {
    this.#sinceMs = so ? this.#sinceMs ?? nowMs : undefined;
    return this.#sinceMs !== undefined && nowMs - this.#sinceMs >= SURE_MS;
  }
}
