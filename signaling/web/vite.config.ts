// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  base: './',
  build: {
    target: 'es2022',
    // One script and one style sheet: on a slow link every further request is a round trip.
    modulePreload: false,
    // So each page is built by itself: what two of them shared would be a file of its own.
    rolldownOptions: { input: mode === 'quality' ? 'quality.html' : 'index.html' },
    emptyOutDir: mode !== 'quality',
    copyPublicDir: mode !== 'quality',
    chunkSizeWarningLimit: 900,
  },
  server: {
    // `npm run dev` serves the page with live reload; calls go to a server started by `./nhipcau up --dev`.
    proxy: {
      '/rtc': { target: 'http://127.0.0.1:7880', ws: true },
      '/dev': 'http://127.0.0.1:7880',
      '/consultation': 'http://127.0.0.1:7880',
      '/quality/': 'http://127.0.0.1:7880',
    },
  },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'] },
}));
