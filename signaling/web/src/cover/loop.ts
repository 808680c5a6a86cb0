// SPDX-License-Identifier: Apache-2.0

/** As much of a camera frame as the cover looks at. */
export interface CameraFrame {
  readonly timestamp: number;
  close(): void;
}

/** Where camera frames come from. */
export interface FrameSource<F extends CameraFrame> {
  read(): Promise<{ done: boolean; value?: F | undefined }>;
  cancel(): Promise<void>;
}

/** Where covered frames go. */
export interface FrameSink<G> {
  write(frame: G): Promise<void>;
}

/** What has passed so far. */
export interface CoverCounts {
  /** Frames that the camera gave. */
  readonly in: number;
  /** Frames that were handed on, all of them the cover. */
  readonly out: number;
  /** Since the camera's last frame; since the start when there was none. */
  readonly lastInAgeMs: number;
}

/**
 * Gives for camera frames the cover. A frame of the camera is asked for its time and closed, before anything else is
 * done, so there is no line on which it could be handed on; where the camera stops, so does the cover.
 */
export class CoverLoop<F extends CameraFrame, G> {
  #in = 0;
  #out = 0;
  #lastInMs: number;
  #lastOutMs = -Infinity;
  #running = true;

  constructor(private readonly source: FrameSource<F>, private readonly sink: FrameSink<G>,
    private readonly cover: (timestamp: number) => G, private readonly intervalMs: number, private readonly nowMs: () => number) {
    this.#lastInMs = nowMs();
  }

  /** Ends when the camera does or after {@link stop}; fails with whatever fails. */
  async run(): Promise<void> {
    while (this.#running) {
      const { done, value } = await this.source.read();
      if (done || !value) {
        return;
      }
      const { timestamp } = value;
      value.close();
      this.#in += 1;
      this.#lastInMs = this.nowMs();
      if (this.#running && this.#due()) {
        await this.sink.write(this.cover(timestamp));
        this.#out += 1;
      }
    }
  }

  /** Nothing is written any more, also not for a frame that is just being read. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.source.cancel();
  }

  counts(): CoverCounts {
    return { in: this.#in, out: this.#out, lastInAgeMs: Math.max(0, Math.round(this.nowMs() - this.#lastInMs)) };
  }

  /** True once in an interval; a camera's frames do not come at exact times, so a little earlier counts. */
  #due(): boolean {
    const now = this.#lastInMs;
    if (now - this.#lastOutMs < this.intervalMs * 0.9) {
      return false;
    }
    this.#lastOutMs = now;
    return true;
  }
}
