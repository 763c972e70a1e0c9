import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const root = path.resolve(fileURLToPath(import.meta.url), '../../../..')
const dist = mkdtempSync(path.join(tmpdir(), 'build-'))
const bundle = path.join(dist, 'kubectl-migrate.cjs')
const environment = { ...process.env, PATH: `${dist}:${process.env['PATH']}`, KUBECONFIG: '/nonexistent/kubeconfig' }

beforeAll(() => {
  execFileSync(process.execPath, [path.join(root, 'scripts/build.ts'), '--out', dist])
})
afterAll(() => rmSync(dist, { recursive: true }))

/** First line that `script` prints, run by a shell with the built files first on PATH. */
function firstLine(shell: string, script: string): string {
  const { stdout, stderr } = spawnSync(shell, ['-c', script], { env: environment, encoding: 'utf8' })
  return `${stdout}${stderr}`.split('\n')[0] ?? ''
}

describe('npm run build', () => {
  it('makes one executable file of all that runs', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
    const about = JSON.parse(
      execFileSync(process.execPath, [bundle, 'version', '-o', 'json'], { cwd: dist, encoding: 'utf8' }),
    )
    expect(about).toMatchObject({ name: 'kubectl-migrate', version: `v${version}` })
    const executable = ['kubectl-migrate', 'kubectl-migrate.cjs', 'kubectl_complete-migrate']
    expect(executable.filter((file) => (statSync(path.join(dist, file)).mode & 0o111) === 0o111)).toEqual(executable)
  })

  it('requires nothing but Node', () => {
    const required = [...readFileSync(bundle, 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map(
      (match) => match[1] ?? '',
    )
    expect(required.filter((name) => !isBuiltin(name))).toEqual([])
    expect(required).not.toEqual([])
  })

  it('holds no path of this machine and no host of a registry', () => {
    const text = readFileSync(bundle, 'utf8')
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).trim()
    for (const forbidden of [root, dist, new URL(registry).host, 'node_modules/']) {
      expect(text.includes(forbidden), forbidden).toBe(false)
    }
  })

  it('loads a verb only when it runs', () => {
    const loaded = (words: readonly string[]): string[] => {
      const script = `const { createRequire } = require('node:module')
const seen = []
const load = module.constructor._load
module.constructor._load = (name, ...rest) => (seen.push(name), load(name, ...rest))
process.on('exit', () => console.error(JSON.stringify(seen)))
process.argv = [process.argv[0], ${JSON.stringify(bundle)}, ...${JSON.stringify(words)}]
createRequire('/')(${JSON.stringify(bundle)})`
      const { stderr } = spawnSync(process.execPath, ['-e', script], { env: environment, encoding: 'utf8' })
      return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '[]')
    }
    expect(loaded(['version'])).toContain('node:sea')
    expect(loaded(['version']).filter((name) => /^(node:)?(https?|tls|net|child_process|zlib)$/.test(name))).toEqual([])
  })

  it('makes what divides text into characters only for text beyond ASCII', () => {
    const spy = path.join(dist, 'spy.cjs')
    writeFileSync(
      spy,
      `let made = 0
Intl.Segmenter = class extends Intl.Segmenter { constructor(...given) { super(...given); made++ } }
process.on('exit', () => console.error(made > 0 ? 'made' : 'not made'))`,
    )
    const report = (name: string) => {
      // two failures: of one alone there is no table
      const absent = [name, 'other.yaml'].flatMap((file) => ['-f', path.join(dist, file)])
      const words = ['--require', spy, bundle, 'convert', ...absent]
      return spawnSync(process.execPath, words, { encoding: 'utf8' }).stderr.trimEnd().split('\n').at(-1)
    }
    expect(report('absent.yaml')).toBe('not made')
    expect(report('\u6a21\u578b.yaml')).toBe('made')
  })

  it('calls itself by the name it was called by', (context) => {
    context.skip(spawnSync('kubectl', ['version', '--client']).error !== undefined, 'kubectl is not installed here')
    expect(firstLine('bash', 'kubectl-migrate help version | grep json')).toBe('  kubectl-migrate version -o json')
    expect(firstLine('bash', 'kubectl migrate help version | grep json')).toBe('  kubectl migrate version -o json')
  })
})
