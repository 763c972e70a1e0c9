import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocuments } from '../../../src/kube/yaml.ts'

// Each file of testdata says in its first line what it proves. Beside it stands what kubectl v1.36.3 makes of it:
//   kubectl create --dry-run=client --validate=false -o json -f FILE > FILE.kubectl.json
const folder = path.join(import.meta.dirname, 'testdata')
const answer = '.kubectl.json'

/** kubectl prints objects one below the other, and adds the namespace of the context. */
function kubectlObjects(file: string): unknown[] {
  const text = readFileSync(path.join(folder, `${file}${answer}`), 'utf8')
  return text.split(/^(?=\{)/m).map((object) => {
    const { metadata, ...rest } = JSON.parse(object)
    const { namespace: _, ...own } = metadata
    return { ...rest, metadata: own }
  })
}

describe('manifests are read as kubectl reads them', () => {
  for (const file of readdirSync(folder).filter((name) => !name.endsWith(answer))) {
    it(file, () => {
      const documents = readDocuments(readFileSync(path.join(folder, file)), file)
      expect(documents.map(({ problem }) => problem?.data)).toEqual(documents.map(() => undefined))
      expect(documents.map(({ object }) => object)).toEqual(kubectlObjects(file))
    })
  }
})
