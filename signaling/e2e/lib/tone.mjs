// SPDX-License-Identifier: Apache-2.0

/**
 * Share of a signal's energy that lies at one frequency (Goertzel), 0 to 1: near 1 for a pure tone, near 0 for silence,
 * noise or another tone.
 */
export function toneShare(samples, sampleRate, frequencyHz) {
  const step = (2 * Math.PI * frequencyHz) / sampleRate;
  let re = 0;
  let im = 0;
  let energy = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i];
    re += value * Math.cos(step * i);
    im += value * Math.sin(step * i);
    energy += value * value;
  }
  return energy === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * energy);
}

/** Root mean square of 16-bit samples. */
export function loudness(samples) {
  let energy = 0;
  for (const value of samples) {
    energy += value * value;
  }
  return samples.length === 0 ? 0 : Math.sqrt(energy / samples.length);
}
