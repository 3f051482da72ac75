/*
 * Notes when the kernel's connection table tells of a new connection: conntrack -E looks up the creator's name in
 * /proc for each event, which takes so long that events are lost.
 *
 * usage: watch STAMPS COUNT send|see
 *   STAMPS, COUNT  as in hop.c
 *   send, see      which of the two instants of a connection is noted; see also counts
 * The number of a connection is that of its IPv4 source, 10.1.0.0 being 0; others are left out. Prints "ready", then
 * waits until killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SEEN = 8, STAMPS = 512, SOCKET_BUFFER = 32 << 20 };

static const uint32_t FIRST = 0x0A010000; /* 10.1.0.0 */

static void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The attribute of this type among those in [p, end), or NULL. */
static const struct nlattr *find(const uint8_t *p, const uint8_t *end, int type) {
    while (end - p >= (ptrdiff_t)sizeof(struct nlattr)) {
        const struct nlattr *a = (const struct nlattr *)p;
        if (a->nla_len < sizeof *a || a->nla_len > end - p) return NULL;
        if ((a->nla_type & NLA_TYPE_MASK) == type) return a;
        if (NLA_ALIGN(a->nla_len) > end - p) return NULL;
        p += NLA_ALIGN(a->nla_len);
    }
    return NULL;
}

static const struct nlattr *inside(const struct nlattr *a, int type) {
    return a ? find((const uint8_t *)(a + 1), (const uint8_t *)a + a->nla_len, type) : NULL;
}

/* The number of the connection that a message tells of, or -1. */
static int64_t number_of(const struct nlmsghdr *m) {
    if (m->nlmsg_len < NLMSG_LENGTH(sizeof(struct nfgenmsg))) return -1;
    const uint8_t *attributes = (const uint8_t *)NLMSG_DATA(m) + NLMSG_ALIGN(sizeof(struct nfgenmsg));
    const struct nlattr *tuple = find(attributes, (const uint8_t *)m + m->nlmsg_len, CTA_TUPLE_ORIG);
    const struct nlattr *source = inside(inside(tuple, CTA_TUPLE_IP), CTA_IP_V4_SRC);
    uint32_t address;
    if (!source || source->nla_len != NLA_HDRLEN + sizeof address) return -1;
    memcpy(&address, source + 1, sizeof address);
    return (int64_t)ntohl(address) - FIRST;
}

int main(int argc, char **argv) {
    if (argc != 4 || (strcmp(argv[3], "send") && strcmp(argv[3], "see"))) {
        fprintf(stderr, "usage: watch STAMPS COUNT send|see\n");
        return 2;
    }
    int64_t count = atoll(argv[2]), seen = 0;
    int side = strcmp(argv[3], "see") == 0, size = SOCKET_BUFFER, group = NFNLGRP_CONNTRACK_NEW;
    int file = open(argv[1], O_RDWR);
    if (file < 0) die(argv[1]);
    _Atomic int64_t *stamps = mmap(NULL, 4096 + 16 * (size_t)count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (stamps == MAP_FAILED) die(argv[1]);
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    struct sockaddr_nl local = {.nl_family = AF_NETLINK};
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) < 0) die("netlink (has the kernel ctnetlink?)");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) die("receive buffer");
    if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) die("events of new connections");
    puts("ready");
    fflush(stdout);
    static _Alignas(struct nlmsghdr) uint8_t buffer[65536];
    for (;;) {
        ssize_t length = recv(fd, buffer, sizeof buffer, 0);
        int64_t now = now_ns();
        if (length < 0) die("events (ENOBUFS: some were lost)");
        for (const struct nlmsghdr *m = (void *)buffer; NLMSG_OK(m, length); m = NLMSG_NEXT(m, length)) {
            int64_t number = number_of(m);
            if (number < 0 || number >= count) continue;
            atomic_store_explicit(&stamps[STAMPS + 2 * number + side], now, memory_order_release);
            if (side) atomic_store_explicit(&stamps[SEEN], ++seen, memory_order_release);
        }
    }
}
