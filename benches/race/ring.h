/* io_uring without a library, as much of it as the load needs: one thread, requests sent and completions awaited in one
   call. */
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { RING_ENTRIES = 4096, RING_COMPLETIONS = 32768 };

static struct {
    int fd;
    unsigned *head, *tail, *filled; /* of completions; of requests */
    struct io_uring_cqe *completions;
    struct io_uring_sqe *requests;
    unsigned pending;
} ring;

static int ring_enter(unsigned wanted)
{
    int sent = syscall(SYS_io_uring_enter, ring.fd, ring.pending, wanted, wanted ? IORING_ENTER_GETEVENTS : 0, NULL, 0);
    ring.pending -= sent > 0 ? sent : 0;
    return sent;
}

/* False where the kernel refuses it. */
static int ring_open(void)
{
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
        .cq_entries = RING_COMPLETIONS,
    };
    ring.fd = syscall(SYS_io_uring_setup, RING_ENTRIES, &params);
    if (ring.fd < 0)
        return 0;
    size_t size = params.sq_off.array + RING_ENTRIES * sizeof(unsigned); /* which comes after the completions */
    char *queues = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, IORING_OFF_SQ_RING);
    ring.requests = mmap(NULL, RING_ENTRIES * sizeof *ring.requests, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd,
                         IORING_OFF_SQES);
    if (queues == MAP_FAILED || ring.requests == MAP_FAILED)
        return 0;
    for (unsigned i = 0; i < RING_ENTRIES; i++)
        ((unsigned *)(queues + params.sq_off.array))[i] = i;
    ring.head = (unsigned *)(queues + params.cq_off.head);
    ring.tail = (unsigned *)(queues + params.cq_off.tail);
    ring.filled = (unsigned *)(queues + params.sq_off.tail);
    ring.completions = (struct io_uring_cqe *)(queues + params.cq_off.cqes);
    return 1;
}

static void ring_push(struct io_uring_sqe request)
{
    ring.requests[*ring.filled % RING_ENTRIES] = request;
    __atomic_store_n(ring.filled, *ring.filled + 1, __ATOMIC_RELEASE);
    ring.pending++;
}

/* The next completion, if there is one. */
static int ring_take(struct io_uring_cqe *completion)
{
    if (*ring.head == __atomic_load_n(ring.tail, __ATOMIC_ACQUIRE))
        return 0;
    *completion = ring.completions[*ring.head % RING_COMPLETIONS];
    __atomic_store_n(ring.head, *ring.head + 1, __ATOMIC_RELEASE);
    return 1;
}
