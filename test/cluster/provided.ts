/** What the global setup hands to every test file (vitest's `provide` and `inject`). */
export interface ProvidedControlPlane {
  readonly kubeconfig: string
  readonly kubectl: string
  /** absent where an existing cluster is used */
  readonly folder?: string
}

/** The program under test, as a bundle. */
export type ProvidedProgram = string

declare module 'vitest' {
  export interface ProvidedContext {
    controlPlane: ProvidedControlPlane
    program: ProvidedProgram
  }
}
