/** The build: one entry, an own file per island, hashed names, a manifest from which pages learn the names. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: '/static/',
  build: {
    outDir: '../panshi/web/static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700, // ECharts, only on pages with a chart; the rest is measured by a test
    target: ['chrome123', 'firefox120', 'safari17.5'],
    rolldownOptions: {
      input: 'src/main.ts',
      // HTMX evaluates only where `allowEval` lets it, and we do not; how long plugins took is nobody's concern.
      checks: { eval: false, pluginTimings: false, bundlerTimings: false },
    },
  },
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  test: { environment: 'jsdom', include: ['test/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
});
