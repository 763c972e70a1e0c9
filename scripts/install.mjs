// Plain JavaScript, because the machine's own Node runs it before the pinned one is there.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const shell = process.platform === 'win32'
const installed = 'node_modules/.package-lock.json'
const started = performance.now()

if (Number(process.versions.node.split('.')[0]) < 20) {
  giveUp(`Node ${process.versions.node} is too old to install with: Node 20 or newer is needed (https://nodejs.org)`)
}

const reason = reasonToInstall()
if (reason !== undefined) {
  console.log(`install: npm ci, because ${reason} (about 15 seconds where packages are cached, a minute otherwise)`)
  npm('ci', '--no-audit', '--loglevel=error')
  const left = reasonToInstall()
  if (left !== undefined) giveUp(`npm ci said it is done, but ${left}`)
}
// a machine that lets no package run scripts (ignore-scripts in .npmrc) has the package, but not the Node it fetches
if (!pinnedNodeRuns()) npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error')
if (!pinnedNodeRuns())
  giveUp('the pinned Node (node_modules/.bin/node) does not run: remove node_modules and try again')

console.log(
  reason === undefined
    ? 'install: node_modules is what package-lock.json says'
    : `install: done in ${((performance.now() - started) / 1000).toFixed(1)} s`,
)

function reasonToInstall() {
  if (!existsSync(installed)) return 'nothing is installed yet'
  const present = packagesOf(installed)
  for (const [path, { version, optional }] of Object.entries(packagesOf('package-lock.json'))) {
    if (path === '' || optional || present[path]?.version === version) continue
    return `package-lock.json wants ${path} ${version}, there is ${present[path]?.version ?? 'none'}`
  }
  return undefined
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

function pinnedNodeRuns() {
  return spawnSync('node_modules/.bin/node', ['--version'], { shell }).status === 0
}

function npm(...args) {
  const { error, status } = spawnSync('npm', args, { stdio: 'inherit', shell })
  if (error) giveUp(`npm cannot be started: ${error.message}. It comes with Node (https://nodejs.org)`)
  if (status !== 0) giveUp(`npm ${args.join(' ')} ended with exit code ${status}`)
}

function giveUp(sentence) {
  console.error(`install: ${sentence}`)
  process.exit(1)
}
