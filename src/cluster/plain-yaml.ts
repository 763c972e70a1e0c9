import { readPlainManifest } from '../kube/plain-manifest.ts'

/** What YAML's core schema reads as something else than text (YAML 1.2.2, 10.3.2). */
const notText =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?\d+|0o[0-7]+|0x[\dA-Fa-f]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

const words = new Map([
  ['null', null],
  ['true', true],
  ['false', false],
])

/**
 * Reads the YAML that kubectl and the clouds' tools write kubeconfigs in. A real YAML parser takes 10 ms to load and to read the same,
 * a sixth of a command's whole time.
 * @returns the document, its unquoted scalars read by YAML's core schema; undefined for anything else or doubtful: then a real parser
 *   must decide, and word the error if it is one
 */
export function parsePlainYaml(text: string): unknown {
  return readPlainManifest(text, coreScalar)?.value
}

function coreScalar(text: string): string | boolean | null | undefined {
  if (words.has(text)) return words.get(text)
  return notText.test(text) ? undefined : text
}
