/** kubectl's verbs that ask a cluster, as hints name them. */
const asking = /\bkubectl (?=(annotate|apply|auth|create|delete|describe|edit|get|label|logs|patch) )/g

const asWho = / --as(-\w+)* ('[^']*'|\S+)/g

/**
 * A hint whose kubectl commands ask the same cluster, as the same user, as this run did: with the flags that the program's name for
 * hints carries (`kubectl migrate --context prod --as jane`).
 */
export function asConnected(hint: string, name: string): string {
  const flags = /^\S+(?: migrate)?( --.*)$/.exec(name)?.[1]
  if (flags === undefined) return hint
  // what another user is to type is not typed as this one
  const given = /\b(whoever|somebody who) may\b/.test(hint) ? flags.replace(asWho, '') : flags
  return hint.replace(asking, `kubectl${given} `)
}
