// Bundles the extension, the chat view's page and the tests that run inside the extension host.
import { build } from 'esbuild';

const shared = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' };
const host = { ...shared, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] };

await Promise.all([
  build({ ...host, entryPoints: ['src/extension.ts'], banner: { js: 'const bundleBegun = performance.now();' }, outfile: 'dist/extension.js' }),
  build({ ...shared, platform: 'browser', target: 'es2022', format: 'iife', entryPoints: ['src/chat/page/main.ts'], outfile: 'dist/chat.js' }),
  build({ ...shared, entryPoints: ['src/chat/page/chat.css'], outfile: 'dist/chat.css' }),
  build({ ...host, minify: false, entryPoints: ['test/index.ts'], outfile: 'dist/test/index.js' }),
]);
