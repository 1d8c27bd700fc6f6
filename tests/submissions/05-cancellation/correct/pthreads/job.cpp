#include "job.hpp"

#include <cerrno>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <pthread.h>

struct Job::Inner {
    Work work;
    std::stop_source stop; /* for the steps' tokens only */

    pthread_t tid;
    pthread_mutex_t mtx; /* guards all that follows */
    pthread_cond_t wake; /* asked to stop */
    pthread_cond_t over; /* ended */
    int started;
    int stopping;
    int ended;
    unsigned done;
    End how;
    std::exception_ptr err;

    explicit Inner(Work w);
    ~Inner();
    int pause();
    void body();
    static void* entry(void* arg);
};

Job::Inner::Inner(Work w)
    : work(std::move(w)), tid(), started(0), stopping(0), ended(0), done(0), how(End::finished) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&mtx, NULL);
    pthread_cond_init(&wake, &attr);
    pthread_cond_init(&over, NULL);
    pthread_condattr_destroy(&attr);
}

Job::Inner::~Inner() {
    pthread_cond_destroy(&over);
    pthread_cond_destroy(&wake);
    pthread_mutex_destroy(&mtx);
}

/* Sleeps for the pause, or until somebody asks to stop. Returns whether somebody has. mtx held. */
int Job::Inner::pause() {
    const long long billion = 1000000000LL;
    const long long ns = work.pause.count() > 0 ? (long long)work.pause.count() : 0;
    struct timespec until;
    int rc = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ns / billion);
    until.tv_nsec += (long)(ns % billion);
    if (until.tv_nsec >= billion) {
        until.tv_nsec -= (long)billion;
        until.tv_sec += 1;
    }
    while (!stopping && rc != ETIMEDOUT) rc = pthread_cond_timedwait(&wake, &mtx, &until);
    return stopping;
}

void Job::Inner::body() {
    End result = End::finished;
    std::exception_ptr thrown;
    unsigned i;

    pthread_mutex_lock(&mtx);
    for (i = 0; i < work.steps; i++) {
        if (i > 0) pause();
        if (stopping) {
            result = End::cancelled;
            break;
        }
        pthread_mutex_unlock(&mtx);
        try {
            work.step(i, stop.get_token());
        } catch (...) {
            thrown = std::current_exception();
        }
        pthread_mutex_lock(&mtx);
        if (thrown) break;
        done++;
    }
    pthread_mutex_unlock(&mtx);

    work.cleanup();

    pthread_mutex_lock(&mtx);
    how = result;
    err = thrown;
    ended = 1;
    pthread_cond_broadcast(&over);
    pthread_mutex_unlock(&mtx);
}

void* Job::Inner::entry(void* arg) {
    static_cast<Inner*>(arg)->body();
    return NULL;
}

Job::Job(Work work) : inner_(new Inner(std::move(work))) {}

Job::~Job() {
    Inner* const p = inner_.get();
    int started;

    cancel();
    pthread_mutex_lock(&p->mtx);
    started = p->started;
    pthread_mutex_unlock(&p->mtx);
    if (started) pthread_join(p->tid, NULL);
}

void Job::start() {
    Inner* const p = inner_.get();
    int before;
    int rc = 0;

    pthread_mutex_lock(&p->mtx);
    before = p->started;
    if (!before) {
        rc = pthread_create(&p->tid, NULL, &Inner::entry, p);
        if (rc == 0) p->started = 1;
    }
    pthread_mutex_unlock(&p->mtx);

    if (before) throw std::logic_error("job: started already");
    if (rc != 0) throw std::system_error(rc, std::generic_category(), "job: pthread_create");
}

void Job::cancel() {
    Inner* const p = inner_.get();

    pthread_mutex_lock(&p->mtx);
    p->stopping = 1;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mtx);
    p->stop.request_stop(); /* may call back into the step: not under the mutex */
}

Job::End Job::wait() {
    Inner* const p = inner_.get();
    End how = End::finished;
    std::exception_ptr err;
    int started;

    pthread_mutex_lock(&p->mtx);
    started = p->started;
    if (started) {
        while (!p->ended) pthread_cond_wait(&p->over, &p->mtx);
        how = p->how;
        err = p->err;
    }
    pthread_mutex_unlock(&p->mtx);

    if (!started) throw std::logic_error("job: not started");
    if (err) std::rethrow_exception(err);
    return how;
}

unsigned Job::steps_done() const {
    Inner* const p = inner_.get();
    unsigned n;

    pthread_mutex_lock(&p->mtx);
    n = p->done;
    pthread_mutex_unlock(&p->mtx);
    return n;
}
