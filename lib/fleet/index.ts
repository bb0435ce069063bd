export { InputError } from './errors';
export { type ExpandedFleet, type ExpandOptions, expand } from './expand/expand';
export { Fleet, type FleetParts, kindKey } from './fleet';
export { type FolderOptions, loadDist, loadFolders } from './load';
export type { FleetCluster, FleetControlPlane, FleetObject, HelmRelease as FleetRelease } from './types';
