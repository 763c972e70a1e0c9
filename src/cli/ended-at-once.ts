import { isKindWord } from '../read/reference.ts'
import type { Invocation } from './command.ts'

/**
 * What a second Ctrl-C says of a verb that changes the cluster: how to see what stands, and the ways on.
 * @param name what its hints start with
 */
export function endedAtOnce(name: string, verb: string, { positionals, connection }: Invocation): string[] {
  const place = connection.namespace === undefined ? '' : ` -n ${connection.namespace}`
  const one = positionals.length === 1 || (positionals.length === 2 && isKindWord(positionals[0] ?? ''))
  const job = `${positionals.join(' ')}${place}`
  return [
    'error: ended at once: what stands may be half of it',
    one ? `       ${name} status ${job}   (what stands)` : `       ${name} list${place}   (what stands)`,
    ...(one && verb === 'cutover' ? [`       ${name} rollback ${job}   (back to v1)`] : []),
    '       The same command again goes on from there.',
  ]
}
