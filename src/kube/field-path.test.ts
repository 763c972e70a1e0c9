import { describe, expect, it } from 'vitest'
import { formatFieldPath, type PathStep, parseFieldPath } from './field-path.ts'

const paths: [PathStep[], string][] = [
  [[], ''],
  [['spec'], 'spec'],
  [['spec', 'pytorchReplicaSpecs', 'Master', 'replicas'], 'spec.pytorchReplicaSpecs.Master.replicas'],
  [['spec', 'containers', 0, 'args', 12], 'spec.containers[0].args[12]'],
  [['items', 3], 'items[3]'],
  [[0, 1], '[0][1]'],
  [['metadata', 'labels', 'kueue.x-k8s.io/queue-name'], "metadata.labels['kueue.x-k8s.io/queue-name']"],
  [['data', '0'], 'data.0'],
  [['data', ''], "data['']"],
  [['data', "it's", 'a\\b', 'a\nb'], "data['it\\'s']['a\\\\b']['a\nb']"],
]

describe('a field path', () => {
  for (const [steps, text] of paths) {
    it(`${JSON.stringify(steps)} is written ${text === '' ? 'as nothing' : text}, and read back`, () => {
      expect(formatFieldPath(steps)).toBe(text)
      expect(parseFieldPath(text)).toEqual(steps)
    })
  }

  for (const text of ['.spec', 'spec.', 'spec..name', 'spec[', "spec['a", 'spec[x]', 'a b']) {
    it(`${text} is none`, () => {
      expect(parseFieldPath(text)).toBeUndefined()
    })
  }
})
