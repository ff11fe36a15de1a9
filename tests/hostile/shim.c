/* Preloaded into a process: makes the Nth call of a kind fail, come short or kill the process, and logs all calls.

   The control block is shared with all forked children, so that N counts the calls of the whole family. A thread that
   asked for it (fault_exempt), its threads and its forked children are left alone: the clients beside a server that is tested. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAIL, SHORT, KILL, TEAR, INTERRUPT };
enum { LOG_SIZE = 1 << 22, RECORDED = 1 << 16 };
struct control {
    int armed, action, error, every;
    long when, count, hits, used;
    char call[24];
    char log[LOG_SIZE];
};
static struct control *control;
static __thread int exempt;

struct control *fault_control(void) { return control; }
void fault_exempt(int on) { exempt = on; }

/* Where servers are tried: local sockets, by which their threads wake each other, have none of a network's faults, and only
   the close of a file or folder fails. */
static int network_only;
void fault_network_only(int on) { network_only = on; }

__attribute__((constructor)) static void begin(void)
{
    void *(*map)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, "mmap");
    control = map(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void note(const char *format, ...)
{
    char line[600];
    va_list list;
    if (!control || !control->armed || exempt) return;
    int kept = errno;
    va_start(list, format);
    int size = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (size >= (int)sizeof line) size = sizeof line - 1;
    long at = __sync_fetch_and_add(&control->used, size);
    if (at + size < LOG_SIZE) memcpy(control->log + at, line, size);
    errno = kept;
}

/* What power.py replays: lines that begin with @ say what was done to which file, its contents then, and to which path. */
static int recording;
void fault_record(int on) { recording = on; }

static void record(const char *line, size_t size)
{
    if (!recording || !control || !control->armed) return;
    long at = __sync_fetch_and_add(&control->used, size);
    if (at + size < LOG_SIZE) memcpy(control->log + at, line, size);
}

void fault_mark(const char *text)
{
    char line[100];
    record(line, snprintf(line, sizeof line, "@mark %s\n", text));
}

static void path_of(int fd, char *path, size_t size)
{
    char place[40];
    snprintf(place, sizeof place, "/proc/self/fd/%d", fd);
    syscall(SYS_readlink, place, path, size);
}

static unsigned long inode(int fd)
{
    struct stat found;
    return fstat(fd, &found) || !S_ISREG(found.st_mode) ? 0 : found.st_ino;
}

static void record_contents(int fd)
{
    static int (*open_file)(const char *, int, ...);
    static ssize_t (*read_file)(int, void *, size_t, off64_t);
    unsigned long number = recording ? inode(fd) : 0;
    int kept = errno;
    if (!number) { errno = kept; return; }
    if (!open_file) open_file = dlsym(RTLD_NEXT, "open64"), read_file = dlsym(RTLD_NEXT, "pread64");
    unsigned char *data = malloc(RECORDED);
    char *line = malloc(2 * RECORDED + 100), path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int from = open_file(path, O_RDONLY);
    ssize_t size = from < 0 ? 0 : read_file(from, data, RECORDED, 0);
    int at = sprintf(line, "@data %lu ", number);
    for (ssize_t i = 0; i < size; i++) at += sprintf(line + at, "%02x", data[i]);
    line[at++] = '\n';
    record(line, at);
    if (from >= 0) syscall(SYS_close, from);
    free(data);
    free(line);
    errno = kept;
}

static void record_sync(int fd)
{
    char line[600], path[500] = "";
    int kept = errno;
    struct stat found;
    if (recording && !fstat(fd, &found) && S_ISDIR(found.st_mode)) {
        path_of(fd, path, sizeof path - 1);
        record(line, snprintf(line, sizeof line, "@folder %s\n", path));
    } else if (recording)
        record(line, snprintf(line, sizeof line, "@sync %lu\n", inode(fd)));
    errno = kept;
}

static void record_mode(unsigned long number, int mode)
{
    char line[100];
    record(line, snprintf(line, sizeof line, "@mode %lu %o\n", number, mode));
}

static void record_mode_of(const char *path, int mode)
{
    struct stat found;
    if (recording && !stat(path, &found)) record_mode(found.st_ino, mode);
}

static void record_names(const char *what, int dir, const char *path, int other, const char *to, int fd)
{
    char line[2200], first[1000] = "", second[1000] = "";
    int kept = errno;
    if (!recording) return;
    if (path[0] != '/' && dir >= 0) path_of(dir, first, 500), strcat(first, "/");
    strncat(first, path, 400);
    if (to && to[0] != '/' && other >= 0) path_of(other, second, 500), strcat(second, "/");
    if (to) strncat(second, to, 400);
    record(line, snprintf(line, sizeof line, "@%s %lu %s %s\n", what, fd >= 0 ? inode(fd) : 0, first, second));
    errno = kept;
}

/* 0: go on; 1: fail with errno; -1: take less than was asked for; -2: take a part, then die */
static int fault(const char *call)
{
    if (!control || !control->armed || exempt) return 0;
    if (!strcmp(control->call, "*")) note("? %s\n", call); /* tried, whether it succeeds or not */
    else if (strcmp(control->call, call)) return 0;
    long now = __sync_add_and_fetch(&control->count, 1);
    if (control->every ? now < control->when : now != control->when) return 0;
    __sync_add_and_fetch(&control->hits, 1);
    if (control->action == KILL || (control->action == TEAR && strcmp(call, "write"))) { kill(getpid(), SIGKILL); pause(); }
    if (control->action == TEAR) return -2;
    if (control->action == SHORT) return -1;
    if (control->action == INTERRUPT) { raise(SIGINT); return 0; } /* as Ctrl-C does */
    if (!control->error) return 0; /* only counted */
    errno = control->error;
    return 1;
}

static size_t cut_size(void) { return control->error ? control->error : 1; } /* what a call that comes short moves */

static int real_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    static int (*real)(int, int, int, void *, socklen_t *);
    if (!real) real = dlsym(RTLD_NEXT, "getsockopt");
    return real(fd, level, name, value, size);
}

