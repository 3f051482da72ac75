/**
 * The pfsync wire: validator, decoders, encoders, and the canonical record that states become. Pure
 * functions over buffers; runs on whatever thread calls it and owns no thread.
 */
package org.pfsyncd.wire;
