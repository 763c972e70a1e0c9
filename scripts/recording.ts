/**
 * `node scripts/recording.ts`: runs the journey of scripts/demo in the sandbox and writes what it prints to docs/demo.svg, which plays it. Run
 * `npm run build` before: it runs what is in dist.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Line, svgOf } from './recording/svg.ts'

const root = path.resolve(fileURLToPath(import.meta.url), '../..')
const environment = {
  ...process.env,
  PATH: `${path.join(root, 'dist')}:${process.env['PATH']}`,
  COLUMNS: '110',
  NO_COLOR: '1',
}
const journey = 'kubectl-migrate sandbox --speed 5 --exec scripts/demo-journey 2>&1'
const child = spawn('sh', ['-c', journey], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
const started = performance.now()
const lines: Line[] = []
for await (const text of createInterface({ input: child.stdout })) {
  lines.push({ at: (performance.now() - started) / 1000, text })
}
const code = child.exitCode ?? (await new Promise<number>((resolve) => child.once('close', resolve)))
if (code !== 0) throw new Error(`the journey ended with ${code}:\n${lines.map(({ text }) => text).join('\n')}`)
writeFileSync(path.join(root, 'docs/demo.svg'), svgOf(lines))