static int family_of(int fd)
{
    static int (*real)(int, struct sockaddr *, socklen_t *);
    struct sockaddr_storage at = {0};
    socklen_t size = sizeof at;
    if (!real) real = dlsym(RTLD_NEXT, "getsockname");
    return real(fd, (void *)&at, &size) ? -1 : at.ss_family;
}

static int fault_of_socket(const char *call, int fd)
{
    int kind = 0;
    socklen_t size = sizeof kind;
    if (control && control->armed && !real_getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) && kind == SOCK_DGRAM
        && (control->action == SHORT || control->error == EINTR && !strcmp(call, "connect"))) return 0; /* it is whole, at once */
    if (network_only && control && control->armed && !exempt && family_of(fd) == AF_UNIX) return 0;
    return fault(call);
}

/* A socket is read and written, too: by OpenSSL. */
static const char *kind_of(const char *call, int fd)
{
    int kind, reads = !strcmp(call, "read");
    socklen_t size = sizeof kind;
    if (!reads && strcmp(call, "write") || !control || !control->armed || exempt) return call;
    return real_getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) ? call : reads ? "recv" : "send";
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name);
#define RECORD(type, bad, kind, name, declared, passed, recorded, format, ...) \
    type name declared \
    { \
        static type (*real) declared; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        if (fault(kind) > 0) return bad; \
        type got = real passed; \
        if (got != bad) { recorded; note(kind " " format "\n", __VA_ARGS__); } \
        return got; \
    }
#define SIMPLE(type, bad, kind, name, declared, passed, format, ...) \
    type name declared \
    { \
        static type (*real) declared; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        if (fault(kind) > 0) return bad; \
        type got = real passed; \
        if (got != bad) note(kind " " format "\n", __VA_ARGS__); \
        return got; \
    }
#define SOCKET(kind, name, declared, passed) \
    int name declared \
    { \
        static int (*real) declared; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        int todo = fault_of_socket(kind, fd), kept = errno; \
        if (todo > 0 && kept != EINTR) return -1; \
        int got = real passed; \
        if (got != -1) note(kind " %d\n", fd); \
        if (todo > 0) { errno = kept; return -1; } /* a connect that was interrupted goes on */ \
        return got; \
    }
