/**
 * One TOML file into immutable records; a bad value is refused with line and remedy. No thread, no
 * state; imports nothing of ours.
 */
package org.pfsyncd.config;
