/*
 * The floor of one process a call: the least that a program can do to have a child handle a request. Spawns the child with three
 * pipes, writes a body, reads the answer to its end, waits for the child; again and again, in as many threads as the watchdog
 * would have connections.
 *
 *   floor calls THREADS SECONDS COMMAND...   32 bytes each time; prints calls a second, p99 in ms, CPU us a call: own, children's
 *   floor both|down|up BYTES COMMAND...      one long stream through the child; prints MB a second
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { BODY = 32, MOST_CALLS = 1 << 20, CHUNK = 64 * 1024 };

struct child {
    pid_t pid;
    int in, out, err;
};

struct caller {
    pthread_t thread;
    char **command;
    double until;
    float *millis;
    int calls;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what, int error) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(error));
    exit(1);
}

static void make_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) {
        die("pipe", errno);
    }
}

static struct child start(char **command) {
    int in[2], out[2], err[2];
    make_pipe(in);
    make_pipe(out);
    make_pipe(err);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    struct child child = {.in = in[1], .out = out[0], .err = err[0]};
    int failed = posix_spawnp(&child.pid, command[0], &actions, NULL, command, environ);
    if (failed) {
        die(command[0], failed);
    }
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    return child;
}

static void end(struct child child) {
    char rest[256];
    while (read(child.err, rest, sizeof rest) > 0) {
    }
    close(child.out);
    close(child.err);
    int status;
    waitpid(child.pid, &status, 0);
}

static void *call(void *argument) {
    struct caller *caller = argument;
    char body[BODY], answer[4096];
    memset(body, 'x', BODY);
    while (now() < caller->until && caller->calls < MOST_CALLS) {
        double begin = now();
        struct child child = start(caller->command);
        /* A child that does not read is no error. */
        ssize_t written = write(child.in, body, BODY);
        (void)written;
        close(child.in);
        while (read(child.out, answer, sizeof answer) > 0) {
        }
        end(child);
        caller->millis[caller->calls++] = (float)((now() - begin) * 1e3);
    }
    return NULL;
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double cpu(int who) {
    struct rusage usage;
    getrusage(who, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int calls(int threads, double seconds, char **command) {
    struct caller *callers = calloc(threads, sizeof *callers);
    double begin = now();
    for (int i = 0; i < threads; i++) {
        callers[i].command = command;
        callers[i].until = begin + seconds;
        callers[i].millis = malloc(MOST_CALLS * sizeof(float));
        pthread_create(&callers[i].thread, NULL, call, &callers[i]);
    }
    int count = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(callers[i].thread, NULL);
        count += callers[i].calls;
    }
    double elapsed = now() - begin;
    float *all = malloc((count + 1) * sizeof(float));
    int filled = 0;
    for (int i = 0; i < threads; i++) {
        memcpy(all + filled, callers[i].millis, callers[i].calls * sizeof(float));
        filled += callers[i].calls;
    }
    qsort(all, count, sizeof(float), by_size);
    printf("%.1f %.3f %.1f %.1f\n", count / elapsed, all[count * 99 / 100], cpu(RUSAGE_SELF) / count * 1e6,
           cpu(RUSAGE_CHILDREN) / count * 1e6);
    return 0;
}

static int stream(int up, int down, int64_t bytes, char **command) {
    static char chunk[CHUNK], sink[CHUNK];
    double begin = now();
    struct child child = start(command);
    fcntl(child.in, F_SETFL, O_NONBLOCK);
    int64_t left = up ? bytes : 0, got = 0;
    if (!up) {
        close(child.in);
        child.in = -1;
    }
    for (int open = 1; open;) {
        struct pollfd ends[2] = {{.fd = child.out, .events = POLLIN}, {.fd = child.in, .events = POLLOUT}};
        poll(ends, 2, -1);
        if (ends[1].revents) {
            ssize_t written = write(child.in, chunk, left < CHUNK ? left : CHUNK);
            left -= written > 0 ? written : 0;
            if (left == 0 || (written < 0 && errno != EAGAIN)) {
                close(child.in);
                child.in = -1;
            }
        }
        if (ends[0].revents) {
            ssize_t count = read(child.out, sink, CHUNK);
            open = count > 0;
            got += open ? count : 0;
        }
    }
    end(child);
    if (down && got < bytes) {
        fprintf(stderr, "floor: %lld bytes came back of %lld\n", (long long)got, (long long)bytes);
        return 1;
    }
    printf("%.0f\n", bytes / (now() - begin) / 1e6);
    return 0;
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    if (count > 4 && strcmp(words[1], "calls") == 0) {
        return calls(atoi(words[2]), atof(words[3]), words + 4);
    }
    if (count > 3) {
        int64_t bytes = atoll(words[2]);
        if (strcmp(words[1], "both") == 0) {
            return stream(1, 1, bytes, words + 3);
        }
        if (strcmp(words[1], "down") == 0) {
            return stream(0, 1, bytes, words + 3);
        }
        if (strcmp(words[1], "up") == 0) {
            return stream(1, 0, bytes, words + 3);
        }
    }
    fprintf(stderr, "usage: floor calls THREADS SECONDS COMMAND... | floor both|down|up BYTES COMMAND...\n");
    return 2;
}
