/** Which build this is; `commit` is absent where the sources were not under git. */
export interface Build {
  readonly version: string
  readonly commit?: string
}

/** put in by scripts/build.ts */
declare const KUBECTL_MIGRATE_BUILD: Build | undefined

export const build: Build =
  typeof KUBECTL_MIGRATE_BUILD === 'undefined' ? { version: 'development' } : KUBECTL_MIGRATE_BUILD
