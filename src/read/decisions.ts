import type { Decisions } from '../convert/decisions.ts'
import { decisionsSchema } from '../convert/decisions-schema.ts'
import { schemaFaults } from '../convert/schema-faults.ts'
import type { Files } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { formatFieldPath } from '../kube/field-path.ts'
import { type Document, readDocuments } from '../kube/yaml.ts'
import { Problem } from '../problem.ts'

/** The file that is read when none is named, where it is there. */
const usualDecisions = 'migrate.yaml'

/** What a decisions file says, and which file it was. */
export interface ReadDecisions {
  readonly path: string
  readonly decisions: Decisions
}

/**
 * The decisions of a file: the one named, else ./migrate.yaml; undefined where neither is. Throws a Problem with file and line for one
 * that cannot be read or does not fit docs/schema/decisions.json.
 */
export async function readDecisions(files: Files, named?: string): Promise<ReadDecisions | undefined> {
  const path = named ?? usualDecisions
  const found = await files.stat(path)
  if (found === undefined || found.directory) {
    if (named === undefined) return undefined
    throw refused(path, found ? 'is a folder' : 'does not exist')
  }
  const [document, second] = readDocuments(await files.read(path), path)
  if (!document) throw refused(path, 'is empty')
  if (document.problem) throw document.problem
  if (second) throw refused(path, 'holds more than one document', `${path}:${second.line}`)
  check(document, path)
  return { path, decisions: document.object as unknown as Decisions }
}

function check(document: Document, path: string): void {
  const faults = schemaFaults(decisionsSchema, document.object)
  const [first] = faults
  if (!first) return
  const lines = faults.map(({ path: steps, message }) => {
    const line = document.lineOf(steps) ?? document.line
    return {
      line,
      text: `${path}:${line}: ${[formatFieldPath(steps), message].filter((part) => part !== '').join(' ')}`,
    }
  })
  throw new Problem({
    code: 'invalid-decisions',
    what: `${path} is no decisions file that can be used`,
    where: `${path}:${lines[0]?.line}`,
    why: lines.map(({ text }) => text).join('\n'),
    exit: exitCode.usage,
  })
}

function refused(path: string, why: string, where?: string): Problem {
  return new Problem({
    code: 'invalid-decisions',
    what: `${path} is no decisions file that can be used: it ${why}`,
    where,
    exit: exitCode.usage,
  })
}
