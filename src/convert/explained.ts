import type { Finding } from './finding.ts'

/** Whether a finding explains a difference at a pod value's path; a path of `explains` may end in `*` for all that begin like it. */
export function explainsPath({ explains = [] }: Pick<Finding, 'explains'>, path: string): boolean {
  return explains.some((pattern) => (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern))
}
