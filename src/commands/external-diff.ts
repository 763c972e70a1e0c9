import type { Env } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { isRecord } from '../kube/object.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { Problem } from '../problem.ts'

/** One pod on both sides, as the text of a file each. */
export interface PodText {
  /** name of the file without its extension */
  readonly name: string
  readonly v1: Readonly<Record<string, string>>
  readonly v2: Readonly<Record<string, string>>
}

/**
 * The words of KUBECTL_EXTERNAL_DIFF; undefined where it is not set. Of its arguments kubectl passes on those of letters, digits, - and =
 * (kubectl v0.36, pkg/cmd/diff/diff.go getCommand).
 */
export function externalDiff({ variables }: Pick<Env, 'variables'>): readonly string[] | undefined {
  const [program, ...args] = (variables['KUBECTL_EXTERNAL_DIFF'] ?? '').split(' ').filter((word) => word !== '')
  return program === undefined ? undefined : [program, ...args.filter((word) => /^[a-zA-Z0-9-=]+$/.test(word))]
}

/**
 * Shows pods with that program: two folders, a file a pod. Throws a Problem where it cannot be started or ends with more than 1, which is
 * an error to kubectl as well.
 */
export async function showExternally(env: Env, words: readonly string[], pods: readonly PodText[]): Promise<void> {
  const side = (of: (pod: PodText) => PodText['v1']) =>
    Object.fromEntries(pods.map((pod) => [`${pod.name}.yaml`, printYaml(of(pod))]))
  const failed = (why: string) =>
    new Problem({
      code: 'external-diff',
      what: `KUBECTL_EXTERNAL_DIFF is ${words.join(' ')}, which ${why}`,
      next: ['unset KUBECTL_EXTERNAL_DIFF', '-o unified writes a diff of our own'],
      exit: exitCode.usage,
    })
  let code: number
  try {
    code = await env.runTool(words, { v1: side(({ v1 }) => v1), v2: side(({ v2 }) => v2) })
  } catch (error) {
    throw failed(`cannot be started (${isRecord(error) && 'code' in error ? String(error['code']) : String(error)})`)
  }
  if (code > 1) throw failed(`ended with exit code ${code}`)
}