#define SIZED(call, name, declared, passed, fd, size) \
    ssize_t name declared \
    { \
        static ssize_t (*real) declared; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        const char *kind = kind_of(call, fd); \
        int todo = !strcmp(kind, "recv") || !strcmp(kind, "send") ? fault_of_socket(kind, fd) : fault(kind); \
        if (todo > 0) return -1; \
        if (todo == -1 && size > cut_size()) size = cut_size(); \
        if (todo == -2) size = size / 2; \
        ssize_t got = real passed; \
        if (todo == -2) { kill(getpid(), SIGKILL); pause(); } \
        if (got > 0 && (!strcmp(kind, "write") || !strcmp(kind, "copy"))) record_contents(fd); \
        if (got >= 0) note("%s %d\n", kind, fd); \
        return got; \
    }
#define OPEN(name, declared, passed, dir) \
    int name declared \
    { \
        static int (*real) declared; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); \
        if (fault((flags & O_TMPFILE) == O_TMPFILE ? "tmpfile" : "open") > 0) return -1; \
        int got = real passed; \
        if (got >= 0 && (flags & (O_CREAT | O_TRUNC))) { \
            record_names("open", dir, path, -1, NULL, got); \
            if (flags & O_TRUNC) record_contents(got); \
        } \
        if (got >= 0) note("%s %d %s\n", (flags & O_TMPFILE) == O_TMPFILE ? "tmpfile" : "open", got, path); \
        return got; \
    }

OPEN(open, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPEN(openat, (int dir, const char *path, int flags, ...), (dir, path, flags, mode), dir)
OPEN(openat64, (int dir, const char *path, int flags, ...), (dir, path, flags, mode), dir)

SIZED("write", write, (int fd, const void *data, size_t size), (fd, data, size), fd, size)
SIZED("write", pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), fd, size)
SIZED("read", read, (int fd, void *data, size_t size), (fd, data, size), fd, size)
SIZED("read", pread64, (int fd, void *data, size_t size, off64_t at), (fd, data, size, at), fd, size)
SIZED("copy", copy_file_range, (int from, off64_t *x, int fd, off64_t *y, size_t size, unsigned flags), (from, x, fd, y, size, flags), fd, size)
SIZED("sendfile", sendfile64, (int fd, int from, off64_t *at, size_t size), (fd, from, at, size), fd, size)
SIZED("recv", recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags), fd, size)
SIZED("recv", recvfrom, (int fd, void *data, size_t size, int flags, __SOCKADDR_ARG from, socklen_t *length), (fd, data, size, flags, from, length), fd, size)
SIZED("send", send, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags), fd, size)
SIZED("send", sendto, (int fd, const void *data, size_t size, int flags, __CONST_SOCKADDR_ARG to, socklen_t length), (fd, data, size, flags, to, length), fd, size)

/* The first of the parts, and of that so few bytes (a half where the process is to die then): a call that came short. */
static struct iovec cut(int todo, const struct iovec *parts, size_t count)
{
    struct iovec first = {NULL, 0};
    if (count) first = parts[0];
    if (todo == -1 && first.iov_len > cut_size()) first.iov_len = cut_size();
    if (todo == -2) first.iov_len /= 2;
    return first;
}
static ssize_t end_of_cut(int todo, const char *call, int fd, ssize_t got)
{
    if (todo == -2) { kill(getpid(), SIGKILL); pause(); }
    if (got > 0 && !strcmp(call, "write")) record_contents(fd);
    if (got >= 0) note("%s %d\n", call, fd);
    return got;
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    REAL(ssize_t, sendmsg, int, const struct msghdr *, int)
    int todo = fault_of_socket("send", fd);
    if (todo > 0) return -1;
    struct msghdr sent = *message;
    struct iovec first = cut(todo, message->msg_iov, message->msg_iovlen);
    if (todo && message->msg_iovlen) { sent.msg_iov = &first; sent.msg_iovlen = 1; }
    return end_of_cut(todo, "send", fd, real(fd, &sent, flags));
}
ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    REAL(ssize_t, recvmsg, int, struct msghdr *, int)
    int todo = fault_of_socket("recv", fd);
    if (todo > 0) return -1;
    struct msghdr asked = *message;
    struct iovec first = cut(todo, message->msg_iov, message->msg_iovlen);
    if (todo && message->msg_iovlen) { message->msg_iov = &first; message->msg_iovlen = 1; }
    ssize_t got = real(fd, message, flags);
    message->msg_iov = asked.msg_iov;
    message->msg_iovlen = asked.msg_iovlen;
    return end_of_cut(todo, "recv", fd, got);
}
ssize_t writev(int fd, const struct iovec *parts, int count)
{
    REAL(ssize_t, writev, int, const struct iovec *, int)
    int todo = fault("write");
    if (todo > 0) return -1;
    struct iovec first = cut(todo, parts, count);
    ssize_t got = todo && count ? real(fd, &first, 1) : real(fd, parts, count);
    return end_of_cut(todo, "write", fd, got);
}

