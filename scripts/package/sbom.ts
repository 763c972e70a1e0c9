import { createHash } from 'node:crypto'
import { repository } from './paths.ts'
import { npm } from './run.ts'

/** As much of a CycloneDX 1.5 document as is changed here. */
interface Bom {
  serialNumber: string
  metadata: { timestamp: string; component: { name: string; type: string } }
  components: { 'bom-ref': string; name: string }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

/**
 * The bill of materials: npm's, of the lockfile's production dependencies, and the Node that is embedded. The same
 * sources give the same document: its time is `modified`, its serial number a hash of the rest.
 */
export async function billOfMaterials(nodeVersion: string, modified: Date): Promise<string> {
  const made = await npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'], {
    cwd: repository,
  })
  const bom: Bom = JSON.parse(made)
  bom.metadata.timestamp = modified.toISOString()
  // npm takes the name of the folder, and takes any package for a library
  Object.assign(bom.metadata.component, { name: 'kubectl-migrate', type: 'application' })
  const node = {
    'bom-ref': `node@${nodeVersion}`,
    type: 'platform',
    name: 'node',
    version: nodeVersion,
    description: 'The JavaScript runtime that is embedded in the binary',
    purl: `pkg:github/nodejs/node@v${nodeVersion}`,
    licenses: [{ license: { id: 'MIT' } }],
  }
  bom.components.push(node)
  bom.dependencies.push({ ref: node['bom-ref'], dependsOn: [] })
  bom.serialNumber = ''
  bom.serialNumber = `urn:uuid:${uuidOf(JSON.stringify(bom))}`
  return `${JSON.stringify(bom, undefined, 2)}\n`
}

/** A version 8 UUID (RFC 9562, 5.8) of the text's SHA-256. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
