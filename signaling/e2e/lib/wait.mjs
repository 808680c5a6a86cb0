// SPDX-License-Identifier: Apache-2.0

/** Resolves with the first truthy value of `probe`; rejects, telling what was awaited, when none comes in time. */
export async function until(what, probe, timeoutMs = 30_000, intervalMs = 50) {
  const end = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) {
        return value;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= end) {
      throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    }
    await pause(intervalMs);
  }
}

/** Real time passes: media cannot be hurried. */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The promise, or a failure that names what was awaited. */
export async function within(timeoutMs, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${timeoutMs} ms: ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Median, 90th percentile and largest of some figures, for printing. */
export function distribution(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (ratio) => sorted[Math.min(sorted.length - 1, Math.ceil(ratio * sorted.length) - 1)];
  return { count: sorted.length, min: sorted[0], median: at(0.5), p90: at(0.9), max: sorted.at(-1) };
}