RECORD(int, -1, "fsync", fsync, (int fd), (fd), record_sync(fd), "%d", fd)
RECORD(int, -1, "fsync", fdatasync, (int fd), (fd), record_sync(fd), "%d", fd)
RECORD(int, -1, "rename", rename, (const char *from, const char *to), (from, to), record_names("rename", AT_FDCWD, from, AT_FDCWD, to, -1), "%s %s", from, to)
RECORD(int, -1, "rename", renameat, (int x, const char *from, int y, const char *to), (x, from, y, to), record_names("rename", x, from, y, to, -1), "%s %s", from, to)
RECORD(int, -1, "link", link, (const char *from, const char *to), (from, to), record_names("link", AT_FDCWD, from, AT_FDCWD, to, -1), "%s %s", from, to)
RECORD(int, -1, "link", linkat, (int x, const char *from, int y, const char *to, int flags), (x, from, y, to, flags), record_names("link", x, from, y, to, -1), "%s %s", from, to)
RECORD(int, -1, "unlink", unlink, (const char *path), (path), record_names("unlink", AT_FDCWD, path, -1, NULL, -1), "%s", path)
RECORD(int, -1, "unlink", unlinkat, (int dir, const char *path, int flags), (dir, path, flags), record_names("unlink", dir, path, -1, NULL, -1), "%s", path)
RECORD(int, -1, "chmod", chmod, (const char *path, mode_t mode), (path, mode), record_mode_of(path, mode), "%s", path)
RECORD(int, -1, "chmod", fchmod, (int fd, mode_t mode), (fd, mode), record_mode(inode(fd), mode), "%d", fd)
SIMPLE(int, -1, "stat", stat64, (const char *path, struct stat64 *found), (path, found), "%s", path)
SIMPLE(int, -1, "stat", lstat64, (const char *path, struct stat64 *found), (path, found), "%s", path)
SIMPLE(int, -1, "stat", fstat64, (int fd, struct stat64 *found), (fd, found), "%d", fd)
SIMPLE(int, -1, "stat", fstatat64, (int dir, const char *path, struct stat64 *found, int flags), (dir, path, found, flags), "%s", path)
RECORD(int, -1, "truncate", ftruncate64, (int fd, off64_t size), (fd, size), record_contents(fd), "%d", fd)
SIMPLE(int, -1, "utime", utimensat, (int dir, const char *path, const struct timespec *times, int flags), (dir, path, times, flags), "%s", path)
SIMPLE(DIR *, NULL, "opendir", opendir, (const char *path), (path), "%s", path)
SIMPLE(DIR *, NULL, "opendir", fdopendir, (int fd), (fd), "%d", fd)
SIMPLE(struct dirent64 *, NULL, "readdir", readdir64, (DIR *folder), (folder), "%d", dirfd(folder))
SIMPLE(ssize_t, -1, "readlink", readlink, (const char *path, char *found, size_t size), (path, found, size), "%s", path)
SIMPLE(ssize_t, -1, "readlink", readlinkat, (int dir, const char *path, char *found, size_t size), (dir, path, found, size), "%s", path)
SIMPLE(int, -1, "rmdir", rmdir, (const char *path), (path), "%s", path)
SIMPLE(off64_t, -1, "seek", lseek64, (int fd, off64_t at, int whence), (fd, at, whence), "%d", fd)
SIMPLE(int, -1, "flock", flock, (int fd, int kind), (fd, kind), "%d", fd)
RECORD(int, -1, "mkdir", mkdir, (const char *path, mode_t mode), (path, mode), record_names("mkdir", AT_FDCWD, path, -1, NULL, -1), "%s", path)
RECORD(int, -1, "mkdir", mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode), record_names("mkdir", dir, path, -1, NULL, -1), "%s", path)

