import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type BuildOptions, build as bundle, type Plugin } from 'esbuild'
import type { Build } from '../src/cli/build.ts'

const root = path.resolve(fileURLToPath(import.meta.url), '../..')

/** The build's own facts: the version of package.json and, under git, the commit (`-dirty` when tracked files differ from it). */
function describeBuild(): Build {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  try {
    const commit = execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*', '--abbrev=12'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return { version: `v${version}`, commit: commit.trim() }
  } catch {
    return { version: `v${version}` }
  }
}

/** `debug`, which the SOCKS agent loads, prints what it connects to where DEBUG is set, and looks for modules that are not in the bundle. */
const withoutDebug: Plugin = {
  name: 'without-debug',
  setup(build) {
    build.onResolve({ filter: /^debug$/ }, () => ({ path: 'debug', namespace: 'without' }))
    build.onLoad({ filter: /.*/, namespace: 'without' }, () => ({ contents: 'module.exports = () => () => {}' }))
  },
}

/**
 * Making the segmenter and the emoji of string-width takes 20 ms, a third of a short command's time, and only text beyond
 * ASCII needs them: it is loaded at its first call.
 */
const lateWidth: Plugin = {
  name: 'late-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ namespace }) =>
      namespace === 'late' ? undefined : { path: 'string-width', namespace: 'late' },
    )
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `let load\nexport default (...given) => (load ??= require('${path}').default)(...given)`,
      resolveDir: root,
    }))
  },
}

/**
 * One CommonJS file, as the single binary needs it. Verbs stay lazy: esbuild wraps each module, and an `import()` runs
 * it at its first use. Nothing of this machine goes in: paths are relative to the repository, and there is no source map unless asked for.
 */
function bundleOptions(output: string, sourcemap: boolean): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile: output,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    sourcemap: sourcemap ? 'linked' : false,
    legalComments: 'none',
    logLevel: 'warning',
    // a warning (import.meta in a CommonJS file, a require that cannot be followed) is a crash later
    logOverride: { 'empty-import-meta': 'error' },
    define: { KUBECTL_MIGRATE_BUILD: JSON.stringify(describeBuild()) },
    plugins: [withoutDebug, lateWidth],
    banner: { js: '#!/usr/bin/env node' },
  }
}

const { values } = parseArgs({ options: { sourcemap: { type: 'boolean' }, out: { type: 'string', default: 'dist' } } })
const folder = path.resolve(root, values.out)
const output = path.join(folder, 'kubectl-migrate.cjs')

/**
 * For development: on PATH it makes `kubectl migrate` work with the Node this repository pins. It hands on `_`, by which
 * the program sees whether kubectl or a shell called it (src/cli/program-name.ts), as some shells set it anew.
 */
const launcher = `#!/bin/sh
called_by=$_
here=$(dirname "$(readlink -f "$0")")
node=$here/../node_modules/node/bin/node
[ -x "$node" ] || node=node
exec env _="$called_by" "$node" "$here/kubectl-migrate.cjs" "$@"
`

mkdirSync(folder, { recursive: true })
await bundle(bundleOptions(output, values.sourcemap === true))
writeFileSync(path.join(folder, 'kubectl-migrate'), launcher)
copyFileSync(path.join(root, 'src/cli/kubectl_complete-migrate'), path.join(folder, 'kubectl_complete-migrate'))
for (const file of ['kubectl-migrate', 'kubectl-migrate.cjs', 'kubectl_complete-migrate']) {
  chmodSync(path.join(folder, file), 0o755)
}
console.log(`${path.relative(process.cwd(), output)}   ${Math.round(statSync(output).size / 1024)} kB`)
