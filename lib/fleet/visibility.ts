/**
 * Whether what namespace `owner` exports to `exportTo` is visible in namespace `viewer`. `.` is the own
 * namespace, `*` every one, `~` none; an empty list stands for the mesh's default.
 *
 * Source: Istio `pkg/config/visibility/visibility.go`, `pilot/pkg/model/push_context.go`.
 */
export function isExportedTo(
  exportTo: readonly string[],
  owner: string,
  viewer: string,
  meshDefault: readonly string[] = ['*'],
): boolean {
  const effective = exportTo.length > 0 ? exportTo : meshDefault;
  if (effective.includes('*')) return true;
  if (effective.includes('~')) return false;
  return effective.some(namespace => (namespace === '.' ? owner : namespace) === viewer);
}
