/** The build: one entry, an own file per island, hashed names, a manifest from which pages learn the names. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: '/static/',
  build: {
    outDir: '../panshi/web/static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    rolldownOptions: { input: 'src/main.ts' },
  },
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  test: { environment: 'jsdom', include: ['test/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
});
