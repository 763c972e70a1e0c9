import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './paths.ts'

/** A package of another author that is part of the binary. */
interface Dependency {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly folder: string
}

/** The licences of everything in the binary that others wrote: the lockfile's production dependencies, and Node. */
export function thirdPartyLicences(nodeVersion: string, nodeLicence: string): string {
  const rule = '-'.repeat(80)
  const parts = productionDependencies().map(
    ({ name, version, licence, folder }) =>
      `${name} ${version} (${licence})\n\n${licenceText(folder) ?? 'No licence text in the package.'}`,
  )
  const head = 'kubectl-migrate contains the following works. Their licences:'
  return `${[head, ...parts, `Node.js ${nodeVersion}\n\n${nodeLicence}`].map((part) => part.trim()).join(`\n\n${rule}\n`)}\n`
}

function productionDependencies(): Dependency[] {
  const lock: { packages: Record<string, { version: string; license?: string; dev?: boolean; optional?: boolean }> } =
    JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'))
  return Object.entries(lock.packages)
    .filter(([folder, { dev, optional }]) => folder !== '' && dev !== true && optional !== true)
    .map(([folder, { version, license = 'licence not stated' }]) => {
      const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
      return { name, version, licence: license, folder: join(repository, folder) }
    })
    .filter(({ name }) => !name.startsWith('@types/'))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

function licenceText(folder: string): string | undefined {
  if (!existsSync(folder)) throw new Error(`${folder} is missing: run npm ci`)
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)([.-]|$)/i.test(name))
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim()
}
