export * from './errors';
export * from './layer';
export * from './manifest';