SIMPLE(int, -1, "accept", accept4, (int fd, __SOCKADDR_ARG from, socklen_t *length, int flags), (fd, from, length, flags), "%d", fd)
SIMPLE(int, -1, "socket", socket, (int family, int kind, int protocol), (family, kind, protocol), "%d", family)
SIMPLE(int, -1, "socket", socketpair, (int family, int kind, int protocol, int *made), (family, kind, protocol, made), "%d", family)
SOCKET("connect", connect, (int fd, __CONST_SOCKADDR_ARG to, socklen_t length), (fd, to, length))
SOCKET("bind", bind, (int fd, __CONST_SOCKADDR_ARG at, socklen_t length), (fd, at, length))
SIMPLE(int, -1, "listen", listen, (int fd, int backlog), (fd, backlog), "%d", fd)
SIMPLE(int, -1, "shutdown", shutdown, (int fd, int how), (fd, how), "%d", fd)
SIMPLE(int, -1, "setsockopt", setsockopt, (int fd, int level, int name, const void *value, socklen_t size), (fd, level, name, value, size), "%d", fd)
SIMPLE(int, -1, "getsockopt", getsockopt, (int fd, int level, int name, void *value, socklen_t *size), (fd, level, name, value, size), "%d", fd)
SIMPLE(int, -1, "sockname", getsockname, (int fd, __SOCKADDR_ARG at, socklen_t *size), (fd, at, size), "%d", fd)
SIMPLE(int, -1, "peername", getpeername, (int fd, __SOCKADDR_ARG at, socklen_t *size), (fd, at, size), "%d", fd)
SIMPLE(int, -1, "poll", poll, (struct pollfd *fds, nfds_t count, int timeout), (fds, count, timeout), "%d", (int)count)
SIMPLE(int, -1, "poll", epoll_wait, (int fd, struct epoll_event *events, int count, int timeout), (fd, events, count, timeout), "%d", fd)
SIMPLE(int, -1, "epoll_create", epoll_create1, (int flags), (flags), "%d", flags)
SIMPLE(int, -1, "pipe", pipe2, (int *made, int flags), (made, flags), "%d", made[0])
SIMPLE(int, -1, "pipe", pipe, (int *made), (made), "%d", made[0])
SIMPLE(int, -1, "eventfd", eventfd, (unsigned count, int flags), (count, flags), "%d", flags)
SIMPLE(int, -1, "memfd", memfd_create, (const char *name, unsigned flags), (name, flags), "%s", name)
SIMPLE(int, -1, "shm_open", shm_open, (const char *name, int flags, mode_t mode), (name, flags, mode), "%s", name)
SIMPLE(int, -1, "shm_unlink", shm_unlink, (const char *name), (name), "%s", name)
SIMPLE(int, -1, "dup", dup, (int fd), (fd), "%d", fd)
SIMPLE(pid_t, -1, "fork", fork, (void), (), "%d", 0)
pid_t vfork(void) { return fork(); } /* a child of vfork may not return from here */
SIMPLE(pid_t, -1, "waitpid", waitpid, (pid_t pid, int *status, int flags), (pid, status, flags), "%d", (int)pid)

int select(int count, fd_set *x, fd_set *y, fd_set *z, struct timeval *timeout) /* up to 3.10 time.sleep is one of nothing */
{
    REAL(int, select, int, fd_set *, fd_set *, fd_set *, struct timeval *)
    if (count && fault("poll") > 0) return -1;
    int got = real(count, x, y, z, timeout);
    if (count && got != -1) note("poll %d\n", count);
    return got;
}

