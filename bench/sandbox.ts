import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildSync } from 'esbuild'
import { node, repository } from '../test/cluster/folders.ts'
import { durationText, spreadOf, type Verdict } from './figures.ts'
import { memoryVerdict, usageText } from './list.ts'
import { measure, outputOf, type Program, type Run } from './measure.ts'
import { builtPrograms } from './programs.ts'

/** Seconds until it serves, seconds of `list -A` through it, 10^6 bytes it may hold. */
const bounds = { start: 5, list: 3, memory: 1000 }

/** A sandbox with many jobs: how soon it serves, how soon they are listed, what it holds. */
export async function benchSandbox(jobs: number, runs: number, say: (line: string) => void): Promise<Verdict[]> {
  say(`sandbox with ${jobs} PyTorchJobs: ${runs} lists`)
  const folder = mkdtempSync(join(tmpdir(), 'bench-sandbox-'))
  try {
    return await benchHost(bundled(folder), jobs, runs, say)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** One file, as users have it: nobody starts a sandbox from its TypeScript. */
function bundled(folder: string): string {
  const host = join(folder, 'host.mjs')
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"
  const entry = join(repository, 'bench', 'sandbox-host.ts')
  buildSync({
    entryPoints: [entry],
    outfile: host,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: banner },
  })
  return host
}

async function benchHost(host: string, jobs: number, runs: number, say: (line: string) => void): Promise<Verdict[]> {
  const started = performance.now()
  const child = spawn(node, [host, String(jobs)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value: kubeconfig } = await lines.next()
  const start = (performance.now() - started) / 1000
  if (typeof kubeconfig !== 'string') throw new Error('the sandbox did not start')
  say(`  it serves after         ${start.toFixed(2)} s`)
  const { words } = builtPrograms().bundle
  const program: Program = { words: [...words, 'list', '-A'], environment: { KUBECONFIG: kubeconfig } }
  const rows = outputOf(program).stdout.trimEnd().split('\n').length
  if (rows <= jobs) throw new Error(`list -A shows ${rows} lines`)
  const listed: Run[] = Array.from({ length: runs }, () => measure(program, 'time and memory'))
  const seconds = spreadOf(listed.map((run) => run.seconds))
  say(`  list -A                 ${usageText(listed)}`)
  child.stdin.end()
  const used = JSON.parse(String((await lines.next()).value)) as { megabytes: number; cpuSeconds: number }
  await once(child, 'close')
  say(`  it held ${used.megabytes.toFixed(0)} MB and took ${used.cpuSeconds.toFixed(1)} s of processor, lists included`)
  const name = `sandbox: ${jobs} jobs`
  return [
    { name: `${name}, start`, unit: 's', value: start, bound: bounds.start },
    { name: `${name}, list -A (${durationText(seconds)})`, unit: 's', value: seconds.median, bound: bounds.list },
    ...memoryVerdict(`${name}, memory`, [{ seconds: start, ...used }], bounds.memory),
  ]
}
