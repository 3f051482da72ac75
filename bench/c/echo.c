/*
 * The floor of a round trip in C: a raw socket that answers, as EchoFloor.java does.
 *
 * usage: echo LOCAL PEER PROTOCOL
 *   LOCAL, PEER  IPv4 addresses of this end and of the other
 *   PROTOCOL     IP protocol number, 1 to 255
 * Prints "ready", then spins until killed. A frame of up to 39 bytes is answered by 40 bytes that begin
 * with the number of long frames so far; one of 40 to 999 by 40 bytes that begin with its bytes 24 to 31;
 * a longer one is only counted. Numbers in the machine's byte order.
 */
#define _GNU_SOURCE
#include "floor.h"

enum { FLOOD_LENGTH = 1000 };

static struct batch batch;

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: echo LOCAL PEER PROTOCOL\n");
        return 2;
    }
    int fd = open_raw(argv[1], argv[2], atoi(argv[3]));
    uint8_t answer[ANSWER_LENGTH] = {0};
    uint64_t flood = 0;
    batch_init(&batch);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int n = batch_receive(fd, &batch);
        for (int i = 0; i < n; i++) {
            const uint8_t *frame = batch.frames[i] + header_length(batch.frames[i]);
            size_t length = batch.messages[i].msg_len - header_length(batch.frames[i]);
            if (length >= FLOOD_LENGTH) {
                flood++;
                continue;
            }
            if (length < ANSWER_LENGTH)
                memcpy(answer, &flood, sizeof flood);
            else
                memcpy(answer, frame + NUMBER_OFFSET, sizeof(uint64_t));
            if (send(fd, answer, sizeof answer, 0) < 0 && errno != ENOBUFS && errno != ECONNREFUSED) die("send");
        }
    }
}
