// Where a worker plays what it is asked to, and what came of it.
#pragma once

#include <build/flavour.hpp>
#include <contain/containment.hpp>
#include <protocol/messages.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// What a worker sent in answer to one request, and how it ended.
struct Performance {
    std::vector<Played> runs;  ///< as many as asked for, unless the last could not go on
    bool finished = false;     ///< the worker came to its end and said so
    std::string complaint;     ///< why it could not play, or what rule its messages broke; or ""
    Outcome outcome;           ///< where it was not finished, or was played alone
};

class Stage {
public:
    virtual ~Stage() = default;
    /// Plays the request in a process of its own. Throws GraderError when that can't be done.
    [[nodiscard]] virtual Performance play(const Request& request, Flavour flavour) = 0;
    /// As `play`; and the outcome, with what was printed, is that of this request alone.
    [[nodiscard]] virtual Performance play_alone(const Request& request, Flavour flavour) = 0;
};

/// Plays in the containment.
///
/// To set a sandbox up and to start a sanitised program takes longer than most plays. So a worker
/// stays, and plays each request in a child (a *turn*). Only where that goes as it should is it
/// what counts: after any other end, and whatever was the matter, the request is played again, by a
/// worker of its own and within limits of its own. All turns of one worker together are within the
/// limits of one play, so none passes as a turn that would not pass alone.
class ContainedStage final : public Stage {
public:
    /// `workers`: the programs, by flavour. `limits`: of one play. `program`: what a worker finds
    /// by the environment variable LOCKSTEP_WORKER, and may start; or "".
    ContainedStage(const Containment& containment, std::map<Flavour, std::filesystem::path> workers,
                   Limits limits, std::filesystem::path program = {});
    ~ContainedStage() override;

    [[nodiscard]] Performance play(const Request& request, Flavour flavour) override;
    [[nodiscard]] Performance play_alone(const Request& request, Flavour flavour) override;

private:
    struct Sitting;  ///< a worker that stays

    [[nodiscard]] Sitting start(Flavour flavour) const;
    [[nodiscard]] Performance play_once(const Request& request, Flavour flavour);
    [[nodiscard]] std::optional<Performance> take_turn(const Request& request, Flavour flavour);

    const Containment& containment_;
    std::map<Flavour, std::filesystem::path> workers_;
    Limits limits_;
    std::filesystem::path program_;
    std::map<Flavour, Sitting> sittings_;
    std::map<Flavour, unsigned> spoilt_;  ///< turns that did not end as they should
};

/// Reads what a worker sends in answer to `request` until it says that it has finished, closes its
/// side, or breaks a rule. Never throws for what a worker sends.
[[nodiscard]] Performance read_performance(int descriptor, const Request& request);

}  // namespace lockstep
