/** kubectl's verbs that ask a cluster, as hints name them. */
const asking = /\bkubectl (?=(annotate|apply|auth|create|delete|describe|edit|get|label|logs|patch) )/g

/**
 * A hint whose kubectl commands ask the same cluster, as the same user, as this run did: with the flags that the program's name for
 * hints carries (`kubectl migrate --context prod --as jane`).
 */
export function asConnected(hint: string, name: string): string {
  const flags = /^\S+(?: migrate)?( --.*)$/.exec(name)?.[1]
  return flags === undefined ? hint : hint.replace(asking, `kubectl${flags} `)
}
