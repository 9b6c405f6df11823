export { type MemcachedOptions, memcachedKpCache } from "./memcached.js";
