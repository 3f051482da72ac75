/**
 * The few libc calls: sockets, file allocation, memory advice, locks; the only user of
 * java.lang.foreign. Owns no thread.
 */
package org.pfsyncd.os;
