import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const source = fileURLToPath(new URL('..', import.meta.url));

test('the package holds the module, its types, readme and licence, and a program that installs it can import it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'realtime-pack-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const npm = (args, cwd) => run('npm', [...args, '--offline', '--no-audit', '--no-fund', '--no-update-notifier', '--cache', join(folder, 'cache')], { cwd });

  const dry = JSON.parse((await npm(['pack', '--dry-run', '--json'], source)).stdout);
  const [described] = Array.isArray(dry) ? dry : Object.values(dry);
  assert.deepEqual(described.files.map(({ path }) => path).sort(), ['LICENSE', 'README.md', 'package.json', 'realtime.d.ts', 'realtime.js']);

  await npm(['pack', '--pack-destination', folder], source);
  const { name, version, license, description, keywords, engines, sideEffects } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  assert.deepEqual([license, sideEffects, Boolean(description), keywords.length > 2, engines.node], ['Apache-2.0', false, true, true, '>=20']);
  await writeFile(join(folder, 'package.json'), '{"name":"program","private":true,"type":"module"}');
  await npm(['install', join(folder, `${name}-${version}.tgz`)], folder);
  const program = "import Default, { Realtime, RealtimeError } from 'realtime-client'; console.log(Default === Realtime, new RealtimeError('x').code)";
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  assert.equal(stdout.trim(), 'true x');
});
