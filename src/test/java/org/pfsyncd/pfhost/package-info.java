/**
 * A scripted pf host: a firewall of OpenBSD or FreeBSD as the pfsync segment sees it, for tests.
 *
 * <p>It keeps a state table with both keys, made by packets of traffic; announces, receives and
 * merges as the kernel of its {@link org.pfsyncd.pfhost.PfSystem} does, known faults included; asks
 * for the whole table and answers for it; holds first packets and waits for INS_ACK; demotes itself
 * while not in sync; reboots. Sections are of the pfsync specification; {@code HostRecordingsTest}
 * compares it with recordings of FreeBSD 12.1.
 *
 * <p>Time, chance and network are arguments: any {@code net.Port} will do, a {@code SimPort} with
 * virtual time or a {@code SocketPort} in a namespace.
 *
 * <pre>
 *   SimNetwork net = new SimNetwork(seed);
 *   PfHost a = new PfHost(
 *       PfHostSettings.of("a", PfSystem.FREEBSD_14).hostId(0xa1a1a1a1),
 *       net.attach("sync", "10.0.0.1"), nowNs);
 *   a.upInSync();                        // or up(): asks for the table, demoted until it came
 *   Flow flow = Flow.tcp("10.1.0.10", 4000, "10.2.0.10", 80);
 *   a.packet(flow, new Segment(true, Segment.SYN, 1000, 0, 0));     // two states, in and out
 *   net.advance(nowNs += 1_000_000); a.work(nowNs);                 // step all hosts as often
 *   b.has(flow); b.counters(); b.demotion().value(); b.states();
 * </pre>
 *
 * Events take effect at the instant of the last {@code work}. A change is announced up to a second
 * late; step on. {@link org.pfsyncd.pfhost.Talk} is a port that writes down what any port sends,
 * and {@code GroupRun} runs whole groups with traffic by a seed.
 *
 * <p>Not imitated: adaptive timeouts, timeouts and limits of single rules, anchors, translation
 * between families, dropping states with a next hop that has no rule, IPsec (TDB), and the family
 * number of a full update of an unknown state (25.7).
 */
package org.pfsyncd.pfhost;
