#include "job.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace {

struct Cancel {};
using Question = std::promise<Job::End>;
using Message = std::variant<Cancel, Question>;

}  // namespace

// The job's thread is an actor: others put messages into its mailbox.
struct Job::Inner {
    explicit Inner(Work w) : work{std::move(w)} {}

    Work work;
    std::stop_source steps_are_told;

    mutable std::mutex mutex;  // guards what follows
    std::condition_variable arrived;
    std::deque<Message> mail;
    bool started = false;
    bool over = false;
    unsigned returned = 0;
    End end = End::finished;
    std::exception_ptr error;

    // The actor's own:
    bool cancelled = false;
    std::vector<Question> questions;

    std::thread actor;

    void answer(Question& question) const {
        if (error)
            question.set_exception(error);
        else
            question.set_value(end);
    }

    // With the mutex held, as all that takes no mutex itself.
    void read_mail() {
        for (; !mail.empty(); mail.pop_front()) {
            if (auto* question = std::get_if<Question>(&mail.front()))
                questions.push_back(std::move(*question));
            else
                cancelled = true;
        }
    }

    void pause(std::unique_lock<std::mutex>& lock) {
        if (cancelled) return;
        arrived.wait_for(lock, work.pause, [this] { return !mail.empty(); });
        read_mail();
    }

    bool may_begin(unsigned number) {
        std::unique_lock lock{mutex};
        read_mail();
        if (number > 0) pause(lock);
        return !cancelled;
    }

    End do_steps() {
        for (unsigned number = 0; number < work.steps; ++number) {
            if (!may_begin(number)) return End::cancelled;
            work.step(number, steps_are_told.get_token());
            const std::lock_guard lock{mutex};
            ++returned;
        }
        return End::finished;
    }

    void act() {
        End how = End::finished;
        std::exception_ptr thrown;
        try {
            how = do_steps();
        } catch (...) {
            thrown = std::current_exception();
        }
        work.cleanup();
        const std::lock_guard lock{mutex};
        end = how;
        error = thrown;
        over = true;
        read_mail();
        for (Question& question : questions) answer(question);
    }
};

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() {
    cancel();
    if (inner_->actor.joinable()) inner_->actor.join();
}

void Job::start() {
    const std::lock_guard lock{inner_->mutex};
    if (inner_->started) throw std::logic_error{"The actor is on the stage."};
    inner_->actor = std::thread{[inner = inner_.get()] { inner->act(); }};
    inner_->started = true;
}

void Job::cancel() {
    {
        const std::lock_guard lock{inner_->mutex};
        if (!inner_->over) inner_->mail.emplace_back(Cancel{});
    }
    inner_->arrived.notify_one();  // nobody but the actor waits for it
    inner_->steps_are_told.request_stop();
}

Job::End Job::wait() {
    Question question;
    std::future<End> reply = question.get_future();
    {
        const std::lock_guard lock{inner_->mutex};
        if (!inner_->started) throw std::logic_error{"Nobody is there to be asked."};
        if (inner_->over)
            inner_->answer(question);
        else
            inner_->mail.emplace_back(std::move(question));
    }
    inner_->arrived.notify_one();
    return reply.get();
}

unsigned Job::steps_done() const {
    const std::lock_guard lock{inner_->mutex};
    return inner_->returned;
}
