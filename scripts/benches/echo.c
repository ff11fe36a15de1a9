/* The floor and the load for the echo benchmark: an echo server with epoll and one reused buffer, and its client.
 *
 *     echo serve                                prints its port, serves until it is killed
 *     echo load PORT CONNECTIONS BYTES SECONDS  each connection sends BYTES and waits for their echo, over and over;
 *                                               prints how many echoes came back, and the microseconds within which
 *                                               half of them did, and 99 of 100
 *     echo short PORT CONNECTIONS BYTES SECONDS the same with a new connection for each echo
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, EVENTS = 256, LONGEST = 10 * 1000 * 1000 };
static char buffer[BUFFER];
static unsigned waited[LONGEST + 1];  /* how many echoes took so many microseconds */
static int epoll;

static void die(const char *what) { perror(what); exit(1); }

static void watch(int operation, int fd, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll, operation, fd, &event)) die("epoll_ctl");
}

static void send_all(int fd, long count) {
    for (long sent = 0; sent < count;) {
        long n = send(fd, buffer + sent, count - sent, MSG_NOSIGNAL);
        if (n >= 0) sent += n;
        else if (errno == EAGAIN) poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        else return;
    }
}

static void serve(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(listener, (void *)&address, length) || listen(listener, 1024)) die("listen");
    getsockname(listener, (void *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    for (struct epoll_event ready[EVENTS];;) {
        int count = epoll_wait(epoll, ready, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) {
                int client = accept4(listener, 0, 0, SOCK_NONBLOCK);
                if (client >= 0) watch(EPOLL_CTL_ADD, client, EPOLLIN);
                continue;
            }
            long n = recv(fd, buffer, BUFFER, 0);
            if (n > 0) send_all(fd, n);
            else if (n == 0 || errno != EAGAIN) close(fd);
        }
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

struct client { int fd; long sent, received; double begun; };

static void note(double seconds) { waited[seconds * 1e6 < LONGEST ? (long)(seconds * 1e6) : LONGEST]++; }

static long within(long echoes, double share) {
    long microseconds = 0;
    for (long seen = waited[0]; seen < echoes * share && microseconds < LONGEST;) seen += waited[++microseconds];
    return microseconds;
}

static void dial(struct client *client, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};
    int one = 1;
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    client->sent = client->received = 0;
    client->begun = now();
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(client->fd, (void *)&address, sizeof address)) die("connect");
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event)) die("epoll_ctl");
}

static void push(struct client *client, long size) {
    while (client->sent < size) {
        long left = size - client->sent;
        long n = send(client->fd, buffer, left < BUFFER ? left : BUFFER, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) die("send");
        client->sent += n;
    }
}

static long load(int port, int connections, long size, double seconds, int one_each) {
    struct client *clients = calloc(connections, sizeof *clients);
    long echoes = 0;
    for (int i = 0; i < connections; i++) dial(clients + i, port), push(clients + i, size);
    double end = now() + seconds;
    for (struct epoll_event ready[EVENTS]; now() < end;) {
        int count = epoll_wait(epoll, ready, EVENTS, 100);
        for (int i = 0; i < count; i++) {
            struct client *client = ready[i].data.ptr;
            for (long n; (n = recv(client->fd, buffer, BUFFER, MSG_DONTWAIT)) > 0;) {
                client->received += n;
                if (client->received < size) continue;
                echoes++;
                note(now() - client->begun);
                if (one_each) close(client->fd), dial(client, port);
                client->sent = client->received = 0;
                client->begun = now();
                push(client, size);
            }
            push(client, size);
        }
    }
    return echoes;
}

int main(int count, char **words) {
    epoll = epoll_create1(0);
    if (count == 2) serve();
    if (count != 6) return 2;
    long echoes = load(atoi(words[2]), atoi(words[3]), atol(words[4]), atof(words[5]), words[1][0] == 's');
    printf("%ld %ld %ld\n", echoes, within(echoes, 0.5), within(echoes, 0.99));
    return 0;
}