int epoll_ctl(int fd, int what, int other, struct epoll_event *event) /* to remove what is there never fails */
{
    REAL(int, epoll_ctl, int, int, int, struct epoll_event *)
    if (fault("epoll_ctl") > 0 && what != EPOLL_CTL_DEL) return -1;
    int got = real(fd, what, other, event);
    if (!got) note("epoll_ctl %d\n", other);
    return got;
}

int close(int fd) /* Linux closes the descriptor, whatever it says */
{
    REAL(int, close, int)
    struct stat found;
    if (network_only && control->armed && !fstat(fd, &found) && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) return real(fd);
    int todo = fault("close"), kept = errno, got = real(fd);
    if (todo > 0) { errno = kept; return -1; }
    return got;
}

int fcntl64(int fd, int what, ...)
{
    static int (*real)(int, int, ...);
    if (!real) real = dlsym(RTLD_NEXT, "fcntl64");
    va_list list; va_start(list, what); void *value = va_arg(list, void *); va_end(list);
    if ((what == F_DUPFD_CLOEXEC || what == F_DUPFD) && fault("dup") > 0) return -1;
    if ((what == F_SETLK || what == F_SETLKW) && fault("flock") > 0) return -1;
    if (what == F_SETPIPE_SZ && fault("fcntl") > 0) return -1;
    return real(fd, what, value);
}

long syscall(long number, ...) /* what the C library has no function for */
{
    REAL(long, syscall, long, ...)
    long given[6];
    va_list list; va_start(list, number);
    for (int i = 0; i < 6; i++) given[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_pidfd_open && fault("pidfd") > 0) return -1;
    if (number == SYS_pidfd_open) note("pidfd %d\n", (int)given[0]);
    return real(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}

int posix_fallocate64(int fd, off64_t at, off64_t size) /* it returns its error */
{
    REAL(int, posix_fallocate64, int, off64_t, off64_t)
    if (fault("fallocate") > 0) return errno;
    note("fallocate %d\n", fd);
    int got = real(fd, at, size);
    if (!got) record_contents(fd);
    return got;
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
    REAL(void *, mmap64, void *, size_t, int, int, int, off64_t)
    if ((flags & MAP_SHARED) && fault("mmap") > 0) return MAP_FAILED;
    if (flags & MAP_SHARED) note("mmap %d\n", fd);
    return real(at, size, protection, flags, fd, offset);
}

static void *run_exempt(void *value) /* a thread of one that is left alone */
{
    void **given = value, *(*run)(void *) = given[0];
    value = given[1];
    free(given);
    exempt = 1;
    return run(value);
}

int pthread_create(pthread_t *made, const pthread_attr_t *attributes, void *(*run)(void *), void *value)
{
    REAL(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)
    if (exempt) {
        void **given = malloc(2 * sizeof *given);
        given[0] = run, given[1] = value;
        return real(made, attributes, run_exempt, given);
    }
    if (fault("thread") > 0) return errno;
    note("thread %d\n", 0);
    return real(made, attributes, run, value);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    REAL(int, getaddrinfo, const char *, const char *, const struct addrinfo *, struct addrinfo **)
    if (fault("resolve") > 0) { int error = errno; errno = ENOMEM; return error; } /* EAI_SYSTEM looks there */
    note("resolve %s\n", host ? host : "");
    return real(host, service, hints, found);
}

/* What is larger than Python's own small objects; no kind of call that "*" counts. */
#define MEMORY(name, declared, passed, size) \
    void *__libc_##name declared; \
    void *name declared \
    { \
        if ((size) > 1000 && control && control->armed && !exempt && !strcmp(control->call, "memory") && fault("memory") > 0) return NULL; \
        return __libc_##name passed; \
    }
MEMORY(malloc, (size_t size), (size), size)
MEMORY(calloc, (size_t count, size_t size), (count, size), count * size)
MEMORY(realloc, (void *at, size_t size), (at, size), size <= malloc_usable_size(at) ? 0 : size) /* to shrink never fails */
