/**
 * Micro benchmarks: one part of pfsyncd each, on one thread, without sockets; {@code bench/micro}
 * runs them. Read a number together with its allocation, and only beside others of the same run.
 */
package org.pfsyncd.bench.micro;
