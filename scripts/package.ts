import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { type Binary, makeBinary, putOnPath } from './package/binary.ts'
import type { NodeSource } from './package/node-base.ts'
import { binaries, release, repository } from './package/paths.ts'
import { archiveBinary, completeRelease, type ReleaseFacts } from './package/release.ts'
import { run } from './package/run.ts'
import { findSigner, howToGetSigner } from './package/sign.ts'
import { type Target, targetName, targetOf, targets } from './package/targets.ts'

const usage = `npm run package -- [flags]

Makes the single binary of this machine, dist/kubectl-migrate, and its archive in dist/release.

  --all                    for all platforms: ${targets.map(targetName).join(', ')}
  --target OS-ARCH         for this platform (repeatable)
  --node-from SOURCE       registry: Node from npm packages; nodejs: from nodejs.org.
                           Without it: registry, and nodejs where the registry has no such package
  --leave-out-unsignable   leave the macOS binaries out where nothing can sign them, instead of failing
  --collect                make no binary: only the sums, bill of materials and Krew manifest of what is in dist/release
  -h, --help               this text`

/** Two at a time: one takes a core for 10 seconds and 0.9 GB of memory. */
const atATime = 2

try {
  await main()
} catch (error) {
  console.error(`package: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const flags = readFlags()
  if (flags.help) return console.log(usage)
  const facts = readFacts()
  if (!flags.collect) await makeBinaries(facts, flags)
  const { files, missing } = await completeRelease(facts)
  console.log(`dist/release: ${files.join(', ')}`)
  if (missing.length === 0) return
  const sentence = `no Krew manifest: it needs the archives of all platforms (--all), and there is none of ${missing.map(targetName).join(', ')}`
  if (flags.collect) throw new Error(sentence)
  console.log(sentence)
}

async function makeBinaries(facts: ReleaseFacts, flags: Flags): Promise<void> {
  const nodeFrom = parseNodeSource(flags['node-from'])
  const wanted = wantedTargets(flags)
  const signer = wanted.some((target) => target.os === 'darwin') ? await findSigner(console.log) : undefined
  const chosen = wanted.filter((target) => target.os !== 'darwin' || signer !== undefined)
  const leftOut = wanted.filter((target) => !chosen.includes(target))
  if (leftOut.length > 0 && !flags['leave-out-unsignable']) {
    throw new Error(
      `nothing here can sign for macOS, and Apple silicon kills unsigned programs: ${howToGetSigner}. ` +
        'To go on without the macOS binaries: --leave-out-unsignable',
    )
  }
  for (const target of leftOut)
    console.log(`${targetName(target)}: left out, as it cannot be signed here: ${howToGetSigner}`)

  await run(process.execPath, [join(repository, 'scripts', 'build.ts')])
  await rm(release, { recursive: true, force: true })
  await rm(binaries, { recursive: true, force: true })
  await mkdir(release, { recursive: true })
  const queue = [...chosen]
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
        const started = performance.now()
        const binary = await makeBinary(target, { nodeVersion: facts.nodeVersion, nodeFrom, signer })
        const archive = await archiveBinary(binary, facts)
        console.log(describe(binary, archive, (performance.now() - started) / 1000))
        if (binary.ran !== undefined) {
          checkVersion(binary.ran, facts.version)
          console.log(`${' '.repeat(15)}${relative(repository, await putOnPath(binary))} is the same binary`)
        }
      }
    }),
  )
}

function describe(binary: Binary, archive: string, seconds: number): string {
  const size = (file: string): string => `${Math.round(statSync(file).size / 1e6)} MB`
  return [
    targetName(binary.target).padEnd(14),
    `${relative(repository, binary.file)} ${size(binary.file)}, archive ${size(archive)}, ${seconds.toFixed(0)} s;`,
    `Node from ${binary.nodeFrom === 'registry' ? 'the npm registry' : 'nodejs.org'};`,
    binary.signedWith === undefined ? '' : `signed ad hoc with ${binary.signedWith};`,
    binary.ran === undefined ? 'not run on this machine' : `run here: ${binary.ran.split('\n')[0]}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function checkVersion(printed: string, version: string): void {
  if (!printed.includes(`v${version}`)) throw new Error(`the binary says it is not v${version}:\n${printed}`)
}

function wantedTargets(flags: Flags): readonly Target[] {
  if (flags.all) return targets
  if (flags.target.length > 0) {
    return flags.target.map((name) => {
      const target = targets.find((candidate) => targetName(candidate) === name)
      if (target === undefined) throw new Error(`no target ${name}. Targets: ${targets.map(targetName).join(', ')}`)
      return target
    })
  }
  const here = targetOf(process.platform, process.arch)
  if (here === undefined) {
    throw new Error(
      `there is no binary for ${process.platform}-${process.arch}. Targets: ${targets.map(targetName).join(', ')}`,
    )
  }
  return [here]
}

type Flags = ReturnType<typeof readFlags>

function readFlags() {
  return parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      target: { type: 'string', multiple: true, default: [] },
      'node-from': { type: 'string' },
      'leave-out-unsignable': { type: 'boolean', default: false },
      collect: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values
}

function parseNodeSource(name: string | undefined): NodeSource | undefined {
  if (name === undefined || name === 'registry' || name === 'nodejs') return name
  throw new Error(`--node-from is registry or nodejs, not ${name}`)
}

function readFacts(): ReleaseFacts {
  const { version, homepage, devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string
    homepage: string
    devDependencies: { node: string }
  }
  const nodeVersion = devDependencies.node
  if (process.versions.node !== nodeVersion) {
    throw new Error(
      `this runs on Node ${process.versions.node}, and ${nodeVersion} is embedded: start it with npm run package`,
    )
  }
  return { version, homepage, nodeVersion, modified: new Date(epochSeconds() * 1000) }
}

/** SOURCE_DATE_EPOCH (reproducible-builds.org), else the time of the commit, else the first day a zip file can hold. */
function epochSeconds(): number {
  const given = process.env['SOURCE_DATE_EPOCH']
  if (given !== undefined) return Number(given)
  try {
    return Number(
      execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: repository, stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch {
    return Date.UTC(1980, 0, 1) / 1000
  }
}
