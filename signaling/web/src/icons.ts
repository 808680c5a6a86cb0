// SPDX-License-Identifier: Apache-2.0
// Drawn here, so that the page asks no other host for them.

const shapes = {
  microphone: 'M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11v1a6 6 0 0 0 12 0v-1M12 18v3',
  camera: 'M4 7h10a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zM15 11l6-3v8l-6-3z',
  screen: 'M3 5h18v11H3zM9 20h6M12 16v4M12 13V8M9.500 10.500 12 8l2.500 2.500',
  leave: 'M3 14c5-5 13-5 18 0l-2.500 2.500-3.500-2v-2.500a10 10 0 0 0-6 0v2.500l-3.500 2z',
  turn: 'M4 8h3l2-2h6l2 2h3v11H4zM9 12a3.500 3.500 0 0 1 6-1M15 15a3.500 3.500 0 0 1-6 1M15 9v2h-2M9 18v-2h2',
  desk: 'M4 6h16M4 12h16M4 18h16M8 4v4M15 10v4M10 16v4',
  link: 'M5 19v-4M10 19v-8M15 19V7M20 19V3',
  slash: 'M4 4l16 16',
} as const;

/** A line drawing of 24 by 24 in the text's colour; crossed out when the thing is off. */
export function icon(name: Exclude<keyof typeof shapes, 'slash'>, off = false): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  for (const shape of off ? ([name, 'slash'] as const) : ([name] as const)) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', shapes[shape]);
    svg.append(path);
  }
  return svg;
}
