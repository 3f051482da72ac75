/* What echo.c and hop.c share: the raw socket of a floor, the clock, the stamp file of StampFile.java. */
#ifndef PFSYNCD_FLOOR_H
#define PFSYNCD_FLOOR_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, FRAME_LIMIT = 2048, ANSWER_LENGTH = 40, NUMBER_OFFSET = 24, SOCKET_BUFFER = 32 << 20 };

static inline void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

/* Nanoseconds of CLOCK_MONOTONIC, which is what System.nanoTime() reads. */
static inline int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A raw IPv4 socket bound to local and connected to peer, so that the kernel looks the route up once. */
static inline int open_raw(const char *local, const char *peer, int protocol) {
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    int fd, size = SOCKET_BUFFER, ttl = 255;
    if (inet_pton(AF_INET, local, &from.sin_addr) != 1 || inet_pton(AF_INET, peer, &to.sin_addr) != 1) {
        fprintf(stderr, "%s, %s: give IPv4 addresses such as 10.0.0.2\n", local, peer);
        exit(2);
    }
    if ((fd = socket(AF_INET, SOCK_RAW, protocol)) < 0) die("raw socket (needs CAP_NET_RAW)");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) < 0) die("receive buffer");
    if (setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl) < 0) die("ttl");
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0) die(local);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) die(peer);
    return fd;
}

/* Where the payload of a received IPv4 packet begins. */
static inline size_t header_length(const uint8_t *packet) {
    return (size_t)(packet[0] & 15) * 4;
}

/* Frames received at once, without waiting; the kernel puts each IPv4 header in front. */
struct batch {
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    uint8_t frames[BATCH][FRAME_LIMIT];
};

static inline void batch_init(struct batch *b) {
    memset(b, 0, sizeof *b);
    for (int i = 0; i < BATCH; i++) {
        b->vectors[i] = (struct iovec){.iov_base = b->frames[i], .iov_len = FRAME_LIMIT};
        b->messages[i].msg_hdr.msg_iov = &b->vectors[i];
        b->messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static inline int batch_receive(int fd, struct batch *b) {
    int n = recvmmsg(fd, b->messages, BATCH, MSG_DONTWAIT, NULL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) die("receive");
    return n < 0 ? 0 : n;
}

#endif
