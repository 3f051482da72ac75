/*
 * The floor of a one-way hop in C, as HopFloor.java is it in Java, and the asking side of a round trip.
 *
 * usage: hop STAMPS COUNT send|see|ping LOCAL PEER PROTOCOL BYTES
 *   STAMPS       stamp file, made before by StampFile.java; the layout is its
 *   COUNT        stamps it has room for
 *   send         sends frames until as many left as are wanted, one each interval; interval 0: as fast as it can
 *   see          notes the arrival of each frame (interval above 0) or only counts (interval 0)
 *   ping         sends one, waits for the answer of echo, notes both instants; an answer that does not come
 *                within a second is given up, and its stamp stays 0
 *   LOCAL, PEER  IPv4 addresses of this end and of the other
 *   PROTOCOL     IP protocol number, 1 to 255
 *   BYTES        length of a frame, 40 to 1480
 * Prints "ready", then spins until killed. A frame begins with its number, which is also at byte 24, in the
 * machine's byte order; the rest is 0.
 *
 * Stamp file: at 0 frames wanted, at 64 frames seen, at 128 interval in ns, at 192 instant of the newest batch
 * (see), from 4096 on 16 bytes a frame: instant of sending, instant of arrival; int64, CLOCK_MONOTONIC in ns.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "floor.h"

enum { WANTED = 0, SEEN = 8, INTERVAL = 16, FINISHED = 24, STAMPS = 512, GIVE_UP_NS = 1000000000 };

static struct batch batch;
static uint8_t frame[FRAME_LIMIT];
static _Atomic int64_t *stamps; /* Indexed by 8 bytes. */
static int64_t count;

static int64_t get(size_t index) {
    return atomic_load_explicit(&stamps[index], memory_order_acquire);
}

static void set(size_t index, int64_t value) {
    atomic_store_explicit(&stamps[index], value, memory_order_release);
}

static void stamp(int64_t number, int side, int64_t ns) {
    if (number >= 0 && number < count) set(STAMPS + 2 * (size_t)number + side, ns);
}

static void number_frame(uint8_t *to, int64_t number) {
    memcpy(to, &number, sizeof number);
    memcpy(to + NUMBER_OFFSET, &number, sizeof number);
}

static int send_frame(int fd, size_t length) {
    if (send(fd, frame, length, 0) >= 0) return 1;
    if (errno != ENOBUFS && errno != EAGAIN && errno != ECONNREFUSED) die("send");
    return 0;
}

/* As many as one system call takes, without stamps. */
static int64_t flood(int fd, int64_t sent, int64_t wanted, size_t length) {
    unsigned n = wanted - sent < BATCH ? (unsigned)(wanted - sent) : BATCH;
    for (unsigned i = 0; i < n; i++) {
        batch.vectors[i].iov_len = length;
        number_frame(batch.frames[i], sent + i);
    }
    int done = sendmmsg(fd, batch.messages, n, 0);
    if (done < 0 && errno != ENOBUFS && errno != EAGAIN) die("send");
    return sent + (done < 0 ? 0 : done);
}

static void send_all(int fd, size_t length) {
    int64_t sent = 0, next = 0;
    for (;;) {
        int64_t wanted = get(WANTED), interval = get(INTERVAL), now = now_ns();
        if (sent >= wanted) {
            next = 0;
        } else if (interval == 0) {
            sent = flood(fd, sent, wanted, length);
        } else if (next == 0 || now - next >= 0) {
            next = (next == 0 ? now : next) + interval;
            number_frame(frame, sent);
            stamp(sent, 0, now_ns());
            send_frame(fd, length);
            sent++;
        }
    }
}

static void see_all(int fd) {
    int64_t seen = 0;
    for (;;) {
        int n = batch_receive(fd, &batch);
        if (n == 0) continue;
        int64_t now = now_ns();
        for (int i = 0; i < n && get(INTERVAL) > 0; i++) {
            int64_t number;
            memcpy(&number, batch.frames[i] + header_length(batch.frames[i]), sizeof number);
            stamp(number, 1, now);
        }
        set(SEEN, seen += n);
        set(FINISHED, now);
    }
}

/* Waits for the answer with this number. */
static void await(int fd, int64_t number) {
    int64_t limit = now_ns() + GIVE_UP_NS;
    while (now_ns() - limit < 0) {
        int n = batch_receive(fd, &batch);
        for (int i = 0; i < n; i++) {
            int64_t answered;
            memcpy(&answered, batch.frames[i] + header_length(batch.frames[i]), sizeof answered);
            if (answered == number) {
                stamp(number, 1, now_ns());
                return;
            }
        }
    }
}

static void ping_all(int fd, size_t length) {
    for (int64_t sent = 0;;) {
        if (sent >= get(WANTED)) continue;
        number_frame(frame, sent);
        stamp(sent, 0, now_ns());
        if (send_frame(fd, length)) await(fd, sent);
        set(SEEN, ++sent);
    }
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fprintf(stderr, "usage: hop STAMPS COUNT send|see|ping LOCAL PEER PROTOCOL BYTES\n");
        return 2;
    }
    count = atoll(argv[2]);
    size_t length = (size_t)atoi(argv[7]);
    if (count < 1 || length < ANSWER_LENGTH || length > 1480) {
        fprintf(stderr, "COUNT %s, BYTES %s: give at least 1, and 40 to 1480\n", argv[2], argv[7]);
        return 2;
    }
    int file = open(argv[1], O_RDWR);
    if (file < 0) die(argv[1]);
    stamps = mmap(NULL, 4096 + 16 * (size_t)count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (stamps == MAP_FAILED) die(argv[1]);
    int fd = open_raw(argv[4], argv[5], atoi(argv[6]));
    batch_init(&batch);
    puts("ready");
    fflush(stdout);
    if (strcmp(argv[3], "send") == 0) send_all(fd, length);
    if (strcmp(argv[3], "see") == 0) see_all(fd);
    if (strcmp(argv[3], "ping") == 0) ping_all(fd, length);
    fprintf(stderr, "%s: is not one of send, see, ping\n", argv[3]);
    return 2;
}
