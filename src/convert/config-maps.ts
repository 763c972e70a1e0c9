/** What a ConfigMap holds as text, or why nobody knows. */
export type ConfigMapText =
  | { readonly data: Readonly<Record<string, string>> }
  | { readonly missing: 'absent' | 'forbidden' }

/** ConfigMaps of a job's namespace that its pods refer to, by name. */
export type ConfigMaps = ReadonlyMap<string, ConfigMapText>
