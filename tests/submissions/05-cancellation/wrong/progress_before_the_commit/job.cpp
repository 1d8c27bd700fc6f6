#include "job.hpp"
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
using namespace std;

struct Job::Inner {
    Work w;
    mutex m;
    condition_variable_any cv;
    stop_source s;
    thread t;
    bool st = false, fin = false, canc = false;
    unsigned n = 0;
    exception_ptr e;
};

Job::Job(Work work) : inner_(new Inner) { inner_->w = move(work); }

Job::~Job() {
    cancel();
    if (inner_->t.joinable()) inner_->t.join();
}

void Job::start() {
    auto& x = *inner_;
    lock_guard g(x.m);
    if (x.st) throw logic_error("twice");
    x.st = true;
    x.t = thread([&x] {
        auto tok = x.s.get_token();
        bool c = false;
        exception_ptr e;
        unique_lock l(x.m);
        for (unsigned i = 0; i < x.w.steps && !e; i++) {
            if (i) x.cv.wait_for(l, tok, x.w.pause, [] { return false; });
            if (tok.stop_requested()) {
                c = true;
                break;
            }
            l.unlock();
            try {
                x.w.step(i, tok);
            } catch (...) {
                e = current_exception();
            }
            l.lock();
            if (!e) x.n++;
        }
        l.unlock();
        x.w.cleanup();
        l.lock();
        x.canc = c;
        x.e = e;
        x.fin = true;
        x.cv.notify_all();
    });
}

void Job::cancel() { inner_->s.request_stop(); }

Job::End Job::wait() {
    auto& x = *inner_;
    unique_lock l(x.m);
    if (!x.st) throw logic_error("not started");
    x.cv.wait(l, [&] { return x.fin; });
    if (x.e) rethrow_exception(x.e);
    return x.canc ? End::cancelled : End::finished;
}

unsigned Job::steps_done() const {
    lock_guard g(inner_->m);
    return inner_->n;
}
