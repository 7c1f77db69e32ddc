import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` shows the pages against a hub that runs already.
const hub = process.env['SMARTCENTER_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/app/',
  plugins: [svelte()],
  build: {
    // Outside of this folder, so that cargo watches the built files and not node_modules.
    outDir: '../dist/app',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy knows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: hub, headers: { origin: hub } } } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
