import type { Env } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import { type ManifestFile, manifestOf, type Opened } from './manifests.ts'

/**
 * What a folder with a kustomization builds to, as kubectl's own -k has it: `kubectl kustomize` builds it. What that warns of goes to
 * `note`; where it cannot be run, or fails, a problem says so in its words.
 */
export async function readKustomization(
  env: Pick<Env, 'run'>,
  folder: string,
  note: (text: string) => void = () => undefined,
  opened: Opened = manifestOf,
): Promise<ManifestFile> {
  const source = `kustomize ${folder}`
  const ran = await env.run('kubectl', ['kustomize', '--', folder])
  if (!ran) return { source, problem: noKubectl(folder) }
  const said = ran.stderr.trim()
  if (ran.code !== 0) return { source, problem: failed(folder, said, ran.code) }
  for (const line of said.split('\n').filter(Boolean)) note(`${source}: ${line.replace(/^# Warning: /, '')}`)
  return opened(ran.stdout, source)
}

function noKubectl(folder: string): Problem {
  return new Problem({
    code: 'no-kubectl',
    what: `-k ${folder} is built by kubectl, and there is none on PATH`,
    next: ['put kubectl on PATH', `kustomize build ${folder} | $0 convert -f -`],
    exit: exitCode.usage,
  })
}

function failed(folder: string, said: string, code: number): Problem {
  return new Problem({
    code: 'kustomize-failed',
    what: `kubectl kustomize ${folder} failed`,
    why: said === '' ? `it ended with exit code ${code} and said nothing` : said.replaceAll(/^error: /gim, ''),
    exit: exitCode.usage,
  })
}
